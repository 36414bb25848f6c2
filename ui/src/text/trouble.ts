// What went wrong, as data: the sentence is found when it is shown, so that it follows the language.
// Not in it: the sentences (en.ts), and how they look (components/Said).
import type { CommandError, CommandErrorCode } from "../ipc";
import { text } from "./index";

export type Trouble =
  | { code: CommandErrorCode; detail: string }
  /** The API answered with a status that is an error, and perhaps said why. */
  | { code: "answered"; status: number; said?: string | undefined }
  | { code: "not-list" };

/** Rust's failure: our own sentence by its code, Rust's as the detail. */
export function troubleOf(error: CommandError): Trouble {
  return { code: error.code, detail: error.fields[0]?.message ?? error.message };
}

export function sentenceOf(trouble: Trouble): string {
  if (trouble.code === "answered") return trouble.said ?? text.home.answered(trouble.status);
  return trouble.code === "not-list" ? text.home.notList() : text.errors[trouble.code]();
}

/** Rust's words, English; null: there are none, or they are the server's and stand in the sentence's place. */
export function detailOf(trouble: Trouble): string | null {
  return "detail" in trouble ? trouble.detail || null : null;
}
