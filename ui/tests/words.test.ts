// No text is hard-coded: in a pseudo-language, which comes while the view stands, all that can be read comes from the table or from the host.
// Not in it: the developer panel, which is English.
import { afterEach, describe, expect, it, vi } from "vitest";
import { demo } from "../dev/demo";
import { scenes } from "../dev/scenes";
import { show } from "../src/text";
import { autonym, names } from "../src/text/language";
import { find, open } from "./app";
import { FakeHost } from "./fake-host";
import { outside, pseudo } from "./pseudo";

const READ = ["aria-label", "title", "placeholder", "alt"];
const EXEMPT = ".window-drawer, kbd, textarea, script, style"; // keys are called as they are printed

type Said = { words: string; english: boolean; where: string };

/** All that is read on the page, out loud or not. */
function said(root: Element): Said[] {
  const found: Said[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (element.closest(EXEMPT)) continue;
    const english = element.closest("[lang]")?.getAttribute("lang") === "en" && element.closest("[lang]") !== document.documentElement;
    const where = `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">`;
    const add = (words: string | null | undefined) => words?.trim() && found.push({ words: words.trim(), english, where });
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) add(node.textContent);
    for (const name of READ) add(element.getAttribute(name));
  }
  return found;
}

/** Every text and number that the host ever sent. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value, ...inJson(value)];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => [key, ...texts(inner)]) : [];
}

function inJson(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? texts(value) : [];
  } catch {
    return [];
  }
}

const wordsOf = (text: string) => text.toLowerCase().match(/\p{L}+/gu) ?? [];
const initialsOf = (text: string) => wordsOf(text).map((word) => word.charAt(0));

/** The home view keeps what it showed: rows of one scene may stand in the next. */
const before: unknown[] = [];

/** What is neither of the table nor of the host. */
function strangers(host: FakeHost): string[] {
  before.push(...host.answers);
  // `message` of a refusal and `reason` of an outage are Rust's English: they may stand in English only.
  const whole = [...before, host.view, host.startup].flatMap(texts);
  const sent = host.seen.map(({ args }) => args.call); // what the page sends it may show: methods and paths
  const vocabulary = new Set([...before.filter((answer) => !isRefusal(answer)), ...sent].flatMap(texts).flatMap(wordsOf));
  const initials = new Set([...vocabulary].flatMap(initialsOf));
  const known = (word: string) => vocabulary.has(word) || [...word].every((letter) => word.length < 3 && initials.has(letter));
  const strange = said(document.body).filter(({ words, english }) => {
    const rest = outside(words);
    if (!/\p{L}/u.test(rest) || names.some((name) => autonym(name) === rest)) return false;
    return english ? !whole.some((text) => text.includes(rest)) : !wordsOf(rest).every(known);
  });
  return [...new Set(strange.map(({ where, words }) => `${where} ${words}`))];
}

const isRefusal = (answer: unknown) => typeof answer === "object" && answer !== null && "retryAfterMs" in answer;

afterEach(() => vi.useRealTimers());

describe("no text is hard-coded", () => {
  it.each(Object.keys(scenes))("in the scene %s", async (name) => {
    const host = new FakeHost();
    demo(host);
    const after = scenes[name]?.(host);
    await open();
    await after?.();
    await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
    await new Promise((done) => setTimeout(done, 150)); // what the demo answers comes within this time
    for (const more of document.querySelectorAll("details")) more.open = true;
    show(pseudo);
    expect(find("problem-view") ?? document.querySelector(".window")).not.toBeNull();
    expect(strangers(host)).toEqual([]);
    expect(document.title === "" || outside(document.title)).toBe(document.title === "" || "");
  });
});
