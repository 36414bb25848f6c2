// Whether many events come at once: the log has fewer rows in the page for so long.
// Not in it: how many fewer (window.ts).
import { createComputed, createSignal, on, onCleanup } from "solid-js";
import { ROWS_IN_A_RUSH } from "./window";

/** So long after a rush all rows are in the page again. */
const QUIET_MS = 200;

/** `seen`: the newest event. Told before the rows are: many at once are a rush, until it has been quiet for a while. */
export function createRush(seen: () => number): () => boolean {
  const [rush, setRush] = createSignal(false);
  let quiet: ReturnType<typeof setTimeout> | undefined;
  createComputed(
    on([seen], ([seen], before) => {
      if (before === undefined || seen - before[0] < ROWS_IN_A_RUSH) return;
      setRush(true);
      clearTimeout(quiet);
      quiet = setTimeout(() => setRush(false), QUIET_MS);
    }),
  );
  onCleanup(() => clearTimeout(quiet));
  return rush;
}
