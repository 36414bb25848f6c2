// What the panel knows: the last events, and folded from them one lane a call and one bar a refresh.
// Not in it: grouping into bursts (bursts.ts), words (words.ts), anything drawn. Pure: the time is in the events.
import type { CommandErrorCode, EventRecord } from "../../ipc";

export type Phase = "checking" | "waiting" | "sending" | "receiving" | "done" | "failed";

/**
 * One part of a lane. `to` is null while it lasts. `refresh` names what a waiting part waits for. Receiving lasts from the head of
 * the reply to its last byte; a reply that came in one piece has none.
 */
export type Stretch = {
  readonly doing: "checking" | "waiting" | "sending" | "receiving";
  readonly from: number;
  readonly to: number | null;
  readonly refresh: number | null;
};

export type Lane = {
  readonly call: number;
  readonly method: string;
  readonly path: string;
  readonly phase: Phase;
  readonly from: number;
  readonly to: number | null;
  readonly stretches: readonly Stretch[];
  readonly freshness: "fresh" | "due" | "expired";
  readonly leftMs: number | null;
  readonly windowMs: number | null;
  /** The refresh last waited for; `shared` when somebody else had started it. */
  readonly refresh: number | null;
  readonly shared: boolean;
  readonly why: "due" | "expired" | "unauthorized" | null;
  readonly withGeneration: number | null;
  readonly resend: boolean;
  readonly without: "refresh-late" | "refresh-failed" | "backing-off" | "background" | null;
  readonly waitedMs: number;
  readonly tookMs: number | null;
  readonly status: number | null;
  readonly failure: { readonly code: CommandErrorCode; readonly message: string } | null;
};

export type Outcome = "running" | "succeeded" | "failed" | "discarded";

export type Refresh = {
  readonly refresh: number;
  readonly trigger: "call" | "timer" | "apart" | "unauthorized" | "manual" | "restore";
  readonly attempt: number;
  readonly from: number;
  readonly to: number | null;
  readonly outcome: Outcome;
  readonly callers: number;
  readonly tookMs: number | null;
  /** Why it failed or was thrown away, in the engine's words. */
  readonly reason: string | null;
};

export type Model = {
  /** The highest `seq` folded in: a replayed batch changes nothing. */
  readonly seen: number;
  readonly events: readonly EventRecord[];
  readonly lanes: ReadonlyMap<number, Lane>;
  readonly refreshes: ReadonlyMap<number, Refresh>;
  /** How many refreshes gave a new token, those too that are cleared from view. */
  readonly succeeded: number;
  /** When the view was cleared last, Unix ms; null: never. */
  readonly clearedAtMs: number | null;
};

/** More than a long sitting makes; what is drawn of it is only what is in view. */
export const KEPT = { events: 10_000, lanes: 3_000, refreshes: 300 } as const;

export const empty: Model = { seen: 0, events: [], lanes: new Map(), refreshes: new Map(), succeeded: 0, clearedAtMs: null };

/** Forgets what is drawn and listed; what was seen stays seen. */
export function cleared(model: Model, atMs: number): Model {
  return { ...empty, seen: model.seen, succeeded: model.succeeded, clearedAtMs: atMs };
}

/** The model with these events in it. The same object when nothing in them is new. */
export function fold(model: Model, batch: readonly EventRecord[]): Model {
  const fresh = batch.filter((event) => event.seq > model.seen).sort((a, b) => a.seq - b.seq);
  const last = fresh.at(-1);
  if (last === undefined) return model;
  const lanes = new Map(model.lanes);
  const refreshes = new Map(model.refreshes);
  for (const event of fresh) {
    foldCall(lanes, event);
    foldRefresh(refreshes, event);
  }
  trim(lanes, KEPT.lanes);
  trim(refreshes, KEPT.refreshes);
  return {
    ...model,
    seen: last.seq,
    succeeded: model.succeeded + fresh.filter(({ kind }) => kind === "refresh-succeeded").length,
    events: [...model.events, ...fresh].slice(-KEPT.events),
    lanes,
    refreshes,
  };
}

function trim(map: Map<number, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

/** How long the lane did this, in ms, until now if it still does; what still lasts counts nothing where no now is given. */
export function durationOf(lane: Lane, doing: Stretch["doing"], now = Number.NEGATIVE_INFINITY): number {
  return lane.stretches
    .filter((part) => part.doing === doing)
    .reduce((ms, part) => ms + Math.max(0, (part.to ?? Math.max(now, part.from)) - part.from), 0);
}

/** Ends the running stretch at `at` (never before it began: wall clocks jump) and starts the next. */
function then(lane: Lane, at: number, next: Omit<Stretch, "from" | "to"> | null): Stretch[] {
  const done = lane.stretches.map((part) => (part.to === null ? { ...part, to: Math.max(part.from, at) } : part));
  if (next === null) return done;
  const from = Math.max(done.at(-1)?.to ?? at, at);
  return [...done, { ...next, from, to: null }];
}

function foldCall(lanes: Map<number, Lane>, event: EventRecord): void {
  if (event.kind === "call-checked") {
    const known = lanes.get(event.call);
    const { call, method, path, freshness, leftMs, windowMs, atMs } = event;
    if (known !== undefined) {
      lanes.set(call, { ...known, freshness, leftMs, windowMs });
      return;
    }
    lanes.set(call, {
      call,
      method,
      path,
      freshness,
      leftMs,
      windowMs,
      phase: "checking",
      from: atMs,
      to: null,
      refresh: null,
      shared: false,
      why: null,
      resend: false,
      withGeneration: null,
      without: null,
      waitedMs: 0,
      tookMs: null,
      status: null,
      failure: null,
      stretches: [{ doing: "checking", from: atMs, to: null, refresh: null }],
    });
    return;
  }
  if (!("call" in event)) return;
  const lane = lanes.get(event.call);
  // Its beginning had already left the black box, or its end was told twice.
  if (lane === undefined || lane.to !== null) return;
  lanes.set(event.call, { ...lane, ...step(lane, event) });
}

type CallEvent = Extract<EventRecord, { call: number }>;

function step(lane: Lane, event: CallEvent): Partial<Lane> {
  const at = event.atMs;
  switch (event.kind) {
    case "call-checked":
      return {};
    case "call-waiting": {
      const { refresh, why } = event;
      const stretches = then(lane, at, { doing: "waiting", refresh });
      return { phase: "waiting", stretches, refresh, why, shared: lane.shared || event.shared };
    }
    case "call-sent": {
      const { withGeneration, waitedMs, without } = event;
      const stretches = then(lane, at, { doing: "sending", refresh: null });
      const resend = lane.resend || event.resend;
      return { phase: "sending", stretches, withGeneration, waitedMs, without, resend };
    }
    case "call-answered":
      return { phase: "receiving", stretches: then(lane, at, { doing: "receiving", refresh: null }) };
    case "call-finished":
    case "call-failed": {
      const { waitedMs, tookMs } = event;
      const stretches = then(lane, at, null);
      const end = { stretches, to: stretches.at(-1)?.to ?? at, waitedMs, tookMs };
      if (event.kind === "call-finished") return { ...end, phase: "done", status: event.status };
      const { code, message } = event;
      return { ...end, phase: "failed", failure: { code, message } };
    }
  }
}

function foldRefresh(refreshes: Map<number, Refresh>, event: EventRecord): void {
  const at = event.atMs;
  if (event.kind === "refresh-started") {
    const { refresh, trigger, attempt } = event;
    const from = refreshes.get(refresh)?.from ?? at;
    const rest = { outcome: "running", callers: 0, tookMs: null, reason: null } as const;
    refreshes.set(refresh, { refresh, trigger, attempt, from, to: null, ...rest });
    return;
  }
  if (event.kind !== "refresh-succeeded" && event.kind !== "refresh-failed" && event.kind !== "refresh-discarded") return;
  const known = refreshes.get(event.refresh);
  if (known === undefined) return;
  const end = { ...known, to: Math.max(known.from, at) };
  if (event.kind === "refresh-discarded") {
    refreshes.set(event.refresh, { ...end, outcome: "discarded", reason: event.why });
    return;
  }
  const { callers, tookMs } = event;
  const outcome = event.kind === "refresh-succeeded" ? "succeeded" : "failed";
  const reason = event.kind === "refresh-failed" ? event.reason : null;
  refreshes.set(event.refresh, { ...end, outcome, callers, tookMs, reason });
}
