// Measures the engine beside other libraries and writes BENCHMARKS.md from the figures. `npm run bench [-- --short|--medium|--check] [work]...`
// Not in it: what is measured (bench-runs.mjs) and how it is told (bench-report.mjs).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, report } from "./bench-report.mjs";
import { build, measure } from "./bench-runs.mjs";
import { ask, must, root, say, stop } from "./sh.mjs";

const DATA = join(root, "docs", "bench", "data.json");
const words = process.argv.slice(2);
const short = words.includes("--short");
const some = words.includes("--medium");
const check = words.includes("--check");
const only = words.filter((word) => !word.startsWith("--"));

const folder = join(root, "tests", "peers");
if (!existsSync(join(folder, "node_modules")))
  await must("charts", ["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund"], { quiet: true });
const kept = existsSync(DATA) ? JSON.parse(readFileSync(DATA, "utf8")) : { data: {} };

say("building; the first time takes minutes");
const lock = readFileSync(join(folder, "Cargo.lock"), "utf8");
const version = (name) => new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
const programs = await build(
  (name) => name.startsWith("bare") || name.startsWith("ours") || ["wake-up", "mutex", "naive"].includes(name) || Boolean(version(name)),
);
const { data, load } = await measure(programs, { short, some, only });

if (check) {
  const worse = compare(kept.data, data);
  if (worse.length > 0)
    stop(`Slower than the baseline in docs/bench/data.json, by ratio to the rest of the same run:\n${worse.join("\n")}`);
  say("nothing is slower than the baseline, by ratio");
} else if (short) {
  const failed = Object.entries(data).flatMap(([work, found]) =>
    Object.entries(found).flatMap(([name, runs]) =>
      (Array.isArray(runs) ? runs : []).filter((run) => run?.could_not).map((run) => `${work}, ${name}: ${run.could_not}`),
    ),
  );
  if (failed.length > 0) stop(failed.join("\n"));
  say("the benchmarks run; nothing was written");
} else {
  const machine = {
    at: ask("git", "rev-parse", "--short", "HEAD") ?? "no commit",
    day: new Date().toISOString().slice(0, 10),
    cpu: /model name\s*: (.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown",
    cores: ask("nproc"),
    kernel: ask("uname", "-r"),
    rust: ask("rustc", "--version"),
    load,
    versions: Object.fromEntries(
      ["reqwest", "tokio", "aliri_tokens", "aws-smithy-runtime", "azure_core", "yup-oauth2"].map((name) => [name, version(name) ?? null]),
    ),
  };
  const all = { machine: only.length ? { ...kept.machine, ...machine } : machine, data: { ...kept.data, ...data } };
  mkdirSync(join(root, "docs", "bench"), { recursive: true });
  writeFileSync(
    DATA,
    `${JSON.stringify(all, (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value))}\n`,
  );
  await report(all);
  say("BENCHMARKS.md is written");
}
