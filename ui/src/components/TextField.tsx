// A labelled text input with hint, error and a place at its end for a button.
// Not in it: validation; the error is told to it.
import { type JSX, Show, splitProps } from "solid-js";
import "./TextField.css";

type Own = {
  id: string;
  label: string;
  hint?: string | undefined;
  /** The hint's language, where it is another than the page's. */
  hintLang?: "en";
  error?: string | undefined;
  /** What the program's core said of it, English. */
  errorDetail?: string | undefined;
  /** The id of what elsewhere tells of it. */
  toldBy?: string | undefined;
  /** Stands inside the field, at its end. */
  end?: JSX.Element;
};
export type TextFieldProps = Own & JSX.InputHTMLAttributes<HTMLInputElement>;

export function TextField(props: TextFieldProps) {
  const [own, rest] = splitProps(props, ["id", "label", "hint", "hintLang", "error", "errorDetail", "toldBy", "end", "class"]);
  const describedBy = () => [own.toldBy, own.error && `${own.id}-error`, own.hint && `${own.id}-hint`].filter(Boolean).join(" ");
  return (
    <div class={`field ${own.class ?? ""}`}>
      <label class="field-label" for={own.id}>
        {own.label}
      </label>
      <div class="field-box" classList={{ "field-box-wrong": Boolean(own.error) }}>
        <input
          id={own.id}
          class="field-input"
          aria-invalid={own.error ? "true" : undefined}
          aria-describedby={describedBy() || undefined}
          {...rest}
        />
        {own.end}
      </div>
      <Show when={own.error}>
        <p class="field-error" id={`${own.id}-error`}>
          {own.error}{" "}
          <Show when={own.errorDetail}>
            {(words) => (
              <span lang="en" dir="ltr">
                {words()}
              </span>
            )}
          </Show>
        </p>
      </Show>
      <Show when={own.hint}>
        <p class="field-hint" id={`${own.id}-hint`} lang={own.hintLang} dir={own.hintLang && "ltr"}>
          {own.hint}
        </p>
      </Show>
    </div>
  );
}
