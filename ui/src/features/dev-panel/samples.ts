// Streams of events as the engine tells them, made up: for the tests and for looking at the panel without a shell.
// Not in it: anything the program itself uses.
import type { EventRecord, SessionEvent } from "../../ipc";

/** 2026-03-02 09:15:00 UTC */
export const START = 1_772_442_900_000;

export function record(seq: number, afterMs: number, event: SessionEvent): EventRecord {
  return { seq, atMs: START + afterMs, generation: 3, ...event };
}

const PATHS = ["api/projects/", "api/tasks/", "api/notes/", "api/people/", "api/activity/"];

/** `calls` calls find the token due within a few ms and share one refresh of `waits` ms. The `nth` comes 10 s a piece later. */
export function burst(calls: number, waits: number, nth = 0, refresh: "succeeds" | "fails" | "runs" = "succeeds"): EventRecord[] {
  const at = nth * 10_000;
  const done: { after: number; event: SessionEvent }[] = [];
  const tell = (after: number, event: SessionEvent) => done.push({ after, event });
  const number = 3 + nth;
  tell(1, {
    kind: "refresh-started",
    refresh: number,
    trigger: "call",
    attempt: 1,
    leftMs: 492_000,
    lifetimeMs: 1_800_000,
  });
  for (let i = 0; i < calls; i++) {
    const call = 12 + nth * calls + i;
    const [path = ""] = PATHS.slice(i % PATHS.length);
    const starts = (i * 7) % 23;
    const sends = 1 + waits;
    const tookMs = sends - starts + 35 + ((i * 37) % 90);
    const waitedMs = i === 0 ? waits : waits - starts;
    tell(starts, {
      kind: "call-checked",
      call,
      method: i % 9 === 8 ? "POST" : "GET",
      path,
      freshness: "due",
      leftMs: 492_000 - starts,
      windowMs: 600_000,
    });
    const shared = i > 0;
    tell(starts + 1, { kind: "call-waiting", call, why: "due", refresh: number, shared });
    if (refresh === "runs") continue;
    const without = refresh === "fails" ? "refresh-failed" : null;
    const withGeneration = refresh === "fails" ? 3 : 4;
    tell(sends + 1, { kind: "call-sent", call, withGeneration, waitedMs, resend: false, without });
    if (calls > 20 && i % 17 === 11)
      tell(starts + tookMs, {
        kind: "call-failed",
        call,
        code: "server-unavailable",
        tookMs,
        waitedMs,
        message: "The server answered 503.",
      });
    else {
      // The longest list comes in pieces.
      if (path === "api/activity/") tell(starts + tookMs - 30, { kind: "call-answered", call, status: 200 });
      tell(starts + tookMs, { kind: "call-finished", call, status: 200, tookMs, waitedMs });
    }
  }
  if (refresh === "succeeds")
    tell(1 + waits, {
      kind: "refresh-succeeded",
      refresh: number,
      tookMs: waits,
      callers: calls,
      leftMs: 492_000,
      oldLifetimeMs: 1_800_000,
      lifetimeMs: 1_800_000,
      windowMs: 600_000,
      rotated: true,
      oldFingerprint: "5e1f00aa",
      fingerprint: "c0ffee12",
    });
  if (refresh === "fails")
    tell(1 + waits, {
      kind: "refresh-failed",
      refresh: number,
      verdict: "transient",
      tookMs: waits,
      reason: "the server answered 503",
      callers: calls,
      retryInMs: 1_200,
    });
  return done.sort((a, b) => a.after - b.after).map(({ after, event }, index) => record(nth * 10_000 + index + 1, at + after, event));
}

/** One call that waits for its own refresh. */
export function single({ waits }: { waits: number }): EventRecord[] {
  return burst(1, waits).filter((event) => "call" in event);
}
