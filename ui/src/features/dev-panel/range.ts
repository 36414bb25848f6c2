// The time range the waterfall shows when it does not follow the newest burst: zoomed, moved, and what stands in it.
// Not in it: pixels (scale.ts) and who asks for it (Waterfall.tsx). Pure.
import type { Burst } from "./bursts";

/** Unix ms. */
export type Range = { readonly from: number; readonly to: number };

/** Nothing shorter can be told from its neighbours: the events' clock counts whole milliseconds. */
export const SHORTEST_MS = 8;
export const LONGEST_MS = 3_600_000;

/** Zooms by a factor (below 1: closer) around a moment, which stays where it is. */
export function zoomed(range: Range, by: number, around: number): Range {
  const length = range.to - range.from;
  const next = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, length * by));
  const part = Math.max(0, Math.min(1, (around - range.from) / length));
  const from = range.from + part * (length - next);
  return { from, to: from + next };
}

/** Moves it by a part of its length: 0.5 is half a picture later. */
export function moved(range: Range, part: number): Range {
  const by = (range.to - range.from) * part;
  return { from: range.from + by, to: range.to + by };
}

/** Two moments in any order as a range that can be seen. */
export function between(one: number, other: number): Range {
  const from = Math.min(one, other);
  return { from, to: Math.max(from + SHORTEST_MS, one, other) };
}

/** All bursts that reach into the range, as one; a burst stays whole, so that rows do not jump while zooming. */
export function within(bursts: readonly Burst[], range: Range): Burst {
  const met = bursts.filter(({ from, to }) => from <= range.to && (to ?? Number.POSITIVE_INFINITY) >= range.from);
  const [only] = met;
  if (only && met.length === 1) return only;
  return {
    key: "range",
    from: Math.min(range.from, ...met.map(({ from }) => from)),
    to: met.some(({ to }) => to === null) ? null : Math.max(range.to, ...met.map(({ to }) => to ?? 0)),
    lanes: met.flatMap(({ lanes }) => lanes),
    refreshes: met.flatMap(({ refreshes }) => refreshes),
  };
}
