// How figures stand in the tables of BENCHMARKS.md, and the words for what is counted. Not in it: which tables there are.
import { median, quantile } from "./bench-figures.mjs";

export const spread = (values, digits = 0) =>
  `${median(values).toFixed(digits)} (${quantile(values, 0.1).toFixed(digits)} – ${quantile(values, 0.9).toFixed(digits)})`;
export const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
export const named = (name) => (name === "ours" ? "**ours**" : name.startsWith("ours") ? `**${name}**` : name);

/** What is counted: the work, its title, which of its figures are shown. */
export const COUNTED = [
  ["storm", "storm: calls one after another on 5-minute tokens", ["calls", "refreshes", "failures"]],
  ["busy-valid", "outage, token due and still valid: 5 s of 503, 100 calls a second", ["failures", "attempts", "paused", "slowest_ms"]],
  ["gone-valid", "outage, token due and still valid: 5 s of refused connections", ["failures", "attempts_in_all", "paused", "slowest_ms"]],
  ["busy-expired", "outage, token run out: 5 s of 503", ["failures", "attempts", "slowest_ms", "first_success_ms"]],
  ["gone-expired", "outage, token run out: 5 s of refused connections", ["failures", "slowest_ms", "first_success_ms"]],
  [
    "cancel-first",
    "cancel: the first of a hundred callers gives up in the middle of the refresh",
    ["survived", "of", "refreshes", "reused", "works_afterwards"],
  ],
  ["cancel-all", "cancel: all of them give up", ["refreshes", "reused", "works_afterwards"]],
  [
    "interleavings",
    "interleavings: callers that come while a refresh lands, 5-minute tokens",
    ["rounds", "callers", "extra_refreshes", "reused", "failures"],
  ],
  ["sign-out", "sign-out during a refresh: is the user signed in again afterwards?", ["times", "back"]],
];
export const WORDS = {
  failures: "failed calls",
  attempts: "refreshes asked for during it",
  attempts_in_all: "refreshes that reached the server",
  paused: "calls that paused over 20 ms",
  slowest_ms: "slowest call, ms",
  first_success_ms: "first success after the recovery, ms",
  reused: "spent tokens sent",
  works_afterwards: "works afterwards",
  extra_refreshes: "refreshes too many",
  back: "came back to life",
};

export function told(value) {
  if (typeof value === "boolean") return value ? "yes" : "**no**";
  return typeof value === "number" ? (Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(0)) : "never";
}
