// Runs the long proofs, all or those named, and keeps their figures in docs/proof.md. `npm run prove [names] [schedules]`
// Not in it: the proofs themselves (proofs.mjs).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { proofs } from "./proofs.mjs";
import { ask, root, run, say, seconds, stop } from "./sh.mjs";

const FIGURES = join(root, "docs", "proof.json");
const REPORT = join(root, "docs", "proof.md");

const names = process.argv.slice(2).filter((word) => !/^\d+$/.test(word));
const schedules = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 10_000_000);
const unknown = names.find((name) => !proofs.some((proof) => proof.name === name));
if (unknown) stop(`There is no proof named ${unknown}. There are: ${proofs.map(({ name }) => name).join(", ")}.`);
const chosen = proofs.filter(({ name }) => names.length === 0 || names.includes(name));

const kept = read();
for (const proof of chosen) {
  say(`${proof.name}: ${proof.title.toLowerCase()}`);
  const started = Date.now();
  let [held, output, seeds] = [true, "", {}];
  for (const { command, env } of proof.runs({ schedules })) {
    const done = await run(command, { env });
    held &&= done.code === 0;
    output += done.output;
    seeds = { ...seeds, ...Object.fromEntries(Object.entries(env).filter(([key]) => key.endsWith("_SEED"))) };
  }
  const figures = proof.read(output);
  held &&= figures !== undefined;
  kept[proof.name] = {
    held,
    took: seconds(Date.now() - started),
    at: ask("git", "rev-parse", "--short", "HEAD") ?? "no commit",
    seeds,
    figures,
  };
  write();
  say(`${proof.name}: ${held ? "held" : "BROKEN"} in ${kept[proof.name].took}`);
}
process.exitCode = chosen.every(({ name }) => kept[name].held) ? 0 : 1;

function read() {
  try {
    return JSON.parse(readFileSync(FIGURES, "utf8"));
  } catch {
    return {};
  }
}

function write() {
  const sections = proofs
    .filter(({ name }) => kept[name])
    .map(({ name, title, tell }) => {
      const { held, took, at, seeds, figures } = kept[name];
      const seeded = Object.entries(seeds).map(([key, seed]) => `${key}=${seed} `);
      const head = `## ${title}\n\n\`${seeded.join("")}npm run prove ${name}\` at ${at}, ${took}: ${held ? "held." : "**broken.**"}`;
      return figures === undefined ? head : `${head}\n\n${tell(figures).trim()}`;
    });
  const report = `# Proof\n\nWritten by \`npm run prove\`, from figures it measured. The short form of each runs with every test.\n\n${sections.join("\n\n")}\n`;
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(FIGURES, `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(REPORT, report);
}
