// The button: four looks, two sizes, an icon, and a busy state that keeps its width.
// Not in it: links and toggles of a navigation (Frame).
import { LoaderCircle } from "lucide";
import { type JSX, Show, splitProps } from "solid-js";
import "./Button.css";
import { Icon, type IconNode } from "./Icon";

type Own = {
  look?: "primary" | "secondary" | "quiet" | "danger";
  size?: "normal" | "small";
  icon?: IconNode | undefined;
  /** Shows a spinner and refuses clicks, without a jump in width and without losing the focus. */
  busy?: boolean;
};
export type ButtonProps = Own & JSX.ButtonHTMLAttributes<HTMLButtonElement>;

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ["look", "size", "icon", "busy", "class", "children", "onClick", "type"]);
  const classes = () => `button button-${own.look ?? "secondary"} button-${own.size ?? "normal"} ${own.class ?? ""}`;
  return (
    <button
      type={own.type ?? "button"}
      class={classes()}
      classList={{ "button-icon-only": !own.children }}
      aria-busy={own.busy || undefined}
      aria-disabled={own.busy || undefined}
      onClick={(event) => {
        if (own.busy) event.preventDefault();
        else if (typeof own.onClick === "function") own.onClick(event);
      }}
      {...rest}
    >
      <span class="button-face">
        <Show when={own.icon}>{(icon) => <Icon of={icon()} />}</Show>
        {own.children}
      </span>
      <Show when={own.busy}>
        <span class="button-spinner">
          <Icon of={LoaderCircle} />
        </span>
      </Show>
    </button>
  );
}
