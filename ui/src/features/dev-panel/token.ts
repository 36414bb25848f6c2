// The token as it is now: what the shell last said of it, carried on by the clock; and the states' names and tones.
// Not in it: the state itself (src/session) and any decision; whether a call must wait is the engine's alone.
import type { SessionState, TokenView } from "../../ipc";

export type TokenNow = Pick<
  TokenView,
  "leftMs" | "lifetimeMs" | "windowMs" | "refreshFingerprint" | "refreshLeftMs" | "refreshLifetimeMs"
> & { fingerprint: string | null };

const NONE: TokenNow = {
  leftMs: null,
  lifetimeMs: null,
  windowMs: null,
  fingerprint: null,
  refreshFingerprint: null,
  refreshLeftMs: null,
  refreshLifetimeMs: null,
};

/** `sinceMs`: how long ago the view came. */
export function tokenNow(token: TokenView | null, sinceMs: number): TokenNow {
  if (token === null) return NONE;
  const carried = (ms: number | null) => (ms === null ? null : ms - Math.max(0, sinceMs));
  return { ...token, leftMs: carried(token.leftMs), refreshLeftMs: carried(token.refreshLeftMs) };
}

type Tone = "plain" | "info" | "ok" | "wait" | "danger";

export const STATES: Readonly<Record<SessionState, { label: string; tone: Tone }>> = {
  "signed-out": { label: "Signed out", tone: "plain" },
  fresh: { label: "Fresh", tone: "ok" },
  due: { label: "Due", tone: "wait" },
  refreshing: { label: "Refreshing", tone: "info" },
  degraded: { label: "Degraded", tone: "wait" },
  expired: { label: "Expired", tone: "danger" },
};

/** Nothing is left of it; how long it has been so is `-leftMs`. */
export function isOver(token: TokenNow): token is TokenNow & { leftMs: number } {
  return token.leftMs !== null && token.leftMs <= 0;
}

/** The tone of the time left, whatever the session's state. */
export function toneOf(token: TokenNow): "ok" | "wait" | "danger" {
  if (token.leftMs === null) return "ok";
  return isOver(token) ? "danger" : token.leftMs < (token.windowMs ?? 0) ? "wait" : "ok";
}
