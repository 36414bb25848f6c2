// The door to the Rust side, and the only folder that may import @tauri-apps/* (biome.json refuses others).
// Not in it: any state, and any decision about an answer.

export type * from "./bindings";
export { Channel, commands, events } from "./bindings";
