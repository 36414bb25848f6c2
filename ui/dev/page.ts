// The whole UI on a fake host, in an ordinary browser: `npm run dev:ui`, then /dev/index.html?scene=home&theme=dark&panel, and the panel's own window with &apart
// Not in it: the product. This page is no input of the build.
import "../src/styles/index.css";
import { FakeHost } from "../tests/fake-host";
import { demo } from "./demo";
import { scenes } from "./scenes";

const asked = new URLSearchParams(location.search);
const theme = asked.get("theme");
if (theme) localStorage.setItem("theme", theme);
if (asked.has("panel")) localStorage.setItem("dev-panel", "open");

Object.freeze(Object.prototype); // as the real window does
const host = new FakeHost();
demo(host);
const scene = scenes[asked.get("scene") ?? "home"];
const after = scene?.(host);
if (asked.has("apart")) host.startup = { ...host.startup, window: "dev-panel" };
const { boot } = await import("../src/boot"); // after the theme was set
const root = document.getElementById("root");
if (root) await boot(root);
await after?.();
Object.assign(window, { host });
