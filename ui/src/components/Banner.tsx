// A strip that tells of a lasting condition, with at most one thing to do about it.
// Not in it: which conditions there are (features decide) and where the strips stand (Frame).
import { type JSX, Show } from "solid-js";
import "./Banner.css";
import { Icon, type IconNode } from "./Icon";

export type Tone = "info" | "ok" | "wait" | "danger";

export function Banner(props: {
  tone: Tone;
  icon: IconNode;
  children: JSX.Element;
  action?: JSX.Element;
  /** `alert` interrupts a screen reader; `status` waits for a pause. */
  role?: "status" | "alert" | undefined;
  testid?: string;
  kind?: string;
  id?: string;
  tabIndex?: number;
  ref?: (element: HTMLDivElement) => void;
}) {
  return (
    <div
      ref={props.ref}
      id={props.id}
      class={`banner banner-${props.tone}`}
      role={props.role ?? "status"}
      tabIndex={props.tabIndex}
      data-testid={props.testid}
      data-kind={props.kind}
    >
      <Icon of={props.icon} class="banner-icon" />
      <div class="banner-words">{props.children}</div>
      <Show when={props.action}>
        <div class="banner-action">{props.action}</div>
      </Show>
    </div>
  );
}
