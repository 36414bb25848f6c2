// Changes the engine's deciding files in every small way, and counts how many changes no test sees. `node mutants.mjs`
// Ends with a line `PROOF {"mutants":{…}}`, and with 1 under 90 % or for a survivor that docs/mutants.md gives no reason for; the
// figures there are written anew. Not in it: which files and which tests (.cargo/mutants.toml).
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const AT_LEAST = 90;
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const page = join(root, "docs", "mutants.md");
const into = join(root, "target", "mutants");

if (spawnSync("cargo", ["mutants", "--version"]).status !== 0) {
  console.log("cargo-mutants is missing; it changes the code in small ways and runs the tests on each. Installing it from crates.io.");
  const installed = spawnSync("cargo", ["install", "cargo-mutants", "--locked", "--version", "^27"], { stdio: "inherit" });
  if (installed.status !== 0) stop("cargo-mutants could not be installed; `cargo install cargo-mutants --locked` says why.");
}

mkdirSync(into, { recursive: true });
const jobs = String(Math.min(2, availableParallelism()));
const args = ["mutants", "-p", "session-engine", "-j", jobs, "--output", into, "--colors", "never"];
const env = { ...process.env };
delete env.CARGO_TARGET_DIR; // each copy of the code is built in a folder of its own
const ran = spawnSync("cargo", args, { cwd: root, env, stdio: "inherit" });
// 0: all caught; 2: some missed; 3: some timed out. All else: it could not be measured.
if (![0, 2, 3].includes(ran.status)) stop("cargo mutants could not measure: the tests must pass on the code as it is.");

const { outcomes } = JSON.parse(readFileSync(join(into, "mutants.out", "outcomes.json"), "utf8"));
const mutants = outcomes.filter(({ scenario }) => scenario.Mutant);
const files = [...new Set(mutants.map(fileOf))].sort();
const all = figures(mutants);

const text = readFileSync(page, "utf8");
const reasons = text.matchAll(/^\| (\S+\.rs) \| `([^`]+)` \|/gm);
const explained = [...reasons].map(([, file, change]) => `${file}: ${change.replaceAll("\\|", "|")}`);
const survivors = mutants.filter(({ summary }) => summary === "MissedMutant").map(({ scenario }) => nameOf(scenario.Mutant));
const unexplained = survivors.filter((name) => {
  const at = explained.indexOf(name);
  if (at >= 0) explained.splice(at, 1); // one row, one survivor
  return at < 0;
});

const rows = files.map((file) => row(file, figures(mutants.filter((outcome) => fileOf(outcome) === file))));
const head = [
  "| file | mutants | caught | by a test that no longer ended | missed | did not compile | killed |",
  "|---|---:|---:|---:|---:|---:|---:|",
];
const table = [...head, ...rows, row("all", all)].join("\n");
writeFileSync(
  page,
  text.replace(/(<!-- figures -->\n)[\s\S]*(\n<!-- end -->)/, (_, open, close) => `${open}${table}${close}`),
);

for (const name of unexplained) console.log(`No test sees, and docs/mutants.md does not say why: ${name}`);
console.log(`PROOF ${JSON.stringify({ mutants: all })}`);
process.exitCode = all.percent >= AT_LEAST && unexplained.length === 0 ? 0 : 1;

function fileOf({ scenario }) {
  return basename(scenario.Mutant.file);
}

/** The change without its place, which moves. */
function nameOf({ name, file }) {
  return `${basename(file)}: ${name.replace(/^\S+:\d+:\d+: /, "")}`;
}

function figures(of) {
  const count = (summary) => of.filter((outcome) => outcome.summary === summary).length;
  const [caught, timeout, missed, unviable] = ["CaughtMutant", "Timeout", "MissedMutant", "Unviable"].map(count);
  const percent = Math.floor((1000 * (caught + timeout)) / (caught + timeout + missed)) / 10;
  return { total: of.length, caught, missed, timeout, unviable, percent };
}

function row(name, { total, caught, timeout, missed, unviable, percent }) {
  return `| ${name} | ${total} | ${caught} | ${timeout} | ${missed} | ${unviable} | ${percent} % |`;
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
