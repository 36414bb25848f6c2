// The state machine's picture as data: where the states stand, which ways lead between them, and the way taken last with its cause.
// Not in it: the state itself (src/session tells it); this only finds in the events why it is so.
import type { EventRecord, ExpiryReason, SessionState } from "../../ipc";
import { span } from "./duration";
import { BY } from "./words";

/** `from` is null when the events before it are no longer known. */
export type Move = { readonly from: SessionState | null; readonly to: SessionState; readonly because: string };

/** The centre of each state in a picture of 272 by 132. */
export const PLACES: Readonly<Record<SessionState, { readonly x: number; readonly y: number }>> = {
  "signed-out": { x: 38, y: 16 },
  fresh: { x: 136, y: 16 },
  due: { x: 234, y: 16 },
  expired: { x: 38, y: 92 },
  degraded: { x: 136, y: 92 },
  refreshing: { x: 234, y: 92 },
};

/** Half a state's box, and a little air. */
const BOX = { x: 38 + 3, y: 12 + 3 };
/** Two arrows between the same states run side by side. */
const APART = 4;

export const WAYS: readonly (readonly [SessionState, SessionState])[] = [
  ["signed-out", "fresh"],
  ["fresh", "signed-out"],
  ["fresh", "due"],
  ["due", "refreshing"],
  ["fresh", "refreshing"],
  ["refreshing", "fresh"],
  ["refreshing", "degraded"],
  ["degraded", "refreshing"],
  ["refreshing", "expired"],
  ["expired", "fresh"],
];

/** The line from one state to another, from rim to rim; past a state that stands between, it goes below. */
export function way(from: SessionState, to: SessionState): string {
  const [a, b] = [PLACES[from], PLACES[to]];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  if (dy === 0 && Math.abs(dx) > 120) {
    const y = a.y + BOX.y;
    return `M${a.x} ${y} Q${(a.x + b.x) / 2} ${y + 34} ${b.x} ${y}`;
  }
  const length = Math.hypot(dx, dy);
  const side = { x: (-dy / length) * APART, y: (dx / length) * APART };
  const rim = Math.min(BOX.x / Math.abs(dx || 1e-9), BOX.y / Math.abs(dy || 1e-9));
  const at = (part: number) => `${fixed(a.x + dx * part + side.x)} ${fixed(a.y + dy * part + side.y)}`;
  return `M${at(rim)} L${at(1 - rim)}`;
}

function fixed(value: number): number {
  return Math.round(value * 10) / 10;
}

const ENDS: Readonly<Record<ExpiryReason["code"], string>> = {
  rejected: "the server says the refresh token is dead",
  "no-refresh-token": "there is no refresh token",
  "reply-lost": "the reply was lost, and the token is not taken twice",
  interrupted: "a refresh was interrupted, and the token is not taken twice",
  "not-kept": "the newest refresh token could not be kept",
};

/** The last way that led to the state there is now; null when nothing tells of it. */
export function lastMove(events: readonly EventRecord[], now: SessionState): Move | null {
  let state: SessionState | null = null;
  let found: Move | null = null;
  for (const event of events) {
    const next = nextOf(state, event);
    if (next === null || next.to === state) continue;
    if (next.to === now) found = { from: state, ...next };
    state = next.to;
  }
  if (state === now) return found;
  if (now === "due" && state === "fresh") return { from: "fresh", to: "due", because: "less than the window is left" };
  return found;
}

function nextOf(state: SessionState | null, event: EventRecord): Omit<Move, "from"> | null {
  switch (event.kind) {
    case "signed-in":
      return { to: "fresh", because: "signed in" };
    case "signed-out":
      return { to: "signed-out", because: "signed out" };
    case "session-restored":
      return { to: "due", because: "restored from the vault" };
    case "call-checked": {
      if (state !== "fresh" || event.freshness === "fresh") return null;
      if (event.freshness === "due") return { to: "due", because: `less than ${span(event.windowMs ?? 0)} left` };
      return { to: "due", because: (event.leftMs ?? 0) > 0 ? "the server refused the token" : "the token is over" };
    }
    case "refresh-started":
      return { to: "refreshing", because: `refresh ${event.refresh}, started ${BY[event.trigger]}` };
    case "refresh-succeeded":
      return { to: "fresh", because: `refresh ${event.refresh} gave a new token in ${span(event.tookMs)}` };
    case "refresh-failed":
      return event.verdict === "definitive" ? null : { to: "degraded", because: event.reason };
    case "session-degraded":
      return { to: "degraded", because: event.reason };
    case "session-recovered":
      return { to: "fresh", because: `refreshes work again after ${span(event.afterMs)}` };
    case "session-expired":
      return { to: "expired", because: ENDS[event.reason.code] };
    default:
      return null;
  }
}
