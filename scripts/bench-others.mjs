// Libraries of other languages beside their own bare clients: installs them on demand, and runs the same work with them.
// Not in it: the libraries and the work (tests/peers/js, tests/peers/python), and how it is told (bench-report.mjs).
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./bench-process.mjs";
import { ask, must, root, say, stop } from "./sh.mjs";

const JS = join(root, "tests", "peers", "js");
const PYTHON = join(root, "tests", "peers", "python");
const VENV = join(root, ".tools", "peers-python");
const COMPLETE = join(VENV, "complete");

/** By language: the libraries, and the words before those of the work. */
export const others = {
  js: {
    names: ["supabase auth-js", "oidc-client-ts", "axios-auth-refresh", "axios-auth-refresh, each 401 by itself"],
    command: [process.execPath, join(JS, "main.mjs")],
  },
  python: { names: ["authlib"], command: [join(VENV, "bin", "python"), "-B", join(PYTHON, "main.py")] },
};

const requirements = () => readFileSync(join(PYTHON, "requirements.txt"), "utf8");

/** Installs what is not there yet, or was locked otherwise. A bare look when there is nothing to do. */
export async function installOthers() {
  await npmInstall("JavaScript libraries to compare with", JS);
  const python = ask("python3", "--version") ?? stop("python3 is missing: node scripts/setup.mjs test");
  const wanted = createHash("sha256").update(python).update(requirements()).digest("hex");
  if (existsSync(COMPLETE) && readFileSync(COMPLETE, "utf8") === wanted) return;
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(join(root, ".tools"), { recursive: true });
  await must("Python for the libraries to compare with", ["python3", "-m", "venv", VENV], { quiet: true });
  const pip = [join(VENV, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const locked = ["--require-hashes", "--only-binary", ":all:", "-r", join(PYTHON, "requirements.txt")];
  await must("Python libraries to compare with", [...pip, ...locked], { quiet: true });
  writeFileSync(COMPLETE, wanted);
}

/** What the lock file of a folder says, unless that is installed. */
export async function npmInstall(title, folder) {
  const installed = join(folder, "node_modules", "of-lock");
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  await must(title, ["npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], { quiet: true });
  writeFileSync(installed, wanted);
}

/** What each language was measured with. */
export function versions() {
  const { packages } = JSON.parse(readFileSync(join(JS, "package-lock.json"), "utf8"));
  const js = ["@supabase/auth-js", "oidc-client-ts", "axios-auth-refresh", "axios"].map(
    (name) => `${name} ${packages[`node_modules/${name}`].version}`,
  );
  const python = ["authlib", "httpx"].map((name) => `${name} ${new RegExp(`^${name}==([^ ]+)`, "m").exec(requirements())?.[1]}`);
  return { js: [`Node ${process.version.slice(1)}`, ...js], python: [ask("python3", "--version"), ...python] };
}

/** The work that is timed, in turn; what is only counted is run together with the rest (bench-runs.mjs). */
export async function timed(serves, wanted, { check, overhead, stampede, crowds }) {
  const data = {};
  for (const [language, { names, command }] of Object.entries(others)) {
    const found = {};
    data[language] = found;
    if (wanted("check")) {
      say(`${language}: check`);
      found.check = {};
      for (const name of names) found.check[name] = await run(serves, command, "check", name, check);
    }
    if (wanted("overhead")) {
      found.overhead = {};
      for (const atOnce of [1, 64]) {
        say(`${language}: overhead, ${atOnce} in flight`);
        found.overhead[atOnce] = await run(serves, command, "overhead", names.join(";"), [...overhead, atOnce]);
      }
    }
    if (wanted("stampede"))
      for (const callers of crowds) {
        const rounds = {};
        found[`stampede ${callers}`] = rounds;
        for (let round = 0; round < stampede; round++)
          for (const name of [...names, "bare", "wake-up"]) {
            if (round === 0) say(`${language}: stampede ${callers}: ${name}`);
            rounds[name] = [...(rounds[name] ?? []), await run(serves, command, "stampede", name, [callers])];
          }
      }
  }
  return data;
}
