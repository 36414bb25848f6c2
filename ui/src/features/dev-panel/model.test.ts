import { describe, expect, it } from "vitest";
import type { EventRecord } from "../../ipc";
import { burstsOf, figuresOf, isTied } from "./bursts";
import { cleared, durationOf, empty, fold, KEPT } from "./model";
import { burst, record, START, single } from "./samples";

const lanesOf = (events: EventRecord[]) => [...fold(empty, events).lanes.values()];

describe("folding events", () => {
  it("draws a call as check, wait, send, done, and ties its wait to its refresh (R2, R4)", () => {
    const [lane] = lanesOf(single({ waits: 143 }));
    expect(lane?.stretches.map(({ doing, refresh }) => [doing, refresh])).toEqual([
      ["checking", null],
      ["waiting", 3],
      ["sending", null],
    ]);
    expect(lane).toMatchObject({ phase: "done", status: 200, waitedMs: 143, refresh: 3 });
    for (const part of lane?.stretches ?? []) expect(part.to).not.toBeNull();
  });

  it("draws receiving from the head of a reply to its last byte, live, and none for a reply in one piece", () => {
    const events = [
      record(1, 0, checked(1)),
      record(2, 1, { kind: "call-sent", call: 1, withGeneration: 3, waitedMs: 0, resend: false, without: null }),
      record(3, 40, { kind: "call-answered", call: 1, status: 200 }),
    ];
    const under = fold(empty, events);
    const [receiving] = under.lanes.values();
    expect(receiving).toMatchObject({ phase: "receiving", status: null, to: null });
    expect(receiving && durationOf(receiving, "receiving", record(0, 100, checked(1)).atMs)).toBe(60);
    const [done] = fold(under, [record(4, 190, { kind: "call-finished", call: 1, status: 200, tookMs: 190, waitedMs: 0 })]).lanes.values();
    expect(done).toMatchObject({ phase: "done", status: 200 });
    expect(done?.stretches.map(({ doing }) => doing)).toEqual(["checking", "sending", "receiving"]);
    expect([done && durationOf(done, "sending"), done && durationOf(done, "receiving")]).toEqual([39, 150]);
    const [whole] = lanesOf(single({ waits: 143 }));
    expect(whole && durationOf(whole, "receiving")).toBe(0);
  });

  it("draws a reply that was a 401, the wait for a new token, and the second sending in their order (R7)", () => {
    const events = [
      record(1, 0, checked(1)),
      record(2, 1, { kind: "call-sent", call: 1, withGeneration: 3, waitedMs: 0, resend: false, without: null }),
      record(3, 40, { kind: "call-answered", call: 1, status: 401 }),
      record(4, 50, { kind: "call-waiting", call: 1, why: "unauthorized", refresh: 1, shared: false }),
      record(5, 90, { kind: "call-sent", call: 1, withGeneration: 4, waitedMs: 40, resend: true, without: null }),
      record(6, 99, { kind: "call-finished", call: 1, status: 200, tookMs: 99, waitedMs: 40 }),
    ];
    const [lane] = lanesOf(events);
    expect(lane?.stretches.map(({ doing }) => doing)).toEqual(["checking", "sending", "receiving", "waiting", "sending"]);
  });

  it("shows 20 calls on one refresh as 19 shared (R3, F1)", () => {
    const [only, ...others] = burstsOf(fold(empty, burst(20, 143)));
    expect(others).toEqual([]);
    expect(only && figuresOf(only, 0)).toEqual({
      requests: 20,
      refreshes: 1,
      shared: 19,
      failed: 0,
      longestWaitMs: 143,
    });
  });

  it("changes nothing when a batch is told again", () => {
    const events = burst(20, 143);
    const once = fold(empty, events);
    expect(fold(once, events)).toBe(once);
    expect(fold(fold(empty, events.slice(0, 50)), events)).toEqual(once);
  });

  it("makes the same of one batch, of many, and of a shuffled one", () => {
    const events = burst(20, 143);
    const whole = fold(empty, events);
    const piecemeal = events.reduce((model, event) => fold(model, [event]), empty);
    expect(piecemeal).toEqual(whole);
    expect(fold(empty, [...events].reverse())).toEqual(whole);
  });

  it("keeps the last events, lanes and refreshes only", () => {
    const many = Array.from({ length: 160 }, (_, at) => burst(20, 143, at)).flat();
    const model = fold(empty, many);
    expect(model.events).toHaveLength(KEPT.events);
    expect(model.lanes.size).toBe(KEPT.lanes);
    expect(model.events.at(-1)?.seq).toBe(many.at(-1)?.seq);
  });

  it("skips a call whose beginning has already left the black box", () => {
    expect(lanesOf(single({ waits: 143 }).slice(2))).toEqual([]);
  });

  it("never draws backwards when the wall clock is set back (F27)", () => {
    const back = single({ waits: 143 }).map((event, at) => ({
      ...event,
      atMs: event.atMs - at * 3_600_000,
    }));
    for (const part of lanesOf(back)[0]?.stretches ?? []) expect(part.to).toBeGreaterThanOrEqual(part.from);
  });

  it("counts a call that waits again for the next refresh as one lane (R5)", () => {
    const events = [
      record(1, 0, checked(1)),
      record(2, 1, { kind: "call-waiting", call: 1, why: "expired", refresh: 1, shared: false }),
      record(3, 500, { kind: "call-waiting", call: 1, why: "expired", refresh: 2, shared: true }),
      record(4, 900, { kind: "call-failed", call: 1, code: "timeout", message: "", tookMs: 900, waitedMs: 899 }),
    ];
    const [lane] = lanesOf(events);
    expect(lane).toMatchObject({ phase: "failed", refresh: 2, shared: true, to: record(4, 900, checked(1)).atMs });
    expect(lane?.stretches.map((part) => part.refresh)).toEqual([null, 1, 2]);
  });

  it("keeps one bar for a refresh tried again after a lost reply (R9)", () => {
    const started = (attempt: number) =>
      ({ kind: "refresh-started", refresh: 1, trigger: "call", attempt, leftMs: 1, lifetimeMs: 2 }) as const;
    const model = fold(empty, [record(1, 0, started(1)), record(2, 300, started(2))]);
    expect([...model.refreshes.values()]).toEqual([
      expect.objectContaining({ refresh: 1, attempt: 2, outcome: "running", from: record(1, 0, started(1)).atMs }),
    ]);
  });

  it("stays empty after a clear although the same batch comes again", () => {
    const events = burst(5, 143);
    const after = fold(cleared(fold(empty, events), START), events);
    expect(after.events).toEqual([]);
    expect(after.lanes.size).toBe(0);
  });

  it("counts every refresh that gave a token, those too that were cleared or have been forgotten (R11)", () => {
    const many = Array.from({ length: KEPT.refreshes + 20 }, (_, nth) => burst(1, 143, nth)).flat();
    const model = fold(empty, many);
    expect([model.refreshes.size, model.succeeded]).toEqual([KEPT.refreshes, KEPT.refreshes + 20]);
    const next = fold(cleared(model, START), burst(1, 143, KEPT.refreshes + 20));
    expect([next.refreshes.size, next.succeeded]).toEqual([1, KEPT.refreshes + 21]);
  });
});

describe("bursts", () => {
  it("parts what a quiet second parts", () => {
    const model = fold(empty, [...burst(3, 50, 0), ...burst(4, 50, 1)]);
    expect(burstsOf(model).map(({ lanes }) => lanes.length)).toEqual([3, 4]);
  });

  it("is open while a call of it runs, and shows the wait so far", () => {
    const events = burst(2, 143);
    const waiting = events.filter(({ kind }) => kind === "call-checked" || kind === "call-waiting");
    const [only] = burstsOf(fold(empty, waiting));
    const since = waiting.find(({ kind }) => kind === "call-waiting")?.atMs ?? 0;
    expect(only?.to).toBeNull();
    expect(only && figuresOf(only, since + 70).longestWaitMs).toBe(70);
  });

  it("ties to a refresh the calls it held, not one that went before it ended (R2)", () => {
    const late = burst(2, 8_000, 0, "runs");
    const first = late.find(({ kind }) => kind === "call-checked");
    const call = first && "call" in first ? first.call : 0;
    const left = record(90, 5_000, { kind: "call-sent", call, withGeneration: 3, waitedMs: 5_000, resend: false, without: "refresh-late" });
    const [only] = burstsOf(fold(fold(empty, late), [left]));
    const [refresh] = only?.refreshes ?? [];
    expect(only?.lanes.map((lane) => refresh && isTied(lane, refresh))).toEqual([false, true]);
  });

  it("keeps its name while it grows", () => {
    const events = burst(20, 143);
    const early = burstsOf(fold(empty, events.slice(0, 10)));
    const late = burstsOf(fold(empty, events));
    expect(late.map(({ key }) => key)).toEqual(early.map(({ key }) => key));
  });
});

function checked(call: number) {
  return {
    kind: "call-checked",
    call,
    method: "GET",
    path: "api/projects/",
    freshness: "expired",
    leftMs: -5,
    windowMs: 600_000,
  } as const;
}
