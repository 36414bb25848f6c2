// What went wrong with a sign-in, in words: each code its own, so that no network never reads like a wrong password.
// Not in it: how it is shown (LoginForm).
import type { CommandError } from "../../ipc";
import { text } from "../../text/en";

export type Trouble = {
  code: string;
  summary: string;
  fields: { username?: string | undefined; password?: string | undefined };
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
  const fields = Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
  return {
    code: error.code,
    summary: text.login.errors[error.code] ?? error.message,
    fields,
    ...(error.retryAfterMs === null ? {} : { again: now + error.retryAfterMs }),
  };
}
