// Which language is shown: what the person chose on this device, else the first of the system's that there is.
// Not in it: the words. Languages other than English are loaded when they are needed.
import { createSignal } from "solid-js";
import { en, type Text } from "./en";
import { formatsOf } from "./formats";
import { show } from "./index";

type Language = { locale: string; dir: "ltr" | "rtl"; load: () => Promise<Text> };

// Arabic is written with the digits that paths, tokens and codes beside it have.
const languages = {
  en: { locale: "en", dir: "ltr", load: async () => en },
  de: { locale: "de", dir: "ltr", load: () => import("./de").then(({ de }) => de) },
  ar: { locale: "ar-u-nu-latn", dir: "rtl", load: () => import("./ar").then(({ ar }) => ar) },
} satisfies Record<string, Language>;

export type LanguageName = keyof typeof languages;
export type LanguageChoice = "system" | LanguageName;
export const names = Object.keys(languages) as LanguageName[];
export const choices: readonly LanguageChoice[] = ["system", ...names];

const KEY = "language";
const known = (name: string | null | undefined): LanguageName | undefined => names.find((one) => one === name);

const [choice, setChoice] = createSignal<LanguageChoice>("system");

export { choice as languageChoice };

/** The first of the system's languages that there is, by its first part: `de-AT` is German. */
export function ofSystem(wanted: readonly string[] = navigator.languages): LanguageName {
  return wanted.map((tag) => known(tag.toLowerCase().split("-")[0])).find(Boolean) ?? "en";
}

/** A language in its own words: "Deutsch". */
export function autonym(name: LanguageName): string {
  return new Intl.DisplayNames([name], { type: "language" }).of(name) ?? name;
}

let wanted = 0;

/** Shows a language; the newest wish wins, whichever table comes first. */
async function turnTo(name: LanguageName): Promise<void> {
  wanted += 1;
  const wish = wanted;
  const language: Language = languages[name];
  const words = await language.load();
  if (wish !== wanted) return;
  document.documentElement.lang = name;
  document.documentElement.dir = language.dir;
  show({ words, formats: formatsOf(language.locale) });
}

const follow = () => choice() === "system" && void turnTo(ofSystem());
/** What is chosen in one window is shown in the other at once. */
const followOther = ({ key }: StorageEvent) => (key === KEY || key === null) && void turnToKept();

function turnToKept(): Promise<void> {
  const kept = known(localStorage.getItem(KEY));
  setChoice(kept ?? "system");
  return turnTo(kept ?? ofSystem());
}

/** Called before the first paint, so that no other language flashes. */
export async function startLanguage(): Promise<void> {
  window.removeEventListener("languagechange", follow);
  window.addEventListener("languagechange", follow);
  window.removeEventListener("storage", followOther);
  window.addEventListener("storage", followOther);
  await turnToKept();
}

/** Chooses, keeps the choice on this device, and shows it at once. */
export async function chooseLanguage(next: LanguageChoice): Promise<void> {
  setChoice(next);
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  await turnTo(next === "system" ? ofSystem() : next);
}
