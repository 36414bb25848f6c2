// The drawer at the bottom of the window: its height, by pointer or keys, remembered; it never traps the focus.
// Not in it: what is in the drawer.
import { createSignal, type JSX } from "solid-js";
import { remNow } from "./rem";

const REMEMBERED = "dev-panel-height";
const HEIGHT = { least: 180, step: 16 };
/** So much for the usual letters, more for larger ones, and then not most of the window. */
const USUAL = { rem: 21, px: 336, share: 0.6 };

const most = () => Math.max(HEIGHT.least, window.innerHeight - 120);
const usual = () => within(Math.min(USUAL.rem * remNow(), Math.max(USUAL.px, window.innerHeight * USUAL.share)));
const within = (height: number) => Math.round(Math.max(HEIGHT.least, Math.min(most(), height)));

function remembered(): number {
  const height = Number(localStorage.getItem(REMEMBERED));
  return height > 0 ? within(height) : usual();
}

export function Drawer(props: { label: string; testid: string; children: JSX.Element }) {
  const [height, setHeight] = createSignal(remembered());
  const resize = (to: number) => localStorage.setItem(REMEMBERED, String(setHeight(within(to))));

  let grip: { y: number; height: number } | undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? HEIGHT.step * 4 : HEIGHT.step;
    const to = { ArrowUp: height() + step, ArrowDown: height() - step, Home: HEIGHT.least, End: most() }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    resize(to);
  };
  return (
    <section class="dev" aria-label={props.label} data-testid={props.testid}>
      <svg class="dev-strut" width="1" height={height()} aria-hidden="true" />
      {/* biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be taken hold of */}
      <div
        class="dev-handle"
        role="separator"
        tabindex="0"
        aria-label="Height of the developer panel"
        aria-orientation="horizontal"
        aria-valuenow={height()}
        aria-valuemin={HEIGHT.least}
        aria-valuemax={most()}
        title="Drag to resize, double-click for the usual height"
        onKeyDown={onKeyDown}
        onDblClick={() => resize(usual())}
        onPointerDown={(event) => {
          event.preventDefault(); // else the drag would select text
          event.currentTarget.setPointerCapture(event.pointerId);
          grip = { y: event.clientY, height: height() };
        }}
        onPointerMove={(event) => grip && resize(grip.height + grip.y - event.clientY)}
        onPointerUp={() => {
          grip = undefined;
        }}
        onPointerCancel={() => {
          grip = undefined;
        }}
      />
      <div class="dev-frame">{props.children}</div>
    </section>
  );
}
