// Light, dark, or as the desktop has it.
// Not in it: the keeping (styles/theme.ts).
import { Monitor, Moon, Sun } from "lucide";
import { setTheme, theme, themes } from "../../styles/theme";
import { text } from "../../text";
import { Choice } from "./Choice";

const icons = { system: Monitor, light: Sun, dark: Moon };
const options = themes.map((name) => ({ name, icon: icons[name], label: text.settings.themes[name] }));

export function ThemeChoice() {
  return (
    <Choice
      group="theme"
      legend={text.settings.theme()}
      words={text.settings.themeWords()}
      options={options}
      chosen={theme()}
      choose={setTheme}
    />
  );
}
