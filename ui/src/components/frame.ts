// When the window has drawn what it was given.
// Not in it: what is drawn.

/** So long a frame is waited for. */
const FRAME_MS = 50;

/** The window has drawn, or could have. A window that is not seen draws nothing, and its timers are held back: it goes on at once. */
export function nextFrame(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, FRAME_MS);
  });
}
