// What BENCHMARKS.md says of the app beside a bare window, made of the figures in docs/bench/app.json.
// Not in it: measuring (bench-app.mjs), and what is said of other libraries (bench-report.mjs).
import { median } from "./bench-figures.mjs";
import { spread, table } from "./bench-tables.mjs";

/** The bare window that paints as the app does on a machine without a graphics card. */
const ALIKE = "bare, no OpenGL";

export function theApp({ at, day, load, start_ms, idle, panel, trips_us, binary }) {
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const ratio = (one, other) => `${(median(one) / median(other)).toFixed(2)} ×`;
  const alike = (found, told) => (found[ALIKE] ? told(found[ALIKE]) : "–");
  const row = (what, found, digits, target) => [
    what,
    spread(found.app, digits),
    spread(found.bare, digits),
    ratio(found.app, found.bare),
    target,
    alike(found, (values) => `${spread(values, digits)}: ${ratio(found.app, values)}`),
  ];
  const memory = idle.pss_mib;
  const more = (than) => {
    const by = median(memory.app) - median(than);
    return `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(1)}`;
  };
  const ticks = idle.ticks_10s;
  const one = (what, values, digits, target) => [what, spread(values, digits), "–", "–", target, "–"];
  const trip = (name) => ({ app: trips_us[`app: ${name}`], bare: trips_us[`bare: ${name}`] });
  const alone = (what, name) =>
    start_ms[name]
      ? [[what, spread(start_ms[name], 0), "–", ratio(start_ms[name], start_ms.bare), "–", ratio(start_ms[name], start_ms[ALIKE])]]
      : [];
  const rows = [
    row("from exec to the first view that stays, ms", start_ms, 0, "≤ 1.05 ×"),
    ...alone("the same view as a page without a script, without OpenGL, ms", "still"),
    ...alone("the same view from a script of one line, without OpenGL, ms", "script"),
    [
      "memory, all processes (PSS), idle, MiB",
      spread(memory.app, 1),
      spread(memory.bare, 1),
      more(memory.bare),
      "≤ +12",
      alike(memory, (values) => `${spread(values, 1)}: ${more(values)}`),
    ],
    ["binary, MiB", mib(binary.app), mib(binary.bare), `${(binary.app / binary.bare).toFixed(2)} ×`, "≤ 2 ×", "–"],
    ...(binary.libraries
      ? [
          [
            "a bare window with the libraries the program stands on, MiB",
            mib(binary.libraries),
            mib(binary.bare),
            `${(binary.libraries / binary.bare).toFixed(2)} ×`,
            "–",
            "–",
          ],
        ]
      : []),
    [
      "processor, dev panel closed, ticks (10 ms) in 10 s",
      spread(ticks.app, 1),
      spread(ticks.bare, 1),
      "–",
      "≤ 1",
      alike(ticks, (values) => spread(values, 1)),
    ],
    one("processor, dev panel open, ticks in 10 s", panel.ticks_10s, 1, "≤ 10 (1 %)"),
    row("the smallest command (the session's view; nothing), from the page and back, µs", trip("invoke"), 0, "–"),
    row("a call of the API, from the page and back, µs", trip("call"), 0, "≤ 1.05 ×"),
    one(`longest gap between two frames while ${panel.calls} calls run, panel open, ms`, panel.longest_gap_ms, 0, "–"),
    one(`until ${panel.calls} calls are answered and shown, ms`, panel.took_ms, 0, "–"),
  ];
  return `## The app beside a bare window

Written by \`npm run bench:app\`, commit ${at}, ${day}; load before and after: ${load.map((text) => text?.split(" ").slice(0, 3).join(" ")).join("; ")}. Both are release builds of one run with the
same profile, on one screen in memory, started in turn. The bare window (\`tests/bare-window\`) has a page of three lines; the app comes up signed in, from the keyring, with its
embedded server. A view is there when the left upper part of the window shows what it then goes on showing, seen from outside on the screen, alike for both. The
"bare" call is a command of one line that sends the request with reqwest; both talk to the same server. This machine has no graphics card: there the app does
without OpenGL, and a bare window does not. The last column is a bare window that is told to do without as well, and what the app is to it.

${table(["", "app", "bare window", "ratio", "target", "bare window without OpenGL"], rows)}`;
}
