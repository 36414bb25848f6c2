// Back to where one was in a view whose rows are still coming.
// Not in it: what is remembered (router.tsx).

/** Later than this the person has begun to read where they are. */
const GIVE_UP_MS = 3000;

/** Scrolls `box` to `top` as soon as `content` is tall enough, unless a hand is quicker. Gives what stops it. */
export function scrollOnceTall(box: HTMLElement, content: HTMLElement, top: number): () => void {
  if (top <= 0) return () => {};
  const hands = ["wheel", "keydown", "pointerdown"] as const;
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
    for (const hand of hands) window.removeEventListener(hand, stop);
  };
  const observer = new ResizeObserver(() => {
    box.scrollTop = top;
    if (box.scrollTop >= top) stop();
  });
  const timer = setTimeout(stop, GIVE_UP_MS);
  for (const hand of hands) window.addEventListener(hand, stop, { passive: true });
  observer.observe(content);
  return stop;
}
