// Audits what others wrote (P15): bans, licences and sources; lock files; advisories where the network allows; the list in docs/licences.md. `node scripts/audit.mjs [write]`
// Not in it: the rules for crates (deny.toml), and installing anything (setup.mjs).
import { lookup } from "node:dns/promises";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, stop } from "./sh.mjs";

const LIST = "docs/licences.md";
/** What the bundle's packages may be licensed under; the crates' licences are in deny.toml. */
const BUNDLE_LICENCES = [
  "MIT",
  "Apache-2.0",
  "Apache-2.0 OR MIT",
  "MIT OR Apache-2.0",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "OFL-1.1",
];

const deny = (...words) => run([join(root, ".tools", "bin", "cargo-deny"), "--locked", ...words], { quiet: true });
const json = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));
const lock = json("package-lock.json");
const faults = [];
const unchecked = [];

const done = await Promise.all([crates(), crateAdvisories(), packageAdvisories(), licences()]);
packages();
for (const line of unchecked) console.log(`\x1b[1m\x1b[33mNOT CHECKED: ${line}\x1b[0m`);
if (faults.length > 0) stop(faults.join("\n\n"));
console.log(done.filter(Boolean).join("\n"));

/** Also that Cargo.lock is what the manifests ask for: `--locked` writes none. */
async function crates() {
  const { code, output } = await deny("check", "bans", "licenses", "sources");
  if (code !== 0) faults.push(`The crates do not keep to deny.toml, or Cargo.lock is not up to date:\n${output}`);
  return "crates: bans, licences, sources and Cargo.lock are as they should be";
}

async function crateAdvisories() {
  const here = await lookup("github.com").catch(() => null);
  const { code, output } = here ? await deny("check", "advisories") : { code: 1, output: "failed to fetch" };
  if (code === 0) return "crates: no advisory";
  if (/failed to fetch|failed to clone|unable to access/.test(output))
    unchecked.push("advisories of crates; the RustSec database cannot be reached from here");
  else faults.push(`There are advisories:\n${output}`);
}

async function packageAdvisories() {
  const { code, output } = await run(["npm", "audit", "--json", "--audit-level=moderate"], {
    quiet: true,
    env: { npm_config_fetch_retries: "0" },
  });
  if (!output.includes('"auditReportVersion"')) unchecked.push("advisories of npm packages; this registry answers no audit");
  else if (code !== 0) faults.push(`There are advisories:\n${output}`);
  else return "packages: no advisory";
}

/** What `npm ci` would see to: the lock is what package.json asks for, every package has its checksum, and what is installed is what is locked. */
function packages() {
  const manifest = json("package.json");
  for (const kind of ["dependencies", "devDependencies"])
    if (JSON.stringify(sorted(manifest[kind])) !== JSON.stringify(sorted(lock.packages[""][kind])))
      faults.push(`package-lock.json has other ${kind} than package.json. Run npm install.`);
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
  for (const [path, { integrity, resolved, license, dev }] of locked) {
    if (!integrity) faults.push(`${path} has no checksum in package-lock.json.`);
    if (resolved && !resolved.startsWith("https://registry.npmjs.org/"))
      faults.push(`${path} comes from ${resolved}, which is not the registry.`);
    if (!dev && !BUNDLE_LICENCES.includes(license)) faults.push(`${path} goes into the bundle and is licensed ${license}.`);
  }
  const installed = "node_modules/.package-lock.json";
  for (const [path, { version, integrity }] of existsSync(join(root, installed)) ? Object.entries(json(installed).packages) : []) {
    const wanted = lock.packages[path];
    if (wanted && (wanted.version !== version || wanted.integrity !== integrity))
      faults.push(`${path} is installed otherwise than it is locked. Remove node_modules and try again.`);
    if (!wanted && pinned(path) !== version) faults.push(`${path} ${version} is installed and not locked.`);
    if (!wanted && pinned(path) === version)
      unchecked.push(`${path} ${version}; it is of this platform, and the lock file was made where it could not be had`);
  }
}

/** The one version of a platform's package that a locked package asks for. */
function pinned(path) {
  const name = path.slice("node_modules/".length);
  return Object.values(lock.packages).find(({ optionalDependencies }) => optionalDependencies?.[name])?.optionalDependencies[name];
}

async function licences() {
  const { code, output } = await deny("list", "--format", "json", "--layout", "crate");
  if (code !== 0) return faults.push(`The licences cannot be listed:\n${output}`);
  const crates = Object.entries(JSON.parse(output.slice(output.indexOf("{"))))
    .filter(([crate]) => crate.includes(" registry+"))
    .map(([crate, { licenses }]) => [crate.split(" ").slice(0, 2).join(" "), licenses.join(" / ")]);
  const bundled = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && !dev)
    .map(([path, { version, license }]) => [`${path.replace(/.*node_modules\//, "")} ${version}`, license]);
  const text = `# Licences of what others wrote

Written by \`node scripts/audit.mjs write\` from the lock files; \`npm run check\` fails when it is out of date. A slash separates the
licences a crate names; which of them apply together is in the crate.

## Packages in the bundle of the UI

${grouped(bundled)}

## Crates: of the program on every system, of its build and of its tests

${grouped(crates)}
`;
  if (process.argv[2] === "write") writeFileSync(join(root, LIST), text);
  const kept = existsSync(join(root, LIST)) ? readFileSync(join(root, LIST), "utf8") : "";
  if (kept !== text) faults.push(`${LIST} is out of date: node scripts/audit.mjs write`);
  return `licences: ${crates.length} crates and ${bundled.length} packages are listed in ${LIST}`;
}

/** A paragraph a licence, the most used first. */
function grouped(items) {
  const by =
    Map.groupBy?.(items, ([, licence]) => licence) ??
    items.reduce((map, item) => map.set(item[1], [...(map.get(item[1]) ?? []), item]), new Map());
  return [...by]
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(
      ([licence, names]) =>
        `**${licence}** (${names.length}): ${names
          .map(([name]) => name)
          .sort()
          .join(", ")}`,
    )
    .join("\n\n");
}

function sorted(table = {}) {
  return Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
}
