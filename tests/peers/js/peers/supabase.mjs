// `@supabase/auth-js`: `AuthClient.getSession`, asked before each call as supabase-js does; its session in a storage in memory.
// Not in it: a margin, which cannot be set (a minute and a half). Its own timer is on, as it is by default; it looks twice a minute.
import { AuthClient } from "@supabase/auth-js";
import { memoryStorage } from "../world.mjs";

const KEY = "session";

export const bare = "fetch";

export async function open(world) {
  const { refresh_token } = await world.signIn();
  const session = { access_token: "none", refresh_token, token_type: "bearer", expires_in: 0, expires_at: 1, user: { id: "ada" } };
  const storage = memoryStorage([[KEY, JSON.stringify(session)]]);
  const client = new AuthClient({ url: `${world.base}auth/v1`, storageKey: KEY, storage });
  const header = async () => {
    const { data, error } = await client.getSession();
    if (!data.session) throw error ?? new Error("signed out");
    return `Bearer ${data.session.access_token}`;
  };
  return {
    header,
    call: async () => world.call(await header()),
    signOut: () => client.signOut({ scope: "local" }),
    end: () => client.stopAutoRefresh(),
  };
}
