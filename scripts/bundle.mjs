// Holds the UI's size to its limit: what the page loads before it shows anything, packed by gzip. Tells what is loaded later, too.
// Not in it: building the UI, and typefaces and pictures, which are packed already.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./sh.mjs";

const MOST_KB = 60;
const dist = join(root, "ui", "dist");

const page = readFileSync(join(dist, "index.html"), "utf8");
const kB = (file) => gzipSync(readFileSync(file), { level: 9 }).length / 1000;
const files = readdirSync(join(dist, "assets"))
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => ({ name, kB: kB(join(dist, "assets", name)), first: page.includes(`/assets/${name}`) }));
const sum = (some) => some.reduce((total, file) => total + file.kB, 0);
const first = sum(files.filter((file) => file.first));
const later = files.filter((file) => !file.first).map((file) => `${file.name.replace(/-[^-.]+\./, ".")} ${file.kB.toFixed(1)}`);

console.log(`UI: ${first.toFixed(1)} kB gzip before the first view, of at most ${MOST_KB}; when asked for: ${later.join(", ")} kB`);
if (first === 0 || first > MOST_KB) {
  console.error("The UI is larger than it may be. Load with import() what the first view does not need.");
  process.exitCode = 1;
}
