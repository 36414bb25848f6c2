// Brings a bare machine that has Rust, Node and npm to where it can build, run and test the app. `node scripts/setup.mjs [build|run|test]`
// Not in it: building anything of ours, and installing Rust or Node.
import { existsSync, readFileSync, realpathSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { ask, must, root, say, stop, which } from "./sh.mjs";

/** Programs from crates.io, built once into .tools/. */
const TAURI_DRIVER = { name: "tauri-driver", version: "2.1.0", title: "WebDriver bridge for Tauri" };
const CARGO_DENY = { name: "cargo-deny", version: "0.20.2", title: "Auditor of the crates (built once, minutes)" };

/** What the system must have: `lib` is asked of pkg-config, `program` is looked for on PATH, `python` is imported. `need` is the least need that wants it. */
const SYSTEM = [
  {
    need: "build",
    program: "cc",
    debian: "build-essential",
    fedora: "gcc",
    arch: "base-devel",
    why: "C compiler and linker for Rust and the bundled SQLite",
  },
  {
    need: "build",
    program: "c++",
    debian: "build-essential",
    fedora: "gcc-c++",
    arch: "base-devel",
    why: "C++ compiler for the bundled crypto",
  },
  {
    need: "build",
    program: "pkg-config",
    debian: "pkg-config",
    fedora: "pkgconf-pkg-config",
    arch: "pkgconf",
    why: "tells the build where system libraries are",
  },
  {
    need: "build",
    lib: "webkit2gtk-4.1",
    debian: "libwebkit2gtk-4.1-dev",
    fedora: "webkit2gtk4.1-devel",
    arch: "webkit2gtk-4.1",
    why: "the webview the app's window is made of, and GTK with it",
  },
  {
    need: "test",
    program: "Xvfb",
    debian: "xvfb",
    fedora: "xorg-x11-server-Xvfb",
    arch: "xorg-server-xvfb",
    why: "a screen in memory, so that the app runs without a display",
  },
  {
    need: "test",
    program: "dbus-daemon",
    debian: "dbus",
    fedora: "dbus-daemon",
    arch: "dbus",
    why: "a session bus of its own for every test",
  },
  {
    need: "test",
    program: "gnome-keyring-daemon",
    debian: "gnome-keyring",
    fedora: "gnome-keyring",
    arch: "gnome-keyring",
    why: "a keyring of its own for every test, for the refresh token",
  },
  {
    need: "test",
    program: "WebKitWebDriver",
    debian: "webkit2gtk-driver",
    fedora: "/usr/bin/WebKitWebDriver",
    arch: "webkit2gtk-4.1",
    why: "drives the app's webview in the tests and in the tour",
  },
  {
    need: "test",
    python: "ensurepip, venv",
    debian: "python3-venv",
    fedora: "python3",
    arch: "python",
    why: "Python with venv, for the real servers of tests/interop",
  },
];

/** A need includes those before it. */
const NEEDS = ["build", "run", "test"];
/** Gigabytes that a first build takes, by what it is for: measured from a fresh clone. */
const ROOM = { build: 3, run: 3, test: 6 };
const includes = (need, other) => NEEDS.indexOf(other) <= NEEDS.indexOf(need);

/** Checks, and installs what is missing for `need`. Under a second when nothing is. */
export async function setup(need) {
  toolchain();
  room(need);
  if (process.platform === "linux") await system(need);
  if (need === "test") await rustComponents();
  await npmPackages();
  if (need === "test" && process.platform === "linux") await tool(TAURI_DRIVER);
  if (need === "test") await tool(CARGO_DENY);
}

function toolchain() {
  const wanted = /^rust-version = "(.+)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))?.[1] ?? "0";
  const found = /^rustc (\d+\.\d+)/.exec(ask("rustc", "--version") ?? "")?.[1];
  if (!found) stop("Rust is missing. Install it as https://rustup.rs says, then run this again.");
  if (older(found, wanted)) stop(`Rust ${wanted} or newer is needed, this is ${found}. With rustup: rustup update stable`);
  if (older(process.versions.node, "20.0")) stop(`Node 20 or newer is needed, this is ${process.versions.node}.`);
}

/** A full disk shows itself as a linker that crashes, which says nothing; so it is said before. */
function room(need) {
  if (existsSync(join(root, "target"))) return;
  const { bavail, bsize } = statfsSync(root);
  const free = (bavail * bsize) / 1e9;
  if (free < ROOM[need])
    say(`Only ${free.toFixed(1)} GB are free on this disk; a first build takes about ${ROOM[need]} GB here. Going on.`);
}

function older(found, wanted) {
  const [a, b] = [found, wanted].map((version) => version.split(".").map(Number));
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

const nameOf = ({ lib, program, python }) => lib ?? program ?? `Python's ${python}`;

function isMissing({ lib, program, python }) {
  if (python) return ask("python3", "-c", `import ${python}`) === undefined;
  return program ? !which(program) : ask("pkg-config", "--exists", lib) === undefined;
}

async function system(need) {
  const missing = SYSTEM.filter((item) => includes(need, item.need) && isMissing(item));
  if (missing.length === 0) return;
  say("Missing on this system:");
  for (const item of missing) console.log(`    ${item.debian.padEnd(24)} ${item.why}`);
  const names = (kind) => [...new Set(missing.map((item) => item[kind]))];
  if (which("apt-get")) return apt(names("debian"));
  const command = which("dnf")
    ? ["sudo dnf install", ...names("fedora")]
    : which("pacman")
      ? ["sudo pacman -S --needed", ...names("arch")]
      : undefined;
  stop(
    command
      ? `Only apt is run from here. Please run this, then try again:\n    ${command.join(" ")}`
      : `No known package manager here. Please install by hand what is listed above (${missing.map(nameOf).join(", ")}), then try again.`,
  );
}

async function apt(packages) {
  const args = ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages];
  const sudo = sudoIfNeeded();
  if (!sudo)
    stop(
      `Installing needs root, and sudo cannot ask for a password here. Please run this, then try again:\n    sudo apt-get update && sudo apt-get ${args.join(" ")}`,
    );
  const options = { stdin: "inherit", quiet: true };
  await must("Package lists", [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update"], options);
  await must("System packages", [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args], options);
  const still = SYSTEM.filter((item) => packages.includes(item.debian) && isMissing(item));
  if (still.length > 0) stop(`Still missing after the install: ${still.map(nameOf).join(", ")}.`);
}

/** The words to put before a command that needs root, or undefined when there is no way. */
function sudoIfNeeded() {
  if (process.getuid() === 0) return [];
  if (!which("sudo")) return undefined;
  return process.stdin.isTTY || ask("sudo", "-n", "true") !== undefined ? ["sudo"] : undefined;
}

async function rustComponents() {
  // rustup leaves a program of that name behind even without the component, so it is asked.
  const missing = ["rustfmt", "clippy"].filter((name) => !ask(name === "clippy" ? "cargo-clippy" : name, "--version"));
  if (missing.length === 0) return;
  if (!which("rustup")) stop(`Rust's ${missing.join(" and ")} missing. Please install it the way Rust was installed, then try again.`);
  await must("Rust components", ["rustup", "component", "add", ...missing]);
}

/**
 * The lock file decides on versions and is not written. Not `npm ci`: it insists on the optional packages of every
 * platform, and a registry that lacks one of another platform would stop it; that what is installed is what is locked, to the
 * checksum, the audit sees to. `--ignore-scripts`: none of ours needs one.
 */
async function npmPackages() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await must(
    "npm packages",
    ["npm", "install", "--no-save", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"],
    { quiet: true },
  );
}

async function tool({ name, version, title }) {
  const list = join(root, ".tools", ".crates.toml");
  if (existsSync(list) && readFileSync(list, "utf8").includes(`"${name} ${version} `)) return;
  await must(title, ["cargo", "install", `${name}@${version}`, "--locked", "--quiet", "--root", ".tools"]);
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const need = process.argv[2] ?? "test";
  if (!NEEDS.includes(need)) stop(`Usage: node scripts/setup.mjs [${NEEDS.join("|")}]`);
  const started = Date.now();
  await setup(need);
  say(`Ready to ${need} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
