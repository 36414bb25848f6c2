// *outage*, *cancel*, *sign-out during a refresh*. Not in it: what many calls do while all goes well.
import { open } from "../peers.mjs";
import { LONG_S, ms, now, sleep } from "../world.mjs";
import { expired } from "./crowd.mjs";

const EVERY_MS = 10;
const DURING = 500;
const AFTER = 500;
/** The life of a token that is in its window after eleven seconds and valid for nineteen more. */
const DUE_LIFE_S = 30;
const UNTIL_DUE_MS = 11_000;

/** A hundred headers a second through five seconds of `mode`; `valid`: the token is due and still valid. */
export async function outage(world, name, mode, valid) {
  const peer = valid ? await due(world, name) : await expired(world, name, 5);
  // A library that has only whole calls asks the API as well, and there is none to be reached.
  if (mode === "gone" && !peer.header) return { not_asked: true };
  await world.behave(LONG_S, 5, mode);
  const ask = async () => {
    const begun = now();
    const well = await (peer.header ?? peer.call)().then(Boolean, () => false);
    return { begun, ended: now(), well };
  };
  const started = now();
  const asked = [];
  let [recoveredAt, attempts] = [0, 0];
  for (let call = 0; call < DURING + AFTER; call++) {
    const wait = EVERY_MS * call - ms(started, now());
    if (wait > 0) await sleep(wait);
    if (call === DURING) {
      await world.behave(LONG_S, 5);
      recoveredAt = now();
      attempts = (await world.count()).asked;
    }
    asked.push(ask());
  }
  const went = await Promise.all(asked);
  const counted = await world.count();
  const took = went.map(({ begun, ended }) => ms(begun, ended));
  const first = went.filter(({ ended, well }) => well && ended >= recoveredAt).map(({ ended }) => ended);
  return {
    seconds: ms(started, recoveredAt) / 1e3,
    failures: went.filter(({ well }) => !well).length,
    attempts,
    attempts_in_all: counted.asked,
    slowest_ms: Math.max(...took),
    paused: took.filter((ms) => ms > 20).length,
    first_success_ms: first.length ? ms(recoveredAt, Math.min(...first)) : null,
  };
}

async function due(world, name) {
  await world.behave(DUE_LIFE_S, 0);
  const peer = await open(name, world);
  await (peer.header ?? peer.call)();
  await sleep(UNTIL_DUE_MS);
  await world.forget();
  return peer;
}

const CALLERS = 100;

/** The first of a hundred callers, or `all`, give up 20 ms into a refresh of 50 ms; one more asks afterwards. */
export async function cancel(world, name, all) {
  const peer = await expired(world, name, 50);
  if (peer.header) return { not_offered: true }; // none of them takes a signal
  const controllers = Array.from({ length: CALLERS }, () => new AbortController());
  const calls = [peer.call(controllers[0].signal)];
  await sleep(5);
  calls.push(...controllers.slice(1).map(({ signal }) => peer.call(signal)));
  await sleep(15);
  const dropped = all ? CALLERS : 1;
  for (const controller of controllers.slice(0, dropped)) controller.abort();
  const went = await Promise.all(calls);
  const survived = went.slice(dropped).filter(Boolean).length;
  await sleep(200);
  const works_afterwards = await peer.call();
  const counted = await world.count();
  return { survived, of: CALLERS - dropped, refreshes: counted.asked, reused: counted.reused, works_afterwards };
}

/** So many times: a refresh is on its way, the user signs out at a moment of its own, the refresh ends; is there a header again? */
export async function leave(world, name, times) {
  await world.behave(LONG_S, 2);
  let back = 0;
  for (let time = 0; time < times; time++) {
    const peer = await open(name, world);
    const ask = () => (peer.header ?? peer.call)().then(Boolean, () => false);
    const asked = ask();
    const until = now() + ((time * 7_919) % 5_000) * 1e3;
    while (now() < until) await new Promise(setImmediate);
    await peer.signOut();
    await asked;
    await sleep(1);
    back += Number(await ask());
    await peer.end();
  }
  return { times, back };
}
