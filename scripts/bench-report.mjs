// Makes BENCHMARKS.md and its charts of the figures in docs/bench/data.json.
// Not in it: measuring (bench-runs.mjs), sums (bench-figures.mjs), comparing (bench-compare.mjs), drawing (tests/peers/chart.mjs), the simulated fleet (bench-fleet.mjs).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LEAST, median, numbers, OF_A_FUTURE, PARTS, parts, ratios } from "./bench-figures.mjs";
import { theApp } from "./bench-report-app.mjs";
import { othersTold } from "./bench-report-others.mjs";
import { COUNTED, named, spread, table, told, WORDS } from "./bench-tables.mjs";
import { root } from "./sh.mjs";

const OUT = join(root, "docs", "bench");

const release = (found, name) => median(numbers(found[name], "release_ms"));

/** Writes BENCHMARKS.md and the charts. */
export async function report(all) {
  for (const [file, text] of Object.entries(await pages(all))) writeFileSync(file, text);
}

/** What there is to write, by file. */
export async function pages({ machine, data }) {
  const written = {};
  const { bars } = await import(join(root, "tests", "peers", "chart.mjs"));
  const sections = [head(machine)];
  if (data.check) {
    sections.push(check(data.check));
    const rows = [1, 2].flatMap((threads) =>
      names(data.check).map((name) => ({
        name,
        group: `${threads} thread${threads > 1 ? "s" : ""}`,
        value: median(data.check[`${threads}/${name}`]),
      })),
    );
    const title = "“Is the token fresh? Give me the header”";
    written[join(OUT, "check.svg")] = await bars({ title, unit: "ns, logarithmic; less is better", rows, log: true });
  }
  if (data.overhead) sections.push(overhead(data.overhead));
  for (const callers of [1000, 10_000]) {
    const found = data[`stampede ${callers}`];
    if (!found) continue;
    sections.push(stampede(found, callers));
    const rows = Object.keys(found)
      .filter((name) => numbers(found[name], "release_ms").length)
      .map((name) => ({ name, group: "release", value: release(found, name) }));
    const title = "10,000 who wait: from the server's reply to the last one's header";
    if (callers === 10_000) written[join(OUT, "release.svg")] = await bars({ title, unit: "ms; less is better", rows });
  }
  if (data.memory) sections.push(memory(data.memory));
  sections.push(...counts(data));
  if (data.others) sections.push(othersTold(data, machine.others));
  const file = join(OUT, "fleet.json");
  if (existsSync(file)) sections.push(fleetTold(JSON.parse(readFileSync(file, "utf8"))));
  const app = join(OUT, "app.json");
  if (existsSync(app)) sections.push(theApp(JSON.parse(readFileSync(app, "utf8"))));
  sections.push(readFileSync(join(OUT, "notes.md"), "utf8").trim());
  written[join(root, "BENCHMARKS.md")] = `${sections.join("\n\n")}\n`;
  return written;
}

function head({ at, day, cpu, cores, kernel, rust, load, versions }) {
  const others = Object.entries(versions)
    .filter(([, version]) => version)
    .map(([name, version]) => `${name} ${version}`);
  return `# Benchmarks

Written by \`npm run bench\` from [docs/bench/data.json](docs/bench/data.json), which it measured; \`npm run bench -- --check\` compares a new run with it, by ratio.

Commit ${at}, ${day}. ${cpu}, ${cores} cores (shared, virtual), Linux ${kernel}, ${rust}; load before and after: ${load.map((text) => text?.split(" ").slice(0, 3).join(" ")).join("; ")}.
${others.join(", ")}.

All libraries run in turn, A B C A B C … (under overhead each time in another order), in one run, against one server of this project (\`tests/peers/src/server.rs\`, a process of its own with one thread): it checks the token
of each call, takes 50 ms for a refresh, rotates, ends a session whose spent token comes back, and counts. Each library is used through its public interface (\`tests/peers/src/peer\`),
with a margin of ten minutes where it lets one say so. Figures are medians (p10 – p90). Absolute times are of this machine; the ratios are what is claimed.`;
}

function names(found) {
  return Object.keys(found)
    .filter((id) => id.startsWith("1/") && !id.includes("part:"))
    .map((id) => id.slice(2));
}

function check(found) {
  const row = (name) => [
    named(name),
    ...[1, 2].flatMap((threads) => {
      const values = found[`${threads}/${name}`];
      return [spread(values), `${(median(values) / median(found[`${threads}/ours`])).toFixed(2)} ×`];
    }),
  ];
  const rows = [...names(found), ...PARTS, OF_A_FUTURE.at(-1)].map(row);
  const to = (name, of) =>
    [1, 2]
      .map((threads) => {
        const sum = parts(found, threads, of);
        return `${sum.toFixed(0)} ns on ${threads} thread${threads > 1 ? "s" : ""} (${(median(found[`${threads}/${name}`]) / sum).toFixed(2)} × that)`;
      })
      .join(", ");
  return `## check: “is the token fresh? give me the header”

${table(["", "1 thread, ns", "to ours", "2 threads, ns", "to ours"], rows)}

“ours, at once” is \`Session::authorization_now\`, which is asked and answers; “ours” is \`Session::authorization\`, which would wait, as the other libraries' is.
The parts together, asked at once: ${to("ours, at once", PARTS)}; with a header that a future hands out: ${to("ours", OF_A_FUTURE)}.
Measured with Criterion; no allocation (\`tests/allocations.rs\` of the engine), no lock.

![check](docs/bench/check.svg)`;
}

function overhead(found) {
  const rows = Object.keys(found[64])
    .filter((name) => name !== "bare")
    .map((name) => [
      name === "bare again" ? "*the bare client again: the noise*" : named(name),
      ...[1, 64].map((at) => spread(ratios(found[at], name), 3)),
    ]);
  return `## overhead: a call with the library, to the same call with a fixed header

One thread for the client, one for the server; the ratio is made within each round, each round in another order; a block begins with a quarter as many calls that are not counted, so that what a library needs is in the processor's caches, and all that hand out a header poll the same machine code for what is sent. The bare client takes
${(median(found[1].bare) / 1000).toFixed(1)} µs a call one after another and ${(median(found[64].bare) / 1000).toFixed(1)} µs with 64 in flight. “ours” asks for the header, as all the others do; “ours, at once” waits for it only where it is not there; “ours, whole call” is \`Session::call\`: the path
confined, every decision recorded, a 401 cured.

${table(["", "one after another", "64 in flight"], rows)}`;
}

function stampede(found, callers) {
  const total = median(numbers(found.bare, "total_ms"));
  const rows = Object.entries(found).map(([name, runs]) => {
    const why = runs.find((run) => run.could_not)?.could_not;
    if (why) return [named(name), `could not: ${why}`, "", "", "", "", ""];
    const at = numbers(runs, "release_ms");
    const most = (key) => (numbers(runs, key).length ? String(Math.max(...numbers(runs, key))) : "–");
    const totals = numbers(runs, "total_ms");
    return [
      LEAST[name] ?? named(name),
      most("refreshes"),
      most("reused"),
      most("failures"),
      at.length ? spread(at, 1) : "–",
      at.length ? `${(median(at) / release(found, "wake-up")).toFixed(2)} ×` : "–",
      totals.length ? `${(median(totals) / total).toFixed(2)} ×` : "–",
    ];
  });
  return `## stampede: ${callers.toLocaleString("en")} calls at once on a token that has run out

${table(["", "refreshes", "spent tokens sent", "failed calls", "release, ms", "to a bare wake-up", "all, to the bare client"], rows)}

Release: from the moment the server sends the refresh's reply to the moment the last caller has its header. Counts are the worst of all rounds.${callers === 10_000 ? "\n\n![release](docs/bench/release.svg)" : ""}`;
}

function memory(found) {
  const rows = Object.entries(found).map(([name, runs]) => [
    name === "bare" ? "*a task that waits for one word*" : named(name),
    runs.some((run) => run.could_not) ? "could not" : spread(numbers(runs, "bytes")),
    String(runs[0].failures ?? ""),
  ]);
  return `## memory: what a waiting call costs

${table(["", "bytes a caller", "failed"], rows)}

Growth of the resident set while ${found.ours[0].callers.toLocaleString("en")} tasks wait for one refresh, the task itself included.`;
}

function counts(data) {
  return COUNTED.filter(([work]) => data[work]).map(([work, title, keys]) => {
    const rows = Object.entries(data[work]).map(([name, [run]]) => {
      if (run.could_not) return [named(name), `could not: ${run.could_not}`, ...keys.slice(1).map(() => "")];
      if (run.not_offered) return [named(name), "offers no sign-out", ...keys.slice(1).map(() => "")];
      return [named(name), ...keys.map((key) => told(run[key]))];
    });
    return `## ${title}\n\n${table(["", ...keys.map((key) => WORDS[key] ?? key)], rows)}`;
  });
}

function fleetTold({ text }) {
  return text;
}
