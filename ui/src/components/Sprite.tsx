// Icons drawn once and used many times: a row of a long list points to one instead of drawing its own.
// Not in it: single icons (Icon).
import { For } from "solid-js";
import { type IconNode, shapesOf } from "./Icon";

/** Holds the drawings, unseen; each is known by `${id}-${name}`. */
export function Sprite(props: { id: string; icons: Record<string, IconNode> }) {
  return (
    <svg class="sprite" width="0" height="0" aria-hidden="true">
      <For each={Object.entries(props.icons)}>
        {([name, icon]) => (
          <symbol id={`${props.id}-${name}`} viewBox="0 0 24 24">
            {shapesOf(icon)}
          </symbol>
        )}
      </For>
    </svg>
  );
}

export function SpriteIcon(props: { id: string; name: string; size: number }) {
  return (
    <svg class="icon sprite-icon" width={`${props.size / 16}rem`} height={`${props.size / 16}rem`} aria-hidden="true">
      <use href={`#${props.id}-${props.name}`} />
    </svg>
  );
}
