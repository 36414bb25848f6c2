// Whether the engine has become slower than in an earlier run, or does what it did not do: timings by ratio to something of the same run,
// allowed to differ by a share and by the noise of both runs; counts exactly. Not in it: measuring, and telling.
import { error, median, numbers, parts, ratios, releases } from "./bench-figures.mjs";

/** How much worse a ratio may be before noise is added: a build lays code out anew, and another hour has other neighbours. */
const SHARE = { check: 0.15, overhead: 0.03, "whole call": 0.06, release: 0.5, memory: 0.1 };
/** Noise: so many standard errors, of both runs together. */
const ERRORS = 2;
/** From so many shares on, what is allowed is mostly noise. */
const NOISY = 3;
/** What our own runs count, and what is allowed where an earlier run says nothing. Attempts in an outage are allowed six (R15). */
const COUNTS = { refreshes: 0, reused: 0, failures: 0, attempts: 6, extra_refreshes: 0, back: 0 };

/** Every figure that both runs have: `{ what, was, is, allowed, worse }`. */
export function compare(before, now) {
  return [...timings(before, now), ...counted(now, before)];
}

function timings(before, now) {
  const rows = [];
  const hold = (what, share, of, samples) => {
    if (!before[of] || !now[of]) return;
    const [earlier, later] = [samples(before[of]), samples(now[of])];
    if (!earlier.length) return;
    if (!later.length) return rows.push({ what, was: median(earlier), is: Number.NaN, allowed: Number.NaN, worse: true });
    const [was, is] = [median(earlier), median(later)];
    const allowed = was * (1 + share) + ERRORS * Math.hypot(error(earlier), error(later));
    const noisy = allowed > was * (1 + NOISY * share);
    rows.push({ what, was, is, allowed, worse: !(is <= allowed), noisy });
  };
  for (const name of ["ours", "ours, at once"])
    for (const threads of [1, 2])
      hold(`check on ${threads} thread${threads > 1 ? "s" : ""}, ${name}, to its parts`, SHARE.check, "check", (check) => {
        const sum = parts(check, threads);
        return (check[`${threads}/${name}`] ?? []).map((ns) => ns / sum);
      });
  for (const [name, share] of [
    ["ours", SHARE.overhead],
    ["ours, whole call", SHARE["whole call"]],
  ])
    hold(`${name}, 64 in flight, to the bare client`, share, "overhead", (found) => ratios(found[64], name));
  for (const work of ["stampede 1000", "stampede 10000"])
    hold(`${work}, release to a bare wake-up`, SHARE.release, work, (found) => releases(found, "ours"));
  hold("memory of a waiting call, to a task that waits for one word", SHARE.memory, "memory", (found) => {
    const bare = median(found.bare.map(({ bytes }) => bytes));
    return found.ours.map(({ bytes }) => bytes / bare);
  });
  return rows;
}

/**
 * What our own runs count, to an earlier run where there is one: `worse` where it is more, or a run did not end. `loaded`: on a machine
 * that is busy with more, an outage may outlast the six attempts that R15 allows in ten seconds; who waits then fails by its deadline.
 */
export function counted(now, before = {}, { loaded = false } = {}) {
  const rows = [];
  const add = (what, was, is, allowed, worse) => rows.push({ what, was, is, allowed, worse });
  for (const [work, { ours }] of Object.entries(now)) {
    if (!Array.isArray(ours)) continue;
    const ended = ours.filter((run) => !run.could_not);
    for (const { could_not } of ours) if (could_not) add(`${work}: ${could_not}`, Number.NaN, Number.NaN, Number.NaN, true);
    for (const [key, otherwise] of Object.entries(COUNTS)) {
      const judged = ended.filter((run) => !(loaded && key === "failures" && run.attempts >= COUNTS.attempts));
      const is = Math.max(...numbers(judged, key));
      if (is < 0) continue; // none of them counts that
      const was = before[work]?.ours?.[0]?.[key] ?? (key === "refreshes" ? 1 : otherwise);
      const allowed = key === "attempts" ? COUNTS.attempts : was;
      add(`${work}: ${key}`, was, is, allowed, is > allowed);
    }
    const lost = ended.find(({ works_afterwards, survived, of }) => works_afterwards === false || survived < of);
    if (lost) add(`${work}: a caller was lost`, lost.of, lost.survived, lost.of, true);
  }
  return rows;
}

/** A line a figure. */
export function lines(rows) {
  const digits = (value) => (Number.isNaN(value) ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(3));
  const width = Math.max(...rows.map(({ what }) => what.length));
  return rows
    .map(
      ({ what, was, is, allowed, worse, noisy }) =>
        `${worse ? "WORSE" : noisy ? "noisy" : "   ok"}  ${what.padEnd(width)}  ${digits(is)}, was ${digits(was)}, allowed ${digits(allowed)}`,
    )
    .join("\n");
}
