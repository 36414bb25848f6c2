// Before and after of the last refresh, side by side; what changed stands out.
// Not in it: what is compared (compare.ts).
import { For, Show } from "solid-js";
import { type Comparison, NOT_SEEN } from "./compare";
import "./LastRefresh.css";

export function LastRefresh(props: { comparison: Comparison | null }) {
  return (
    <section class="dev-part" aria-label="The last refresh" data-testid="last-refresh">
      <div class="dev-part-head">
        <h3>Last refresh</h3>
        <span class="muted">{props.comparison ? `number ${props.comparison.refresh}` : ""}</span>
      </div>
      <Show when={props.comparison} fallback={<p class="muted">None has been seen yet.</p>}>
        {(shown) => (
          <>
            <table class="pairs">
              <thead>
                <tr>
                  <td />
                  <th scope="col">before</th>
                  <th scope="col">after</th>
                </tr>
              </thead>
              <tbody>
                <For each={shown().pairs}>
                  {(pair) => (
                    <tr data-same={pair.before === pair.after || pair.before === NOT_SEEN ? "" : undefined}>
                      <th scope="row">{pair.name}</th>
                      <td title={pair.before ?? undefined}>{pair.before ?? "—"}</td>
                      <td title={pair.after ?? undefined}>{pair.after ?? "—"}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
            <p class="muted">
              {shown().equalClaims === null
                ? "The claims of the token before were not seen: the panel was not open here then."
                : `${shown().equalClaims} more claims, the same in both.`}
            </p>
          </>
        )}
      </Show>
    </section>
  );
}
