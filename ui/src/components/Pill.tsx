// A small word with a ground in the colour of its meaning: a state, a count, a kind.
// Not in it: anything that can be clicked.
import { type JSX, Show } from "solid-js";
import { Icon, type IconNode } from "./Icon";
import "./Pill.css";

export function Pill(props: { tone?: "plain" | "info" | "ok" | "wait" | "danger"; icon?: IconNode | undefined; children: JSX.Element }) {
  return (
    <span class={`pill pill-${props.tone ?? "plain"}`}>
      <Show when={props.icon}>{(icon) => <Icon of={icon()} size={12} />}</Show>
      {props.children}
    </span>
  );
}
