// The two clocks the panel draws by: the second for text, the frame for what grows while it is watched. Both are as far ahead
// as the demo's clock, by which events are told.
// Not in it: any time the engine decides by; that is the engine's own.
import { createEffect, createMemo, createSignal, onCleanup, untrack } from "solid-js";
import { createPresence } from "../../components/presence";

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

/** While nobody is there, once in so long. */
const CALM_MS = 5_000;
/**
 * `now` as it is shown: each second while somebody is there, by pointer, wheel or key, or while `closely` is true; else each
 * five seconds. It never goes back for being shown again.
 */
export function createShown(now: () => number, closely: () => boolean): () => number {
  const there = createPresence();
  return createMemo<number>((before) => {
    const at = now();
    return there() || closely() || before === undefined || Math.abs(at - before) >= CALM_MS ? at : before;
  });
}

/** Unix ms, told anew each frame while `running`, or each `nth`; four times a second for who wants less motion. */
export function createFrames(running: () => boolean, aheadMs: () => number, nth: () => number): () => number {
  const [now, setNow] = createSignal(Date.now());
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  createEffect(() => {
    if (!running()) return;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let count = 0;
    const tick = () => {
      if (calm.matches || count++ % untrack(nth) === 0) setNow(Date.now());
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
