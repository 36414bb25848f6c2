// *check* and *overhead*: what a library costs while its token is good. Not in it: ratios, which are of one round and the caller's to make.
import { bareOf, open, openBare } from "../peers.mjs";
import { LONG_S, now } from "../world.mjs";

/** Nanoseconds a header, a sample a round; libraries that have no header to give are not asked. */
export async function check(world, name, samples, times) {
  await world.behave(LONG_S, 0);
  const peer = await open(name, world);
  if (!peer.header) return { not_offered: true };
  for (let time = 0; time < times; time++) await peer.header();
  const ns = [];
  for (let sample = 0; sample < samples; sample++) {
    const begun = now();
    for (let time = 0; time < times; time++) await peer.header();
    ns.push((now() - begun) / times);
  }
  return { ns };
}

/** Nanoseconds a call, for each name and its bare client and for each round; in turn, every second round backwards. */
export async function overhead(world, names, rounds, calls, atOnce) {
  await world.behave(LONG_S, 0);
  const callers = [];
  for (const bare of [...new Set(names.map(bareOf))])
    for (const again of ["", " again"]) callers.push({ name: `bare ${bare}${again}`, ...(await openBare(bare, world)), ns: [] });
  for (const name of names) callers.push({ name, ...(await open(name, world)), ns: [] });
  for (const { call } of callers) await call(); // one token each, before many ask at once
  for (const { call } of callers) await block(call, calls, atOnce);
  for (let round = 0; round < rounds; round++)
    for (const { call, ns } of round % 2 ? callers.toReversed() : callers) ns.push(await block(call, calls, atOnce));
  return {
    ns: Object.fromEntries(callers.map(({ name, ns }) => [name, ns])),
    bare: Object.fromEntries(names.map((name) => [name, `bare ${bareOf(name)}`])),
  };
}

async function block(call, calls, atOnce) {
  const each = Math.floor(calls / atOnce);
  const one = async () => {
    for (let time = 0; time < each; time++) if (!(await call())) throw new Error("a call failed");
  };
  const begun = now();
  await Promise.all(Array.from({ length: atOnce }, one));
  return (now() - begun) / (each * atOnce);
}
