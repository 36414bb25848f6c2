"""How a Python client reaches the server: its address, orders to it, one clock with all other processes, a sign-in and a refresh.
Not in it: any keeping of tokens."""

import time

import httpx

# The life of a token that is soon over, and of one that lasts for the whole of any measurement; in seconds.
SHORT_S = 2
LONG_S = 3600
# How much of a token's life is to be left, where a library lets one say so: the engine's own window.
MARGIN_S = 600
# How many connections the calls share, as in the other languages.
CONNECTIONS = 64
# How every client is set here, the bare one too.
CLIENT = {"limits": httpx.Limits(max_connections=CONNECTIONS), "timeout": 60, "trust_env": False}


def now():
    """Nanoseconds of CLOCK_MONOTONIC, which the server has too."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def ms(begun, ended):
    return max(0, ended - begun) / 1e6


class World:
    def __init__(self, calls, orders):
        self.base = f"http://{calls}/"
        self.orders = f"http://{orders}/"
        self.api = f"{self.base}api/"
        self.token = f"{self.base}token/"
        self.client = httpx.AsyncClient(**CLIENT)

    async def behave(self, life_s, delay_ms, mode="well"):
        order = {"life_s": life_s, "delay_ms": delay_ms, "mode": mode}
        (await self.client.post(f"{self.orders}behave", json=order)).raise_for_status()

    async def forget(self):
        (await self.client.post(f"{self.orders}forget")).raise_for_status()

    async def count(self):
        return (await self.client.get(f"{self.orders}count")).raise_for_status().json()

    async def sign_in(self):
        return await self.grant({"grant_type": "password", "username": "ada", "password": "x"})

    async def refresh(self, refresh_token):
        return await self.grant({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def grant(self, fields):
        return (await self.client.post(self.token, data=fields)).raise_for_status().json()

    async def call(self, header):
        """One call with this header, by the bare client; whether the server took it."""
        try:
            return (await self.client.get(self.api, headers={"Authorization": header})).is_success
        except httpx.HTTPError:
            return False
