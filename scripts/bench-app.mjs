// Measures the release app beside a bare Tauri window built in the same run, and writes the figures into BENCHMARKS.md. `npm run bench:app [-- --short]`
// Not in it: measuring (tests/e2e/src/bin/bench-app), the bare window (tests/bare-window), how it is told (bench-report.mjs).
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { report } from "./bench-report.mjs";
import { setup } from "./setup.mjs";
import { ask, must, root, say } from "./sh.mjs";

const short = process.argv.includes("--short");
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
const out = join(root, "docs", "bench");
const profile = short ? [] : ["--release"];
const built = (name) => join(target, short ? "debug" : "release", name);

await setup("test");
const peers = join(root, "tests", "peers");
if (!short && !existsSync(join(peers, "node_modules")))
  await must("charts", ["npm", "ci", "--prefix", peers, "--no-audit", "--no-fund"], { quiet: true });
if (!short || !existsSync(join(root, "ui", "dist"))) await must("The UI", ["npm", "run", "--silent", "build:ui"]);
await must("The app and what measures it", ["cargo", "build", ...profile, "--workspace", "--bin", "session-keeper", "--bin", "bench-app"]);
const bare = ["--manifest-path", "tests/bare-window/Cargo.toml", "--target-dir", target, "--locked", "--bins"];
await must("The bare window", ["cargo", "build", ...profile, ...bare]);

const load = [ask("cat", "/proc/loadavg")];
const measuring = [built("bench-app"), built("bare-window"), built("fetch"), built("still"), ...(short ? ["--short"] : [])];
const said = await must("Measuring", measuring, { env: { SESSION_KEEPER_APP: built("session-keeper") } });
load.push(ask("cat", "/proc/loadavg"));
const found = JSON.parse(said.split("\n").find((line) => line.startsWith("{")));
found.binary.libraries = statSync(built("libraries")).size; // weighed only
if (short) {
  say("the benchmark runs; nothing was written");
} else {
  const app = { at: ask("git", "rev-parse", "--short", "HEAD"), day: new Date().toISOString().slice(0, 10), load, ...found };
  mkdirSync(out, { recursive: true });
  const round = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value);
  writeFileSync(join(out, "app.json"), `${JSON.stringify(app, round)}\n`);
  await report(JSON.parse(readFileSync(join(out, "data.json"), "utf8")));
  say("BENCHMARKS.md is written");
}
