// Where everything stands in the waterfall's picture: the time axis, each lane, and which of them are in view.
// Not in it: the figures it is reckoned by (scale.ts), and what is drawn there (WaterfallChart.tsx).
import { createMemo } from "solid-js";
import { type Burst, isTied } from "./bursts";
import type { Refresh } from "./model";
import type { Range } from "./range";
import { type Frame, gutter, pitch, TOP, visible } from "./scale";
import type { Viewport } from "./viewport";

export type Layout = ReturnType<typeof createLayout>;

/** `hatch`: the id of the hatching. */
export function createLayout(props: { readonly burst: Burst; readonly range: Range }, { size, scrolled }: Viewport, hatch: string) {
  /** What the lanes have of the height. */
  const room = () => Math.max(0, size().height - TOP - 4);
  const each = createMemo(() => pitch(props.burst.lanes.length, room()));
  const wide = () => Math.max(1, size().width - gutter(size().width) - 14);
  /** All lanes, in view or not. */
  const tall = () => props.burst.lanes.length * each();
  const frame = createMemo((): Frame => {
    const { from, to } = props.range;
    const left = gutter(size().width);
    const perMs = wide() / (to - from);
    const x = (at: number) => left + Math.max(0, Math.min(wide() + 8, (at - from) * perMs));
    const sees = (start: number, end: number) => end >= from && start <= to;
    return { x, sees, each: each(), left, right: size().width, bottom: Math.min(size().height, TOP + tall() + 4), hatch };
  });
  const inView = createMemo(() => visible(props.burst.lanes.length, each(), scrolled(), room()));
  const shown = createMemo(() => {
    const { first, last } = inView();
    return props.burst.lanes.slice(first, last + 1).map(({ call }) => call);
  });
  const indexOf = createMemo(() => new Map(props.burst.lanes.map(({ call }, index) => [call, index])));
  const laneOf = (call: number) => props.burst.lanes[indexOf().get(call) ?? -1];
  const bars = createMemo(() => props.burst.refreshes.map(({ refresh }) => refresh));
  const barOf = (number: number) => props.burst.refreshes.find(({ refresh }) => refresh === number);
  /** Where a lane begins below the first, in view or not. */
  const place = (call: number) => (indexOf().get(call) ?? 0) * each();
  const top = (call: number) => TOP + place(call) - scrolled();
  const tied = (call: number, refresh: Refresh) => {
    const lane = laneOf(call);
    return lane !== undefined && isTied(lane, refresh);
  };
  return { room, each, wide, tall, frame, shown, indexOf, laneOf, bars, barOf, place, top, tied };
}
