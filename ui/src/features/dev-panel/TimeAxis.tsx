// The waterfall's axis: a line at each round distance from the burst's begin, and how far that is from it.
// Not in it: where a moment stands (layout.ts), and the drag that chooses a range on it (gestures.ts).
import { For, Show } from "solid-js";
import { span } from "./duration";
import type { Range } from "./range";
import { type Frame, ticks } from "./scale";

type Props = {
  /** The moment that is 0. */
  origin: number;
  range: Range;
  frame: Frame;
  /** How wide the range is drawn. */
  wide: number;
  size: { readonly width: number; readonly height: number };
};

export function TimeAxis(props: Props) {
  return (
    <For each={ticks(props.origin, props.range, props.wide, 64)}>
      {(at) => (
        <>
          <line class="tick" x1={props.frame.x(at)} x2={props.frame.x(at)} y1="16" y2={props.size.height} />
          <Show when={props.frame.x(at) < props.size.width - 40}>
            <text class="tick-words" x={props.frame.x(at) + 3} y="12">
              {at < props.origin ? `−${span(props.origin - at)}` : span(at - props.origin)}
            </text>
          </Show>
        </>
      )}
    </For>
  );
}
