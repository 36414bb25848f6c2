// Model-checks the engine in ten million schedules, from a seed of its own, and writes docs/proof.md. `node scripts/prove.mjs [schedules]`
// Not in it: the stories and the rules (src-tauri/crates/session/tests/model).
import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ask, must, root, run, say, seconds, stop } from "./sh.mjs";
import { loom, shuttle } from "./steps.mjs";

const schedules = Number(process.argv[2] ?? 10_000_000);
if (!Number.isSafeInteger(schedules) || schedules < 1) stop("How many schedules? A whole number, please.");
const seed = process.env.MODEL_SEED ?? String(randomInt(2 ** 32));

await must("build", [...shuttle, "--no-run"], { quiet: true });
say(`${schedules} schedules from seed ${seed}`);
const started = Date.now();
const env = { MODEL_SCHEDULES: String(schedules), MODEL_SEED: seed, RUST_BACKTRACE: "0" };
const { code, output } = await run([...shuttle, "--", "--nocapture"], { env });
const took = seconds(Date.now() - started);
const every = await run([...loom, "--", "--nocapture"]);

const stories = [...output.matchAll(/model: story (\S+): (\d+) schedules in ([\d.]+) s/g)];
const rules = /model: rules (.+)/.exec(output)?.[1].split(" ") ?? [];
const failures = [...output.matchAll(/model: story \S+: failed.*/g)].map(([line]) => line);
const done = stories.reduce((total, [, , count]) => total + Number(count), 0);
const exhaustive = [...every.output.matchAll(/loom: (\d+) schedules/g)].map(([, count]) => Number(count));
const held = code === 0 && every.code === 0;

const report = `# Proof

Written by \`npm run prove\`${ask("git", "rev-parse", "--short", "HEAD") ? ` at ${ask("git", "rev-parse", "--short", "HEAD")}` : ""}. ${held ? "Every rule held in every schedule." : "**A rule was broken.**"}

- Shuttle: ${done} schedules of the whole engine in ${took}, half random, half PCT; seed ${seed}.
- Loom: ${exhaustive.length} stories of three tasks on the single flight's slot, each in every schedule without a bound on preemptions: ${exhaustive.join(", ")}.
- Rules: ${rules.join(", ")}. Each is explained in \`src-tauri/crates/session/tests/model/rules.rs\`.
- Not covered: memory orderings weaker than SeqCst (shuttle models none), and what goes on inside \`arc-swap\`, \`tokio::sync::watch\` and \`futures\` channels, which are taken as sound.

| story | schedules | seconds |
| --- | ---: | ---: |
${stories.map(([, name, count, time]) => `| ${name} | ${count} | ${time} |`).join("\n")}
${failures.length > 0 ? `\nBroken:\n\n${failures.map((line) => `- ${line}`).join("\n")}\n` : ""}`;
mkdirSync(join(root, "docs"), { recursive: true });
writeFileSync(join(root, "docs", "proof.md"), report);
say(`docs/proof.md: ${done} schedules in ${took}, ${held ? "every rule held" : "a rule was broken"}`);
process.exitCode = held ? 0 : 1;
