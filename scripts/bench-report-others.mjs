// The libraries of other languages, each beside the bare client of its own, as a section of BENCHMARKS.md. Not in it: the rest of the page.
import { median, numbers, ratios } from "./bench-figures.mjs";
import { COUNTED, spread, table, told, WORDS } from "./bench-tables.mjs";

const LANGUAGES = { js: "JavaScript", python: "Python" };

/** All languages; `versions` says with what each was measured. */
export function othersTold(data, versions = {}) {
  const sections = Object.entries(data.others).map(([language, found]) => {
    const head = `### ${LANGUAGES[language]}\n\n${(versions[language] ?? []).join(", ")}.`;
    const crowds = Object.keys(found).filter((work) => work.startsWith("stampede "));
    return [head, cost(found), ...crowds.map((work) => stampede(found[work], work)), counts(data, found)].filter(Boolean).join("\n\n");
  });
  return `## Libraries of other languages

On the same work, against the same server, each beside the bare client of its own language: \`fetch\` and axios, httpx (\`tests/peers/js\`, \`tests/peers/python\`). axios-auth-refresh
has no look at the token before a call: it acts on a 401, so its work is whole calls, and a release is the moment the last of them goes out anew. “Offers none”: it has
no such interface; a promise cannot be called off. A dash: whole calls cannot be asked for while the API is away too.

${sections.join("\n\n")}`;
}

/** A header, a call. */
function cost(found) {
  const names = Object.keys(found.check ?? found.overhead?.[64]?.bare ?? {});
  const ratio = (name, at) => {
    const run = found.overhead?.[at];
    if (!run || run.not_asked) return "–";
    return run.could_not ? "could not" : spread(ratios(run.ns, name, run.bare[name]), 3);
  };
  const rows = names.map((name) => {
    const { ns, not_offered, could_not } = found.check?.[name] ?? {};
    return [name, ns ? spread(ns) : could_not ? "could not" : not_offered ? "offers none" : "–", ratio(name, 1), ratio(name, 64)];
  });
  const run = found.overhead?.[64];
  for (const bare of new Set(Object.values(run?.bare ?? {}))) {
    const noise = (at) => spread(ratios(found.overhead[at].ns, `${bare} again`, bare), 3);
    rows.push([`*${bare} again: the noise; a call takes ${(median(run.ns[bare]) / 1000).toFixed(0)} µs*`, "–", noise(1), noise(64)]);
  }
  return rows.length ? table(["", "check, ns", "a call, to the bare client: one after another", "64 in flight"], rows) : "";
}

function stampede(found, work) {
  const wake = median(numbers(found["wake-up"], "release_ms"));
  const total = median(numbers(found.bare, "total_ms"));
  const rows = Object.entries(found)
    .filter(([name]) => name !== "bare")
    .map(([name, runs]) => {
      const why = runs.find((run) => run.could_not)?.could_not;
      if (why) return [name, `could not: ${why}`, "", "", "", "", ""];
      const most = (key) => (numbers(runs, key).length ? told(Math.max(...numbers(runs, key))) : "–");
      const [at, totals] = [numbers(runs, "release_ms"), numbers(runs, "total_ms")];
      return [
        name === "wake-up" ? "*a bare wake-up of as many*" : name,
        most("refreshes"),
        most("reused"),
        most("failures"),
        at.length ? spread(at, 1) : "–",
        at.length ? `${(median(at) / wake).toFixed(2)} ×` : "–",
        totals.length ? `${(median(totals) / total).toFixed(2)} ×` : "–",
      ];
    });
  const [, callers] = work.split(" ");
  const head = `${Number(callers).toLocaleString("en")} calls at once on a token that has run out`;
  return table(
    [head, "refreshes", "spent tokens sent", "failed calls", "release, ms", "to a bare wake-up", "all, to the bare client"],
    rows,
  );
}

/** Whatever is counted, a line a figure, a column a library; the first is ours, of the same page. */
function counts(data, found) {
  const works = COUNTED.filter(([work]) => found[work]);
  if (!works.length) return "";
  const names = Object.keys(found[works[0][0]]);
  const cell = (run, key) => {
    if (!run || run.not_asked) return "–";
    if (run.could_not) return "could not";
    return run.not_offered ? "offers none" : told(run[key]);
  };
  const rows = works.flatMap(([work, title, keys]) =>
    keys
      .filter((key) => !["calls", "of", "times", "rounds", "callers"].includes(key))
      .map((key, at) => [
        at === 0 ? title.replace(/:? 100 calls a second|, 100 calls a second/, "") : "",
        counted(found[work], key),
        cell(data[work]?.ours?.[0], key),
        ...names.map((name) => cell(found[work][name]?.[0], key)),
      ]),
  );
  return table(["", "", "**ours** (Rust)", ...names], rows);
}

/** What a figure is, with how many it is of. */
function counted(runs, key) {
  const run = Object.values(runs).find(([run]) => run[key] !== undefined)?.[0] ?? {};
  const of = { survived: run.of, back: run.times, extra_refreshes: run.rounds, refreshes: run.calls }[key];
  const what = { back: "sign-outs", extra_refreshes: "rounds", refreshes: "calls" }[key] ?? "";
  return `${WORDS[key] ?? key}${of ? `, of ${of.toLocaleString("en")} ${what}`.trimEnd() : ""}`;
}
