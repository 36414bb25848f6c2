// The three states every loaded thing can be in besides "there": loading, empty, failed.
// Not in it: how a thing is loaded.
import { CircleAlert, RotateCw } from "lucide";
import { For, type JSX, Show } from "solid-js";
import type { Trouble } from "../text/trouble";
import { Button } from "./Button";
import { Icon, type IconNode } from "./Icon";
import { Said } from "./Said";
import "./States.css";

/** Grey bars where the lines will stand, so that nothing jumps when they come. */
export function Skeleton(props: { lines?: number; label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={props.label}>
      <For each={Array.from({ length: props.lines ?? 3 })}>{() => <span class="skeleton-line" />}</For>
    </div>
  );
}

export function Empty(props: { icon: IconNode; title: string; children?: JSX.Element }) {
  return (
    <div class="empty">
      <Icon of={props.icon} size={20} class="empty-icon" />
      <p class="empty-title">{props.title}</p>
      <Show when={props.children}>
        <p class="empty-words">{props.children}</p>
      </Show>
    </div>
  );
}

export function Failure(props: { trouble: Trouble; retry?: () => void; retryLabel: string }) {
  return (
    <div class="empty" role="alert">
      <Icon of={CircleAlert} size={20} class="empty-icon-failed" />
      <div class="empty-words">
        <Said trouble={props.trouble} />
      </div>
      <Show when={props.retry}>
        {(retry) => (
          <Button size="small" icon={RotateCw} onClick={() => retry()()}>
            {props.retryLabel}
          </Button>
        )}
      </Show>
    </div>
  );
}
