"""Runs one piece of work with authlib and prints its figures as one line of JSON. `python main.py WORK NAME CALLS ORDERS [NUMBER]...`
Not in it: the server (`peers serve`), the order of the runs (scripts/bench.mjs)."""

import asyncio
import json
import sys

import cost
import crowd
import trouble
from world import World

WORK = {
    "check": cost.check,
    "overhead": cost.overhead,
    "stampede": crowd.stampede,
    "storm": crowd.storm,
    "interleavings": crowd.interleavings,
    "busy-valid": lambda world: trouble.outage(world, "busy", True),
    "busy-expired": lambda world: trouble.outage(world, "busy", False),
    "gone-valid": lambda world: trouble.outage(world, "gone", True),
    "gone-expired": lambda world: trouble.outage(world, "gone", False),
    "cancel-first": lambda world: trouble.cancel(world, False),
    "cancel-all": lambda world: trouble.cancel(world, True),
    "sign-out": trouble.leave,
}


async def main(what, name, calls, orders, *numbers):
    numbers = [int(number) for number in numbers]
    if name == "wake-up":
        return await crowd.wake_up(*numbers)
    run = crowd.bare if name == "bare" else WORK[what]
    return await asyncio.wait_for(run(World(calls, orders), *numbers), 300)


print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
