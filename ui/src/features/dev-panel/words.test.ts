import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../ipc";
import { empty, fold } from "./model";
import { burst, record, single } from "./samples";
import { captionOf, laneWords, refreshWords, wordsOf } from "./words";

const say = (event: SessionEvent) => wordsOf(record(1, 0, event));
const lane = { call: 12, method: "GET", path: "api/projects/" };

describe("words", () => {
  it("says what a call found right before it went out (R1, R2)", () => {
    const checked = { kind: "call-checked", ...lane, windowMs: 600_000 } as const;
    expect(say({ ...checked, freshness: "fresh", leftMs: 1_443_000 })).toBe(
      "Call 12 GET api/projects/ found the token fresh (24 min 3 s left, window 10 min)",
    );
    expect(say({ ...checked, freshness: "due", leftMs: 540_000 })).toBe(
      "Call 12 GET api/projects/ found the token due (9 min 0 s left, window 10 min)",
    );
    expect(say({ ...checked, freshness: "expired", leftMs: -12_000 })).toBe("Call 12 GET api/projects/ found the token expired (12 s ago)");
    expect(say({ ...checked, freshness: "fresh", leftMs: null, windowMs: null })).toBe(
      "Call 12 GET api/projects/ found the token fresh (its end is not known)",
    );
  });

  it("says which refresh a call waits for and whose it is (R3)", () => {
    const waiting = { kind: "call-waiting", call: 12, refresh: 3 } as const;
    expect(wordsOf(record(1, 0, { ...waiting, why: "due", shared: true }), lane)).toBe(
      "Call 12 GET api/projects/ waits for refresh 3 (shared), token due",
    );
    expect(say({ ...waiting, why: "unauthorized", shared: false })).toBe("Call 12 waits for refresh 3 (its own), after a 401");
  });

  it("says with which token a call went and why with the old one (R4, R5)", () => {
    const sent = { kind: "call-sent", call: 12, withGeneration: 4, waitedMs: 143 } as const;
    expect(say({ ...sent, resend: false, without: null })).toBe("Call 12 sent after waiting 143 ms with generation 4");
    expect(say({ ...sent, waitedMs: 0, resend: true, without: null })).toBe("Call 12 sent again after a 401 with generation 4");
    expect(say({ ...sent, waitedMs: 5_000, resend: false, without: "refresh-late" })).toBe(
      "Call 12 sent after waiting 5 s with the old, still valid token, because the refresh takes longer than a call may pause",
    );
  });

  it("says that the head is there and how long the rest took", () => {
    expect(wordsOf(record(1, 0, { kind: "call-answered", call: 12, status: 200 }), lane)).toBe(
      "Call 12 GET api/projects/: 200, its body is on the way",
    );
    const slow = [...fold(empty, burst(5, 143)).lanes.values()].find(({ path }) => path === "api/activity/");
    expect(slow && laneWords(slow)).toMatch(/, answered 200 in \d+ ms \(30 ms of it receiving\)$/);
    const under = burst(5, 143).filter(({ kind }) => kind !== "call-finished");
    const receiving = [...fold(empty, under).lanes.values()].find(({ path }) => path === "api/activity/");
    expect(receiving && laneWords(receiving)).toMatch(/, its reply is being received$/);
  });

  it("says why and for how many a refresh was made (R2, R8)", () => {
    const succeeded = {
      kind: "refresh-succeeded",
      refresh: 3,
      tookMs: 143,
      callers: 5,
      leftMs: 492_000,
      oldLifetimeMs: 1_800_000,
      lifetimeMs: 1_800_000,
      windowMs: 600_000,
      rotated: true,
      oldFingerprint: null,
      fingerprint: "c0ffee12",
    } as const;
    expect(say(succeeded)).toBe(
      "Refreshed: 8 min 12 s left of 30 min, 5 callers waited 143 ms; the new token lives 30 min, refresh token rotated",
    );
    expect(say({ ...succeeded, callers: 0, rotated: false, leftMs: null, lifetimeMs: null })).toBe(
      "Refreshed: time left not known, no caller waited, took 143 ms",
    );
  });

  it("says of a token that is over that it expired, and not that nothing is left (R1)", () => {
    const started = { kind: "refresh-started", refresh: 3, trigger: "timer", attempt: 11, lifetimeMs: 1_800_000 } as const;
    expect(say({ ...started, leftMs: 0 })).toBe("Refresh 3 started ahead of time, attempt 11: expired");
    expect(say({ ...started, leftMs: -12_000 })).toBe("Refresh 3 started ahead of time, attempt 11: expired 12 s ago");
    expect(say({ ...started, leftMs: 400 })).toBe("Refresh 3 started ahead of time, attempt 11: less than 1 s left of 30 min");
  });

  it("says that the server is not reached also where no reason came with it (R5)", () => {
    expect(say({ kind: "network-lost", reason: "the name has no address." })).toBe("The server cannot be reached: the name has no address");
    expect(say({ kind: "network-lost", reason: "" })).toBe("The server cannot be reached: no reason was told");
  });

  it("tells a passing failure from a final one (R5, R6)", () => {
    const failed = { kind: "refresh-failed", refresh: 3, tookMs: 50, callers: 1 } as const;
    expect(say({ ...failed, verdict: "transient", reason: "503", retryInMs: 1_200 })).toBe(
      "Refresh 3 failed for now: 503, 1 caller waited 50 ms; next attempt in 1.2 s",
    );
    expect(say({ ...failed, verdict: "definitive", reason: "token_not_valid", retryInMs: null })).toBe(
      "Refresh 3 failed for good: token_not_valid, 1 caller waited 50 ms",
    );
  });

  it("says that a refresh lost nothing of the profile (R11)", () => {
    expect(say({ kind: "profile-kept", fields: 12, changed: 0, added: 0, source: "refresh" })).toBe(
      "Profile kept: 12 fields from the refresh, unchanged",
    );
    expect(say({ kind: "profile-kept", fields: 1, changed: 1, added: 0, source: "server" })).toBe(
      "Profile kept: 1 field from the server, 1 changed, 0 added, none lost",
    );
  });

  it("sums up a burst in one line", () => {
    const figures = { requests: 20, refreshes: 1, shared: 19, failed: 0, longestWaitMs: 143 };
    expect(captionOf(figures)).toBe("20 requests · 1 refresh · 19 shared · longest wait 143 ms");
    expect(captionOf({ ...figures, requests: 1, refreshes: 0, shared: 0, longestWaitMs: 0 })).toBe(
      "1 request · 0 refreshes · 0 shared · no wait",
    );
  });

  it("tells a whole call in one sentence", () => {
    const [whole] = fold(empty, single({ waits: 143 })).lanes.values();
    expect(whole && laneWords(whole)).toBe(
      "Call 12 GET api/projects/ found the token due (8 min 12 s left, window 10 min), waited 143 ms for refresh 3 (its own), answered 200 in 179 ms",
    );
  });

  it("tells a whole refresh in one sentence", () => {
    const [bar] = fold(empty, burst(20, 143)).refreshes.values();
    expect(bar && refreshWords(bar)).toBe("Refresh 3, started by a call, succeeded in 143 ms, 20 callers waited");
  });
});
