// What belongs to the call or the refresh that is selected: one lights up with the other, in the log and in the waterfall.
// Not in it: how it is selected and drawn.
import type { EventRecord } from "../../ipc";
import { isTied } from "./bursts";
import type { Model } from "./model";

export type Selection = { readonly call: number } | { readonly refresh: number };
export type Related = { readonly calls: ReadonlySet<number>; readonly refreshes: ReadonlySet<number> };

/** A call's refreshes are those it waited for; a refresh's calls are those it held. */
export function relatedTo(model: Pick<Model, "lanes" | "refreshes">, selection: Selection | null): Related | null {
  if (selection === null) return null;
  if ("call" in selection) {
    const waits = model.lanes.get(selection.call)?.stretches ?? [];
    return { calls: new Set([selection.call]), refreshes: new Set(waits.flatMap(({ refresh }) => refresh ?? [])) };
  }
  const bar = model.refreshes.get(selection.refresh);
  const held = bar ? [...model.lanes.values()].filter((lane) => isTied(lane, bar)) : [];
  return { calls: new Set(held.map(({ call }) => call)), refreshes: new Set([selection.refresh]) };
}

/** What selecting this event selects; nothing for one that belongs to no call and no refresh. */
export function selectionOf(event: EventRecord): Selection | null {
  if ("call" in event) return { call: event.call };
  return "refresh" in event ? { refresh: event.refresh } : null;
}

export function isRelated(related: Related | null, event: EventRecord): boolean {
  if (related === null) return false;
  if ("call" in event) return related.calls.has(event.call);
  return "refresh" in event && related.refreshes.has(event.refresh);
}

export function isSame(one: Selection | null, other: Selection | null): boolean {
  if (one === null || other === null) return one === other;
  if ("call" in one) return "call" in other && one.call === other.call;
  return "refresh" in other && one.refresh === other.refresh;
}
