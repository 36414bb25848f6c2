// The event log: every decision as a sentence, newest at the bottom, followed until the reader scrolls up. The rows of the
// selected call and its refresh are lit. Of many thousands only the last are in the page; more come when scrolled to.
// Not in it: one row (EventRow.tsx), the words (words.ts).
import { Pause, Play, Trash2, X } from "lucide";
import { createEffect, createMemo, createSelector, createSignal, For, on, Show, untrack } from "solid-js";
import { Icon } from "../../components/Icon";
import { copyText } from "./clipboard";
import { EventRow } from "./EventRow";
import { Export } from "./Export";
import { GROUPS, type Group, groupOf } from "./kinds";
import type { Model } from "./model";
import { redactedEvent } from "./redact";
import { rove } from "./roving";
import { isRelated, type Related, type Selection, selectionOf } from "./selection";
import { wordsOf } from "./words";
import "./EventLog.css";

/** So near the bottom counts as at the bottom. */
const NEAR = 24;
/** So many rows are in the page at first, and so many more each time the reader reaches the oldest of them. */
const ROWS = 300;

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
  const [most, setMost] = createSignal(ROWS);
  const [told, setTold] = createSignal("");
  let list: HTMLOListElement | undefined;

  const model = () => frozen() ?? props.model;
  const laneOf = (event: { kind: string; call?: number }) => (event.call === undefined ? undefined : props.model.lanes.get(event.call));
  const found = createMemo(() => {
    const wanted = props.search.trimStart().toLowerCase();
    if (wanted === "" && hidden().size === 0) return model().events;
    return model().events.filter((event) => {
      if (hidden().has(groupOf(event.kind))) return false;
      return wanted === "" || `${event.kind} ${wordsOf(event, laneOf(event))}`.toLowerCase().includes(wanted);
    });
  });
  const shown = createMemo(() => found().slice(-most()));
  const earlier = () => found().length - shown().length;
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
      toBottom();
      requestAnimationFrame(toBottom);
    }),
  );
  // Only a scroll upwards ends the following: rows that grow or come leave the place where it was.
  let place = 0;
  const onScroll = () => {
    if (!list) return;
    if (list.scrollTop < 400 && earlier() > 0) showEarlier();
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR) setFollow(true);
    else if (list.scrollTop < place - 1) setFollow(false);
    place = list.scrollTop;
  };
  /** The row in view stays in view. */
  const showEarlier = () => {
    if (!list || follow()) return;
    const below = list.scrollHeight - list.scrollTop;
    setMost(most() + ROWS);
    list.scrollTop = list.scrollHeight - below;
  };
  createEffect(on([follow], () => follow() && setMost(ROWS)));
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
    const rows = shown();
    const to = rove(
      event.key,
      rows.findIndex(({ seq }) => seq === tabStop()),
      rows.length,
      8,
    );
    if (to === null) return;
    event.preventDefault();
    const row = list?.children[to];
    if (row instanceof HTMLElement) row.focus();
  };

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
        <ol class="log" ref={list} aria-label="Events, the newest last" onScroll={onScroll} onKeyDown={onKeyDown}>
          <For each={shown()}>
            {(event) => (
              <EventRow
                event={event}
                words={untrack(() => wordsOf(event, laneOf(event)))}
                now={props.now}
                tabStop={isTabStop(event.seq)}
                related={isRelated(props.related, event)}
                onFocus={() => setActive(event.seq)}
                select={() => props.select(selectionOf(event))}
                copy={() => void copy(event)}
              />
            )}
          </For>
        </ol>
        <p class="log-told" role="status">
          {told()}
        </p>
        <Show when={shown().length === 0}>
          <p class="dev-empty">
            {model().events.length === 0
              ? "Nothing has happened yet. Each decision appears here with its reason."
              : "No event fits the filter."}
          </p>
        </Show>
        <Show when={frozen() ? missed() > 0 : !follow() && shown().length > 0}>
          <button
            type="button"
            class="log-newest"
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
