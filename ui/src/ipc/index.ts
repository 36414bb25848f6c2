// The door to the Rust side, and the only folder that may import @tauri-apps/* (biome.json refuses others).
// Not in it: any state, and any decision about an answer.

export { Channel } from "@tauri-apps/api/core";
export type * from "./bindings";
export type { ApiReplyView as ApiReply, DegradedView as Degraded } from "./bindings";

import { commands, events } from "./bindings";

export { expectOk, type Result } from "./answer";
export { callApi, type Request, watchCalls } from "./calls";
export { firstAnswers } from "./first";
export { newTicket } from "./tickets";
export { commands, events };
