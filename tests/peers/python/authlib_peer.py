"""`authlib`'s `AsyncOAuth2Client` on httpx: `ensure_active_token` for a header, `get` for a whole call; `leeway` is the margin.
Not in it: a sign-out, which it has none of; an application takes the token away from it."""

from authlib.integrations.httpx_client import AsyncOAuth2Client

from world import CLIENT, MARGIN_S


class Peer:
    @classmethod
    async def open(cls, world):
        """Signed in, with a refresh token of its own and no access token yet."""
        peer, tokens = cls(), await world.sign_in()
        token = {"access_token": "none", "refresh_token": tokens["refresh_token"], "token_type": "Bearer", "expires_at": 1}
        peer.api = world.api
        peer.client = AsyncOAuth2Client(
            "x", token_endpoint_auth_method="none", token_endpoint=world.token, token=token, leeway=MARGIN_S, **CLIENT
        )
        return peer

    async def header(self):
        await self.client.ensure_active_token(self.client.token)
        return f"Bearer {self.client.token['access_token']}"

    async def call(self):
        return (await self.client.get(self.api)).is_success

    def sign_out(self):
        self.client.token = None

    async def end(self):
        await self.client.aclose()
