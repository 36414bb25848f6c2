// The picture of one range of time: an axis, the refresh bars, and under them a lane a call; only the rows in view are drawn. All of
// it is drawn in sixteenths of the root's font size and shown as large as that is, so that it grows with the text.
// Not in it: the shape of a lane (LaneShape.tsx) and of a refresh (RefreshShape.tsx), gestures (gestures.ts).
import { createEffect, createMemo, createSignal, createUniqueId, For, on, onCleanup, onMount, Show } from "solid-js";
import { type Burst, isTied } from "./bursts";
import { span } from "./duration";
import { createGestures } from "./gestures";
import { LaneShape } from "./LaneShape";
import { Hatch } from "./Legend";
import type { Refresh } from "./model";
import { RefreshShape } from "./RefreshShape";
import { RefreshTie } from "./RefreshTie";
import { moved, type Range, zoomed } from "./range";
import { createRem } from "./rem";
import { rove } from "./roving";
import { besides, type Frame, gutter, pitch, TOP, ticks, visible } from "./scale";
import { isSame, type Related, type Selection } from "./selection";
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
  const [box, setBox] = createSignal({ width: 400, height: 220 });
  const [scrollTop, setScrollTop] = createSignal(0);
  const rem = createRem();
  /** Pixels in one unit of the picture. */
  const unit = () => rem() / 16;
  const size = createMemo(() => ({ width: box().width / unit(), height: box().height / unit() }));
  const scrolled = () => scrollTop() / unit();
  const hatch = createUniqueId();
  const clip = createUniqueId();
  let scroller: HTMLDivElement | undefined;
  let chart: SVGSVGElement | undefined;

  onMount(() => {
    if (!scroller || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (scroller) setBox({ width: scroller.clientWidth, height: scroller.clientHeight });
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

  const room = () => Math.max(0, size().height - TOP - 4);
  const each = createMemo(() => pitch(props.burst.lanes.length, room()));
  const wide = () => Math.max(1, size().width - gutter(size().width) - 14);
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
  const top = (call: number) => TOP + (indexOf().get(call) ?? 0) * each() - scrolled();
  const tied = (call: number, refresh: Refresh) => {
    const lane = laneOf(call);
    return lane !== undefined && isTied(lane, refresh);
  };

  // Rows in the order of the keys: the refreshes above, then the lanes.
  const rowAt = (index: number): Selection | undefined => {
    const refresh = bars()[index];
    if (refresh !== undefined) return { refresh };
    const call = props.burst.lanes[index - bars().length]?.call;
    return call === undefined ? undefined : { call };
  };
  const indexOfRow = (row: Selection | null) => {
    if (row === null) return -1;
    if ("refresh" in row) return bars().indexOf(row.refresh);
    const index = indexOf().get(row.call);
    return index === undefined ? -1 : index + bars().length;
  };
  const tabStop = createMemo((): Selection | null => {
    const { pointed } = props;
    if (pointed && ("refresh" in pointed ? bars().includes(pointed.refresh) : shown().includes(pointed.call))) return pointed;
    const [first] = shown();
    return first === undefined ? (rowAt(0) ?? null) : { call: first };
  });
  const isTabStop = (row: Selection) => isSame(tabStop(), row);
  const relatedTo = (is: (related: Related) => boolean) => (props.related ? is(props.related) : null);

  const gestures = createGestures({
    timeAt: (x) => {
      const at = (x - (chart?.getBoundingClientRect().left ?? 0)) / unit();
      const part = (at - frame().left) / wide();
      return props.range.from + Math.max(0, Math.min(1, part)) * (props.range.to - props.range.from);
    },
    perPixel: () => (props.range.to - props.range.from) / wide() / unit(),
    onAxis: (y) => y - (chart?.getBoundingClientRect().top ?? 0) < BAR_ZONE * unit(),
    scrolls: () => tall() > room(),
    range: () => props.range,
    look: (range) => props.look(range),
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && props.pointed) {
      event.stopPropagation();
      props.point(null); // the card goes, the row keeps the focus (WCAG 1.4.13)
      return;
    }
    const middle = (props.range.from + props.range.to) / 2;
    const range = {
      "+": zoomed(props.range, 0.6, middle),
      "=": zoomed(props.range, 0.6, middle),
      "-": zoomed(props.range, 1 / 0.6, middle),
      ArrowLeft: moved(props.range, -0.2),
      ArrowRight: moved(props.range, 0.2),
    }[event.key];
    if (range && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      props.look(range);
      return;
    }
    const stop = tabStop();
    if ((event.key === "Enter" || event.key === " ") && stop) {
      event.preventDefault();
      props.choose(stop);
      return;
    }
    const to = rove(event.key, indexOfRow(stop), bars().length + props.burst.lanes.length, Math.floor(room() / each()));
    const row = to === null ? undefined : rowAt(to);
    if (row === undefined || !scroller) return;
    event.preventDefault();
    if ("call" in row) {
      const place = (indexOf().get(row.call) ?? 0) * each();
      if (place < scrolled()) scroller.scrollTop = place * unit();
      if (place + each() > scrolled() + room()) scroller.scrollTop = (place + each() - room()) * unit();
      setScrollTop(scroller.scrollTop);
    }
    const name = "call" in row ? `call ${row.call}` : `refresh ${row.refresh}`;
    queueMicrotask(() => chart?.querySelector<SVGGElement>(`[data-row="${name}"]`)?.focus());
  };

  const [cardHeight, setCardHeight] = createSignal(CARD.height);
  /** In the right half, where the bars' ends are, unless that is narrow. */
  const card = createMemo(() => {
    const { pointed } = props;
    if (pointed === null || gestures.dragging()) return null;
    const lane = "call" in pointed ? laneOf(pointed.call) : undefined;
    const refresh = "refresh" in pointed ? barOf(pointed.refresh) : undefined;
    if (!lane && !refresh) return null;
    const rowTop = lane ? top(lane.call) : BAR_ZONE - 16;
    const below = rowTop + (lane ? each() : 16) + 6;
    const x = Math.max(4, size().width - CARD.width - 14);
    return { lane, refresh, x, y: besides({ above: rowTop - 4, below }, cardHeight(), size().height - 2) };
  });

  return (
    <div
      class="waterfall-scroll"
      ref={scroller}
      role="listbox"
      tabindex="-1"
      aria-label="One row a refresh and a call. Up and down go from row to row, left and right move in time, plus and minus zoom, Enter finds the events."
      onScroll={() => setScrollTop(scroller?.scrollTop ?? 0)}
      onKeyDown={onKeyDown}
      onPointerLeave={() => props.point(null)}
      {...gestures.handlers}
    >
      <svg
        ref={chart}
        class="waterfall"
        classList={{ "waterfall-held": gestures.dragging() }}
        data-testid="waterfall"
        width={box().width}
        height={box().height}
        viewBox={`0 0 ${size().width} ${size().height}`}
        role="presentation"
      >
        <Hatch id={hatch} />
        <defs>
          <clipPath id={clip}>
            <rect x="0" y={TOP - 5} width={size().width} height={Math.max(0, size().height - TOP + 5)} />
          </clipPath>
        </defs>
        <For each={ticks(props.burst.from, props.range, wide(), 64)}>
          {(at) => (
            <>
              <line class="tick" x1={frame().x(at)} x2={frame().x(at)} y1="16" y2={size().height} />
              <Show when={frame().x(at) < size().width - 40}>
                <text class="tick-words" x={frame().x(at) + 3} y="12">
                  {at < props.burst.from ? `−${span(props.burst.from - at)}` : span(at - props.burst.from)}
                </text>
              </Show>
            </>
          )}
        </For>
        <text class="refresh-name" x="12" y="29" dy="3.5">
          Refresh
        </text>
        <For each={bars()}>
          {(number, index) => (
            <Show when={barOf(number)}>
              {(refresh) => (
                <RefreshShape
                  refresh={refresh()}
                  first={index() === 0}
                  last={index() === bars().length - 1}
                  now={props.now}
                  frame={frame()}
                  tabStop={isTabStop({ refresh: number })}
                  related={relatedTo(({ refreshes }) => refreshes.has(number))}
                  point={() => props.point({ refresh: number })}
                  choose={() => gestures.clicked() && props.choose({ refresh: number })}
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
                    pointed={isSame(props.pointed, { call })}
                    tabStop={isTabStop({ call })}
                    related={relatedTo(({ calls }) => calls.has(call))}
                    point={() => props.point({ call })}
                    choose={() => gestures.clicked() && props.choose({ call })}
                  />
                )}
              </Show>
            )}
          </For>
        </g>
        <For each={bars()}>
          {(number) => (
            <Show when={barOf(number)}>
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
        <Show when={gestures.chosen()}>
          {(part) => (
            <rect
              class="chosen-range"
              x={frame().x(part().from)}
              y="16"
              width={Math.max(1, frame().x(part().to) - frame().x(part().from))}
              height={size().height}
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
      <svg class="waterfall-strut" width="1" height={Math.max(0, TOP + tall() + 4 - size().height) * unit()} aria-hidden="true" />
    </div>
  );
}

/** Above this a drag chooses a range; below it moves the picture. */
const BAR_ZONE = 38;
