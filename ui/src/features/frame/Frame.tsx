// What stands around every view of a signed-in person: the sidebar and the column of the content.
// Not in it: the views, and who may see them (router.tsx).
import { type JSX, onCleanup, onMount } from "solid-js";
import { text } from "../../text";
import "./Frame.css";
import { Sidebar } from "./Sidebar";
import { scrollOnceTall } from "./scroll";

export function Frame(props: { children?: JSX.Element; startAt: number; ref: (main: HTMLElement) => void }) {
  let main!: HTMLElement;
  let column!: HTMLDivElement;
  onMount(() => {
    props.ref(main);
    onCleanup(scrollOnceTall(main, column, props.startAt));
  });
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => main.focus()}>
        {text.nav.skip()}
      </button>
      <Sidebar />
      <main class="content" ref={main} tabIndex={-1}>
        <div class="content-column" ref={column}>
          {props.children}
        </div>
      </main>
    </div>
  );
}
