// What `npm run bench` measures: which libraries, which work, how often; every run by itself and in turn. Not in it: what is made of the
// figures (bench-report.mjs).
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ask, root, say, stop } from "./sh.mjs";

const folder = join(root, "tests", "peers");
const target = process.env.CARGO_TARGET_DIR ?? join(folder, "target");

/** The libraries that wait with a call for a token; the first is ours. */
export const peers = ["ours", "aws-smithy-runtime", "azure_core", "yup-oauth2", "mutex", "naive"];
/** It hands out what it has and refreshes behind it, so work that waits says nothing of it. */
export const ahead = "aliri_tokens";

/** Sizes: [rounds, …]. */
const full = { checks: 3, overhead: [16, 2048], stampede: 7, memory: 3, leave: 10_000, storm: 1000, interleavings: [100, 1000] };
/** For a machine that is shared with others and an hour that is short: fewer rounds of what is timed, and all of what is counted. */
const medium = { ...full, overhead: [10, 2048], stampede: 3, memory: 1 };
const brief = { checks: 1, overhead: [4, 640], stampede: 1, memory: 1, leave: 200, storm: 100, interleavings: [5, 200] };

/** Builds everything; gives the two programs. */
export async function build(has) {
  const cargo = ["cargo", "--config", "term.progress.when='never'"];
  const flags = ["--release", "--manifest-path", join(folder, "Cargo.toml"), "--message-format", "json-render-diagnostics", "--locked"];
  const output = `${await collect([...cargo, "build", ...flags, "--bins"])}${await collect([...cargo, "bench", ...flags.slice(1), "--no-run"])}`;
  const made = output
    .split("\n")
    .filter((line) => line.includes('"executable":"'))
    .map((line) => JSON.parse(line));
  const find = (name) => made.find(({ target }) => target.name === name)?.executable ?? stop(`cargo made no ${name}.`);
  return { peers: find("peers"), check: find("check"), has };
}

/** A server of its own, until `end` is called. */
async function server(program) {
  const child = spawn(program, ["serve"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await new Promise((resolve) => child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.split("\n"))));
  return { addresses: line.trim().split(" "), end: () => child.kill() };
}

/** Everything, as one object that is written down as it is. */
export async function measure(programs, { short, some, only }) {
  const size = short ? brief : some ? medium : full;
  const wanted = (work) => !only.length || only.includes(work);
  const data = {};
  const load = [ask("cat", "/proc/loadavg")];
  if (wanted("check")) data.check = await checks(programs, size.checks);
  if (wanted("overhead")) data.overhead = await overhead(programs, size.overhead);
  if (wanted("stampede"))
    for (const callers of short ? [1000] : [1000, 10_000])
      data[`stampede ${callers}`] = await inTurn(programs, "stampede", [...peers, "bare", "wake-up"], [callers], size.stampede);
  if (wanted("memory")) data.memory = await inTurn(programs, "memory", [...peers, "bare"], [short ? 2000 : 20_000], size.memory);
  const counts = {
    storm: [[...peers, ahead], [size.storm]],
    "busy-valid": [[...peers, ahead], []],
    "gone-valid": [[...peers, ahead], []],
    "busy-expired": [peers, []],
    "gone-expired": [peers, []],
    "cancel-first": [peers, []],
    "cancel-all": [peers, []],
    interleavings: [peers, size.interleavings],
    "sign-out": [peers, [size.leave]],
  };
  for (const [work, [names, numbers]] of Object.entries(counts))
    if (wanted(work) && !(short && /valid|gone/.test(work))) data[work] = await atOnce(programs, work, names, numbers);
  load.push(ask("cat", "/proc/loadavg"));
  return { data, load };
}

/** Criterion measures; here the rounds of all benchmarks come in turn, and their samples are put together. */
async function checks({ check }, rounds) {
  say(`check: ${rounds} rounds`);
  const home = join(target, "criterion-rounds");
  const samples = {};
  for (let round = 0; round < rounds; round++) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    await collect([check, "--bench", "--noplot", "--quiet"], { CRITERION_HOME: home });
    for (const file of readdirSync(home, { recursive: true }).filter((file) => file.endsWith("new/sample.json"))) {
      const { iters, times } = JSON.parse(readFileSync(join(home, file), "utf8"));
      const { full_id } = JSON.parse(readFileSync(join(home, file.replace("sample.json", "benchmark.json")), "utf8"));
      samples[full_id] = [...(samples[full_id] ?? []), ...times.map((time, at) => time / iters[at])];
    }
  }
  return samples;
}

/** Without the one that sends its refresh token once for each of the first 64 calls, and is signed out by that. */
async function overhead(programs, [rounds, calls]) {
  const names = [
    "bare",
    ...peers.slice(0, 1),
    "ours, whole call",
    ...peers.slice(1).filter((name) => name !== "yup-oauth2"),
    ahead,
    "bare again",
  ].filter((name) => programs.has(name));
  const found = {};
  for (const atOnce of [1, 64]) {
    say(`overhead: ${atOnce} in flight, ${rounds} rounds of ${calls} calls`);
    const { ns, could_not } = await run(programs, "overhead", names.join(";"), [rounds, calls, atOnce]);
    found[atOnce] = ns ?? stop(`overhead: ${could_not}`);
  }
  return found;
}

/** Round by round, each library once a round. */
async function inTurn(programs, work, names, numbers, rounds) {
  const found = {};
  for (let round = 0; round < rounds; round++)
    for (const name of names.filter(programs.has)) {
      if (round === 0) say(`${work} ${numbers}: ${name}`);
      found[name] = [...(found[name] ?? []), await run(programs, work, name, numbers)];
    }
  return found;
}

/** For what is counted and not timed: all libraries at once, each with a server of its own. */
async function atOnce(programs, work, names, numbers) {
  say(`${work}: ${names.filter(programs.has).join(", ")}`);
  const runs = names.filter(programs.has).map(async (name) => [name, [await run(programs, work, name, numbers)]]);
  return Object.fromEntries(await Promise.all(runs));
}

async function run(programs, work, name, numbers) {
  const { addresses, end } = await server(programs.peers);
  try {
    const output = await collect([programs.peers, work, name, ...addresses, ...numbers.map(String)], {}, false);
    return JSON.parse(output.trim().split("\n").at(-1));
  } catch (error) {
    return { could_not: String(error.message ?? error).slice(0, 200) };
  } finally {
    end();
  }
}

function collect([command, ...args], env = {}, must = true) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (errors += text));
    child.on("close", (code) => {
      if (code === 0) return resolve(output);
      if (must) stop(`${errors}\n${command} ended with exit code ${code}.`);
      reject(new Error(errors.trim().split("\n").at(-1) ?? `exit code ${code}`));
    });
  });
}
