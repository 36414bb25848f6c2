// Builds what has changed and runs the app; without a display it takes the tour instead. `node scripts/start.mjs [tour [--readme]]`
// Not in it: release builds (`npm run build`) and hot reload (`npm run dev`).
import { copyFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setup } from "./setup.mjs";
import { built, must, root, say } from "./sh.mjs";

const blind = process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
const tour = process.argv[2] === "tour" || blind;
if (blind && process.argv[2] !== "tour") say("No display here: the tour walks the app on a screen in memory and takes its pictures.");

await setup(tour ? "test" : "run");
if (uiIsOlderThanItsSources()) await must("The UI", ["npm", "run", "--silent", "build:ui"]);
await must("The app (the first build takes some minutes)", [
  "cargo",
  "build",
  "--workspace",
  "--bin",
  "session-keeper",
  ...(tour ? ["--bin", "tour"] : []),
]);
await must(tour ? "The tour" : "Session Keeper", [built(tour ? "tour" : "session-keeper")]);
if (process.argv.includes("--readme")) renewReadmesPictures();

/** README shows the tour's picture of twenty calls that wait. */
function renewReadmesPictures() {
  for (const theme of ["light", "dark"]) {
    const name = readdirSync(join(root, "tour")).find((file) => file.endsWith(`-waiting-${theme}.png`));
    copyFileSync(join(root, "tour", name), join(root, "docs", `window-${theme}.png`));
  }
}

function uiIsOlderThanItsSources() {
  const page = join(root, "ui", "dist", "index.html");
  if (!existsSync(page)) return true;
  const since = statSync(page).mtimeMs;
  const sources = readdirSync(join(root, "ui"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !["dist", "node_modules"].some((folder) => file.startsWith(join(root, "ui", folder))));
  return [...sources, join(root, "package-lock.json")].some((file) => existsSync(file) && statSync(file).mtimeMs > since);
}
