// The picture of one range of time: an axis, the refresh bars, and under them a lane a call; only the rows in view are drawn. All of
// it is drawn in sixteenths of the root's font size and shown as large as that is, so that it grows with the text.
// Not in it: where things stand (layout.ts, viewport.ts), the shape of a lane (LaneShape.tsx) and of a refresh (RefreshShape.tsx), the
// axis (TimeAxis.tsx), pointer and wheel (gestures.ts), keys (keys.ts).
import { createMemo, createSignal, createUniqueId, For, Show } from "solid-js";
import type { Burst } from "./bursts";
import { createGestures } from "./gestures";
import { createKeys } from "./keys";
import { LaneShape } from "./LaneShape";
import { Hatch } from "./Legend";
import { createLayout } from "./layout";
import { RefreshShape } from "./RefreshShape";
import { RefreshTie } from "./RefreshTie";
import type { Range } from "./range";
import { besides, TOP } from "./scale";
import { isSame, type Related, type Selection } from "./selection";
import { TimeAxis } from "./TimeAxis";
import { createViewport } from "./viewport";
import { CARD, WaterfallCard } from "./WaterfallCard";

type Props = {
  burst: Burst;
  range: Range;
  now: number;
  pointed: Selection | null;
  related: Related | null;
  point(row: Selection | null): void;
  choose(row: Selection): void;
  look(range: Range): void;
};

export function WaterfallChart(props: Props) {
  const hatch = createUniqueId();
  const clip = createUniqueId();
  let chart: SVGSVGElement | undefined;
  const viewport = createViewport(() => props.burst.key);
  const layout = createLayout(props, viewport, hatch);
  const keys = createKeys(props, viewport, layout, (row) => {
    const name = "call" in row ? `call ${row.call}` : `refresh ${row.refresh}`;
    chart?.querySelector<SVGGElement>(`[data-row="${name}"]`)?.focus();
  });

  const gestures = createGestures({
    timeAt: (x) => {
      const at = (x - (chart?.getBoundingClientRect().left ?? 0)) / viewport.unit();
      const part = (at - layout.frame().left) / layout.wide();
      return props.range.from + Math.max(0, Math.min(1, part)) * (props.range.to - props.range.from);
    },
    perPixel: () => (props.range.to - props.range.from) / layout.wide() / viewport.unit(),
    onAxis: (y) => y - (chart?.getBoundingClientRect().top ?? 0) < BAR_ZONE * viewport.unit(),
    scrolls: () => layout.tall() > layout.room(),
    range: () => props.range,
    look: (range) => props.look(range),
  });
  const relatedTo = (is: (related: Related) => boolean) => (props.related ? is(props.related) : null);

  const [cardHeight, setCardHeight] = createSignal(CARD.height);
  /** In the right half, where the bars' ends are, unless that is narrow. */
  const card = createMemo(() => {
    const { pointed } = props;
    if (pointed === null || gestures.dragging()) return null;
    const lane = "call" in pointed ? layout.laneOf(pointed.call) : undefined;
    const refresh = "refresh" in pointed ? layout.barOf(pointed.refresh) : undefined;
    if (!lane && !refresh) return null;
    const rowTop = lane ? layout.top(lane.call) : BAR_ZONE - 16;
    const below = rowTop + (lane ? layout.each() : 16) + 6;
    const x = Math.max(4, viewport.size().width - CARD.width - 14);
    return { lane, refresh, x, y: besides({ above: rowTop - 4, below }, cardHeight(), viewport.size().height - 2) };
  });

  return (
    <div
      class="waterfall-scroll"
      ref={viewport.attach}
      role="listbox"
      tabindex="-1"
      aria-label="One row a refresh and a call. Up and down go from row to row, left and right move in time, plus and minus zoom, Enter finds the events."
      onScroll={viewport.onScroll}
      onKeyDown={keys.onKeyDown}
      onPointerLeave={() => props.point(null)}
      {...gestures.handlers}
    >
      <svg
        ref={chart}
        class="waterfall"
        classList={{ "waterfall-held": gestures.dragging() }}
        data-testid="waterfall"
        width={viewport.box().width}
        height={viewport.box().height}
        viewBox={`0 0 ${viewport.size().width} ${viewport.size().height}`}
        role="presentation"
      >
        <Hatch id={hatch} />
        <defs>
          <clipPath id={clip}>
            <rect x="0" y={TOP - 5} width={viewport.size().width} height={Math.max(0, viewport.size().height - TOP + 5)} />
          </clipPath>
        </defs>
        <TimeAxis origin={props.burst.from} range={props.range} frame={layout.frame()} wide={layout.wide()} size={viewport.size()} />
        <text class="refresh-name" x="12" y="29" dy="3.5">
          Refresh
        </text>
        <For each={layout.bars()}>
          {(number, index) => (
            <Show when={layout.barOf(number)}>
              {(refresh) => (
                <RefreshShape
                  refresh={refresh()}
                  first={index() === 0}
                  last={index() === layout.bars().length - 1}
                  now={props.now}
                  frame={layout.frame()}
                  tabStop={keys.isTabStop({ refresh: number })}
                  related={relatedTo(({ refreshes }) => refreshes.has(number))}
                  point={() => props.point({ refresh: number })}
                  choose={() => gestures.clicked() && props.choose({ refresh: number })}
                />
              )}
            </Show>
          )}
        </For>
        <g clip-path={`url(#${clip})`}>
          <For each={layout.shown()}>
            {(call) => (
              <Show when={layout.laneOf(call)}>
                {(lane) => (
                  <LaneShape
                    lane={lane()}
                    now={props.now}
                    frame={layout.frame()}
                    top={layout.top(call)}
                    labelled={(layout.indexOf().get(call) ?? 0) % Math.ceil(11 / layout.each()) === 0}
                    pointed={isSame(props.pointed, { call })}
                    tabStop={keys.isTabStop({ call })}
                    related={relatedTo(({ calls }) => calls.has(call))}
                    point={() => props.point({ call })}
                    choose={() => gestures.clicked() && props.choose({ call })}
                  />
                )}
              </Show>
            )}
          </For>
        </g>
        <For each={layout.bars()}>
          {(number) => (
            <Show when={layout.barOf(number)}>
              {(refresh) => (
                <RefreshTie
                  refresh={refresh()}
                  now={props.now}
                  frame={layout.frame()}
                  tied={layout.shown().filter((call) => layout.tied(call, refresh()))}
                  top={layout.top}
                />
              )}
            </Show>
          )}
        </For>
        <Show when={gestures.chosen()}>
          {(part) => (
            <rect
              class="chosen-range"
              x={layout.frame().x(part().from)}
              y="16"
              width={Math.max(1, layout.frame().x(part().to) - layout.frame().x(part().from))}
              height={viewport.size().height}
            />
          )}
        </Show>
        <Show when={card()}>
          {(at) => (
            <WaterfallCard
              lane={at().lane}
              refresh={at().refresh}
              now={props.now}
              x={at().x}
              y={at().y}
              hatch={hatch}
              tell={(height) => setCardHeight(height)}
            />
          )}
        </Show>
      </svg>
      <svg
        class="waterfall-strut"
        width="1"
        height={Math.max(0, TOP + layout.tall() + 4 - viewport.size().height) * viewport.unit()}
        aria-hidden="true"
      />
    </div>
  );
}

/** Above this a drag chooses a range; below it moves the picture. */
const BAR_ZONE = 38;
