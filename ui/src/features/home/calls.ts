// Fires API calls and follows each through its phases; the list holds the calls of the last firing.
// Not in it: when a call pauses (the engine) and how rows look (CallList).
import { batch, createSignal } from "solid-js";
import { createStore, type SetStoreFunction } from "solid-js/store";
import { nextFrame } from "../../components/frame";
import {
  type ApiReply,
  type CallProgress,
  type CommandError,
  type CommandErrorCode,
  callApi,
  type Request,
  type Result,
  watchCalls,
} from "../../ipc";

export type CallRow = {
  method: Request["method"];
  path: string;
  status: "waiting" | "sending" | "ok" | "error";
  why: Extract<CallProgress, { phase: "waiting" }>["why"] | null;
  generation: number | null;
  waitedMs: number | null;
  tookMs: number | null;
  /** HTTP status, once the server answered. */
  answered: number | null;
  problem: CommandErrorCode | null;
};
export type Tally = { fired: number; ok: number; error: number; waited: number };
export type Outcome = Result<ApiReply, CommandError>;
export type Calls = ReturnType<typeof createCalls>;

/** As many rows are made in one frame; all at once they would hold up the window longer than the sending does. */
const ROWS = 50;
export function createCalls() {
  watchCalls();
  const [rows, setRows] = createSignal<CallRow[]>([]);
  const [tally, setTally] = createStore<Tally>({ fired: 0, ok: 0, error: 0, waited: 0 });
  const [firing, setFiring] = createSignal(0);

  /** Sends and counts them all at once, after `drawn`; the outcomes come in the order of the calls. Of many the rows follow, some with each frame. */
  function fire(calls: Request[], drawn?: Promise<void>): Promise<Outcome>[] {
    const thisFiring = firing() + 1;
    const isNewest = () => thisFiring === firing();
    const count = (key: keyof Tally) => isNewest() && setTally(key, (value) => value + 1);
    const made = calls.map((call) => ({ call, store: createStore<CallRow>(fresh(call)) }));
    const show = (upTo: number) => setRows(made.slice(0, upTo).map(({ store }) => store[0]));
    const showRest = async () => {
      for (let upTo = ROWS; upTo < made.length; ) {
        await nextFrame();
        if (!isNewest()) return;
        upTo += ROWS;
        show(upTo);
      }
    };
    batch(() => {
      setFiring(thisFiring);
      setTally({ fired: drawn ? 0 : made.length, ok: 0, error: 0, waited: 0 });
      show(ROWS);
    });
    void drawn?.then(() => isNewest() && setTally("fired", made.length));
    void showRest();
    return made.map(({ call, store }) => run(call, store[1], count, drawn));
  }

  return { rows, tally, fire };
}

async function run(
  call: Request,
  set: SetStoreFunction<CallRow>,
  count: (key: keyof Tally) => void,
  drawn: Promise<void> | undefined,
): Promise<Outcome> {
  let waited = false;
  if (drawn) await drawn;
  const outcome = await callApi(call, (message) => {
    if (message.phase === "sending") set({ status: "sending", generation: message.generation, waitedMs: message.waitedMs });
    else {
      if (!waited) count("waited");
      waited = true;
      set({ status: "waiting", why: message.why });
    }
  });
  batch(() => {
    const ok = outcome.status === "ok" && outcome.data.status < 400;
    count(ok ? "ok" : "error");
    set("status", ok ? "ok" : "error");
    if (outcome.status === "error") set("problem", outcome.error.code);
    else {
      const { status, generation, waitedMs, tookMs } = outcome.data;
      set({ answered: status, generation, waitedMs, tookMs });
    }
  });
  return outcome;
}

function fresh({ method, path }: Request): CallRow {
  return { method, path, status: "sending", why: null, generation: null, waitedMs: null, tookMs: null, answered: null, problem: null };
}

/** The calls of the home view, cycled over until there are `count`. */
export function cycle(paths: string[], count: number): Request[] {
  return Array.from({ length: paths.length === 0 ? 0 : count }, (_, index) => get(paths[index % paths.length] ?? ""));
}

export function get(path: string): Request {
  return { method: "GET", path, body: null };
}
