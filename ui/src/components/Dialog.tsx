// A modal dialog on the browser's own <dialog>: it holds the focus, Escape closes it, the focus returns.
// Not in it: what is asked (the features').
import { createUniqueId, type JSX, onMount } from "solid-js";
import "./Dialog.css";

/** `keep`: something is typed into it, so that a click beside it does not close it. */
export function Dialog(props: { title: string; onClose: () => void; keep?: boolean; children: JSX.Element }) {
  const heading = createUniqueId();
  let element!: HTMLDialogElement;
  onMount(() => element.showModal());
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={heading}
      onClose={() => props.onClose()}
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
