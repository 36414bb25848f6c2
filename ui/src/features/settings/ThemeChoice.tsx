// Light, dark, or as the desktop has it: one row of radio buttons that look like one switch.
// Not in it: the keeping (styles/theme.ts).
import { Monitor, Moon, Sun } from "lucide";
import { For } from "solid-js";
import { Icon } from "../../components/Icon";
import { setTheme, theme, themes } from "../../styles/theme";
import { text } from "../../text/en";

const icons = { system: Monitor, light: Sun, dark: Moon };

export function ThemeChoice() {
  return (
    <fieldset class="choice">
      <legend class="field-label">{text.settings.theme}</legend>
      <div class="choice-row">
        <For each={themes}>
          {(name) => (
            <label class="choice-one">
              <input
                type="radio"
                name="theme"
                class="choice-input"
                data-testid={`theme-${name}`}
                checked={theme() === name}
                onChange={() => setTheme(name)}
              />
              <span class="choice-face">
                <Icon of={icons[name]} size={15} />
                {text.settings.themes[name]}
              </span>
            </label>
          )}
        </For>
      </div>
      <p class="settings-words muted">{text.settings.themeWords}</p>
    </fieldset>
  );
}
