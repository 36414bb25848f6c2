// What `npm run bench` measures: which libraries, which work, how often; every run by itself and in turn. Not in it: what is made of the
// figures (bench-report.mjs), a single run (bench-process.mjs), the libraries of other languages (bench-others.mjs).
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LEAST } from "./bench-figures.mjs";
import { others, timed } from "./bench-others.mjs";
import { collect, pool, run } from "./bench-process.mjs";
import { ask, root, say, stop } from "./sh.mjs";

const folder = join(root, "tests", "peers");
const target = process.env.CARGO_TARGET_DIR ?? join(folder, "target");

/** The libraries that wait with a call for a token; the first is ours. */
export const peers = ["ours", "aws-smithy-runtime", "azure_core", "azure_identity", "google-cloud-auth", "yup-oauth2", "mutex", "naive"];
/** It hands out what it has and refreshes behind it, so work that waits says nothing of it. */
export const ahead = "aliri_tokens";

const least = Object.keys(LEAST);

/** What is run where only ours is compared: ours, and what its figures are ratios to. */
export const ours = (name) => /^(bare|ours|reply|wake-up)/.test(name);

/** How often: rounds first, where there are rounds. `others` is of the other languages: [samples, headers a sample], [rounds, calls], rounds. */
export const sizes = {
  full: {
    checks: 3,
    overhead: [8, 10, 2048],
    stampede: 7,
    crowds: [1000, 10_000],
    memory: [3, 20_000],
    leave: 10_000,
    storm: 1000,
    interleavings: [100, 1000],
    outages: ["busy-valid", "gone-valid", "busy-expired", "gone-expired"],
    others: { check: [60, 20_000], overhead: [12, 1024], stampede: 5, interleavings: [10, 1000], leave: 2000 },
  },
  brief: {
    checks: 1,
    overhead: [1, 4, 640],
    stampede: 1,
    crowds: [1000],
    memory: [1, 2000],
    leave: 200,
    storm: 100,
    interleavings: [5, 200],
    outages: ["busy-expired"],
    others: { check: [5, 1000], overhead: [2, 320], stampede: 1, interleavings: [2, 200], leave: 50 },
  },
};
/** For a machine that is shared with others and an hour that is short: fewer rounds of what is timed, and all of what is counted. */
sizes.medium = {
  ...sizes.full,
  overhead: [6, 8, 2048],
  stampede: 3,
  memory: [1, 20_000],
  others: { ...sizes.full.others, overhead: [8, 1024], stampede: 3, leave: 500 },
};

/** Builds everything; gives the two programs. `debug`: as the rest of the project is built for its tests, and beside it. */
export async function build(has, { debug = false } = {}) {
  const cargo = ["cargo", "--config", "term.progress.when='never'"];
  const flags = ["--profile", debug ? "dev" : "release", "--manifest-path", join(folder, "Cargo.toml"), "--locked"];
  const told = [...flags, "--message-format", "json-render-diagnostics"];
  const env = debug ? { CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, "target") } : {};
  const output = `${await collect([...cargo, "build", ...told, "--bins"], env)}${await collect([...cargo, "bench", ...told, "--no-run"], env)}`;
  const made = output
    .split("\n")
    .filter((line) => line.includes('"executable":"'))
    .map((line) => JSON.parse(line));
  const find = (name) => made.find(({ target }) => target.name === name)?.executable ?? stop(`cargo made no ${name}.`);
  return { peers: find("peers"), check: find("check"), has };
}

/** Everything, as one object that is written down as it is. */
export async function measure(programs, size, only) {
  const wanted = (work) => !only.length || only.includes(work);
  const data = {};
  const load = [ask("cat", "/proc/loadavg")];
  if (wanted("check")) data.check = await checks(programs, size.checks);
  if (wanted("overhead")) data.overhead = await overhead(programs, size.overhead);
  if (wanted("stampede"))
    for (const callers of size.crowds)
      data[`stampede ${callers}`] = await inTurn(programs, "stampede", [...peers, ...least], [callers], size.stampede);
  if (wanted("memory")) data.memory = await inTurn(programs, "memory", [...peers, "bare"], [size.memory[1]], size.memory[0]);
  for (const [work, [names, numbers]] of Object.entries(counts(size)))
    if (wanted(work)) data[work] = await atOnce(programs, work, names, numbers);
  if (wanted("others")) {
    data.others = await timed(programs.peers, () => true, { ...size.others, crowds: size.crowds });
    for (const [work, numbers] of Object.entries(otherCounts(size)))
      for (const [language, runs] of Object.entries(await othersAtOnce(programs, work, numbers))) data.others[language][work] = runs;
  }
  load.push(ask("cat", "/proc/loadavg"));
  return { data, load };
}

/** Each piece of work once and small, as much at once as two cores bear: what comes of it is counted, and no time says anything. */
export async function smoke(programs) {
  const { storm, leave, interleavings } = { storm: 20, leave: 5, interleavings: [1, 50] };
  const works = {
    ...counts({ storm, leave, interleavings, outages: ["busy-expired"] }),
    "stampede 200": [peers, [200]],
    memory: [peers, [100]],
  };
  const jobs = [];
  const add = (into, command, work, name, numbers) =>
    jobs.push(async () => {
      into[name] = [await run(programs.peers, command, work.split(" ")[0], name, numbers)];
    });
  const data = { others: {} };
  for (const [work, [names, numbers]] of Object.entries(works)) {
    data[work] = {};
    for (const name of [...names.filter(programs.has), ...(work.startsWith("stampede") ? least : [])])
      add(data[work], [programs.peers], work, name, numbers);
  }
  for (const [language, { names, command }] of Object.entries(others)) {
    const found = { check: {}, overhead: {} };
    data.others[language] = found;
    for (const name of names)
      jobs.push(async () => {
        found.check[name] = await run(programs.peers, command, "check", name, [2, 50]);
      });
    for (const at of [1, 64])
      jobs.push(async () => {
        found.overhead[at] = await run(programs.peers, command, "overhead", names.join(";"), [2, 64, at]);
      });
    const small = otherCounts({ storm, outages: ["busy-expired"], others: { leave, interleavings } });
    for (const [work, numbers] of Object.entries({ ...small, "stampede 200": [200] })) {
      found[work] = {};
      for (const name of [...names, ...(work.startsWith("stampede") ? ["bare", "wake-up"] : [])])
        add(found[work], command, work, name, numbers);
    }
  }
  jobs.push(async () => {
    await collect([programs.check, "--test"]);
  });
  jobs.push(async () => {
    data.overhead = await overhead(programs, [1, 2, 64]);
  });
  say(`${jobs.length} small runs, eight at once`);
  await pool(jobs, 8);
  return data;
}

/** What is counted and not timed: the work, the libraries, its numbers. */
function counts({ storm, leave, interleavings, outages }) {
  return {
    storm: [[...peers, ahead], [storm]],
    ...Object.fromEntries(outages.map((outage) => [outage, [outage.endsWith("valid") ? [...peers, ahead] : peers, []]])),
    "cancel-first": [peers, []],
    "cancel-all": [peers, []],
    interleavings: [peers, interleavings],
    "sign-out": [peers, [leave]],
  };
}

function otherCounts({ storm, outages, others: { leave, interleavings } }) {
  const works = { storm: [storm], ...Object.fromEntries(outages.map((outage) => [outage, []])) };
  return { ...works, "cancel-first": [], "cancel-all": [], interleavings, "sign-out": [leave] };
}

/** Criterion measures; here the rounds of all benchmarks come in turn, and their samples are put together. */
async function checks({ check, has }, rounds) {
  say(`check: ${rounds} rounds`);
  const home = join(target, "criterion-rounds");
  const samples = {};
  for (let round = 0; round < rounds; round++) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    await collect([check, "--bench", "--noplot", "--quiet", `/(part: .*|ours, at once|${[...peers, ahead].filter(has).join("|")})$`], {
      CRITERION_HOME: home,
    });
    for (const file of readdirSync(home, { recursive: true }).filter((file) => file.endsWith("new/sample.json"))) {
      const { iters, times } = JSON.parse(readFileSync(join(home, file), "utf8"));
      const { full_id } = JSON.parse(readFileSync(join(home, file.replace("sample.json", "benchmark.json")), "utf8"));
      samples[full_id] = [...(samples[full_id] ?? []), ...times.map((time, at) => time / iters[at])];
    }
  }
  return samples;
}

/**
 * Without the one that sends its refresh token once for each of the first 64 calls, and is signed out by that. In several processes: one
 * differs from the next, by where its memory lies, by as much as is measured.
 */
async function overhead(programs, [processes, rounds, calls]) {
  const names = [
    "bare",
    ...peers.slice(0, 1),
    "ours, at once",
    "ours, whole call",
    ...peers.slice(1).filter((name) => name !== "yup-oauth2"),
    ahead,
    "bare again",
  ].filter((name) => programs.has(name));
  const found = {};
  for (const atOnce of [1, 64]) {
    say(`overhead: ${atOnce} in flight, ${rounds} rounds of ${calls} calls in each of ${processes} processes`);
    found[atOnce] = {};
    for (let process = 0; process < processes; process++) {
      const { ns, could_not } = await run(programs.peers, [programs.peers], "overhead", names.join(";"), [rounds, calls, atOnce]);
      if (!ns) stop(`overhead: ${could_not}`);
      for (const name of names) found[atOnce][name] = [...(found[atOnce][name] ?? []), ...ns[name]];
    }
  }
  return found;
}

/** Round by round, each library once a round. */
async function inTurn(programs, work, names, numbers, rounds) {
  const found = {};
  for (let round = 0; round < rounds; round++)
    for (const name of names.filter(programs.has)) {
      if (round === 0) say(`${work} ${numbers}: ${name}`);
      found[name] = [...(found[name] ?? []), await run(programs.peers, [programs.peers], work, name, numbers)];
    }
  return found;
}

/** For what is counted and not timed: all libraries at once, each with a server of its own. */
async function atOnce(programs, work, names, numbers) {
  say(`${work}: ${names.filter(programs.has).join(", ")}`);
  const runs = names.filter(programs.has).map(async (name) => [name, [await run(programs.peers, [programs.peers], work, name, numbers)]]);
  return Object.fromEntries(await Promise.all(runs));
}

/** The same for the other languages, by language. */
async function othersAtOnce(programs, work, numbers) {
  say(`${work}: ${Object.values(others).flatMap(({ names }) => names)}`);
  const languages = Object.entries(others).map(async ([language, { names, command }]) => {
    const runs = names.map(async (name) => [name, [await run(programs.peers, command, work, name, numbers)]]);
    return [language, Object.fromEntries(await Promise.all(runs))];
  });
  return Object.fromEntries(await Promise.all(languages));
}
