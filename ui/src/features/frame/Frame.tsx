// What stands around every view of a signed-in person: the sidebar and the column of the content.
// Not in it: the views, and who may see them (router.tsx).
import type { JSX } from "solid-js";
import { text } from "../../text/en";
import "./Frame.css";
import { Sidebar } from "./Sidebar";

export function Frame(props: { children?: JSX.Element }) {
  let main!: HTMLElement;
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => main.focus()}>
        {text.nav.skip}
      </button>
      <Sidebar />
      <main class="content" ref={main} tabIndex={-1}>
        <div class="content-column">{props.children}</div>
      </main>
    </div>
  );
}
