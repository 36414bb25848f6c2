// The two clocks the panel draws by: the second for text, the frame for what grows while it is watched. Both are as far ahead
// as the demo's clock, by which events are told.
// Not in it: any time the engine decides by; that is the engine's own.
import { createEffect, createSignal, onCleanup } from "solid-js";

/** Unix ms, told anew at each full second. */
export function createSeconds(aheadMs: () => number): () => number {
  const [now, setNow] = createSignal(Date.now());
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    setNow(Date.now());
    timer = setTimeout(tick, 1_000 - (Date.now() % 1_000));
  };
  tick();
  onCleanup(() => clearTimeout(timer));
  return () => now() + aheadMs();
}

/** Unix ms, told anew each frame while `running`; four times a second for who wants less motion. */
export function createFrames(running: () => boolean, aheadMs: () => number): () => number {
  const [now, setNow] = createSignal(Date.now());
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  createEffect(() => {
    if (!running()) return;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      setNow(Date.now());
      if (calm.matches) timer = setTimeout(tick, 250);
      else frame = requestAnimationFrame(tick);
    };
    tick();
    onCleanup(() => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    });
  });
  return () => now() + aheadMs();
}
