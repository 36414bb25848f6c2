// The steps of the full run, as data: a step is a name, commands, and what must have passed before it.
// Not in it: how steps are run and counted (test.mjs).

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { built, root } from "./sh.mjs";

const bin = (name) => `node_modules/.bin/${name}`;

/** What is no part of the workspace, as the program is to be built without it. */
const apart = ["tests/peers", "tests/bare-window", "src-tauri/crates/session/fuzz"];

const clippy = (...what) => ["cargo", "clippy", ...what, "--all-targets", "--quiet", "--", "-D", "warnings"];

// `--workspace` in every cargo line: the same set of features each time, so nothing is compiled twice.
/** Seconds when warm; `npm run check` runs these alone. */
export const check = [
  { name: "audit", commands: [["node", "scripts/audit.mjs"]] }, // first: the other steps would write a lock file that is out of date
  {
    name: "format",
    commands: [
      ["cargo", "fmt", "--all", "--check"],
      ...apart.map((crate) => ["cargo", "fmt", "--check", "--manifest-path", `${crate}/Cargo.toml`]),
    ],
  },
  { name: "format and lints of the UI", commands: [[bin("biome"), "ci", "--colors=off", "--error-on-warnings"]] },
  { name: "types of the UI", commands: [[bin("tsc"), "--noEmit", "-p", "ui"]] },
  { name: "claims", commands: [["node", "scripts/claims.mjs"]] },
  {
    name: "UI build",
    commands: [
      ["npm", "run", "--silent", "build:ui"],
      ["node", "scripts/bundle.mjs"],
    ],
  },
  {
    name: "lints",
    after: ["UI build"],
    commands: [clippy("--workspace")],
  },
];

// The engine's synchronisation is a model checker's in these two, so each is a build of its own that no program is part of.
const model = ["cargo", "test", "--profile", "model", "-p", "session-engine"];
/** Schedules of the whole engine, 200 000 of them; `npm run prove` runs it with more. */
export const shuttle = [...model, "--features", "shuttle", "--test", "model"];
/** Every schedule of three tasks in the single flight. */
export const loom = [...model, "--features", "loom", "--lib", "all_schedules"];

/** The full run. The end-to-end tests are left out of a plain `cargo test` (their Cargo.toml says so). */
export const all = [
  ...check,
  { name: "UI tests", commands: [[bin("vitest"), "run", "--root", "ui"]] },
  {
    name: "unit, property and concurrency tests",
    after: ["UI build"],
    env: {
      PROPTEST_RNG_SEED: "1729", // so that a failure of today is one of tomorrow; a plain `cargo test` and `npm run prove` throw new dice
      RUST_TEST_THREADS: `${2 * availableParallelism()}`, // what takes long here waits for a keyring, a lock or another process
    },
    commands: [["cargo", "test", "--workspace", "--no-fail-fast"]],
  },
  { name: "model", commands: [shuttle, loom] },
  { name: "interop", after: ["UI build"], commands: [["node", "scripts/interop.mjs"]] }, // installs its servers once
  {
    // `--lib`: a test of another kind would build the program anew, in the place of the one that the next steps drive.
    name: "without the dev panel",
    after: ["UI build"],
    commands: [["cargo", "test", "--workspace", "--no-default-features", "--features", "session-keeper/custom-protocol", "--lib", "p10_"]],
  },
  {
    name: "docs",
    after: ["UI build"],
    env: { RUSTDOCFLAGS: "-D warnings" },
    commands: [["cargo", "doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]],
  },
  { name: "app build", after: ["UI build"], commands: [["cargo", "build", "--workspace", "--bins"]] },
  {
    name: "end-to-end tests",
    after: ["app build"],
    env: { RUST_LIB_BACKTRACE: "0" },
    // Three at once on two processors: each waits for its keyring, its server or its clock for a part of its time.
    commands: [["cargo", "test", "--workspace", "--test", "app", "--", `--test-threads=${availableParallelism() + 1}`]],
  },
  { name: "tour", after: ["app build"], commands: [[built("tour")]] },
  {
    // That they run, not how fast: a build without optimisation beside the rest, each piece of work once and small. Installs its libraries once.
    name: "benchmarks run",
    env: { CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, "target") }, // what they share with the program is built
    commands: [
      ["node", "--test", "--test-reporter=tap", "scripts/bench-compare.test.mjs"],
      ["node", "scripts/bench.mjs", "--smoke"],
      // Here and not among the lints: these are a second or two only once what they stand on is built.
      ...["tests/peers", "tests/bare-window"].map((crate) => clippy("--manifest-path", `${crate}/Cargo.toml`, "--locked")),
    ],
  },
];
