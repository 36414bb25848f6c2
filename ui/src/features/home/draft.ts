// The text of a note that is not posted yet: kept in Rust as it is typed, and in memory while Rust cannot.
// Not in it: the posting (Composer).

import { createEventListener } from "@solid-primitives/event-listener";
import { debounce } from "@solid-primitives/scheduled";
import { createSignal, onCleanup, onMount } from "solid-js";
import { nextFrame } from "../../components/frame";
import { commands } from "../../ipc";

const SAVE_AFTER_MS = 300;

/** What could not be saved before its view went away, and whose it is; nobody else gets it. */
let unsaved: { account: string; text: string } | null = null;

export type Draft = ReturnType<typeof createDraft>;

export function createDraft(account: string) {
  const [text, setText] = createSignal("");
  const [state, setState] = createSignal<"empty" | "typing" | "saved" | "failed">("empty");
  let touched = false;
  let dirty = false;

  async function save(): Promise<void> {
    later.clear();
    if (!dirty) return;
    dirty = false;
    const sent = text();
    unsaved = { account, text: sent };
    const result = await commands.saveDraft(sent);
    if (result.status === "ok" && unsaved?.text === sent) unsaved = null;
    if (text() !== sent) return;
    if (result.status === "error") dirty = true;
    setState(result.status === "error" ? "failed" : sent ? "saved" : "empty");
  }
  const later = debounce(() => void save(), SAVE_AFTER_MS);

  function type(next: string): void {
    touched = true;
    dirty = true;
    setText(next);
    setState("typing");
    later();
  }

  /** Posted: nothing is left to keep. */
  function clear(): Promise<void> {
    type("");
    return save();
  }

  onMount(async () => {
    if (unsaved?.account === account) return type(unsaved.text);
    unsaved = null;
    await nextFrame(); // what is asked for sooner comes no sooner: the view is drawn first
    const result = await commands.draft();
    if (result.status === "error" || touched || !result.data) return;
    setText(result.data);
    setState("saved");
  });
  createEventListener(window, "pagehide", () => void save());
  onCleanup(() => void save());

  return { text, state, type, save, clear };
}
