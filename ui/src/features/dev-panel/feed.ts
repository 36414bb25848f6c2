// The panel's subscription: batches of events come in, one changed model a frame goes out; ends with the panel.
// Not in it: how events are folded (model.ts).
import { batch, createSignal, onCleanup } from "solid-js";
import { Channel, type Counters, commands, type EventBatch, type EventRecord } from "../../ipc";
import { cleared, empty, fold, KEPT } from "./model";

const NONE: Counters = { calls: 0, refreshes: 0, shared: 0, failures: 0 };
/** A window that is not seen gets no frames; its events are folded this often instead. */
const UNSEEN_MS = 250;

export function createFeed() {
  const [model, setModel] = createSignal(empty);
  const [told, setTold] = createSignal<readonly EventRecord[]>([]);
  const [counters, setCounters] = createSignal(NONE);
  const [problem, setProblem] = createSignal<string | null>(null);
  let pending: EventRecord[] = [];
  let newest = 0;
  let latest = NONE;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watchers = new Set<() => void>();

  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    const events = pending;
    pending = [];
    batch(() => {
      setModel((before) => fold(before, events));
      if (events.length > 0) setTold((before) => [...before, ...events].slice(-KEPT.events));
      setCounters(latest);
    });
    for (const look of [...watchers]) look();
  };

  const channel = new Channel<EventBatch>();
  channel.onmessage = (received) => {
    for (const event of received.events) {
      if (event.seq <= newest) continue; // it was in the black box too
      newest = event.seq;
      pending.push(event);
    }
    latest = received.counters;
    if (timer !== undefined) return;
    timer = setTimeout(flush, UNSEEN_MS);
    frame = requestAnimationFrame(flush);
  };
  void commands.watchEvents(channel).then((result) => {
    if (result.status === "error") setProblem(result.error.message);
  });

  onCleanup(() => {
    channel.onmessage = () => {};
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    void commands.unwatchEvents(channel.id);
  });

  /** Calls back after each batch, until the function it gives is called. */
  const watch = (look: () => void) => {
    watchers.add(look);
    return () => void watchers.delete(look);
  };

  /** `events`: the last ones, those too that are cleared from view. */
  return { model, counters, problem, events: told, watch, clear: (atMs: number) => setModel((before) => cleared(before, atMs)) };
}
