// Sums over figures: medians, spreads, and the ratios that are claimed. Not in it: any figure, or what is made of it.

export const PARTS = ["part: both clocks", "part: atomic load", "part: header clone"];
/** The last of them as a future hands it out: a header that is moved once more at once costs several times its copy. */
export const OF_A_FUTURE = [...PARTS.slice(0, 2), "part: header from a future"];

export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
export const median = (values) => quantile(values, 0.5);
export const numbers = (runs, key) => runs.map((run) => run[key]).filter((value) => typeof value === "number");

/** What a stampede cannot be quicker than, by name. */
export const LEAST = {
  bare: "*one refresh, then the bare client*",
  reply: "*one reply, then a bare wake-up of as many tasks*",
  "wake-up": "*a bare wake-up of as many tasks*",
};

/** The round-by-round ratios of a library's calls to those of the bare client. */
export const ratios = (found, name, bare = "bare") => found[name].map((ns, round) => ns / found[bare][round]);
/** What the parts of a check take together. */
export const parts = (check, threads, of = PARTS) => of.reduce((sum, part) => sum + median(check[`${threads}/${part}`]), 0);
/** A library's release in every round, to the median wake-up of the run. */
export const releases = (found, name) => {
  const wake = median(numbers(found["wake-up"], "release_ms"));
  return numbers(found[name], "release_ms").map((ms) => ms / wake);
};

/** How far the median of `values` may lie from the true one by chance: its standard error, from the middle half, which outliers do not move. */
export function error(values) {
  const middle = quantile(values, 0.75) - quantile(values, 0.25);
  return (1.2533 * (middle / 1.349)) / Math.sqrt(values.length);
}
