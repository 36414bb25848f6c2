// JSON with coloured pieces; its text content is the JSON itself, exact, so that it can be selected and copied.
// Not in it: folding.
import { createMemo, For, Show } from "solid-js";
import "./JsonText.css";
import { printJson } from "./print";

/** Past this many characters the colours are left out: thousands of spans would cost more than they tell. */
const COLOURED_TO = 20_000;

export function JsonText(props: { text: string }) {
  const pieces = createMemo(() => (props.text.length > COLOURED_TO ? null : printJson(props.text)));
  return (
    <Show when={pieces()} fallback={props.text}>
      {(list) => <For each={list()}>{(piece) => <span class={`json-${piece.kind}`}>{piece.text}</span>}</For>}
    </Show>
  );
}
