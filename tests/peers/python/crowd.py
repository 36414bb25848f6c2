"""*stampede*, *storm*, *interleavings*: many calls, at once, one after another, and while a refresh lands.
Not in it: a server that fails (`trouble`)."""

import asyncio

from authlib_peer import Peer
from world import CONNECTIONS, LONG_S, SHORT_S, ms, now

FIVE_MINUTES_S = 300


async def works(asked):
    try:
        return bool(await asked)
    except Exception:
        return False


async def expired(world, delay_ms):
    """A library whose token has just run out, at a server that gives long ones from now on and has counted nothing yet."""
    await world.behave(SHORT_S, 0)
    peer = await Peer.open(world)
    await peer.header()
    await asyncio.sleep(SHORT_S + 0.2)
    await world.behave(LONG_S, delay_ms)
    await world.forget()
    return peer


async def stampede(world, callers):
    peer = await expired(world, 50)

    async def ask():
        try:
            header = await peer.header()
        except Exception:
            header = None
        return now(), header

    started = now()
    released = await asyncio.gather(*(ask() for _ in range(callers)))
    served = await served_of(world, [header for _, header in released if header])
    ended, counted = now(), await world.count()
    answered, last = counted["answered_at"], max(at for at, _ in released)
    return {
        "refreshes": counted["asked"],
        "reused": counted["reused"],
        "failures": callers - served,
        "release_ms": ms(answered, last) if answered else None,
        "total_ms": ms(started, ended),
    }


async def served_of(world, headers):
    """One call for each header, so many at once; how many the server took."""
    left, served = iter(headers), 0

    async def one():
        nonlocal served
        for header in left:
            well = await world.call(header)
            served += well  # not in one line: what is added to would be read before the call

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return served


async def bare(world, callers):
    """One refresh, then the calls with a fixed header: what the whole cannot be quicker than."""
    await world.behave(LONG_S, 50)
    token = (await world.sign_in())["refresh_token"]
    started = now()
    header = f"Bearer {(await world.refresh(token))['access_token']}"
    served = await served_of(world, [header] * callers)
    return {"refreshes": 1, "failures": callers - served, "total_ms": ms(started, now())}


async def wake_up(callers):
    """So many who wait for one event and then do nothing: what a release cannot be quicker than."""
    said = asyncio.Event()

    async def wait():
        await said.wait()
        return now()

    tasks = [asyncio.create_task(wait()) for _ in range(callers)]
    await asyncio.sleep(0.05)
    at = now()
    said.set()
    return {"release_ms": ms(at, max(await asyncio.gather(*tasks)))}


async def storm(world, times):
    await world.behave(FIVE_MINUTES_S, 0)
    await world.forget()
    peer, failures = await Peer.open(world), 0
    for _ in range(times):
        failures += not await works(peer.call())
    counted = await world.count()
    return {"calls": times, "refreshes": counted["asked"], "reused": counted["reused"], "failures": failures}


async def interleavings(world, rounds, callers):
    await world.behave(FIVE_MINUTES_S, 0)
    await world.forget()
    failures = 0
    for number in range(rounds):
        peer = await Peer.open(world)

        async def one(caller):
            for _ in range((caller * 7_919 + number * 104_729) % 400):  # the same in every run
                await asyncio.sleep(0)
            return await works(peer.header())

        failures += (await asyncio.gather(*map(one, range(callers)))).count(False)
        await peer.end()
    counted = await world.count()
    extra = counted["asked"] - rounds
    return {"rounds": rounds, "callers": callers, "extra_refreshes": extra, "reused": counted["reused"], "failures": failures}
