// A sheet of paper with a heading, an optional remark and action at its right, and content.
// Not in it: loading and error states (States.tsx).
import { createUniqueId, type JSX, Show } from "solid-js";
import "./Card.css";
import { Icon, type IconNode } from "./Icon";

export function Card(props: {
  title: string;
  icon?: IconNode | undefined;
  end?: JSX.Element;
  children: JSX.Element;
  class?: string;
  /** Content that brings its own padding, such as a list of rows. */
  flush?: boolean;
  ref?: (element: HTMLElement) => void;
}) {
  const heading = createUniqueId();
  return (
    <section ref={(element) => props.ref?.(element)} class={`card ${props.class ?? ""}`} aria-labelledby={heading}>
      <header class="card-head">
        <Show when={props.icon}>{(icon) => <Icon of={icon()} class="card-icon" size={15} />}</Show>
        <h2 class="card-title" id={heading}>
          {props.title}
        </h2>
        <div class="card-end">{props.end}</div>
      </header>
      <div class="card-body" classList={{ "card-body-flush": props.flush ?? false }}>
        {props.children}
      </div>
    </section>
  );
}
