// The long proofs, as data: what each runs, how its figures are read, and how they are told in docs/proof.md.
// Not in it: how they are run and the report is kept (prove.mjs); the short form of most runs with every test (steps.mjs).
import { randomInt } from "node:crypto";
import { loom, shuttle } from "./steps.mjs";

const long = (test) => ["cargo", "test", "--profile", "model", "-p", "session-engine", "--test", test, "--", "--nocapture"];

/** A line `PROOF {"name":figures}` on the output; the last one counts. */
const told = (name) => (output) => {
  const lines = [...output.matchAll(/^PROOF (\{.*\})$/gm)].map(([, json]) => JSON.parse(json)[name]);
  return lines.filter((figures) => figures !== undefined).at(-1);
};

const table = (head, rows) =>
  [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const count = (number) => Number(number).toLocaleString("en");

/** Each: `runs` are the commands, `read` gives the figures of all they printed, `tell` is Markdown. */
export const proofs = [
  {
    name: "model",
    title: "Every interleaving that could be tried",
    runs: (options) => {
      const seed = process.env.MODEL_SEED ?? String(randomInt(2 ** 32));
      const env = { MODEL_SCHEDULES: String(options.schedules), MODEL_SEED: seed, RUST_BACKTRACE: "0" };
      return [
        { command: [...shuttle, "--", "--nocapture"], env },
        { command: [...loom, "--", "--nocapture"], env: {} },
      ];
    },
    read: (output) => ({
      stories: [...output.matchAll(/model: story (\S+): (\d+) schedules in ([\d.]+) s/g)].map(([, name, schedules, seconds]) => [
        name,
        Number(schedules),
        Number(seconds),
      ]),
      rules: /model: rules (.+)/.exec(output)?.[1].split(" ") ?? [],
      broken: [...output.matchAll(/model: story \S+: failed.*/g)].map(([line]) => line),
      loom: [...output.matchAll(/loom: (\d+) schedules/g)].map(([, schedules]) => Number(schedules)),
    }),
    tell: ({
      stories,
      rules,
      broken,
      loom,
    }) => `- Shuttle: ${count(stories.reduce((sum, [, schedules]) => sum + schedules, 0))} schedules of the whole engine, half random, half PCT.
- Loom: ${loom.length} stories of three tasks on the single flight's slot, each in every schedule without a bound on preemptions: ${loom.map(count).join(", ")}.
- Rules: ${rules.join(", ")}. Each is explained in \`src-tauri/crates/session/tests/model/rules.rs\`.
- Not covered: memory orderings weaker than SeqCst (shuttle models none), and what goes on inside \`arc-swap\`, \`tokio::sync::watch\` and \`futures\` channels, which are taken as sound.

${table(
  ["story", "schedules", "seconds"],
  [...stories].sort().map(([name, schedules, seconds]) => [name, count(schedules), seconds]),
)}
${broken.map((line) => `\n- **${line}**`).join("")}`,
  },
  {
    name: "machine",
    title: "Any order of operations against a model of the session",
    runs: () => [{ command: long("machine"), env: { PROPTEST_RNG_SEED: process.env.PROPTEST_RNG_SEED ?? String(randomInt(2 ** 32)) } }],
    read: told("machine"),
    tell: ({ operations, cases, seconds }) =>
      `${count(operations)} operations in ${count(cases)} stories, after each of which the session, the vault, the profile and every count agreed with the model; ${seconds} s.`,
  },
  {
    name: "simulator",
    title: "Sessions in a month of bad weather",
    runs: () => [
      {
        command: long("simulator"),
        env: { SIM_SESSIONS: "10000", SIM_DAYS: "30", SIM_SEED: process.env.SIM_SEED ?? String(randomInt(2 ** 32)) },
      },
    ],
    read: told("simulator"),
    tell: (figures) => `${table(
      ["figure", ""],
      Object.entries(figures)
        .filter(([, value]) => typeof value === "number")
        .map(([name, value]) => [name, count(value)]),
    )}

Ended: ${
      Object.entries(figures.ended ?? {})
        .map(([reason, times]) => `${reason} ${count(times)}`)
        .join(", ") || "none"
    }. Nobody was signed out but by a definitive answer or by themselves; no field of a profile was lost.`,
  },
  {
    name: "fuzz",
    title: "Any bytes",
    runs: () => [{ command: ["node", "src-tauri/crates/session/fuzz/run.mjs"], env: {} }],
    read: told("fuzz"),
    tell: (targets) =>
      table(
        ["target", "seconds", "runs", "kept inputs", "crashes"],
        targets.map(({ target, seconds, runs, corpus, crashes }) => [target, seconds, count(runs), count(corpus), crashes]),
      ),
  },
  {
    name: "crashes",
    title: "kill -9 of the real app",
    runs: () => [
      { command: ["npm", "run", "--silent", "build:ui"], env: {} },
      { command: ["cargo", "build", "--workspace", "--bins"], env: {} },
      {
        command: ["cargo", "test", "--workspace", "--test", "crashes", "--", "--test-threads=2"],
        env: { KEEPER_KILLS: "500", KEEPER_SEED: process.env.KEEPER_SEED ?? String(randomInt(2 ** 32)), RUST_LIB_BACKTRACE: "0" },
      },
    ],
    read: told("kills"),
    tell: ({ kills, middle_of, resumed, ended_with_the_reason, signed_out_as_wished, not_signed_in_yet, lost, seconds }) => `${table(
      ["killed in the middle of", "times"],
      Object.entries(middle_of).map(([deed, times]) => [deed, count(times)]),
    )}

${count(kills)} kills in ${count(seconds)} s, each followed by a start. The session went on ${count(resumed)} times; it had ended, and the login view said truly why,
${count(ended_with_the_reason)} times, all at a server that takes no refresh token twice; who signed out was out ${count(signed_out_as_wished)} times; a sign-in had not come to its end ${count(not_signed_in_yet)} times. Each time the profile
and the draft were exact, nothing of anybody else was shown, and no token was in a file. Lost: ${count(lost)}.`,
  },
  {
    name: "mutants",
    title: "Code changed on purpose",
    runs: () => [{ command: ["node", "src-tauri/crates/session/mutants.mjs"], env: {} }],
    read: told("mutants"),
    tell: ({ total, caught, missed, timeout, unviable, percent }) =>
      `${count(total)} small changes of policy, verdict, single flight, interceptor and session: ${count(caught)} caught by a failed test, ${timeout} by a test that no longer ended, ${missed} missed, ${unviable} did not compile: ${percent} % killed. By file, with the survivors and their reasons: [mutants.md](mutants.md).`,
  },
];
