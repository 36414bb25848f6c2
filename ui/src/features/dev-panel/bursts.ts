// Groups lanes and refreshes that belong together in time into bursts: the waterfall shows one burst at a time.
// Not in it: folding events (model.ts), pixels (scale.ts), the caption's words (words.ts).
import type { Lane, Model, Refresh } from "./model";

export type Burst = {
  /** Stays the same while the burst grows. */
  readonly key: string;
  readonly from: number;
  /** Null while something in it still runs. */
  readonly to: number | null;
  readonly lanes: readonly Lane[];
  readonly refreshes: readonly Refresh[];
};

export type Figures = {
  readonly requests: number;
  readonly refreshes: number;
  readonly shared: number;
  readonly failed: number;
  readonly longestWaitMs: number;
};

/** So much quiet ends a burst; so long a burst never gets, so that a steady trickle of calls is cut into pages. */
const QUIET_MS = 500;
const LONGEST_MS = 30_000;
/** A refresh's end and its callers' release are told within this. */
const TOLD_TOGETHER_MS = 10;

type Item = { from: number; to: number | null; lane?: Lane; refresh?: Refresh };

export function burstsOf(model: Pick<Model, "lanes" | "refreshes">): Burst[] {
  const items: Item[] = [];
  for (const lane of model.lanes.values()) items.push({ from: lane.from, to: lane.to, lane });
  for (const refresh of model.refreshes.values()) items.push({ from: refresh.from, to: refresh.to, refresh });
  items.sort((a, b) => a.from - b.from);

  const bursts: Burst[] = [];
  let group: Item[] = [];
  let end = 0;
  for (const item of items) {
    const first = group[0];
    if (first && (item.from > end + QUIET_MS || item.from > first.from + LONGEST_MS)) {
      bursts.push(burstOf(first, group));
      group = [];
      end = 0;
    }
    group.push(item);
    end = Math.max(end, item.to ?? Number.POSITIVE_INFINITY);
  }
  const first = group[0];
  if (first) bursts.push(burstOf(first, group));
  return bursts;
}

function burstOf(first: Item, group: readonly Item[]): Burst {
  const lanes = group.flatMap((item) => item.lane ?? []);
  const refreshes = group.flatMap((item) => item.refresh ?? []);
  const running = group.some((item) => item.to === null);
  return {
    key: first.lane ? `call ${first.lane.call}` : `refresh ${first.refresh?.refresh}`,
    from: first.from,
    to: running ? null : Math.max(...group.map((item) => item.to ?? item.from)),
    lanes,
    refreshes,
  };
}

/** How long a lane has waited: the engine's figure, and while it still waits the time since. */
function waitOf(lane: Lane, now: number): number {
  const open = lane.stretches.at(-1);
  return open?.doing === "waiting" && open.to === null ? lane.waitedMs + Math.max(0, now - open.from) : lane.waitedMs;
}

/** Whether the lane was held until this refresh ended; one that may pause no longer leaves before. */
export function isTied(lane: Lane, refresh: Refresh): boolean {
  return lane.stretches.some((part) => {
    if (part.refresh !== refresh.refresh) return false;
    return part.to === null || (refresh.to !== null && part.to >= refresh.to - TOLD_TOGETHER_MS);
  });
}

export function figuresOf(burst: Burst, now: number): Figures {
  return {
    requests: burst.lanes.length,
    refreshes: burst.refreshes.length,
    shared: burst.lanes.filter((lane) => lane.shared).length,
    failed: burst.lanes.filter((lane) => lane.phase === "failed").length,
    longestWaitMs: burst.lanes.reduce((most, lane) => Math.max(most, waitOf(lane, now)), 0),
  };
}
