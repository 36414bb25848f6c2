// The size of the root's letters in pixels, for what is placed by numbers and not by CSS: it grows with the text size somebody has.
// Not in it: sizes themselves.
import { createSignal, onCleanup, onMount } from "solid-js";

/** One rem now. */
export function remNow(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/** One rem, told anew when it changes: nothing else tells of that than something that is one rem wide. */
export function createRem(): () => number {
  const [rem, setRem] = createSignal(remNow());
  onMount(() => {
    if (typeof ResizeObserver === "undefined") return;
    const probe = document.body.appendChild(document.createElement("div"));
    probe.className = "dev-rem";
    const observer = new ResizeObserver(() => setRem(remNow()));
    observer.observe(probe);
    onCleanup(() => {
      observer.disconnect();
      probe.remove();
    });
  });
  return rem;
}
