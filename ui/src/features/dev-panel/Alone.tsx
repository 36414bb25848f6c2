// The panel's place in a window of its own: all of it.
// Not in it: what is in the panel, and the window.
import type { JSX } from "solid-js";

export function Alone(props: { label: string; testid: string; children: JSX.Element }) {
  return (
    <section class="dev dev-alone" aria-label={props.label} data-testid={props.testid}>
      <div class="dev-frame">{props.children}</div>
    </section>
  );
}
