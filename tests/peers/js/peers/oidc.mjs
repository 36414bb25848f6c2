// `oidc-client-ts`: `UserManager`, its user in a storage in memory, `signinSilent` with the refresh token for a user that has expired.
// Its timer refreshes ahead by the margin; where work begins with a token that has run out, the timer was stopped before, as a sleeping
// machine stops it. Not in it: windows, frames and redirects, which need a browser.
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { MARGIN_S } from "../world.mjs";

export const bare = "fetch";

export async function open(world, { asleep = false } = {}) {
  const { refresh_token } = await world.signIn();
  const manager = new UserManager({
    authority: world.base,
    metadata: { issuer: world.base, token_endpoint: world.token },
    client_id: "x",
    redirect_uri: world.base,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    accessTokenExpiringNotificationTimeInSeconds: MARGIN_S,
    automaticSilentRenew: !asleep,
  });
  await manager.storeUser(new User({ access_token: "none", refresh_token, token_type: "Bearer", profile: { sub: "ada" }, expires_at: 1 }));
  const header = async () => {
    let user = await manager.getUser();
    if (!user) throw new Error("signed out");
    if (user.expired) user = await manager.signinSilent();
    return `Bearer ${user.access_token}`;
  };
  return {
    header,
    call: async () => world.call(await header()),
    signOut: () => manager.removeUser(),
    end: () => {
      manager.stopSilentRenew();
      return manager.events.unload();
    },
  };
}
