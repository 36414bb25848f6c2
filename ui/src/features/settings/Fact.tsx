// A name and what is so, in a list of such.
import type { JSX } from "solid-js";

export function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <div class="fact">
      <dt class="muted">{props.name}</dt>
      <dd class="selectable mono">
        <bdi dir="ltr">{props.children}</bdi>
      </dd>
    </div>
  );
}
