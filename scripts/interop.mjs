// Real servers for tests/interop: installs them once, runs the tests against them, and keeps the table of what was shown. `node scripts/interop.mjs [install|write]`
// Not in it: the servers and what is expected of them (tests/interop), and Python itself (setup.mjs).
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, must, root, run, say, stop } from "./sh.mjs";

const SERVERS = join(root, "tests", "interop", "servers");
const INSTALLED = join(root, ".tools", "interop");
const COMPLETE = join(INSTALLED, "complete");
const SHOWN = join(root, "test-results", "interop", "shown");
const LIST = "docs/works-with.md";
const README = "README.md";
const BEGIN = "<!-- works with: written by scripts/interop.mjs -->";
const END = "<!-- end of works with -->";

/** What a claim is called, in the order of the table. The key is the name under which its test has written down what it saw. */
const CLAIMS = {
  "sign-in": "Sign-in",
  due: "Calls that find the token due at the same time",
  "five minutes": "Ten minutes with a five-minute token",
  "a 401": "A 401 of the API to calls under way",
  profile: "Profile after refreshes",
  restart: "Server stopped, token over, server started again",
  "dead token": "Session ended at the server",
  rotation: "Rotation",
  "lost reply": "Refresh done, reply lost",
  "sign-out": "Signed out, at the server too",
};
/** What only some servers can show. */
const MORE = {
  "a 429": "throttled",
  "deleted user": "deleted user",
  theft: "a stolen token used first",
  "unknown client": "client unknown to the server",
  "a 422": "malformed token, a 422",
};

/** Installs the servers where they are not yet, or where their lock files have changed. A bare look when there is nothing to do. */
export async function installServers() {
  const python = ask("python3", "--version") ?? stop("python3 is missing: node scripts/setup.mjs test");
  const stamp = createHash("sha256").update(python).update(process.version.split(".")[0]);
  const locks = ["requirements.txt", "package-lock.json"];
  for (const name of locks) stamp.update(readFileSync(join(SERVERS, name)));
  const wanted = stamp.digest("hex");
  if (existsSync(COMPLETE) && readFileSync(COMPLETE, "utf8") === wanted) return;
  rmSync(INSTALLED, { recursive: true, force: true });
  const venv = join(INSTALLED, "python");
  const node = join(INSTALLED, "node");
  mkdirSync(node, { recursive: true });
  await must("Python for the servers of tests/interop", ["python3", "-m", "venv", venv], { quiet: true });
  const pip = [join(venv, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const locked = ["--require-hashes", "--only-binary", ":all:", "-r", join(SERVERS, "requirements.txt")];
  await must("Servers from PyPI", [...pip, ...locked], { quiet: true });
  for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(SERVERS, name), join(node, name));
  const npm = ["npm", "ci", "--prefix", node, "--ignore-scripts", "--no-audit", "--no-fund"];
  await must("Servers from npm", npm, { quiet: true });
  writeFileSync(COMPLETE, wanted);
}

async function prove(writes) {
  rmSync(join(root, "test-results", "interop"), { recursive: true, force: true });
  await installServers();
  // A server's process does little of the waiting that its tests do, so four at a time are right for two cores as well.
  const { code } = await run(["cargo", "test", "--workspace", "--test", "interop", "--", "--test-threads=4"]);
  if (code !== 0) stop("tests/interop did not pass; what the servers said is in test-results/interop/logs");
  const rows = read();
  const pages = [
    [LIST, whole(rows)],
    [README, withDoctor(inReadme(table(rows, (row) => row.versions.split(",")[0])))],
  ];
  for (const [file, text] of pages) {
    if (writes) writeFileSync(join(root, file), text);
    else if (!existsSync(join(root, file)) || shape(readFileSync(join(root, file), "utf8")) !== shape(text))
      stop(`${file} does not say what the tests have shown: node scripts/interop.mjs write`);
  }
  say(`${rows.length} servers, each as ${LIST} says`);
}

/** What the tests have written down: a row a server, as it was set. */
function read() {
  const rows = readdirSync(SHOWN)
    .sort()
    .map((key) => {
      const file = (name) => readFileSync(join(SHOWN, key, name), "utf8");
      const [, set, versions] = file("line").split("\n");
      const claims = readdirSync(join(SHOWN, key)).filter((name) => name !== "line");
      const unknown = claims.find((name) => !(name in CLAIMS) && !(name in MORE));
      if (unknown) stop(`tests/interop has shown "${unknown}", which scripts/interop.mjs has no words for.`);
      return { set, versions, shown: Object.fromEntries(claims.map((name) => [name, file(name)])) };
    });
  return rows.filter((row) => row.shown.due); // the others were only started
}

/** The claims of which all servers have shown the same, and those that tell them apart. */
function parted(rows) {
  const same = Object.keys(CLAIMS).filter((claim) => rows.every((row) => row.shown[claim] === rows[0].shown[claim]));
  return { same, apart: Object.keys(CLAIMS).filter((claim) => !same.includes(claim)) };
}

const more = ({ shown }) =>
  Object.keys(MORE)
    .filter((claim) => shown[claim])
    .map((claim) => `${MORE[claim]}: ${shown[claim]}`)
    .join("; ");

/** Only what tells the servers apart; `versions` says how much of them. */
function table(rows, versions) {
  const { apart } = parted(rows);
  const line = (cells) => `| ${cells.map((cell) => cell || "–").join(" | ")} |`;
  const heads = ["server", "set to", ...apart.map((claim) => CLAIMS[claim]), "also"];
  const lines = rows.map((row) => line([versions(row), row.set, ...apart.map((claim) => row.shown[claim]), more(row)]));
  return [line(heads), line(heads.map(() => "---")), ...lines].join("\n");
}

const inCommon = (rows) =>
  parted(rows)
    .same.map((claim) => `- ${CLAIMS[claim]}: ${rows[0].shown[claim]}.`)
    .join("\n");

const whole = (rows) => `# Works with

Written by \`node scripts/interop.mjs write\` from what the tests in \`tests/interop\` saw; every full run compares. The servers are
installed from their registries and run as they are, on loopback; the engine is set by the \`config.toml\` that a user would write
(\`tests/interop/servers\`). What comes to a server is counted in front of it.

Of each the same was shown:

${inCommon(rows)}

And by itself:

${table(rows, (row) => row.versions)}
`;

function inReadme(text) {
  const readme = readFileSync(join(root, README), "utf8");
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) stop(`${README} has lost the marks "${BEGIN}" and "${END}".`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${readme.slice(end)}`;
}

/** What the doctor has said, up to the settings to keep, which are the file that was tested. */
function withDoctor(readme) {
  return readme.replace(/(<!-- doctor: (\S+) -->\n)[\s\S]*?(<!-- end of doctor -->)/g, (_, begin, name, end) => {
    const said = readFileSync(join(root, "test-results", "interop", "doctor", name), "utf8").split("\nSettings to keep")[0];
    return `${begin}\`\`\`text\n${said.trim()}\n\`\`\`\n${end}`;
  });
}

/**
 * What is the same each time: no milliseconds, no fingerprints, and no second more or less of a life: SimpleJWT asks the clock once
 * for `exp` and once for `iat`, so that a token now and then lives for 4 min 59 s.
 */
const shape = (text) =>
  text
    .replace(/ +\d+ ms/g, " ms")
    .replace(/\([0-9a-f]{8}\)/g, "()")
    .replaceAll("4 min 59 s", "5 min")
    .replaceAll("3 min 19 s", "3 min 20 s");

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const what = process.argv[2];
  if (what && !["install", "write"].includes(what)) stop("Usage: node scripts/interop.mjs [install|write]");
  if (process.env.SESSION_KEEPER_SKIP_INTEROP) {
    const words = "NOT PROVEN: tests/interop was skipped, as SESSION_KEEPER_SKIP_INTEROP asks. No real server was met.";
    console.log(`\x1b[1m\x1b[33m${words}\x1b[0m`);
    process.exit(process.env.CI ? 1 : 0);
  }
  if (what === "install") await installServers();
  else await prove(what === "write");
}
