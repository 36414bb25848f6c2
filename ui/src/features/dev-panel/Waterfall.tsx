// The waterfall: the newest burst followed, or a range that was zoomed to and stays; its caption above, its tools below.
// Not in it: the picture itself (WaterfallChart.tsx) and its twin (WaterfallTable.tsx).
import { ChevronLeft, ChevronRight, Maximize, Pause, Pin, Play, Table2, Trash2, ZoomIn, ZoomOut } from "lucide";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { Icon, type IconNode } from "../../components/Icon";
import { burstsOf, figuresOf } from "./bursts";
import { createFrames } from "./clocks";
import { Legend } from "./Legend";
import type { Model } from "./model";
import { type Range, within, zoomed } from "./range";
import { axisLength } from "./scale";
import type { Related, Selection } from "./selection";
import { WaterfallChart } from "./WaterfallChart";
import { WaterfallTable } from "./WaterfallTable";
import { captionOf } from "./words";
import "./Waterfall.css";

/** A lane whose end is never told (its window was reloaded) stops growing after this. */
const LONGEST_MS = 120_000;

/** Of more lanes than these the picture grows in every third frame only: the window has other things to draw. */
const MANY = 100;

type Props = {
  model: Model;
  /** How far the clock of the events is ahead of this machine's. */
  aheadMs: number;
  related: Related | null;
  choose(row: Selection): void;
  clear(): void;
};

export function Waterfall(props: Props) {
  const [frozen, setFrozen] = createSignal<{ model: Model; at: number } | null>(null);
  const [asTable, setAsTable] = createSignal(false);
  const bursts = createMemo(() => burstsOf(frozen()?.model ?? props.model));
  // Null: the newest, whichever it is.
  const [chosen, setChosen] = createSignal<string | null>(null);
  // Null: follow the burst; else stay where it was put.
  const [range, setRange] = createSignal<Range | null>(null);
  const index = createMemo(() => {
    const at = bursts().findIndex(({ key }) => key === chosen());
    return at < 0 ? bursts().length - 1 : at;
  });
  const burst = createMemo(() => {
    const pinned = range();
    return pinned ? within(bursts(), pinned) : bursts()[index()];
  });
  const clock = createFrames(
    () => running(),
    () => props.aheadMs,
    () => ((burst()?.lanes.length ?? 0) > MANY ? 3 : 1),
  );
  const running = createMemo(() => {
    const shown = burst();
    return frozen() === null && shown?.to === null && clock() - shown.from < LONGEST_MS;
  });
  const now = () => {
    const shown = burst();
    return shown?.to ?? Math.max(shown?.from ?? 0, frozen()?.at ?? clock());
  };
  // The same while the axis is: else all of the picture would be worked out anew each frame.
  const looked = createMemo(
    (): Range => {
      const pinned = range();
      if (pinned) return pinned;
      const from = burst()?.from ?? 0;
      return { from, to: from + axisLength(now() - from) };
    },
    undefined,
    { equals: (one, other) => one.from === other.from && one.to === other.to },
  );
  const caption = createMemo(() => {
    const shown = burst();
    return shown && shown.lanes.length + shown.refreshes.length > 0 ? captionOf(figuresOf(shown, now())) : "Waterfall";
  });
  const go = (to: number) => {
    setRange(null);
    setChosen(to >= bursts().length - 1 ? null : (bursts()[to]?.key ?? null));
  };
  const zoom = (by: number) => setRange(zoomed(looked(), by, (looked().from + looked().to) / 2));
  const [pointed, setPointed] = createSignal<Selection | null>(null);

  return (
    <section class="dev-column" aria-label="Waterfall">
      <div class="dev-bar">
        <h3 class="waterfall-caption" data-testid="waterfall-caption" title={burst() && caption()}>
          {caption()}
        </h3>
      </div>
      <Show when={burst()} fallback={<Empty />}>
        {(shown) => (
          <Show
            when={!asTable()}
            fallback={<WaterfallTable burst={shown()} now={now()} caption={caption()} choose={(call) => props.choose({ call })} />}
          >
            <WaterfallChart
              burst={shown()}
              range={looked()}
              now={now()}
              pointed={pointed()}
              related={props.related}
              point={setPointed}
              choose={props.choose}
              look={setRange}
            />
          </Show>
        )}
      </Show>
      <div class="waterfall-tools">
        <Tool of={ZoomOut} name="Zoom out" hint="minus" off={!burst() || asTable()} act={() => zoom(1 / 0.6)} />
        <Tool of={ZoomIn} name="Zoom in" hint="plus, or the wheel with Ctrl" off={!burst() || asTable()} act={() => zoom(0.6)} />
        <Tool
          of={Maximize}
          name="Fit the newest burst"
          off={range() === null && chosen() === null}
          act={() => go(Number.POSITIVE_INFINITY)}
        />
        <Tool
          of={Pin}
          name="Pin this time range"
          hint="what comes later does not move the picture; drag on the axis to choose a range"
          testid="waterfall-pin"
          pressed={range() !== null}
          off={!burst()}
          act={() => setRange(range() ? null : looked())}
        />
        <Tool
          of={frozen() ? Play : Pause}
          name="Pause the waterfall"
          hint="calls are still kept, the picture stands still"
          testid="waterfall-pause"
          pressed={frozen() !== null}
          act={() => setFrozen(frozen() ? null : { model: props.model, at: clock() })}
        />
        <Tool of={Table2} name="Show as a table" testid="waterfall-as-table" pressed={asTable()} act={() => setAsTable(!asTable())} />
        <Tool
          of={Trash2}
          name="Clear waterfall and log"
          testid="waterfall-clear"
          off={bursts().length === 0}
          act={() => {
            setFrozen(null);
            setRange(null);
            props.clear();
          }}
        />
        <Legend />
        <Show when={bursts().length > 1}>
          <div class="waterfall-pages">
            <Tool of={ChevronLeft} name="Earlier burst" off={index() === 0} act={() => go(index() - 1)} />
            <span class="muted" title="Bursts of calls, the newest last">
              {index() + 1}/{bursts().length}
            </span>
            <Tool of={ChevronRight} name="Later burst" off={index() === bursts().length - 1} act={() => go(index() + 1)} />
          </div>
        </Show>
      </div>
    </section>
  );
}

type ToolProps = { of: IconNode; name: string; hint?: string; testid?: string; pressed?: boolean; off?: boolean; act(): void };

function Tool(props: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      class="dev-chip dev-chip-icon"
      aria-label={props.name}
      aria-pressed={props.pressed}
      title={props.hint ? `${props.name}: ${props.hint}` : props.name}
      data-testid={props.testid}
      disabled={props.off}
      onClick={() => props.act()}
    >
      <Icon of={props.of} size={13} />
    </button>
  );
}

function Empty() {
  return (
    <div class="dev-empty">
      <svg class="sketch" data-testid="waterfall" width="12.5rem" height="4.125rem" viewBox="0 0 200 66" aria-hidden="true">
        <rect class="sketch-bar" x="0" y="0" width="96" height="10" rx="3" />
        <For each={[58, 84, 40]}>
          {(width, lane) => (
            <>
              <rect class="sketch-wait" x={6 * lane()} y={20 + 16 * lane()} width={96 - 6 * lane()} height="8" />
              <rect class="sketch-sent" x="96" y={20 + 16 * lane()} width={width} height="8" rx="1.5" />
            </>
          )}
        </For>
        <line class="sketch-tie" x1="96" x2="96" y1="4" y2="56" />
      </svg>
      <p>Calls are drawn here, and the one refresh they wait for.</p>
    </div>
  );
}
