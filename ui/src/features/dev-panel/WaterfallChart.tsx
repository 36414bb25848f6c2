// The picture of one burst: an axis, the refresh bar, and under it a lane a call; only the lanes in view are drawn.
// Not in it: the shape of a lane (LaneShape.tsx) and of a refresh (RefreshShape.tsx).
import { createEffect, createMemo, createSignal, createUniqueId, For, on, onCleanup, onMount, Show } from "solid-js";
import { type Burst, isTied } from "./bursts";
import { span } from "./duration";
import { LaneShape } from "./LaneShape";
import type { Refresh } from "./model";
import { RefreshShape } from "./RefreshShape";
import { RefreshTie } from "./RefreshTie";
import { rove } from "./roving";
import { axisLength, type Frame, gutter, pitch, TOP, ticks, visible } from "./scale";

type Props = { burst: Burst; now: number; pointed: number | null; point(call: number | null): void; choose(call: number): void };

export function WaterfallChart(props: Props) {
  const [size, setSize] = createSignal({ width: 400, height: 220 });
  const [scrolled, setScrolled] = createSignal(0);
  const hatch = createUniqueId();
  const clip = createUniqueId();
  let scroller: HTMLDivElement | undefined;
  let chart: SVGSVGElement | undefined;

  onMount(() => {
    if (!scroller || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (scroller) setSize({ width: scroller.clientWidth, height: scroller.clientHeight });
    });
    observer.observe(scroller);
    onCleanup(() => observer.disconnect());
  });
  // A new burst is shown from its first lane.
  createEffect(
    on([() => props.burst.key], () => {
      if (scroller) scroller.scrollTop = 0;
    }),
  );

  const length = createMemo(() => axisLength(props.now - props.burst.from));
  const room = () => Math.max(0, size().height - TOP - 4);
  const each = createMemo(() => pitch(props.burst.lanes.length, room()));
  const wide = () => Math.max(1, size().width - gutter(size().width) - 14);
  const tall = () => props.burst.lanes.length * each();
  const frame = createMemo((): Frame => {
    const [perMs, from] = [wide() / length(), props.burst.from];
    const left = gutter(size().width);
    const x = (at: number) => left + Math.max(0, at - from) * perMs;
    return { x, each: each(), left, right: size().width, bottom: Math.min(size().height, TOP + tall() + 4), hatch };
  });
  const inView = createMemo(() => visible(props.burst.lanes.length, each(), scrolled(), room()));
  const shown = createMemo(() => {
    const { first, last } = inView();
    return props.burst.lanes.slice(first, last + 1).map(({ call }) => call);
  });
  const indexOf = createMemo(() => new Map(props.burst.lanes.map(({ call }, index) => [call, index])));
  const laneOf = (call: number) => props.burst.lanes[indexOf().get(call) ?? -1];
  const top = (call: number) => TOP + (indexOf().get(call) ?? 0) * each() - scrolled();
  const tied = (call: number, refresh: Refresh) => {
    const lane = laneOf(call);
    return lane !== undefined && isTied(lane, refresh);
  };
  const tabStop = () => {
    const { pointed } = props;
    return pointed !== null && shown().includes(pointed) ? pointed : shown()[0];
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = indexOf().get(tabStop() ?? -1) ?? 0;
    if (event.key === "Enter") {
      props.choose(tabStop() ?? -1);
      return;
    }
    const to = rove(event.key, at, props.burst.lanes.length, Math.floor(room() / each()));
    const call = to === null ? undefined : props.burst.lanes[to]?.call;
    if (to === null || call === undefined || !scroller) return;
    event.preventDefault();
    const place = to * each();
    if (place < scroller.scrollTop) scroller.scrollTop = place;
    if (place + each() > scroller.scrollTop + room()) scroller.scrollTop = place + each() - room();
    setScrolled(scroller.scrollTop);
    queueMicrotask(() => chart?.querySelector<SVGGElement>(`[data-call="${call}"]`)?.focus());
  };

  return (
    <div
      class="waterfall-scroll"
      ref={scroller}
      role="listbox"
      tabindex="-1"
      aria-label="One lane a call; arrow keys go from lane to lane, Enter finds its events"
      onScroll={() => setScrolled(scroller?.scrollTop ?? 0)}
      onKeyDown={onKeyDown}
      onPointerLeave={() => props.point(null)}
    >
      <svg ref={chart} class="waterfall" data-testid="waterfall" width={size().width} height={size().height} role="presentation">
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="hatch-ground" width="5" height="5" />
            <rect class="hatch-line" width="2" height="5" />
          </pattern>
          <clipPath id={clip}>
            <rect x="0" y={TOP - 5} width={size().width} height={Math.max(0, size().height - TOP + 5)} />
          </clipPath>
        </defs>
        <For each={ticks(length(), wide(), 64)}>
          {(ms) => (
            <>
              <line class="tick" x1={frame().x(props.burst.from + ms)} x2={frame().x(props.burst.from + ms)} y1="16" y2={size().height} />
              <Show when={frame().x(props.burst.from + ms) < size().width - 40}>
                <text class="tick-words" x={frame().x(props.burst.from + ms) + 3} y="12">
                  {span(ms)}
                </text>
              </Show>
            </>
          )}
        </For>
        <text class="refresh-name" x="12" y="29" dy="3.5">
          Refresh
        </text>
        <For each={props.burst.refreshes.map(({ refresh }) => refresh)}>
          {(number, index) => (
            <Show when={props.burst.refreshes.find(({ refresh }) => refresh === number)}>
              {(refresh) => (
                <RefreshShape
                  refresh={refresh()}
                  first={index() === 0}
                  last={index() === props.burst.refreshes.length - 1}
                  now={props.now}
                  frame={frame()}
                />
              )}
            </Show>
          )}
        </For>
        <g clip-path={`url(#${clip})`}>
          <For each={shown()}>
            {(call) => (
              <Show when={laneOf(call)}>
                {(lane) => (
                  <LaneShape
                    lane={lane()}
                    now={props.now}
                    frame={frame()}
                    top={top(call)}
                    labelled={(indexOf().get(call) ?? 0) % Math.ceil(11 / each()) === 0}
                    pointed={props.pointed === call}
                    tabStop={tabStop() === call}
                    point={() => props.point(call)}
                    choose={() => props.choose(call)}
                  />
                )}
              </Show>
            )}
          </For>
        </g>
        <For each={props.burst.refreshes.map(({ refresh }) => refresh)}>
          {(number) => (
            <Show when={props.burst.refreshes.find(({ refresh }) => refresh === number)}>
              {(refresh) => (
                <RefreshTie
                  refresh={refresh()}
                  now={props.now}
                  frame={frame()}
                  tied={shown().filter((call) => tied(call, refresh()))}
                  top={top}
                />
              )}
            </Show>
          )}
        </For>
      </svg>
      <svg class="waterfall-strut" width="1" height={Math.max(0, TOP + tall() + 4 - size().height)} aria-hidden="true" />
    </div>
  );
}
