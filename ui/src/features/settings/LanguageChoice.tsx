// English, German, Arabic, or as the desktop has it. Each is named in its own words.
// Not in it: the keeping and the loading (text/language.ts).
import { Monitor } from "lucide";
import { text } from "../../text";
import { autonym, type LanguageChoice as Chosen, chooseLanguage, languageChoice, names } from "../../text/language";
import { Choice, type Option } from "./Choice";

const options: Option<Chosen>[] = [
  { name: "system", label: text.settings.languageSystem, icon: Monitor },
  ...names.map((name) => ({ name, label: () => autonym(name), lang: name })),
];

export function LanguageChoice() {
  return (
    <Choice
      group="language"
      legend={text.settings.language()}
      words={text.settings.languageWords()}
      options={options}
      chosen={languageChoice()}
      choose={(name) => void chooseLanguage(name)}
    />
  );
}
