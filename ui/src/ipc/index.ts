// The door to the Rust side, and the only folder that may import @tauri-apps/* (biome.json refuses others).
// Not in it: any state, and any decision about an answer.

export { Channel } from "@tauri-apps/api/core";
export type * from "./bindings";
export type { ApiReplyView as ApiReply, DegradedView as Degraded } from "./bindings";
export { commands, events } from "./bindings";
