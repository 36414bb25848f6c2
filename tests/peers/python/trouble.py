"""*outage*, *cancel*, *sign-out during a refresh*. Not in it: what many calls do while all goes well (`crowd`)."""

import asyncio

from authlib_peer import Peer
from crowd import expired, works
from world import LONG_S, ms, now

# An outage: a header every ten milliseconds, so many of them during it and after it.
EVERY_NS = 10_000_000
DURING = 500
AFTER = 500
# The life of a token that is in its window after eleven seconds and valid for nineteen more.
DUE_LIFE_S = 30
UNTIL_DUE_S = 11
# Callers of which one, or all, give up.
CALLERS = 100


async def outage(world, mode, valid):
    peer = await (due(world) if valid else expired(world, 5))
    await world.behave(LONG_S, 5, mode)

    async def ask():
        begun = now()
        well = await works(peer.header())
        return begun, now(), well

    started, tasks, recovered_at, attempts = now(), [], 0, 0
    for call in range(DURING + AFTER):
        await asyncio.sleep(max(0, started + call * EVERY_NS - now()) / 1e9)
        if call == DURING:
            await world.behave(LONG_S, 5)
            recovered_at = now()
            attempts = (await world.count())["asked"]
        tasks.append(asyncio.create_task(ask()))
    went, counted = await asyncio.gather(*tasks), await world.count()
    took = [ms(begun, ended) for begun, ended, _ in went]
    first = [ended for _, ended, well in went if well and ended >= recovered_at]
    return {
        "seconds": ms(started, recovered_at) / 1e3,
        "failures": sum(not well for _, _, well in went),
        "attempts": attempts,
        "attempts_in_all": counted["asked"],
        "slowest_ms": max(took),
        "paused": sum(each > 20 for each in took),
        "first_success_ms": ms(recovered_at, min(first)) if first else None,
    }


async def due(world):
    await world.behave(DUE_LIFE_S, 0)
    peer = await Peer.open(world)
    await peer.header()
    await asyncio.sleep(UNTIL_DUE_S)
    await world.forget()
    return peer


async def cancel(world, every):
    peer = await expired(world, 50)

    def ask():
        return asyncio.create_task(works(peer.header()))

    callers = [ask()]
    await asyncio.sleep(0.005)
    callers += [ask() for _ in range(CALLERS - 1)]
    await asyncio.sleep(0.015)
    dropped = CALLERS if every else 1
    for caller in callers[:dropped]:
        caller.cancel()
    survived = sum(await asyncio.gather(*callers[dropped:]))
    await asyncio.sleep(0.2)
    afterwards, counted = await works(peer.header()), await world.count()
    return {
        "survived": survived,
        "of": CALLERS - dropped,
        "refreshes": counted["asked"],
        "reused": counted["reused"],
        "works_afterwards": afterwards,
    }


async def leave(world, times):
    await world.behave(LONG_S, 2)
    back = 0
    for time in range(times):
        peer = await Peer.open(world)
        asked = asyncio.create_task(works(peer.header()))
        until = now() + time * 7_919 % 5_000 * 1_000
        while now() < until:
            await asyncio.sleep(0)
        peer.sign_out()
        await asked
        await asyncio.sleep(0.001)
        back += await works(peer.header())
        await peer.end()
    return {"times": times, "back": back}
