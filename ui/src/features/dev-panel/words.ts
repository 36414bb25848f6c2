// Every decision of the engine in words for a person: one sentence an event, one a lane, one a burst.
// Not in it: how long a duration reads (duration.ts), colours and shapes.
import type { EventRecord } from "../../ipc";
import type { Figures } from "./bursts";
import { left, span } from "./duration";
import { durationOf, type Lane, type Refresh, type Stretch } from "./model";

type Named = Pick<Lane, "call" | "method" | "path">;

/** "Call 12 GET api/projects/", or only its number when its beginning is no longer known. */
export function nameOf(call: number, lane?: Named): string {
  return lane ? `Call ${call} ${lane.method} ${lane.path}` : `Call ${call}`;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function found(freshness: "fresh" | "due" | "expired", leftMs: number | null, windowMs: number | null): string {
  const window = windowMs === null ? "" : `, window ${span(windowMs)}`;
  if (freshness === "expired" && leftMs !== null && leftMs > 0) return "found the token refused by the server";
  if (leftMs === null) return `found the token ${freshness} (its end is not known)`;
  if (freshness === "fresh") return `found the token fresh (${left(leftMs)} left${window})`;
  if (freshness === "due") return `found the token due (${left(leftMs)} left${window})`;
  return leftMs < 0 ? `found the token expired (${span(-leftMs)} ago)` : "found the token expired";
}

/** The same in a word, for a table. */
export function foundWord({ freshness, leftMs }: Pick<Lane, "freshness" | "leftMs">): string {
  return freshness === "expired" && leftMs !== null && leftMs > 0 ? "refused" : freshness;
}

/** The engine tells nothing below zero: a token that is over has nothing left. */
function ofLife(leftMs: number | null, lifetimeMs: number | null): string {
  if (leftMs === null) return "time left not known";
  if (leftMs <= 0) return leftMs < 0 ? `expired ${span(-leftMs)} ago` : "expired";
  return lifetimeMs === null ? `${left(leftMs)} left` : `${left(leftMs)} left of ${span(lifetimeMs)}`;
}

/** The phases of a call in their order, as they are called. */
export const PHASES: readonly { readonly doing: Stretch["doing"]; readonly name: string }[] = [
  { doing: "checking", name: "Check" },
  { doing: "waiting", name: "Waiting" },
  { doing: "sending", name: "Sending" },
  { doing: "receiving", name: "Receiving" },
];

/** What asked for a refresh. */
export const BY: Readonly<Record<Refresh["trigger"], string>> = {
  call: "by a call",
  timer: "ahead of time",
  apart: "ahead of its window, so that not all clients that came through the outage ask at once again",
  unauthorized: "after a 401",
  manual: "by hand",
  restore: "at the start",
};
const WITHOUT: Readonly<Record<NonNullable<Lane["without"]>, string>> = {
  "refresh-late": "with the old, still valid token, because the refresh takes longer than a call may pause",
  "refresh-failed": "with the old, still valid token, because the refresh failed",
  "backing-off": "with the old, still valid token, because the next refresh is not due yet",
  background: "with the old, still valid token, while the refresh runs behind it",
};
const VERDICT = {
  transient: "for now",
  definitive: "for good",
  misconfigured: "because of a setting",
} as const;

function callers(n: number, tookMs: number): string {
  return n === 0 ? `no caller waited, took ${span(tookMs)}` : `${count(n, "caller")} waited ${span(tookMs)}`;
}

/** A sentence of Rust's as a part of a longer one: without its full stop, and never nothing. */
function part(sentence: string): string {
  return sentence.trim().replace(/\.$/, "") || "no reason was told";
}

/** The event's reason. `lane` names the call where it is known. */
export function wordsOf(event: EventRecord, lane?: Named): string {
  switch (event.kind) {
    case "call-checked":
      return `${nameOf(event.call, event)} ${found(event.freshness, event.leftMs, event.windowMs)}`;
    case "call-waiting": {
      const how = event.shared ? "shared" : "its own";
      const why = event.why === "unauthorized" ? "after a 401" : `token ${event.why}`;
      return `${nameOf(event.call, lane)} waits for refresh ${event.refresh} (${how}), ${why}`;
    }
    case "call-sent": {
      const again = event.resend ? "sent again after a 401" : "sent";
      const after = event.waitedMs > 0 ? `${event.resend ? " and" : " after"} waiting ${span(event.waitedMs)}` : "";
      const how = event.without ? WITHOUT[event.without] : `with generation ${event.withGeneration}`;
      return `${nameOf(event.call, lane)} ${again}${after} ${how}`;
    }
    case "call-answered":
      return `${nameOf(event.call, lane)}: ${event.status}, its body is on the way`;
    case "call-finished": {
      const waited = event.waitedMs > 0 ? ` (waited ${span(event.waitedMs)})` : "";
      return `${nameOf(event.call, lane)}: ${event.status} in ${span(event.tookMs)}${waited}`;
    }
    case "call-failed":
      return `${nameOf(event.call, lane)} failed after ${span(event.tookMs)} (${event.code}): ${event.message}`;
    case "refresh-started": {
      const again = event.attempt > 1 ? `, attempt ${event.attempt}` : "";
      return `Refresh ${event.refresh} started ${BY[event.trigger]}${again}: ${ofLife(event.leftMs, event.lifetimeMs)}`;
    }
    case "refresh-replayed":
      return `Refresh ${event.refresh} got no answer (${part(event.reason)}): the same refresh token is sent again in ${span(event.afterMs)}`;
    case "refresh-succeeded": {
      const life = event.lifetimeMs === null ? "" : `; the new token lives ${span(event.lifetimeMs)}`;
      const rotated = event.rotated ? ", refresh token rotated" : "";
      return `Refreshed: ${ofLife(event.leftMs, event.oldLifetimeMs)}, ${callers(event.callers, event.tookMs)}${life}${rotated}`;
    }
    case "refresh-failed": {
      const next = event.retryInMs === null ? "" : `; next attempt in ${span(event.retryInMs)}`;
      return `Refresh ${event.refresh} failed ${VERDICT[event.verdict]}: ${part(event.reason)}, ${callers(event.callers, event.tookMs)}${next}`;
    }
    case "refresh-discarded":
      return `Refresh ${event.refresh} came too late and was thrown away: ${event.why}`;
    default:
      return sessionWords(event);
  }
}

type Rest = Exclude<EventRecord, { call: number } | { refresh: number }>;

function sessionWords(event: Rest): string {
  switch (event.kind) {
    case "signed-in": {
      const life = event.lifetimeMs === null ? "" : `, token lives ${span(event.lifetimeMs)}`;
      return `Signed in as ${event.account}${life}`;
    }
    case "signed-out":
      return `Signed out ${event.account}${event.remembered ? ", remembered on this device" : ", forgotten on this device"}`;
    case "revoked":
      return event.ok
        ? `Tokens revoked at the server${event.detail ? `: ${event.detail}` : ""}`
        : `Tokens not revoked at the server: ${event.detail}`;
    case "refresh-interrupted":
      return `The program was stopped in the middle of a refresh ${span(event.agoMs)} ago, attempt ${event.attempt}: the same refresh token is sent again`;
    case "token-taken-over":
      return `Another window of this app had renewed the refresh token: that one is used (${event.fingerprint})`;
    case "session-restored":
      return `Session of ${event.account} restored from the vault`;
    case "session-expired": {
      const detail = event.reason.detail ? `: ${event.reason.detail}` : "";
      return `Session of ${event.account} ended (${event.reason.code})${detail}`;
    }
    case "session-degraded":
      return `Session degraded: ${part(event.reason)}; next attempt in ${span(event.retryInMs)}`;
    case "session-recovered":
      return `Session recovered after ${span(event.afterMs)} and ${count(event.attempts, "attempt")}`;
    case "profile-kept": {
      const change = event.changed + event.added === 0 ? "unchanged" : `${event.changed} changed, ${event.added} added, none lost`;
      return `Profile kept: ${count(event.fields, "field")} from the ${event.source}, ${change}`;
    }
    case "vault-failed":
      return `Vault could not ${event.operation} the refresh token: ${event.message}`;
    case "vault-recovered":
      return "Vault works again";
    case "store-failed":
      return `Store failed: ${event.message}`;
    case "store-recovered":
      return "Store works again";
    case "network-lost":
      return `The server cannot be reached: ${part(event.reason)}`;
    case "network-back":
      return "The server is reached again";
    case "clock-suspect":
      return `Clock looks wrong: ${event.message}`;
    case "clock-jumped":
      return `This computer’s clock was set ${event.byMs > 0 ? "forward" : "back"} by ${span(Math.abs(event.byMs))}; the other clock runs on and the smaller decides`;
    case "clock-settled":
      return "Clocks no longer in doubt: a new token was received by them";
  }
}

/** A whole call in one sentence: what it found, what it waited for, how it ended. A wait that lasts has no figure yet. */
export function laneWords(lane: Lane): string {
  const parts = [`${nameOf(lane.call, lane)} ${found(lane.freshness, lane.leftMs, lane.windowMs)}`];
  if (lane.refresh !== null) {
    const how = lane.shared ? "shared" : "its own";
    const after = lane.why === "unauthorized" ? "got a 401 and " : "";
    const waited = lane.phase === "waiting" ? "waits" : `waited ${span(lane.waitedMs)}`;
    parts.push(`${after}${waited} for refresh ${lane.refresh} (${how})`);
  }
  if (lane.without) parts.push(`went with the old token (${lane.without.replace("-", " ")})`);
  if (lane.resend) parts.push("was sent again");
  const receives = durationOf(lane, "receiving");
  const of = receives > 0 ? ` (${span(receives)} of it receiving)` : "";
  if (lane.phase === "receiving") parts.push("its reply is being received");
  if (lane.status !== null) parts.push(`answered ${lane.status} in ${span(lane.tookMs ?? 0)}${of}`);
  if (lane.failure) parts.push(`failed (${lane.failure.code}) after ${span(lane.tookMs ?? 0)}: ${lane.failure.message}`);
  return parts.join(", ");
}

const OUTCOME = { running: "is running", succeeded: "succeeded", failed: "failed", discarded: "was thrown away" } as const;

/** "Refresh 3, started by a call, succeeded in 143 ms, 20 callers waited" */
export function refreshWords(refresh: Refresh): string {
  const head = `Refresh ${refresh.refresh}, started ${BY[refresh.trigger]}`;
  const again = refresh.attempt > 1 ? `, attempt ${refresh.attempt}` : "";
  if (refresh.outcome === "running") return `${head}${again}, ${OUTCOME.running}`;
  const took = refresh.tookMs === null ? "" : ` in ${span(refresh.tookMs)}`;
  const who = refresh.callers === 0 ? "" : `, ${count(refresh.callers, "caller")} waited`;
  const why = refresh.reason ? `: ${refresh.reason}` : "";
  return `${head}${again}, ${OUTCOME[refresh.outcome]}${took}${who}${why}`;
}

/** "20 requests · 1 refresh · 19 shared · longest wait 143 ms" */
export function captionOf(figures: Figures): string {
  const parts = [count(figures.requests, "request"), count(figures.refreshes, "refresh", "refreshes"), `${figures.shared} shared`];
  parts.push(figures.longestWaitMs > 0 ? `longest wait ${span(figures.longestWaitMs)}` : "no wait");
  if (figures.failed > 0) parts.push(`${figures.failed} failed`);
  return parts.join(" · ");
}
