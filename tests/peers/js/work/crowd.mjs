// *stampede*, *storm*, *interleavings*: many calls, at once, one after another, and while a refresh lands. Not in it: a server that fails.
import { open } from "../peers.mjs";
import { LONG_S, ms, now, SHORT_S, sleep } from "../world.mjs";

/** How many calls are on their way at once, as in the other languages. */
const CONNECTIONS = 64;
const FIVE_MINUTES_S = 300;

/** A library whose token has just run out, at a server that gives long ones from now on and has counted nothing yet. */
export async function expired(world, name, delay_ms) {
  await world.behave(SHORT_S, 0);
  const peer = await open(name, world, { asleep: true });
  await (peer.header ?? peer.call)();
  await sleep(SHORT_S * 1000 + 200);
  await world.behave(LONG_S, delay_ms);
  await world.forget();
  return peer;
}

/** All callers at once on one token that has run out. */
export async function stampede(world, name, callers) {
  const peer = await expired(world, name, 50);
  const started = now();
  const { served, last } = peer.header ? await headersFirst(world, peer, callers) : await wholeCalls(peer, callers);
  const ended = now();
  const counted = await world.count();
  return {
    refreshes: counted.asked,
    reused: counted.reused,
    failures: callers - served,
    release_ms: counted.answered_at > 0 && last > 0 ? ms(counted.answered_at, last) : null,
    total_ms: ms(started, ended),
  };
}

async function headersFirst(world, peer, callers) {
  const ask = async () => {
    const header = await peer.header().catch(() => undefined);
    return [now(), header];
  };
  const released = await Promise.all(Array.from({ length: callers }, ask));
  const headers = released.map(([, header]) => header).filter(Boolean);
  return { served: await calls(world, headers), last: released.reduce((last, [at]) => Math.max(last, at), 0) };
}

async function wholeCalls(peer, callers) {
  const went = await Promise.all(Array.from({ length: callers }, () => peer.call()));
  return { served: went.filter(Boolean).length, last: peer.sentAt() };
}

/** One call for each header, so many at once; how many the server took. */
async function calls(world, headers) {
  const left = headers[Symbol.iterator]();
  let served = 0;
  const one = async () => {
    for (const header of left) {
      const well = await world.call(header);
      served += Number(well); // not in one line: what is added to would be read before the call
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return served;
}

/** One refresh, then the calls with a fixed header: what the whole cannot be quicker than. */
export async function bare(world, callers) {
  await world.behave(LONG_S, 50);
  const { refresh_token } = await world.signIn();
  const started = now();
  const { access_token } = await world.refresh(refresh_token);
  const served = await calls(world, Array(callers).fill(`Bearer ${access_token}`));
  return { refreshes: 1, failures: callers - served, total_ms: ms(started, now()) };
}

/** So many who wait for one promise and then do nothing: what a release cannot be quicker than. */
export async function wakeUp(callers) {
  let say;
  const said = new Promise((resolve) => {
    say = resolve;
  });
  const wait = async () => {
    await said;
    return now();
  };
  const all = Promise.all(Array.from({ length: callers }, wait));
  await sleep(50);
  const at = now();
  say();
  return {
    release_ms: ms(
      at,
      (await all).reduce((last, woken) => Math.max(last, woken), at),
    ),
  };
}

/** So many calls one after another on 5-minute tokens. */
export async function storm(world, name, times) {
  await world.behave(FIVE_MINUTES_S, 0);
  await world.forget();
  const peer = await open(name, world);
  let failures = 0;
  for (let time = 0; time < times; time++) failures += Number(!(await peer.call().catch(() => false)));
  const counted = await world.count();
  return { calls: times, refreshes: counted.asked, reused: counted.reused, failures };
}

/** Rounds of callers, each coming at a moment of its own around the end of the refresh. */
export async function interleavings(world, name, rounds, callers) {
  await world.behave(FIVE_MINUTES_S, 0);
  await world.forget();
  let failures = 0;
  for (let round = 0; round < rounds; round++) {
    const peer = await open(name, world);
    const one = async (_, caller) => {
      const turns = (caller * 7_919 + round * 104_729) % 400; // the same in every run
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      return peer.header ? Boolean(await peer.header()) : peer.call();
    };
    const went = await Promise.allSettled(Array.from({ length: callers }, one));
    failures += went.filter(({ value }) => !value).length;
    await peer.end();
  }
  const counted = await world.count();
  return { rounds, callers, extra_refreshes: counted.asked - rounds, reused: counted.reused, failures };
}
