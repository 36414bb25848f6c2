// One run of one piece of work with one library: a process of its own, beside a server of its own. Not in it: which work and how often.
import { spawn } from "node:child_process";
import { root, stop } from "./sh.mjs";

/** A server of its own, until `end` is called. */
async function server(program) {
  const child = spawn(program, ["serve"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await new Promise((resolve) => child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.split("\n"))));
  return { addresses: line.trim().split(" "), end: () => child.kill() };
}

/** Runs `command` (the words before those of the work) and gives its figures, or why it could not. */
export async function run(serves, command, work, name, numbers) {
  const { addresses, end } = await server(serves);
  try {
    const output = await collect([...command, work, name, ...addresses, ...numbers.map(String)], {}, false);
    return JSON.parse(output.trim().split("\n").at(-1));
  } catch (error) {
    return { could_not: String(error.message ?? error).slice(0, 200) };
  } finally {
    end();
  }
}

/** What a command prints. Libraries that ask the environment for a proxy are told that there is none to this machine. */
export function collect([command, ...args], env = {}, must = true) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      errors += text;
    });
    child.on("error", (error) => (must ? stop(error.message) : reject(error)));
    child.on("close", (code) => {
      if (code === 0) return resolve(output);
      if (must) stop(`${errors}\n${command} ended with exit code ${code}.`);
      reject(new Error(errors.trim().split("\n").at(-1) || `exit code ${code}`));
    });
  });
}

/** All of `jobs`, so many at once; their results in the order of the jobs. */
export async function pool(jobs, atOnce) {
  const results = [];
  const left = jobs.entries();
  const one = async () => {
    for (const [at, job] of left) results[at] = await job();
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return results;
}
