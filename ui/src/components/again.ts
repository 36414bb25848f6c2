// What failed for want of a connection is tried again by itself, later each time, while somebody sees the window.
// Not in it: refreshes, whose attempts are the engine's (R15).
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import type { Trouble } from "../text/trouble";

/** The first pause, and the longest. */
const FIRST_MS = 3_000;
const LONGEST_MS = 60_000;

/** Whether trying again is all that is needed. */
export function passes(trouble: Trouble | null): boolean {
  return trouble?.code === "offline" || trouble?.code === "server-unavailable" || trouble?.code === "timeout";
}

/** What will be tried next: when, by `performance.now()`, and how to do it at once. */
type Pending = { readonly at: number; now(): void };
const [pending, setPending] = createSignal<Pending | null>(null);

export { pending };

/** Calls `again` while `failed`, which must become false meanwhile for the next pause to begin. */
export function createAgain(failed: Accessor<boolean>, again: () => void): void {
  let pause = FIRST_MS;
  let since = 0;
  createEffect(() => {
    if (!failed()) return;
    // A failure that follows long after the last is a new one.
    pause = performance.now() - since > 2 * LONGEST_MS ? FIRST_MS : pause;
    const now = () => {
      clearInterval(timer);
      setPending(null);
      since = performance.now();
      pause = Math.min(2 * pause, LONGEST_MS);
      again();
    };
    const timer = setInterval(() => document.hidden || now(), pause);
    setPending({ at: performance.now() + pause, now });
    onCleanup(() => {
      clearInterval(timer);
      setPending(null);
    });
  });
}
