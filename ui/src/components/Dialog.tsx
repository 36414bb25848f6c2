// A modal dialog on the browser's own <dialog>: it holds the focus, Escape closes it, the focus returns; to the page, if who had it is gone.
// Not in it: what is asked (the features').
import { createUniqueId, type JSX, onCleanup, onMount } from "solid-js";
import "./Dialog.css";
import { hasNoFocus } from "./focus";

/** `keep`: something is typed into it, so that a click beside it does not close it. */
export function Dialog(props: { title: string; onClose: () => void; keep?: boolean; children: JSX.Element }) {
  const heading = createUniqueId();
  let element!: HTMLDialogElement;
  let isHere = true;
  onMount(() => element.showModal());
  // A dialog that is only taken away leaves the focus nowhere.
  onCleanup(() => {
    isHere = false;
    element.close();
    queueMicrotask(() => hasNoFocus() && document.querySelector("main")?.focus({ preventScroll: true }));
  });
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={heading}
      onClose={() => isHere && props.onClose()}
      onMouseDown={(event) => event.target === element && !props.keep && element.close()}
    >
      <div class="dialog-sheet">
        <h2 id={heading} class="dialog-title">
          {props.title}
        </h2>
        {props.children}
      </div>
    </dialog>
  );
}
