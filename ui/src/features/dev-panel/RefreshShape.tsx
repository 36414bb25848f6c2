// One refresh: its bar above the lanes, its time as a band through them, and the line that ties to it each lane that waited.
// Not in it: the lanes' hatching (LaneShape.tsx).
import { For, Show } from "solid-js";
import { span } from "./duration";
import type { Refresh } from "./model";
import { type Frame, TOP } from "./scale";
import { refreshWords } from "./words";

type Props = { refresh: Refresh; now: number; frame: Frame; tied: readonly number[]; top(call: number): number };

const BAR = { y: 22, height: 14 };

export function RefreshShape(props: Props) {
  const from = () => props.frame.x(props.refresh.from);
  const to = () => Math.max(from() + 2, props.frame.x(props.refresh.to ?? Math.max(props.now, props.refresh.from)));
  const knots = () => props.tied.map((call) => props.top(call) + props.frame.each / 2).filter((y) => y > TOP);
  const words = () => `refresh ${props.refresh.refresh}${props.refresh.tookMs === null ? "" : ` · ${span(props.refresh.tookMs)}`}`;
  const inside = () => to() - from() > words().length * 6 + 10;
  return (
    <g class={`refresh refresh-${props.refresh.outcome}`}>
      <rect class="refresh-band" x={from()} y={BAR.y} width={to() - from()} height={Math.max(0, props.frame.bottom - BAR.y)} />
      <text class="refresh-name" x="12" y={BAR.y + BAR.height / 2} dy="3.5">
        Refresh
      </text>
      <Show when={knots().length > 0}>
        <line class="refresh-tie" x1={to()} x2={to()} y1={BAR.y} y2={Math.max(...knots())} />
        <For each={knots()}>{(y) => <circle class="refresh-knot" cx={to()} cy={y} r={props.frame.each > 7 ? 2.5 : 2} />}</For>
      </Show>
      <rect
        class="refresh-bar"
        data-testid="refresh-bar"
        data-refresh={props.refresh.refresh}
        data-outcome={props.refresh.outcome}
        x={from()}
        y={BAR.y}
        width={to() - from()}
        height={BAR.height}
        rx="3"
      >
        <title>{refreshWords(props.refresh)}</title>
      </rect>
      <text
        class={inside() ? "refresh-words refresh-words-inside" : "refresh-words"}
        x={inside() ? from() + 6 : to() + 6}
        y={BAR.y + BAR.height / 2}
        dy="3.5"
      >
        {words()}
      </text>
    </g>
  );
}
