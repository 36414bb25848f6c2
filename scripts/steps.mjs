// The steps of the full run, as data: a step is a name, commands, and what must have passed before it.
// Not in it: how steps are run and counted (test.mjs).

import { built } from "./sh.mjs";

const bin = (name) => `node_modules/.bin/${name}`;

// `--workspace` in every cargo line: the same set of features each time, so nothing is compiled twice.
/** Seconds when warm; `npm run check` runs these alone. */
export const check = [
  { name: "format", commands: [["cargo", "fmt", "--all", "--check"]] },
  { name: "format and lints of the UI", commands: [[bin("biome"), "ci", "--colors=off", "--error-on-warnings"]] },
  { name: "types of the UI", commands: [[bin("tsc"), "--noEmit", "-p", "ui"]] },
  { name: "claims", commands: [["node", "scripts/claims.mjs"]] },
  { name: "UI build", commands: [["npm", "run", "--silent", "build:ui"]] },
  {
    name: "lints",
    after: ["UI build"],
    commands: [["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]],
  },
];

/** The full run. The end-to-end tests are left out of a plain `cargo test` (their Cargo.toml says so). */
export const all = [
  ...check,
  { name: "UI tests", commands: [[bin("vitest"), "run", "--root", "ui"]] },
  { name: "unit, property and concurrency tests", after: ["UI build"], commands: [["cargo", "test", "--workspace", "--no-fail-fast"]] },
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
    commands: [["cargo", "test", "--workspace", "--test", "promises", "--test", "secrets", "--", "--test-threads=2"]],
  },
  { name: "tour", after: ["app build"], commands: [[built("tour")]] },
];
