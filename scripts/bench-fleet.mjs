// A fleet's load on the refresh endpoint in the day after an outage, simulated with the engine's own policy, as a chart and a section of
// BENCHMARKS.md. `npm run bench:fleet`. Not in it: the simulation (tests/peers/src/bin/fleet.rs, which is the engine's tests/fleet/fleet.rs).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "./bench-report.mjs";
import { must, root, say } from "./sh.mjs";

const folder = join(root, "tests", "peers");
const out = join(root, "docs", "bench");
const program = join(process.env.CARGO_TARGET_DIR ?? join(folder, "target"), "release", "fleet");
const MILLION = 1_000_000;
const A_FEW = 100_000;
/** What the ways are called: the program's words for each, and ours. */
const WAYS = [
  ["neither jitter nor backoff", "neither"],
  ["backoff without jitter", "backoff"],
  ["backoff, and jitter inside the window only", "engine", "apart=0"],
  ["the engine", "engine"],
];

if (!existsSync(join(folder, "node_modules")))
  await must("charts", ["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund"], { quiet: true });
await must("building", ["cargo", "build", "--release", "--manifest-path", join(folder, "Cargo.toml"), "--bin", "fleet", "--locked"], {
  quiet: true,
});
const simulate = (clients, life, way, ...more) => {
  say(`${way} ${more.join(" ")}, ${clients.toLocaleString("en")} clients, tokens of ${life} min`);
  return JSON.parse(execFileSync(program, [way, String(clients), String(life), ...more], { encoding: "utf8", maxBuffer: 1 << 26 }));
};

const ways = WAYS.map(([name, ...way]) => [name, simulate(MILLION, 30, ...way)]);
const engine = ways.at(-1)[1];
const lives = [simulate(A_FEW, 5, "engine"), simulate(A_FEW, 15, "engine"), engine, simulate(MILLION, 60, "engine")];
const sizes = [10_000, A_FEW].map((clients) => simulate(clients, 30, "engine"));
const spans = [0, 0.25, 0.5, 0.75, 1].map((apart) => simulate(A_FEW, 30, "engine", `apart=${apart}`));
const insides = [60, 1200].flatMap((calls) =>
  [0, 0.5, 1].map((inside) => simulate(A_FEW, 30, "engine", `inside=${inside}`, `calls=${calls}`)),
);
const servers = [2, 5, 20].map((capacity) => simulate(A_FEW, 30, "engine", `capacity=${capacity}`));
const told = simulate(A_FEW, 30, "engine", "retry-after");

const rows = ways.flatMap(([name, { minutes, mean_per_s }]) =>
  minutes.slice(0, 360).map((count, minute) => ({ x: minute / 60, group: name, value: count / 60 / mean_per_s })),
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
const linear = [...sizes, engine].map((found) => [found.clients.toLocaleString("en"), ...cells(found), found.mean_per_s.toFixed(0)]);
const share = (part) => `${Math.round(part * 100)} %`;
const text = `## fleet: a million clients in the day after an outage, simulated

\`npm run bench:fleet\`: each client runs the engine's policy code (\`backoff\`, \`apart_after\`, \`is_time_ahead\`, \`window\`) with seeded dice, is in use, and makes a call a minute on average. The server was
away for long, so that no token is valid, and comes back at zero; it bears twice the mean load and answers 503 to the rest. Loads are those of a minute, to the mean that the same clients ask for once they
are spread. The simulation is a file of the engine's tests (\`tests/fleet/fleet.rs\`), which run it with 10,000 clients.

${table(
  ["tokens of 30 min", ...HEAD],
  ways.map(([name, found]) => [name === "the engine" ? `**${name}**` : name, ...cells(found)]),
)}

${table(
  ["the engine, tokens of", "clients", ...HEAD],
  lives.map((found) => [`${found.life_min} min`, found.clients.toLocaleString("en"), ...cells(found)]),
)}

The first minutes are bounded by R15: who waits for the server asks once a minute at least, so a million whose tokens live for half an hour come within a minute, and those who are turned away once more. Only the
server can make them fewer: by bearing more (the tables below), or by a \`Retry-After\` that differs from client to client.

${table(
  ["100,000 clients, the server", ...HEAD],
  [
    ...servers.map((found) => [`bears ${found.capacity} × the mean`, ...cells(found)]),
    ["bears 2 ×, and sends each away for a time of its own, up to 5 min", ...cells(told)],
  ],
)}

The jitter was chosen from this. After an outage: over how much of the life before the window the first moment is thrown. Over all of it, it is calm from the first cycle on, for half a cycle's requests a client and outage.

${table(
  ["100,000 clients, thrown over", ...HEAD],
  spans.map((found) => [found.apart === 0 ? "nothing: in the window" : `the last ${share(found.apart)}`, ...cells(found)]),
)}

Inside the window it matters to those who call seldom, whose timer comes before their calls: the first half of the window (R14) costs nothing more than less of it, and leaves the second half for trying again.

${table(
  ["100,000 clients, a call each", "inside the window thrown over", ...HEAD],
  insides.map((found) => [
    `${found.calls_every_s / 60} min`,
    found.inside === 0 ? "nothing: at its start" : `its first ${share(found.inside / 2)}`,
    ...cells(found),
  ]),
)}

Ten million by extrapolation: load grows with the number of clients; the busiest minute from then on, to the mean, shrinks with it as chance evens out, so a million's is a bound.

${table(["clients", ...HEAD, "mean, a second"], [...linear, ["10,000,000 (ten times a million)", ...cells(engine), (engine.mean_per_s * 10).toFixed(0)]])}

![fleet](docs/bench/fleet.svg)`;
const slim = ({ minutes: _, ...rest }) => rest;
writeFileSync(
  join(out, "fleet.json"),
  `${JSON.stringify({
    ways: ways.map(([name, found]) => ({ name, ...slim(found) })),
    ...Object.fromEntries(
      Object.entries({ lives, sizes, spans, insides, servers, told: [told] }).map(([name, all]) => [name, all.map(slim)]),
    ),
    text,
  })}\n`,
);
const data = join(out, "data.json");
if (existsSync(data)) await report(JSON.parse(readFileSync(data, "utf8")));
