"""*check* and *overhead*: what the library costs while its token is good. Not in it: ratios, which are the caller's to make."""

import asyncio

from authlib_peer import Peer
from world import LONG_S, now


async def check(world, samples, times):
    await world.behave(LONG_S, 0)
    peer, ns = await Peer.open(world), []
    await peer.header()
    for _ in range(samples):
        begun = now()
        for _ in range(times):
            await peer.header()
        ns.append((now() - begun) / times)
    return {"ns": ns}


async def overhead(world, rounds, calls, at_once):
    await world.behave(LONG_S, 0)
    header = f"Bearer {(await world.sign_in())['access_token']}"
    peer = await Peer.open(world)

    def bare():
        return world.call(header)

    callers = {"bare httpx": bare, "bare httpx again": bare, "authlib": peer.call}
    ns = {name: [] for name in callers}
    await peer.call()
    for call in callers.values():
        await block(call, calls, at_once)
    for number in range(rounds):
        for name in list(callers) if number % 2 == 0 else reversed(callers):
            ns[name].append(await block(callers[name], calls, at_once))
    return {"ns": ns, "bare": {"authlib": "bare httpx"}}


async def block(call, calls, at_once):
    each = calls // at_once

    async def one():
        for _ in range(each):
            if not await call():
                raise RuntimeError("a call failed")

    begun = now()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return (now() - begun) / (each * at_once)
