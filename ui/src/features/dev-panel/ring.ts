// The shapes of the token ring: a token's life as a circle, clockwise from the top.
// Not in it: colours and the text beside it.
const CENTRE = 50;

/** A point at `part` of the way round (0 = top). */
export function point(part: number, radius: number): { x: number; y: number } {
  const angle = part * 2 * Math.PI;
  return { x: fixed(CENTRE + Math.sin(angle) * radius), y: fixed(CENTRE - Math.cos(angle) * radius) };
}

/** So many places there are on the ring: a hand that moved less would be drawn anew for nothing. */
const PLACES = 360;

/** The nearest place. */
export function placed(part: number): number {
  return Math.round(part * PLACES) / PLACES;
}

function fixed(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The line along the circle between two parts of it; a whole circle goes on from its first half to its second, with no line across. */
export function arc(from: number, to: number, radius: number): string {
  if (to - from <= 0) return "";
  if (to - from >= 1) {
    const [top, bottom] = [point(0, radius), point(0.5, radius)];
    const half = `A${radius} ${radius} 0 0 1`;
    return `M${top.x} ${top.y} ${half} ${bottom.x} ${bottom.y} ${half} ${top.x} ${top.y} Z`;
  }
  const start = point(from, radius);
  const end = point(to, radius);
  return `M${start.x} ${start.y} A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${end.x} ${end.y}`;
}

/** The slice of the disc between two parts of it. */
export function slice(from: number, to: number, radius: number): string {
  if (to - from <= 0) return "";
  if (to - from >= 1) return arc(0, 1, radius);
  return `${arc(from, to, radius)} L${CENTRE} ${CENTRE} Z`;
}

/** `refresh` is null when nothing tells the refresh token's end. */
export type Dial = { readonly now: number; readonly windowFrom: number; readonly refresh: RefreshDial | null };

/** `now`: what is used of the refresh token's life, on a scale of its own. `end`: where it ends on the access token's, 1 for beyond. */
export type RefreshDial = { readonly now: number; readonly end: number };

type Lives = {
  readonly leftMs: number | null;
  readonly lifetimeMs: number | null;
  readonly windowMs: number | null;
  readonly refreshLeftMs: number | null;
  readonly refreshLifetimeMs: number | null;
};

/** Where the hand stands, where the window begins, and what is left of the refresh token; null when the token's life is not known. */
export function dial(token: Lives): Dial | null {
  const { leftMs, lifetimeMs, windowMs, refreshLeftMs, refreshLifetimeMs } = token;
  if (leftMs === null || lifetimeMs === null || lifetimeMs <= 0) return null;
  const part = (ms: number, of = lifetimeMs) => Math.max(0, Math.min(1, ms / of));
  const isKnown = refreshLeftMs !== null && refreshLifetimeMs !== null && refreshLifetimeMs > 0;
  const refresh = isKnown ? { now: 1 - part(refreshLeftMs, refreshLifetimeMs), end: 1 - part(leftMs - refreshLeftMs) } : null;
  return { now: 1 - part(leftMs), windowFrom: 1 - part(windowMs ?? 0), refresh };
}
