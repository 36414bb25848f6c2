// The calls of the panel as an HTTP archive (HAR 1.2), which every browser's network tools read; redacted always (P1).
// Not in it: where it goes (Export.tsx). It is made from events, which have no headers, no bodies and no account.
import { durationOf, type Lane, type Refresh } from "./model";
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
  const comment = `Left out: ${HAR_LEFT_OUT.join("; ")}. Sending and waiting for the head of the reply are told as one and stand under "wait"; "receive" is what came after the head.`;
  const log = { version: "1.2", creator: { name: "Session Keeper", version }, pages: [], entries, comment };
  return JSON.stringify({ log }, null, 2);
}

type Timed = { readonly ms: number; readonly blocked: number; readonly receive: number };

function entry(at: number, { ms, blocked, receive }: Timed, method: string, path: string, status: number, more: object) {
  const none = { headers: [], cookies: [], headersSize: UNKNOWN, bodySize: UNKNOWN, httpVersion: "" };
  return {
    startedDateTime: new Date(at).toISOString(),
    time: ms,
    request: { method, url: BASE + redactedPath(path), queryString: [], ...none },
    response: { status, statusText: "", content: { size: UNKNOWN, mimeType: "" }, redirectURL: "", ...none },
    cache: {},
    timings: {
      blocked,
      dns: UNKNOWN,
      connect: UNKNOWN,
      ssl: UNKNOWN,
      send: 0,
      wait: Math.max(0, ms - Math.max(0, blocked) - receive),
      receive,
    },
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
  const timed = { ms: lane.to - lane.from, blocked: sent - lane.from, receive: durationOf(lane, "receiving") };
  return [entry(lane.from, timed, lane.method, lane.path, lane.status ?? 0, { _session: why })];
}

function refreshEntry(refresh: Refresh) {
  if (refresh.to === null) return [];
  const why = {
    refresh: refresh.refresh,
    trigger: refresh.trigger,
    attempt: refresh.attempt,
    outcome: refresh.outcome,
    reason: refresh.reason && redactedSentence(refresh.reason),
    callers: refresh.callers,
  };
  const timed = { ms: refresh.to - refresh.from, blocked: UNKNOWN, receive: 0 };
  return [entry(refresh.from, timed, "POST", "(refresh)", refresh.outcome === "succeeded" ? 200 : 0, { _session: why })];
}
