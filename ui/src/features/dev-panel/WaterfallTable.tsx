// The waterfall's twin: the same rows and figures as a table, for screen readers and for who would rather read.
// Not in it: which rows those are (Waterfall.tsx).
import { For } from "solid-js";
import type { Burst } from "./bursts";
import { span } from "./duration";
import { phasesOf } from "./WaterfallCard";
import { foundWord, PHASES, refreshWords } from "./words";

const FIGURES: ReadonlySet<string> = new Set([...PHASES.map(({ name }) => name), "In all"]);

/** Longer tables help nobody; the caption still counts all. */
const MOST = 500;

export function WaterfallTable(props: { burst: Burst; now: number; caption: string; choose(call: number): void }) {
  return (
    <section class="waterfall-table" tabindex="0" aria-label="Waterfall as a table">
      <table data-testid="waterfall-table">
        <caption class="visually-hidden">{props.caption}</caption>
        <thead>
          <tr>
            <For each={["Call", "Found", "Waited for", ...PHASES.map(({ name }) => name), "In all", "Outcome"]}>
              {(name) => (
                <th scope="col" classList={{ "table-figure": FIGURES.has(name) }}>
                  {name}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.burst.refreshes}>
            {(refresh) => (
              <tr class="table-refresh">
                <td colspan="9">
                  <span>{refreshWords(refresh)}</span>
                </td>
              </tr>
            )}
          </For>
          <For each={props.burst.lanes.slice(0, MOST)}>
            {(lane) => (
              <tr>
                <th scope="row">
                  <button type="button" class="table-call" onClick={() => props.choose(lane.call)}>
                    {lane.call} {lane.method} {lane.path}
                  </button>
                </th>
                <td>{foundWord(lane)}</td>
                <td>{lane.refresh === null ? "nothing" : `refresh ${lane.refresh}${lane.shared ? ", shared" : ""}`}</td>
                <For each={phasesOf(lane, props.now)}>{({ ms }) => <td class="table-figure">{span(ms)}</td>}</For>
                <td>{lane.failure?.code ?? lane.status ?? lane.phase}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
