// A fleet's load on the refresh endpoint in the day after an outage, simulated with the engine's own policy, as a chart and a section of
// BENCHMARKS.md. `npm run bench:fleet`. Not in it: the simulation (tests/peers/src/bin/fleet.rs).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "./bench-report.mjs";
import { must, root, say } from "./sh.mjs";

const folder = join(root, "tests", "peers");
const out = join(root, "docs", "bench");
const program = join(process.env.CARGO_TARGET_DIR ?? join(folder, "target"), "release", "fleet");
const MILLION = 1_000_000;
const WAYS = {
  neither: "neither jitter nor backoff",
  backoff: "backoff without jitter",
  engine: "the engine",
  spread: "the engine, were it to begin before the window",
};

if (!existsSync(join(folder, "node_modules")))
  await must("charts", ["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund"], { quiet: true });
await must("building", ["cargo", "build", "--release", "--manifest-path", join(folder, "Cargo.toml"), "--bin", "fleet", "--locked"], {
  quiet: true,
});
const simulate = (way, clients, life) => {
  say(`${WAYS[way]}, ${clients.toLocaleString("en")} clients, tokens of ${life} min`);
  return JSON.parse(execFileSync(program, [way, String(clients), String(life)], { encoding: "utf8", maxBuffer: 1 << 26 }));
};

const ways = Object.keys(WAYS).map((way) => [way, simulate(way, MILLION, 30)]);
const lives = [5, 15, 60].map((life) => simulate("engine", 100_000, life));
const sizes = [10_000, 100_000].map((clients) => simulate("engine", clients, 30));

const rows = ways.flatMap(([way, { minutes, mean_per_s }]) =>
  minutes.slice(0, 360).map((count, minute) => ({ x: minute / 60, group: WAYS[way], value: count / 60 / mean_per_s })),
);
const { lines } = await import(join(folder, "chart.mjs"));
mkdirSync(out, { recursive: true });
writeFileSync(
  join(out, "fleet.svg"),
  await lines({
    title: "A million clients after an outage",
    unit: "requests, to the mean",
    over: "hours",
    rows: rows.map((row) => ({ ...row, value: Math.min(row.value, 60) })),
    log: true,
  }),
);

const table = (head, body) => [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
const cells = ({ burst_ratio, peak_ratio, last_hour_ratio, all_served_min, requests, clients }) => [
  `${burst_ratio.toFixed(1)} ×`,
  all_served_min >= 1440 ? "never" : `${all_served_min} min`,
  all_served_min >= 1440 ? "–" : `${peak_ratio.toFixed(2)} ×`,
  `${last_hour_ratio.toFixed(2)} ×`,
  (requests / clients).toFixed(1),
];
const HEAD = [
  "busiest minute of all",
  "all have a token after",
  "busiest minute from then on",
  "busiest minute of the last hour",
  "requests a client in the day",
];
const linear = [...sizes, ways[2][1]].map((found) => [found.clients.toLocaleString("en"), ...cells(found), found.mean_per_s.toFixed(0)]);
const text = `## fleet: a million clients in the day after an outage, simulated

\`npm run bench:fleet\`: each client runs the engine's policy code (\`backoff\`, \`is_time_ahead\`, \`window\`) with seeded dice, is in use, and makes a call a minute on average. The server was away for
long, so that no token is valid, and comes back at zero; it bears twice the mean load and answers 503 to the rest. Loads are those of a minute, to the mean that the same clients ask for once they are spread.

${table(
  ["tokens of 30 min", ...HEAD],
  ways.map(([way, found]) => [way === "engine" ? "**the engine**" : WAYS[way], ...cells(found)]),
)}

${table(
  ["the engine, 100,000 clients, tokens of", ...HEAD],
  lives.map((found) => [`${found.life_min} min`, ...cells(found)]),
)}

Ten million by extrapolation: load grows with the number of clients; the busiest minute from then on, to the mean, shrinks with it as chance evens out, so a million's is a bound.

${table(["clients", ...HEAD, "mean, a second"], [...linear, ["10,000,000 (ten times a million)", ...cells(ways[2][1]), (ways[2][1].mean_per_s * 10).toFixed(0)]])}

![fleet](docs/bench/fleet.svg)`;
const slim = ({ minutes: _, ...rest }) => rest;
writeFileSync(
  join(out, "fleet.json"),
  `${JSON.stringify({ ways: ways.map(([way, found]) => ({ way, ...slim(found) })), lives: lives.map(slim), sizes: sizes.map(slim), text })}\n`,
);
const data = join(out, "data.json");
if (existsSync(data)) await report(JSON.parse(readFileSync(data, "utf8")));
