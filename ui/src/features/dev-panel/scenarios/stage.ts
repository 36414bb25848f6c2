// What a story may do and see: calls, faults, time, signing in and out, each by the commands everybody has; and the events since it began.
// Not in it: the stories (stories.ts), and any count of its own: what is judged is what the engine told.
import {
  type ApiReply,
  type CommandError,
  type CommandErrorCode,
  callApi,
  commands,
  type EventRecord,
  newTicket,
  type Result,
} from "../../../ipc";
import { span } from "../duration";

export type Outcome = { readonly reply: ApiReply } | { readonly failed: CommandErrorCode };
export type Person = { readonly username: string; readonly password: string };
export type Kind = EventRecord["kind"];
export type Told<K extends Kind> = Extract<EventRecord, { kind: K }>;

export type Deps = {
  events(): readonly EventRecord[];
  /** Calls back when events came, until the function it gives is called. */
  watch(changed: () => void): () => void;
  /** Begins the window anew; does not come back. */
  reload(): void;
  say(step: string): void;
  /** The panel was closed: nothing comes any more, and nothing is begun any more. */
  readonly closed: AbortSignal;
  readonly paths: readonly string[];
};

/** A story waits this long for an event before it says that it did not come. */
export const PATIENCE_MS = 20_000;

/** A command was refused, or an event did not come. */
export class Stopped extends Error {}

function expect<T>(result: Result<T, CommandError>): T {
  if (result.status === "ok") return result.data;
  throw new Stopped(result.error.message);
}

export type Stage = ReturnType<typeof createStage>;

/** `from`: the events that count are those after this one. */
export function createStage(deps: Deps, from: number) {
  let since = from;
  const all = () => deps.events().filter(({ seq }) => seq > since);
  const told = <K extends Kind>(kind: K) => all().filter((event): event is Told<K> => event.kind === kind);

  /** Resolves once the events say so. */
  function until(what: string, holds: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    return new Promise((done, fail) => {
      let stop = () => {};
      const timer = setTimeout(() => {
        stop();
        fail(new Stopped(`${span(patienceMs)} went by without ${what}`));
      }, patienceMs);
      const look = () => {
        if (deps.closed.aborted) fail(new Stopped("the panel was closed"));
        else if (holds()) done();
        else return;
        clearTimeout(timer);
        stop();
      };
      const unwatch = deps.watch(look);
      deps.closed.addEventListener("abort", look);
      stop = () => {
        unwatch();
        deps.closed.removeEventListener("abort", look);
      };
      look();
    });
  }

  async function call(nth: number): Promise<Outcome> {
    const path = deps.paths[nth % deps.paths.length] ?? "";
    const result = await callApi({ method: "GET", path, body: null });
    return result.status === "ok" ? { reply: result.data } : { failed: result.error.code };
  }

  /** All at once; comes back when their ends are among the events too. */
  async function calls(count: number): Promise<Outcome[]> {
    const outcomes = await Promise.all(Array.from({ length: count }, (_, nth) => call(nth)));
    const numbers = new Set(outcomes.flatMap((outcome) => ("reply" in outcome ? outcome.reply.call : [])));
    await until("the end of each call", () => told("call-finished").filter((event) => numbers.has(event.call)).length === numbers.size);
    return outcomes;
  }

  return {
    calls,
    told,
    until,
    /** From here on only what comes counts. */
    mark(): void {
      since = deps.events().at(-1)?.seq ?? since;
    },
    since: () => since,
    say: deps.say,
    reload: deps.reload,
    fault: async (name: string, on: boolean) => {
      if (deps.closed.aborted) throw new Stopped("the panel was closed");
      expect(await commands.setFault(name, on));
    },
    resetFaults: async () => void expect(await commands.resetFaults()),
    pass: async (seconds: number) => void expect(await commands.passTime(seconds)),
    refresh: async () => void expect(await commands.refreshNow()),
    session: async () => expect(await commands.session()),
    signIn: async ({ username, password }: Person) => void expect(await commands.signIn(username, password, newTicket())),
    signOut: async (remember: boolean) => void expect(await commands.signOut(remember)),
    profile: async () => expect(await commands.profile()),
    draft: async () => expect(await commands.draft()),
    wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  };
}
