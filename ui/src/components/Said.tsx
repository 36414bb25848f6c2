// A sentence of ours about what went wrong, and below it, folded, what the program's core said: that is English.
// Not in it: the sentences (text/).
import { type JSX, Show } from "solid-js";
import { text } from "../text";
import { detailOf, sentenceOf, type Trouble } from "../text/trouble";
import "./Said.css";

export function Said(props: { trouble: Trouble; children?: JSX.Element }) {
  return (
    <>
      <span dir="auto">{sentenceOf(props.trouble)}</span> {props.children}
      <Detail of={detailOf(props.trouble)} />
    </>
  );
}

export function Detail(props: { of: string | null }) {
  return (
    <Show when={props.of}>
      {(words) => (
        <details class="detail">
          <summary>{text.details()}</summary>
          <span class="detail-words selectable" lang="en" dir="ltr">
            {words()}
          </span>
        </details>
      )}
    </Show>
  );
}
