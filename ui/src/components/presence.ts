// Whether somebody is there: by pointer, wheel or key. Where there is no GPU a text that changes costs a picture of the whole window.
// Not in it: the user's signs of life for the session (the engine takes calls for them, R14).
import { type Accessor, createSignal, onCleanup } from "solid-js";

/** So long after the last sign of life somebody is still taken to be there. */
const THERE_MS = 15_000;
const SIGNS = ["pointermove", "pointerdown", "wheel", "keydown", "focus"] as const;

export function createPresence(): Accessor<boolean> {
  const [there, setThere] = createSignal(true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stay = () => {
    setThere(true);
    clearTimeout(timer);
    timer = setTimeout(() => setThere(false), THERE_MS);
  };
  stay();
  for (const sign of SIGNS) addEventListener(sign, stay, { passive: true });
  onCleanup(() => {
    clearTimeout(timer);
    for (const sign of SIGNS) removeEventListener(sign, stay);
  });
  return there;
}
