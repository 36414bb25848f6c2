// What stands around every view of a signed-in person: the sidebar and the column of the content.
// Not in it: the views, and who may see them (router.tsx).
import { type JSX, onCleanup, onMount } from "solid-js";
import { text } from "../../text";
import "./Frame.css";
import { hasNoFocus } from "../../components/focus";
import { Sidebar } from "./Sidebar";
import { scrollOnceTall } from "./scroll";

type Props = {
  children?: JSX.Element;
  startAt: number;
  /** Somebody has signed in here, and the form that had the focus is gone: it goes on with the page. Asked once that stands. */
  afterSignIn(): boolean;
  ref: (main: HTMLElement) => void;
};

export function Frame(props: Props) {
  let main!: HTMLElement;
  let column!: HTMLDivElement;
  onMount(() => {
    props.ref(main);
    if (props.afterSignIn() && hasNoFocus()) main.focus({ preventScroll: true });
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
