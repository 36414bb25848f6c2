// The event log: every decision as a sentence, newest at the bottom, followed until the reader scrolls up. The rows of the
// selected call and its refresh are lit. Of many thousands only those around the reader are in the page (window.ts).
// Not in it: one row (EventRow.tsx), the words (words.ts).
import { Pause, Play, Trash2, X } from "lucide";
import { createComputed, createEffect, createMemo, createSelector, createSignal, For, on, onCleanup, Show, untrack } from "solid-js";
import { Icon } from "../../components/Icon";
import { copyText } from "./clipboard";
import { EventRow } from "./EventRow";
import { Export } from "./Export";
import { GROUPS, type Group, groupOf } from "./kinds";
import type { Model } from "./model";
import { timeOfDay } from "./moment";
import { redactedEvent } from "./redact";
import { remNow } from "./rem";
import { rove } from "./roving";
import { isRelated, type Related, type Selection, selectionOf } from "./selection";
import { firstAround, ROW_REM, ROWS_IN_A_RUSH, rowAt, rowOf, windowFrom } from "./window";
import { wordsOf } from "./words";
import "./EventLog.css";

/** So long after a rush all rows are in the page again. */
const QUIET_MS = 200;
/** ARIA's word for a list that grows. */
const UNKNOWN = -1;
/** The ages of the rows are told anew this often: no oftener than the countdown is, while nobody is there. */
const AGES_MS = 5_000;
/** So near the bottom counts as at the bottom. */
const NEAR = 24;
/** So many pixels before the last row in the page more are brought. */
const AHEAD = 600;

type Props = {
  model: Model;
  now: number;
  search: string;
  selected: Selection | null;
  related: Related | null;
  setSearch(text: string): void;
  select(row: Selection | null): void;
  clear(): void;
};

export function EventLog(props: Props) {
  const [hidden, setHidden] = createSignal<ReadonlySet<Group>>(new Set());
  const [frozen, setFrozen] = createSignal<Model | null>(null);
  const [follow, setFollow] = createSignal(true);
  const [active, setActive] = createSignal<number | null>(null);
  const [told, setTold] = createSignal("");
  const [rush, setRush] = createSignal(false);
  let list: HTMLOListElement | undefined;

  // Told before the rows are: many at once are a rush, until it has been quiet for a while.
  let quiet: ReturnType<typeof setTimeout> | undefined;
  createComputed(
    on([() => props.model.seen], ([seen], before) => {
      if (before === undefined || seen - before[0] < ROWS_IN_A_RUSH) return;
      setRush(true);
      clearTimeout(quiet);
      quiet = setTimeout(() => setRush(false), QUIET_MS);
    }),
  );
  onCleanup(() => clearTimeout(quiet));

  const model = () => frozen() ?? props.model;
  const clearedAt = createMemo(() => props.model.clearedAtMs);
  // Cleared by whichever button: what stood still is gone, too.
  createEffect(on(clearedAt, () => setFrozen(null), { defer: true }));
  /** Ages are told in steps of five seconds, so that rows stay as they are from second to second. */
  const ages = createMemo(() => Math.floor(props.now / AGES_MS) * AGES_MS);
  const laneOf = (event: { kind: string; call?: number }) => (event.call === undefined ? undefined : props.model.lanes.get(event.call));
  const found = createMemo(() => {
    const wanted = props.search.trimStart().toLowerCase();
    if (wanted === "" && hidden().size === 0) return model().events;
    return model().events.filter((event) => {
      if (hidden().has(groupOf(event.kind))) return false;
      return wanted === "" || `${event.kind} ${wordsOf(event, laneOf(event))}`.toLowerCase().includes(wanted);
    });
  });
  // The event whose row is the first in the page; null: the newest rows are, whichever they are.
  const [begin, setBegin] = createSignal<number | null>(null);
  const inPage = createMemo(() => {
    const seq = begin();
    if (seq !== null) return windowFrom(rowOf(seq, found()), found().length);
    return windowFrom(Number.POSITIVE_INFINITY, found().length, rush() ? ROWS_IN_A_RUSH : undefined);
  });
  const shown = createMemo(() => found().slice(inPage().first, inPage().end));
  const missed = () => props.model.events.filter((event) => event.seq > (frozen()?.seen ?? Number.POSITIVE_INFINITY)).length;
  const tabStop = createMemo(() => (shown().some(({ seq }) => seq === active()) ? active() : (shown().at(-1)?.seq ?? null)));

  const isTabStop = createSelector(tabStop);

  const toBottom = () => {
    if (list) list.scrollTop = list.scrollHeight;
  };
  // Twice: rows that come into view get their true height only then.
  createEffect(
    on([shown, follow], () => {
      if (!follow()) return;
      setBegin(null);
      toBottom();
      requestAnimationFrame(toBottom);
    }),
  );
  // Only a scroll upwards ends the following: rows that grow or come leave the place where it was.
  let place = 0;
  const onScroll = () => {
    if (!list) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR && inPage().end === found().length) setFollow(true);
    else if (list.scrollTop < place - 1) leave();
    if (!follow()) bring();
    place = list.scrollTop;
  };
  /** Stands still from now on. */
  const leave = () => {
    setFollow(false); // first: who follows is put back to the newest by any change of the rows
    if (begin() === null) setBegin(shown()[0]?.seq ?? null);
  };
  const show = (row: number) => setBegin(found()[firstAround(row, found().length)]?.seq ?? null);
  /** Brings rows into the page before the reader is at the end of those that are. A row in view stays where it is. */
  const bring = () => {
    if (!list) return;
    const rows = rowsOf(list);
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return;
    const { scrollTop, clientHeight } = list;
    const lacksAbove = inPage().first > 0 && scrollTop < first.offsetTop + AHEAD;
    const lacksBelow = inPage().end < found().length && scrollTop + clientHeight > last.offsetTop + last.offsetHeight - AHEAD;
    if (!lacksAbove && !lacksBelow) return;
    const seen = rows.find((row) => row.offsetTop + row.offsetHeight > scrollTop && row.offsetTop < scrollTop + clientHeight);
    const was = seen ? seen.offsetTop - scrollTop : 0;
    const at = seen ? Number(seen.getAttribute("aria-posinset")) - 1 : rowAt(scrollTop, inPage(), first.offsetTop, remNow());
    show(at);
    const still = seen?.isConnected ? seen : list.querySelector<HTMLElement>(`[aria-posinset="${at + 1}"]`);
    if (still) list.scrollTop = still.offsetTop - was;
  };
  const copy = async (event: Model["events"][number]) =>
    setTold((await copyText(redactedEvent(event))) ? `Event ${event.seq} copied` : "The clipboard cannot be reached");
  const toggle = (group: Group) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(group)) after.add(group);
      return after;
    });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && props.selected) {
      event.stopPropagation();
      props.select(null);
      return;
    }
    const from = inPage().first + shown().findIndex(({ seq }) => seq === tabStop());
    const to = rove(event.key, from, found().length, 8);
    if (to === null) return;
    event.preventDefault();
    if (to < inPage().first || to >= inPage().end) {
      setFollow(false);
      show(to);
    }
    list?.querySelector<HTMLElement>(`[aria-posinset="${to + 1}"]`)?.focus();
  };
  // A focused row that leaves the page with the newest coming leaves the focus to the list, whose keys go on from the newest.
  let within = false;
  createEffect(
    on([shown], () => {
      if (within && document.activeElement === document.body) list?.focus({ preventScroll: true });
    }),
  );

  return (
    <section class="dev-column" aria-label="Event log">
      <div class="dev-bar">
        <fieldset class="log-groups" aria-label="Show">
          <For each={GROUPS}>
            {({ group, label }) => (
              <button
                type="button"
                class="dev-chip log-group"
                data-group={group}
                aria-pressed={!hidden().has(group)}
                onClick={() => toggle(group)}
              >
                {label}
              </button>
            )}
          </For>
        </fieldset>
        <div class="log-search">
          <input
            type="search"
            class="log-search-input"
            placeholder="Search"
            aria-label="Search the events"
            data-testid="event-search"
            value={props.search}
            onInput={(event) => props.setSearch(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape" || props.search === "") return;
              event.stopPropagation();
              props.setSearch("");
            }}
          />
          <Show when={props.search}>
            <button type="button" class="log-search-clear" aria-label="Clear the search" onClick={() => props.setSearch("")}>
              <Icon of={X} size={12} />
            </button>
          </Show>
        </div>
        <button
          type="button"
          class="dev-chip dev-chip-icon"
          aria-pressed={frozen() !== null}
          aria-label="Pause the log"
          title={frozen() ? "Go on" : "Pause: events are still kept, the list stands still"}
          data-testid="events-pause"
          onClick={() => setFrozen(frozen() ? null : props.model)}
        >
          <Icon of={frozen() ? Play : Pause} size={13} />
        </button>
        <Export model={props.model} />
        <button
          type="button"
          class="dev-chip dev-chip-icon"
          aria-label="Clear log and waterfall"
          title="Clear log and waterfall"
          data-testid="events-clear"
          onClick={() => {
            setFrozen(null);
            props.clear();
          }}
        >
          <Icon of={Trash2} size={13} />
        </button>
      </div>
      <div class="log-body">
        <ol
          class="log"
          ref={list}
          tabindex="-1"
          aria-label="Events, the newest last"
          onScroll={onScroll}
          onKeyDown={onKeyDown}
          onFocusIn={() => {
            within = true;
          }}
          onFocusOut={() => {
            within = false;
          }}
        >
          <Room rows={inPage().first} />
          <For each={shown()}>
            {(event, index) => (
              <EventRow
                event={event}
                words={untrack(() => wordsOf(event, laneOf(event)))}
                now={ages()}
                place={inPage().first + index() + 1}
                of={follow() && frozen() === null ? UNKNOWN : found().length}
                tabStop={isTabStop(event.seq)}
                related={isRelated(props.related, event)}
                onFocus={() => setActive(event.seq)}
                select={() => props.select(selectionOf(event))}
                copy={() => void copy(event)}
              />
            )}
          </For>
          <Room rows={found().length - inPage().end} />
        </ol>
        <p class="log-told" role="status">
          {told()}
        </p>
        <Show when={shown().length === 0}>
          <p class="dev-empty">{model().events.length === 0 ? nothingIn(model()) : "No event fits the filter."}</p>
        </Show>
        <Show when={frozen() ? missed() > 0 : !follow() && shown().length > 0}>
          <button
            type="button"
            class="log-newest"
            data-testid="event-newest"
            onClick={() => {
              setFrozen(null);
              setFollow(true);
            }}
          >
            {frozen() ? `${missed()} new, go on` : "Newest"}
          </button>
        </Show>
      </div>
    </section>
  );
}

function nothingIn({ clearedAtMs }: Model): string {
  if (clearedAtMs === null) return "Nothing has happened yet. Each decision appears here with its reason.";
  return `Cleared at ${timeOfDay(clearedAtMs).slice(0, 5)}. What happens from now on appears here.`;
}

/** The height of rows that are not in the page. */
function Room(props: { rows: number }) {
  return (
    <Show when={props.rows > 0}>
      <li aria-hidden="true">
        <svg class="log-room" width="1" height={`${props.rows * ROW_REM}rem`} aria-hidden="true" />
      </li>
    </Show>
  );
}

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[aria-posinset]")];
}
