// Measures the engine beside other libraries and writes BENCHMARKS.md from the figures. `npm run bench [-- --short|--medium|--check|--smoke] [work]...`
// Not in it: what is measured (bench-runs.mjs), how it is told (bench-report.mjs), what counts as worse (bench-compare.mjs).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, counted, lines } from "./bench-compare.mjs";
import { installOthers, npmInstall, versions } from "./bench-others.mjs";
import { pages, report } from "./bench-report.mjs";
import { build, measure, ours, sizes, smoke } from "./bench-runs.mjs";
import { ask, root, say, stop } from "./sh.mjs";

const DATA = join(root, "docs", "bench", "data.json");
const LIBRARIES = [
  "reqwest",
  "tokio",
  "aliri_tokens",
  "aws-smithy-runtime",
  "azure_core",
  "azure_identity",
  "google-cloud-auth",
  "yup-oauth2",
];
/** The work that has a figure of ours to compare. */
const OURS = [
  "check",
  "overhead",
  "stampede",
  "memory",
  "storm",
  "busy-valid",
  "gone-valid",
  "busy-expired",
  "gone-expired",
  "cancel-first",
  "cancel-all",
  "interleavings",
  "sign-out",
];
const words = process.argv.slice(2);
const told = (word) => words.includes(`--${word}`);
const only = words.filter((word) => !word.startsWith("--"));
const size = sizes[told("short") ? "brief" : told("medium") || told("check") ? "medium" : "full"];

const folder = join(root, "tests", "peers");
await npmInstall("charts", folder);
if (!told("check")) await installOthers();
const kept = existsSync(DATA) ? JSON.parse(readFileSync(DATA, "utf8")) : { data: {} };

say("building; the first time takes minutes");
const lock = readFileSync(join(folder, "Cargo.lock"), "utf8");
const version = (name) => new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
const known = (name) => /^(bare|ours|reply|wake-up|mutex|naive)/.test(name) || Boolean(version(name));
const programs = await build(told("check") ? ours : known, { debug: told("smoke") });

if (told("smoke")) await smoked();
else if (told("check")) await checked();
else await measured();

/** CI's run: does all of it run, does ours do what it promises, can the page be written? */
async function smoked() {
  const data = await smoke(programs);
  fail(data);
  await pages({ machine: machine(["", ""]), data });
  say("the benchmarks run, and ours keeps its counts; nothing was written");
}

/** Only ours and what its figures are ratios to. */
async function checked() {
  const { data } = await measure(programs, size, only.length ? only : OURS);
  const rows = compare(kept.data, data);
  if (rows.length === 0) stop("docs/bench/data.json has nothing to compare with");
  console.log(lines(rows));
  const worse = rows.filter((row) => row.worse);
  if (worse.length > 0)
    stop(`${worse.length} of ${rows.length} figures are worse than in docs/bench/data.json, by ratio to the rest of the same run.`);
  const noisy = rows.filter((row) => row.noisy).length;
  if (noisy > 0) say(`${noisy} are marked noisy: the machine is too busy, or the baseline's was, for them to say much`);
  say(`none of ${rows.length} figures is worse than the baseline of commit ${kept.machine.at}, by ratio`);
}

async function measured() {
  const { data, load } = await measure(programs, size, only);
  if (told("short")) {
    fail(data);
    return say("the benchmarks run; nothing was written");
  }
  const all = { machine: only.length ? { ...kept.machine, ...machine(load) } : machine(load), data: { ...kept.data, ...data } };
  mkdirSync(join(root, "docs", "bench"), { recursive: true });
  const rounded = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value);
  writeFileSync(DATA, `${JSON.stringify(all, rounded)}\n`);
  await report(all);
  say("BENCHMARKS.md is written");
}

/** Stops where a library could not be run, or ours has lost a call or refreshed twice. */
function fail({ others = {}, ...data }) {
  const failed = [...Object.entries(data), ...Object.values(others).flatMap((found) => Object.entries(found))].flatMap(([work, found]) =>
    Object.entries(found).flatMap(([name, runs]) =>
      [runs]
        .flat()
        .filter((run) => run?.could_not)
        .map((run) => `${work}, ${name}: ${run.could_not}`),
    ),
  );
  const lost = counted(data, {}, { loaded: told("smoke") }).filter(({ worse }) => worse);
  if (failed.length + lost.length > 0) stop([...failed, ...(lost.length ? [lines(lost)] : [])].join("\n"));
}

function machine(load) {
  return {
    at: ask("git", "rev-parse", "--short", "HEAD") ?? "no commit",
    day: new Date().toISOString().slice(0, 10),
    cpu: /model name\s*: (.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown",
    cores: ask("nproc"),
    kernel: ask("uname", "-r"),
    rust: ask("rustc", "--version"),
    load,
    versions: Object.fromEntries(LIBRARIES.map((name) => [name, version(name) ?? null])),
    others: versions(),
  };
}
