// The shapes of the token ring: a token's life as a circle, clockwise from the top.
// Not in it: colours and the text beside it.
const CENTRE = 50;

/** A point at `part` of the way round (0 = top). */
export function point(part: number, radius: number): { x: number; y: number } {
  const angle = part * 2 * Math.PI;
  return { x: fixed(CENTRE + Math.sin(angle) * radius), y: fixed(CENTRE - Math.cos(angle) * radius) };
}

function fixed(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The line along the circle between two parts of it; a whole circle is drawn as two halves. */
export function arc(from: number, to: number, radius: number): string {
  if (to - from <= 0) return "";
  if (to - from >= 1) return `${arc(0, 0.5, radius)} ${arc(0.5, 1 - 1e-6, radius)} Z`;
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

export type Dial = { readonly now: number; readonly windowFrom: number };

/** Where the hand stands and where the window begins; null when the token's life is not known. */
export function dial(token: { leftMs: number | null; lifetimeMs: number | null; windowMs: number | null }): Dial | null {
  const { leftMs, lifetimeMs, windowMs } = token;
  if (leftMs === null || lifetimeMs === null || lifetimeMs <= 0) return null;
  const part = (ms: number) => Math.max(0, Math.min(1, ms / lifetimeMs));
  return { now: 1 - part(leftMs), windowFrom: 1 - part(windowMs ?? 0) };
}
