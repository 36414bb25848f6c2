// What went wrong with a sign-in, in words: each code its own, so that no network never reads like a wrong password.
// Not in it: how it is shown (LoginForm).
import type { CommandError } from "../../ipc";
import { maybe, text } from "../../text";

/** Sentences are functions, so that they follow the language. */
export type Trouble = {
  code: string;
  summary: () => string;
  fields: { username?: (() => string) | undefined; password?: (() => string) | undefined };
  /** Wall clock from when on the server takes another try. */
  again?: number;
};

/** What is not filled in; null when all is. */
export function missing(username: string, password: string): Trouble | null {
  const fields = {
    username: username.trim() ? undefined : text.login.needUsername,
    password: password ? undefined : text.login.needPassword,
  };
  return fields.username || fields.password ? { code: "incomplete", summary: text.login.incomplete, fields } : null;
}

export function troubleOf(error: CommandError, now: number): Trouble {
  // A wrong password is no mistake of one field: the sentence above both says it. What else stands here is the server's word.
  const own = error.code === "wrong-credentials" ? [] : error.fields;
  const fields = Object.fromEntries(own.map(({ field, message }) => [field, () => message]));
  return {
    code: error.code,
    summary: () => maybe(text.login.errors, error.code) ?? text.errors[error.code](),
    fields,
    ...(error.retryAfterMs === null ? {} : { again: now + error.retryAfterMs }),
  };
}
