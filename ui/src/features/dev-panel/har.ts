// The calls of the panel as an HTTP archive (HAR 1.2), which every browser's network tools read; redacted always (P1).
// Not in it: where it goes (Export.tsx). It is made from events, which have no headers, no bodies and no account.
import type { Lane, Refresh } from "./model";
import { redactedPath, redactedSentence } from "./redact";

export const HAR_LEFT_OUT = [
  "all headers and bodies, cookies and tokens: the panel never had them",
  "the server's address: https://api.invalid/ stands for it",
  "what follows the question mark in a path, and long parts of a path",
  "the account",
];

const BASE = "https://api.invalid/";
/** HAR's word for "not known". */
const UNKNOWN = -1;

export function harOf(lanes: Iterable<Lane>, refreshes: Iterable<Refresh>, version: string): string {
  const entries = [...[...lanes].flatMap(callEntry), ...[...refreshes].flatMap(refreshEntry)];
  entries.sort((a, b) => a.startedDateTime.localeCompare(b.startedDateTime));
  const comment = `Left out: ${HAR_LEFT_OUT.join("; ")}. Sending, waiting and receiving are told as one and stand under "wait".`;
  const log = { version: "1.2", creator: { name: "Session Keeper", version }, pages: [], entries, comment };
  return JSON.stringify({ log }, null, 2);
}

function entry(at: number, ms: number, method: string, path: string, status: number, blocked: number, more: object) {
  const none = { headers: [], cookies: [], headersSize: UNKNOWN, bodySize: UNKNOWN, httpVersion: "" };
  return {
    startedDateTime: new Date(at).toISOString(),
    time: ms,
    request: { method, url: BASE + redactedPath(path), queryString: [], ...none },
    response: { status, statusText: "", content: { size: UNKNOWN, mimeType: "" }, redirectURL: "", ...none },
    cache: {},
    timings: { blocked, dns: UNKNOWN, connect: UNKNOWN, ssl: UNKNOWN, send: 0, wait: Math.max(0, ms - Math.max(0, blocked)), receive: 0 },
    ...more,
  };
}

function callEntry(lane: Lane) {
  if (lane.to === null) return [];
  const sent = lane.stretches.find(({ doing }) => doing === "sending")?.from ?? lane.to;
  const why = {
    call: lane.call,
    freshness: lane.freshness,
    waitedForRefresh: lane.refresh,
    shared: lane.shared,
    resend: lane.resend,
    withGeneration: lane.withGeneration,
    failure: lane.failure && { code: lane.failure.code, message: redactedSentence(lane.failure.message) },
  };
  return [entry(lane.from, lane.to - lane.from, lane.method, lane.path, lane.status ?? 0, sent - lane.from, { _session: why })];
}

function refreshEntry(refresh: Refresh) {
  if (refresh.to === null) return [];
  const why = {
    refresh: refresh.refresh,
    trigger: refresh.trigger,
    attempt: refresh.attempt,
    outcome: refresh.outcome,
    callers: refresh.callers,
  };
  return [
    entry(refresh.from, refresh.to - refresh.from, "POST", "(refresh)", refresh.outcome === "succeeded" ? 200 : 0, UNKNOWN, {
      _session: why,
    }),
  ];
}
