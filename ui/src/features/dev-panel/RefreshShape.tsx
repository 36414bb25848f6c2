// One refresh: its bar above the lanes and its time as a band behind them.
// Not in it: the tie to the lanes that waited (RefreshTie.tsx) and its figures (WaterfallCard.tsx).
import { Show } from "solid-js";
import { span } from "./duration";
import type { Refresh } from "./model";
import type { Frame } from "./scale";
import { refreshWords } from "./words";

type Props = {
  refresh: Refresh;
  first: boolean;
  last: boolean;
  now: number;
  frame: Frame;
  tabStop: boolean;
  related: boolean | null;
  point(): void;
  choose(): void;
};

export const BAR = { y: 22, height: 14 };

export function RefreshShape(props: Props) {
  const from = () => props.frame.x(props.refresh.from);
  const to = () => endOf(props);
  const words = () => `refresh ${props.refresh.refresh}${props.refresh.tookMs === null ? "" : ` · ${span(props.refresh.tookMs)}`}`;
  const inside = () => to() - from() > words().length * 6 + 10;
  /** Beside the bar: right of it, else left of it where no other bar can be. */
  const fits = () => to() + 6 + words().length * 6 <= props.frame.right;
  const textAt = () => (inside() ? from() + 6 : fits() ? to() + 6 : from() - 6);
  return (
    <Show when={props.frame.sees(props.refresh.from, props.refresh.to ?? Math.max(props.now, props.refresh.from))}>
      <g
        class={`refresh refresh-${props.refresh.outcome}`}
        classList={{ related: props.related === true, unrelated: props.related === false }}
        data-row={`refresh ${props.refresh.refresh}`}
        role="option"
        aria-selected={props.related === true}
        aria-label={refreshWords(props.refresh)}
        tabindex={props.tabStop ? 0 : -1}
        onPointerEnter={() => props.point()}
        onFocus={() => props.point()}
        onClick={() => props.choose()}
      >
        <rect class="refresh-band" x={from()} y={BAR.y} width={to() - from()} height={Math.max(0, props.frame.bottom - BAR.y)} />
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
        />
      </g>
      <Show when={inside() || (props.last && (fits() || props.first))}>
        <text
          class={inside() ? "refresh-words refresh-words-inside" : "refresh-words"}
          classList={{ unrelated: props.related === false }}
          x={textAt()}
          text-anchor={inside() || fits() ? undefined : "end"}
          y={BAR.y + BAR.height / 2}
          dy="3.5"
        >
          {words()}
        </text>
      </Show>
    </Show>
  );
}

/** Where its bar ends: a running one at now, and none is too short to be seen. */
export function endOf({ refresh, now, frame }: Pick<Props, "refresh" | "now" | "frame">): number {
  return Math.max(frame.x(refresh.from) + 2, frame.x(refresh.to ?? Math.max(now, refresh.from)));
}
