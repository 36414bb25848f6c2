// The panel's head: its title, what was counted and what there is to tell, and the buttons that are of the whole panel.
// Not in it: what moving and closing do (DevPanel.tsx and the frame).
import { PanelBottom, SquareArrowOutUpRight, X } from "lucide";
import { For, Show } from "solid-js";
import { Button } from "../../components/Button";
import { Pill } from "../../components/Pill";
import type { Counters, TokenView } from "../../ipc";
import { RefreshNow } from "./RefreshNow";

const COUNTERS = [
  { key: "calls", one: "call", many: "calls" },
  { key: "refreshes", one: "refresh", many: "refreshes" },
  { key: "shared", one: "shared", many: "shared" },
  { key: "failures", one: "failed call", many: "failed calls" },
] as const;

type Props = {
  /** The title, which can have the focus. */
  ref: HTMLHeadingElement | ((title: HTMLHeadingElement) => void) | undefined;
  counters: Counters;
  told: string | null;
  faultsOn: number;
  token: TokenView | null;
  tell(problem: string | null): void;
  /** The panel is alone in a window of its own. */
  alone: boolean;
  /** Undefined: it stays where it is for good. */
  move: (() => void) | undefined;
  /** Why it cannot be moved just now. */
  stays: string | null;
  onClose(): void;
};

export function PanelHead(props: Props) {
  return (
    <header class="dev-head">
      <h2 class="dev-title" ref={props.ref} tabindex="-1">
        Developer panel
      </h2>
      <dl class="dev-counters">
        <For each={COUNTERS}>
          {({ key, one, many }) => (
            <div class="dev-counter">
              <dt>{props.counters[key] === 1 ? one : many}</dt>
              <dd data-testid={`count-${key}`} data-some={key === "failures" && props.counters.failures > 0 ? "" : undefined}>
                {props.counters[key]}
              </dd>
            </div>
          )}
        </For>
      </dl>
      <p class="dev-told" role="status" title={props.told ?? undefined}>
        {props.told}
      </p>
      <Show when={props.faultsOn > 0}>
        <Pill tone="wait">{props.faultsOn === 1 ? "1 fault on" : `${props.faultsOn} faults on`}</Pill>
      </Show>
      <RefreshNow token={props.token} tell={props.tell} />
      <Show when={props.move}>
        <Button
          size="small"
          look="quiet"
          icon={props.alone ? PanelBottom : SquareArrowOutUpRight}
          aria-label={props.alone ? "Put the panel back below the page" : "Open the panel in its own window"}
          title={props.stays ?? (props.alone ? "Put back below the page" : "Open in its own window")}
          data-testid={props.alone ? "dev-attach" : "dev-detach"}
          aria-disabled={props.stays !== null || undefined}
          onClick={() => props.move?.()}
        />
      </Show>
      <Button size="small" look="quiet" icon={X} aria-label="Close the developer panel" title="Close" onClick={() => props.onClose()} />
    </header>
  );
}
