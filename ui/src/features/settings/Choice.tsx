// One of a few: a row of radio buttons that look like one switch.
// Not in it: what is chosen (ThemeChoice, LanguageChoice).
import { For, Show } from "solid-js";
import { Icon, type IconNode } from "../../components/Icon";

/** The options stay the same ones when their words change, so that the focus stays too. */
export type Option<Name extends string> = { name: Name; label: () => string; icon?: IconNode; lang?: string };

export function Choice<Name extends string>(props: {
  group: string;
  legend: string;
  words: string;
  options: readonly Option<Name>[];
  chosen: Name;
  choose: (name: Name) => void;
}) {
  return (
    <fieldset class="choice">
      <legend class="field-label">{props.legend}</legend>
      <div class="choice-row">
        <For each={props.options}>
          {(option) => (
            <label class="choice-one">
              <input
                type="radio"
                name={props.group}
                class="choice-input"
                data-testid={`${props.group}-${option.name}`}
                checked={props.chosen === option.name}
                onChange={() => props.choose(option.name)}
              />
              <span class="choice-face" lang={option.lang}>
                <Show when={option.icon}>{(icon) => <Icon of={icon()} size={15} />}</Show>
                {option.label()}
              </span>
            </label>
          )}
        </For>
      </div>
      <p class="settings-words muted">{props.words}</p>
    </fieldset>
  );
}
