// One key of the settings: a text, or a choice of a few; the preset's value stands in where nothing is set.
// Not in it: whether a value is good; the error is told to it.
import { For, Show } from "solid-js";
import { TextField } from "../../components/TextField";
import type { FieldView } from "../../ipc";
import { maybe } from "../../text";
import { words } from "./words";

export function Field(props: { field: FieldView; value: string; error: string | undefined; set: (key: string, value: string) => void }) {
  const key = () => props.field.key;
  const label = () => maybe(words.keys, key()) ?? key();
  const testid = () => (key() === "base_url" ? "settings-base-url" : "settings-field");
  return (
    <Show
      when={props.field.choices.length > 0}
      fallback={
        <TextField
          id={`settings-${key()}`}
          label={label()}
          hint={props.field.about ?? undefined}
          hintLang="en"
          dir="ltr"
          error={props.error === undefined ? undefined : words.wrong()}
          errorDetail={props.error}
          placeholder={props.field.preset || props.field.example || ""}
          required={props.field.required}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          data-testid={testid()}
          data-key={key()}
          value={props.value}
          onInput={(event) => props.set(key(), event.currentTarget.value)}
        />
      }
    >
      <label class="field">
        <span class="field-label">{label()}</span>
        <select
          class="field-box server-select"
          dir="ltr"
          data-testid="settings-field"
          data-key={key()}
          value={props.value || props.field.preset}
          onChange={(event) => props.set(key(), event.currentTarget.value === props.field.preset ? "" : event.currentTarget.value)}
        >
          <For each={props.field.choices}>{(choice) => <option value={choice}>{choice}</option>}</For>
        </select>
        <Show when={props.error}>
          {(said) => (
            <span class="field-error">
              {words.wrong()}{" "}
              <span lang="en" dir="ltr">
                {said()}
              </span>
            </span>
          )}
        </Show>
      </label>
    </Show>
  );
}
