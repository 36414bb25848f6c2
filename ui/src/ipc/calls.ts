// Calls of the API: sends them, and tells the phases of those that somebody follows, all by one channel of the page.
// Not in it: when a call pauses (the engine), and what is done with an answer.
import { Channel } from "@tauri-apps/api/core";
import { type ApiCall, type ApiReplyView, type CallProgress, type CommandError, commands } from "./bindings";
import { newTicket } from "./tickets";

type Answer = { status: "ok"; data: ApiReplyView } | { status: "error"; error: CommandError };
export type Request = Omit<ApiCall, "ticket">;

const followed = new Map<number, (phase: CallProgress) => void>();
let watching: Promise<unknown> | undefined;

/** Asks the Rust side for the phases of this page's calls. */
export function watchCalls(): void {
  const channel = new Channel<CallProgress[]>();
  channel.onmessage = (phases) => {
    for (const phase of phases) followed.get(phase.ticket)?.(phase);
  };
  watching = commands.watchCalls(channel);
}

/** Sends a call; `follow` hears its phases until it is answered. A call that need not wait has none. */
export async function callApi(request: Request, follow?: (phase: CallProgress) => void): Promise<Answer> {
  if (follow && watching === undefined) watchCalls();
  if (follow) await watching;
  const ticket = newTicket();
  if (follow) followed.set(ticket, follow);
  try {
    return await commands.apiCall({ ...request, ticket });
  } finally {
    followed.delete(ticket);
  }
}
