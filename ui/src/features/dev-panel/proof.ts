// The profile held against what it was when the panel first saw it: field by field, lost, changed, added or kept.
// Not in it: keeping it; that is the shell's, and the values are compared as the exact JSON it gives.
import { createEffect, createMemo, createSignal, on } from "solid-js";
import { commands, type ProfileSlotView, type ProfileView } from "../../ipc";

export type Fate = "kept" | "changed" | "added" | "lost";
export type Field = { readonly key: string; readonly json: string; readonly fate: Fate; readonly was: string | null };

export type Proof = {
  readonly fields: readonly Field[];
  readonly lost: number;
  readonly changed: number;
  readonly added: number;
  readonly refreshes: number;
};

export function prove(first: Pick<ProfileView, "fields">, now: Pick<ProfileView, "fields">, refreshes: number): Proof {
  const before = new Map(first.fields.map(({ key, json }) => [key, json]));
  const after = new Set(now.fields.map(({ key }) => key));
  const held = now.fields.map(({ key, json }): Field => {
    const was = before.get(key) ?? null;
    return { key, json, was, fate: was === null ? "added" : was === json ? "kept" : "changed" };
  });
  const gone = first.fields.filter(({ key }) => !after.has(key)).map((field): Field => ({ ...field, was: field.json, fate: "lost" }));
  const fields = [...held, ...gone];
  const count = (fate: Fate) => fields.filter((field) => field.fate === fate).length;
  return { fields, lost: count("lost"), changed: count("changed"), added: count("added"), refreshes };
}

/** "14 fields · 0 lost · 0 changed" */
export function proofWords({ fields, lost, changed, added }: Proof): string {
  const parts = [`${fields.length} ${fields.length === 1 ? "field" : "fields"}`, `${lost} lost`, `${changed} changed`];
  if (added > 0) parts.push(`${added} added`);
  return parts.join(" · ");
}

/** "slot B · generation 17 · checksum ok" */
export function slotWords({ slot, generation }: ProfileSlotView): string {
  return `slot ${slot} · generation ${generation} · checksum ok`;
}

type Base = { profile: ProfileView; refreshes: number };

/** Reads the kept profile, and where on the disk it is, when somebody is there and after each refresh; another account begins anew. */
export function createProof(account: () => string | null, refreshes: () => number) {
  const [base, setBase] = createSignal<Base | null>(null);
  const [latest, setLatest] = createSignal<ProfileView | null>(null);
  const [slot, setSlot] = createSignal<ProfileSlotView | null>(null);
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const at = refreshes();
    if (account() === null) {
      setBase(null);
      setLatest(null);
      setSlot(null);
      return;
    }
    const [result, found] = await Promise.all([commands.profile(), commands.profileSlot()]);
    if (mine !== asked || result.status === "error") return;
    const profile = result.data;
    setSlot(found.status === "ok" ? found.data : null);
    setLatest(profile);
    if (profile === null) setBase(null);
    else if (base()?.profile.account !== profile.account) setBase({ profile, refreshes: at });
  };
  createEffect(on([account, refreshes], () => void look()));
  const proof = createMemo((): Proof | null => {
    const [first, now] = [base(), latest()];
    return first && now ? prove(first.profile, now, Math.max(0, refreshes() - first.refreshes)) : null;
  });
  return { proof, slot, look: () => void look() };
}
