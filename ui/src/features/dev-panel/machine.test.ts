// The state machine's causes: which way led to the state, as the events tell it.
// Not in it: how it is drawn.
import { describe, expect, it } from "vitest";
import type { EventRecord, SessionEvent } from "../../ipc";
import { lastMove, PLACES, WAYS, way } from "./machine";
import { burst, record } from "./samples";

const told = (...events: SessionEvent[]): EventRecord[] => events.map((event, nth) => record(nth + 1, nth * 10, event));
const signedIn: SessionEvent = { kind: "signed-in", account: "ada@example.com", lifetimeMs: 1_800_000 };
const started: SessionEvent = { kind: "refresh-started", refresh: 1, trigger: "manual", attempt: 1, leftMs: 1, lifetimeMs: 1 };
const failed = (verdict: "transient" | "definitive"): SessionEvent => ({
  kind: "refresh-failed",
  refresh: 1,
  verdict,
  reason: "the server answered 503",
  tookMs: 9,
  callers: 1,
  retryInMs: null,
});
const expired: SessionEvent = { kind: "session-expired", account: "a", reason: { code: "rejected", detail: "" } };

describe("the state machine", () => {
  it("names the refresh that made the session fresh again", () => {
    expect(lastMove(burst(3, 143), "fresh")).toEqual({
      from: "refreshing",
      to: "fresh",
      because: "refresh 3 gave a new token in 143 ms",
    });
  });

  it("R2 tells a token that became due by the clock alone", () => {
    expect(lastMove(told(signedIn), "due")).toEqual({ from: "fresh", to: "due", because: "less than the window is left" });
  });

  it("R5 says why refreshes fail", () => {
    expect(lastMove(told(signedIn, started, failed("transient")), "degraded")).toEqual({
      from: "refreshing",
      to: "degraded",
      because: "the server answered 503",
    });
  });

  it("R6 goes from refreshing to expired in one step when the server says for good", () => {
    expect(lastMove(told(signedIn, started, failed("definitive"), expired), "expired")).toEqual({
      from: "refreshing",
      to: "expired",
      because: "the server says the refresh token is dead",
    });
  });

  it("invents no cause when the events tell of none", () => {
    expect(lastMove([], "fresh")).toBeNull();
    expect(lastMove(told(signedIn), "expired")).toBeNull();
    expect(lastMove(told(started), "refreshing")?.from).toBeNull();
  });

  it("draws each way from rim to rim, inside the picture", () => {
    const seen = new Set(WAYS.map(([from, to]) => way(from, to)));
    expect(seen.size).toBe(WAYS.length);
    for (const line of seen) {
      const figures = line.match(/-?[\d.]+/g)?.map(Number) ?? [];
      expect(Math.min(...figures)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...figures)).toBeLessThanOrEqual(272);
    }
    expect(way("fresh", "due")).toBe(`M177 20 L193 20`);
    expect(Object.keys(PLACES)).toHaveLength(6);
  });
});
