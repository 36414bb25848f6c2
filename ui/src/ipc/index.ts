// The door to the Rust side, and the only folder that may import @tauri-apps/* (biome.json refuses others).
// Not in it: any state, and any decision about an answer.

export { Channel } from "@tauri-apps/api/core";
export type * from "./bindings";
export type { ApiReplyView as ApiReply, DegradedView as Degraded } from "./bindings";

import { type CommandError, commands, events } from "./bindings";

export { callApi, type Request, watchCalls } from "./calls";
export { newTicket } from "./tickets";
export { commands, events };

/** What a command that can fail resolves to. */
export type Result<T, E = CommandError> = { status: "ok"; data: T } | { status: "error"; error: E };

/** The answer's data; a refusal becomes a thrown error, for the few commands whose refusal only the problem view can show. */
export function expectOk<T>(result: Result<T>): T {
  if (result.status === "ok") return result.data;
  throw new Error(result.error.message);
}
