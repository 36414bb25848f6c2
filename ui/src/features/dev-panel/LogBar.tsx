// The bar over the event log: the groups that are shown, the search, pause, export, clear.
// Not in it: what they do to the log (EventLog.tsx), and the export itself (Export.tsx).
import { Pause, Play, Trash2, X } from "lucide";
import { For, Show } from "solid-js";
import { Icon } from "../../components/Icon";
import { Export } from "./Export";
import { GROUPS, type Group } from "./kinds";
import type { Model } from "./model";

type Props = {
  model: Model;
  hidden: ReadonlySet<Group>;
  search: string;
  paused: boolean;
  toggle(group: Group): void;
  setSearch(text: string): void;
  pause(): void;
  clear(): void;
};

export function LogBar(props: Props) {
  return (
    <div class="dev-bar">
      <fieldset class="log-groups" aria-label="Show">
        <For each={GROUPS}>
          {({ group, label }) => (
            <button
              type="button"
              class="dev-chip log-group"
              data-group={group}
              aria-pressed={!props.hidden.has(group)}
              onClick={() => props.toggle(group)}
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
        aria-pressed={props.paused}
        aria-label="Pause the log"
        title={props.paused ? "Go on" : "Pause: events are still kept, the list stands still"}
        data-testid="events-pause"
        onClick={() => props.pause()}
      >
        <Icon of={props.paused ? Play : Pause} size={13} />
      </button>
      <Export model={props.model} />
      <button
        type="button"
        class="dev-chip dev-chip-icon"
        aria-label="Clear log and waterfall"
        title="Clear log and waterfall"
        data-testid="events-clear"
        onClick={() => props.clear()}
      >
        <Icon of={Trash2} size={13} />
      </button>
    </div>
  );
}
