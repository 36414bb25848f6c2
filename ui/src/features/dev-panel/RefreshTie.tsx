// The tie between a refresh and the lanes it held: a line down from its bar, a knot at each lane. Drawn over the lanes.
// Not in it: which lanes those are (bursts.ts).
import { For, Show } from "solid-js";
import type { Refresh } from "./model";
import { BAR, endOf } from "./RefreshShape";
import { type Frame, TOP } from "./scale";

type Props = { refresh: Refresh; now: number; frame: Frame; tied: readonly number[]; top(call: number): number };

export function RefreshTie(props: Props) {
  const x = () => endOf(props);
  const knots = () => props.tied.map((call) => props.top(call) + props.frame.each / 2).filter((y) => y > TOP && y < props.frame.bottom);
  const end = () => props.refresh.to ?? Math.max(props.now, props.refresh.from);
  return (
    <Show when={knots().length > 0 && props.frame.sees(end(), end())}>
      <g class={`tie refresh-${props.refresh.outcome}`}>
        <line class="tie-line" x1={x()} x2={x()} y1={BAR.y + 3} y2={Math.max(...knots())} />
        <For each={knots()}>{(y) => <circle class="tie-knot" cx={x()} cy={y} r={props.frame.each > 7 ? 2.5 : 1.5} />}</For>
      </g>
    </Show>
  );
}
