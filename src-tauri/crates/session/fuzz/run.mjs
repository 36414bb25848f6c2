// Fuzzes the engine: every target for as long as asked, on stable Rust. `node run.mjs [seconds a target] [target …]`
// Ends with a line `PROOF {"fuzz":[…]}`, and with 1 if a property was broken. Not in it: the properties (src/).
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../../..");
const kept = join(here, "corpus-kept");
const env = { ...process.env, CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, "target", "fuzz") };
// No sanitizer: they need nightly Rust, and look for what the engine, which has no unsafe code, cannot have.
const flags = ["-s", "none", "-O", "-a"];

const [asked = "60", ...names] = process.argv.slice(2);
const seconds = Number(asked);
const known = readdirSync(kept).sort();
const unknown = names.filter((name) => !known.includes(name));
if (!Number.isSafeInteger(seconds) || seconds < 1) stop("How many seconds a target? A whole number, please.");
if (unknown.length > 0) stop(`No such target: ${unknown.join(", ")}. There are ${known.join(", ")}.`);

if (spawnSync("cargo", ["fuzz", "--version"], { env }).status !== 0) {
  console.log("cargo-fuzz is missing; it builds the targets for libFuzzer and runs them. Installing it from crates.io.");
  const installed = spawnSync("cargo", ["install", "cargo-fuzz", "--locked", "--version", "^0.13"], { env, stdio: "inherit" });
  if (installed.status !== 0) stop("cargo-fuzz could not be installed; `cargo install cargo-fuzz --locked` says why.");
}

console.log("Building the fuzz targets");
const build = await cargo(["fuzz", "build", ...flags]);
if (build.code !== 0) stop(`${build.output}\nThe fuzz targets do not build.`);

const fuzz = [];
for (const target of names.length > 0 ? names : known) fuzz.push(await run(target));
console.log(`PROOF ${JSON.stringify({ fuzz })}`);
process.exitCode = fuzz.some(({ crashes }) => crashes > 0) ? 1 : 0;

/** One target, until its time is up or a property is broken. */
async function run(target) {
  const corpus = folder("corpus", target);
  const artifacts = folder("artifacts", target);
  const before = new Set(readdirSync(artifacts));
  const dictionary = join(here, "dictionaries", target === "path" ? "path.dict" : "json.dict");
  const own = [`-max_total_time=${seconds}`, "-timeout=10", `-dict=${dictionary}`, "-print_final_stats=1"];
  const { code, output } = await cargo(["fuzz", "run", target, ...flags, corpus, join(kept, target), "--", ...own]);

  const runs = Number(/stat::number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0);
  const broke = readdirSync(artifacts).filter((name) => !before.has(name) && !name.startsWith("slow-unit"));
  if (code === 0 && runs === 0) stop(`${output}\n${target} ended well without a run.`);
  const crashes = Math.max(broke.length, code === 0 ? 0 : 1);
  const size = readdirSync(corpus).length + readdirSync(join(kept, target)).length;
  console.log(`${target}: ${runs} runs, ${size} inputs, ${crashes === 0 ? "every property held" : "a property is broken"}`);
  if (crashes > 0) {
    const lines = output.split("\n");
    const at = lines.findIndex((line) => line.includes("panicked at"));
    console.log((at >= 0 ? lines.slice(at, at + 4) : lines.slice(-40)).join("\n"));
    for (const name of broke) {
      const file = relative(root, join(artifacts, name));
      console.log(`The input is ${file}. Once mended, move it to ${relative(root, join(kept, target))}/.`);
    }
  }
  return { target, seconds, runs, corpus: size, crashes };
}

function folder(...parts) {
  const path = join(here, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

function cargo(args) {
  return new Promise((done) => {
    const child = spawn("cargo", args, { cwd: here, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => done({ code: 1, output: `${output}${error.message}` }));
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
