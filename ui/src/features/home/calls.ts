// Fires API calls and follows each through its phases; the list holds the calls of the last firing.
// Not in it: when a call pauses (the engine) and how rows look (CallList).
import { batch, createSignal } from "solid-js";
import { createStore, type SetStoreFunction } from "solid-js/store";
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
export type Tally = { ok: number; error: number; waited: number };
export type Outcome = Result<ApiReply, CommandError>;
export type Calls = ReturnType<typeof createCalls>;

export function createCalls() {
  watchCalls();
  const [rows, setRows] = createSignal<CallRow[]>([]);
  const [tally, setTally] = createStore<Tally>({ ok: 0, error: 0, waited: 0 });
  const [firing, setFiring] = createSignal(0);

  /** Sends them all at once; the outcomes come in the order of the calls. */
  function fire(calls: Request[]): Promise<Outcome>[] {
    const thisFiring = firing() + 1;
    const count = (key: keyof Tally) => thisFiring === firing() && setTally(key, (value) => value + 1);
    const made = calls.map((call) => ({ call, store: createStore<CallRow>(fresh(call)) }));
    batch(() => {
      setFiring(thisFiring);
      setTally({ ok: 0, error: 0, waited: 0 });
      setRows(made.map(({ store }) => store[0]));
    });
    return made.map(({ call, store }) => run(call, store[1], count));
  }

  return { rows, tally, fire };
}

async function run(call: Request, set: SetStoreFunction<CallRow>, count: (key: keyof Tally) => void): Promise<Outcome> {
  let waited = false;
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
