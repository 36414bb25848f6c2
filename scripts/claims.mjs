// Checks that each rule, fault and promise which ARCHITECTURE.md claims as proven is named by a test, and that SECURITY.md's tests exist.
// Not in it: whether those tests pass; the other steps say that.
import { readFileSync } from "node:fs";
import { ask, root, stop } from "./sh.mjs";

const HEADING = "## Proof";
const LINE = /^- (?:rules|faults|promises): (.*)$/gm;
const NUMBER = /\b([RFP])(\d+)\b/g;

const text = readFileSync(`${root}/ARCHITECTURE.md`, "utf8");
const proof = text.slice(text.indexOf(HEADING));
const claimed = [...proof.matchAll(LINE)].flatMap(([, list]) => [...list.matchAll(NUMBER)].map(([number]) => number));
if (!text.includes(HEADING) || claimed.length === 0) stop(`ARCHITECTURE.md claims nothing under "${HEADING}".`);

const tests = new Map();
const files = ask("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.rs", "*.test.ts", "*.test.tsx").split("\n");
for (const file of files) {
  const source = readFileSync(`${root}/${file}`, "utf8");
  const names = file.endsWith(".rs")
    ? rustTests(source)
    : [...source.matchAll(/\b(?:it|test|describe)\(\s*["'`]([^"'`]+)/g)].map(([, name]) => name);
  for (const name of names) for (const number of numbersIn(name)) tests.set(number, (tests.get(number) ?? 0) + 1);
}

const known = new Set();
for (const file of files)
  for (const [, name] of readFileSync(`${root}/${file}`, "utf8").matchAll(/\bfn (\w+)\(/g)) if (file.endsWith(".rs")) known.add(name);
const promised = [...readFileSync(`${root}/SECURITY.md`, "utf8").matchAll(/`(\w{20,})`/g)].map(([, name]) => name);
const gone = promised.filter((name) => !known.has(name));
if (promised.length === 0 || gone.length > 0) stop(`SECURITY.md rests on tests that are not there: ${gone.join(", ") || "it names none"}.`);

const missing = claimed.filter((number) => !tests.has(number));
if (missing.length > 0)
  stop(`ARCHITECTURE.md claims ${missing.join(", ")} as proven, and no test names ${missing.length > 1 ? "them" : "it"}.`);
console.log(`${claimed.length} claims, each named by a test: ${claimed.map((number) => `${number} ${tests.get(number)}`).join(", ")}`);

/** Each test function's name, with the doc comment above it. */
function rustTests(source) {
  const found = source.matchAll(
    /((?:^[ \t]*\/\/\/.*\n)*)^[ \t]*#\[(?:tokio::)?test[^\n]*\]\n(?:[ \t]*#\[[^\n]*\n)*[ \t]*(?:pub )?(?:async )?fn (\w+)/gm,
  );
  const properties = source.matchAll(/^ {8}fn (\w+)\(/gm); // inside proptest! {}
  return [...[...found].map(([, doc, name]) => `${doc} ${name}`), ...[...properties].map(([, name]) => name)];
}

/** "f1_r3_fifty_calls" and "Promise 1 (R1)" name R1, R3, F1. */
function numbersIn(name) {
  const words = name.split(/[^a-zA-Z0-9]+/);
  return new Set(words.filter((word) => /^[rfp]\d+$/i.test(word)).map((word) => word.toUpperCase()));
}
