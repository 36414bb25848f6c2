// An icon from lucide, drawn with attributes (the CSP allows no style=). Decoration only: the words stand beside it.
// Not in it: a list of icons; each user imports the one it shows.
import { createElement, type House } from "lucide";

export type IconNode = typeof House;

/** The shapes an icon is made of; new ones each time. */
export const shapesOf = (icon: IconNode): Element[] => [...createElement(icon).children];

/** `size`: pixels where the text has its usual size; it grows with the text. */
export function Icon(props: { of: IconNode; size?: number; class?: string }) {
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class={props.class ? `icon ${props.class}` : "icon"}
      width={`${(props.size ?? 16) / 16}rem`}
      height={`${(props.size ?? 16) / 16}rem`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {shapesOf(props.of)}
    </svg>
  );
}
