// From milliseconds to pixels: the waterfall's time axis and the height of its lanes.
// Not in it: what is drawn with them (Waterfall.tsx).
const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const STEPS = [1, 2, 5, 10];

function round(value: number, choices: readonly number[]): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const choice = choices.find((each) => each * power >= value - 1e-9) ?? 10;
  return choice * power;
}

/** The axis' length for a burst: a round number, so that a growing burst moves the axis seldom. */
export function axisLength(ms: number): number {
  return round(Math.max(10, ms * 1.02), NICE);
}

/** Pixels from lane to lane: all of them in view where that leaves a line to see, else dense and scrolled. */
export function pitch(lanes: number, height: number): number {
  return Math.max(4, Math.min(18, Math.floor((height / Math.max(1, lanes)) * 2) / 2));
}

/** The lanes that touch the viewport, and a few beyond it. */
export function visible(count: number, each: number, scrolled: number, height: number): { first: number; last: number } {
  const beyond = 2;
  return {
    first: Math.max(0, Math.floor(scrolled / each) - beyond),
    last: Math.min(count - 1, Math.ceil((scrolled + height) / each) + beyond),
  };
}

/** Where the lanes begin: below the axis and the refresh bar, and right of their names. */
export const TOP = 44;
export function gutter(width: number): number {
  return Math.round(Math.max(118, Math.min(200, width * 0.28)));
}

/** Where a card of this height begins: under its row, or over it, or, where it fits beside neither, wherever it is seen whole. */
export function besides(row: { above: number; below: number }, tall: number, height: number): number {
  if (row.below + tall <= height) return row.below;
  return row.above - tall >= 0 ? row.above - tall : Math.max(0, height - tall);
}

/** Ticks at round distances from `origin` inside a range that may begin anywhere, as moments. */
export function ticks(origin: number, range: { from: number; to: number }, width: number, apart: number): number[] {
  const most = Math.max(1, Math.floor(width / apart));
  const step = round((range.to - range.from) / most, STEPS);
  const first = Math.ceil((range.from - origin) / step - 1e-9);
  const last = Math.floor((range.to - origin) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => origin + (first + index) * step);
}

/** What the shapes need to know of the picture they stand in. */
export type Frame = {
  /** From unix ms to pixels; a moment outside the range stands at its edge. */
  readonly x: (at: number) => number;
  /** Whether something from one moment to the other is in the range. */
  readonly sees: (from: number, to: number) => boolean;
  /** Pixels from lane to lane. */
  readonly each: number;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** The id of the hatching. */
  readonly hatch: string;
};
