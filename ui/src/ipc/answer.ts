// What a command that can fail resolves to.
// Not in it: what is done about a refusal.
import type { CommandError } from "./bindings";

export type Result<T, E = CommandError> = { status: "ok"; data: T } | { status: "error"; error: E };

/** The answer's data; a refusal becomes a thrown error, for the few commands whose refusal only the problem view can show. */
export function expectOk<T>(result: Result<T>): T {
  if (result.status === "ok") return result.data;
  throw new Error(result.error.message);
}
