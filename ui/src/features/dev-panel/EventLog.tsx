// The event log: every decision as a sentence, newest at the bottom, followed until the reader scrolls up.
// Not in it: one row (EventRow.tsx), the words (words.ts).
import { Pause, Play, Trash2, X } from "lucide";
import { createEffect, createMemo, createSelector, createSignal, For, on, Show, untrack } from "solid-js";
import { Icon } from "../../components/Icon";
import { EventRow } from "./EventRow";
import { Export } from "./Export";
import { GROUPS, type Group, groupOf } from "./kinds";
import type { Model } from "./model";
import { rove } from "./roving";
import { wordsOf } from "./words";
import "./EventLog.css";

/** So near the bottom counts as at the bottom. */
const NEAR = 24;

export function EventLog(props: { model: Model; now: number; search: string; setSearch(text: string): void; clear(): void }) {
  const [hidden, setHidden] = createSignal<ReadonlySet<Group>>(new Set());
  const [frozen, setFrozen] = createSignal<Model | null>(null);
  const [follow, setFollow] = createSignal(true);
  const [active, setActive] = createSignal<number | null>(null);
  let list: HTMLOListElement | undefined;

  const model = () => frozen() ?? props.model;
  const laneOf = (event: { kind: string; call?: number }) => (event.call === undefined ? undefined : props.model.lanes.get(event.call));
  const shown = createMemo(() => {
    const wanted = props.search.trimStart().toLowerCase();
    return model().events.filter((event) => {
      if (hidden().has(groupOf(event.kind))) return false;
      return wanted === "" || `${event.kind} ${wordsOf(event, laneOf(event))}`.toLowerCase().includes(wanted);
    });
  });
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
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR) setFollow(true);
    else if (list.scrollTop < place - 1) setFollow(false);
    place = list.scrollTop;
  };
  const toggle = (group: Group) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(group)) after.add(group);
      return after;
    });
  const onKeyDown = (event: KeyboardEvent) => {
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
        <Export />
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
                onFocus={() => setActive(event.seq)}
              />
            )}
          </For>
        </ol>
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
