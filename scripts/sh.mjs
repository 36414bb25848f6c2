// Runs a command in the project's folder and shows that it runs; what the scripts have in common.
// Not in it: what is run, and in which order.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A program that cargo has built for development. */
export const built = (name) => join(process.env.CARGO_TARGET_DIR ?? "target", "debug", name);

/** The first file of this name on PATH, or undefined. */
export function which(name) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What a short command prints, or undefined when it fails or is not there. */
export function ask(command, ...args) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

/** A line about what is being done. */
export function say(text) {
  console.log(`\x1b[1m· ${text}\x1b[0m`);
}

/** Ends the program with a message; for errors the user can do something about. */
export function stop(text) {
  console.error(`\n${text}`);
  process.exit(1);
}

/** "12.3 s", or "2 min 5 s". */
export function seconds(milliseconds) {
  const whole = milliseconds / 1000;
  return whole < 100 ? `${whole.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${Math.round(whole % 60)} s`;
}

/** Runs a command to its end, passing its output on; answers its exit code and all it printed. */
export function run([command, ...args], { env = {}, quiet = false, stdin = "ignore" } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: [stdin, "pipe", "pipe"],
    });
    let output = "";
    const take = (stream, out) =>
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (!quiet) out.write(text);
      });
    take(child.stdout, process.stdout);
    take(child.stderr, process.stderr);
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/** Runs a command that must succeed, under a line that says what it is for. */
export async function must(title, command, options = {}) {
  const started = Date.now();
  say(`${title}: ${command.join(" ")}`);
  const { code, output } = await run(command, options);
  if (code !== 0) stop(`${options.quiet ? `${output}\n` : ""}${title}: "${command.join(" ")}" ended with exit code ${code}.`);
  if (Date.now() - started > 1000) say(`${title}: done in ${seconds(Date.now() - started)}`);
  return output;
}
