// `axios-auth-refresh`, as its documentation shows it: the refresh by the application, the token put on by an interceptor of the application.
// Not in it: a look at the token before the call. The library acts on a 401, so each piece of work with it is a whole call.
import { Agent } from "node:http";
import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";
import { now } from "../world.mjs";

export const bare = "axios";
/** How many connections the calls share, as with the others. */
const CONNECTIONS = 64;
const client = (world) =>
  axios.create({ baseURL: world.base, proxy: false, httpAgent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }) });

/** Calls by axios alone, with a fixed header. */
export async function alone(world) {
  const instance = client(world);
  const authorization = `Bearer ${(await world.signIn()).access_token}`;
  return { call: async () => (await instance.get("api/", { headers: { authorization } })).status === 200, end() {} };
}

export async function open(world, { deduplicateRefresh = true } = {}) {
  const instance = client(world);
  let kept = { access: "none", refresh: (await world.signIn()).refresh_token };
  let sentAt = 0;
  instance.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${kept.access}`;
    sentAt = now();
    return request;
  });
  const refresh = async () => {
    const fields = new URLSearchParams({ grant_type: "refresh_token", refresh_token: kept.refresh });
    const { data } = await axios.post(world.token, fields, { proxy: false });
    kept = { access: data.access_token, refresh: data.refresh_token };
  };
  createAuthRefresh(instance, refresh, { deduplicateRefresh });
  return {
    call: async (signal) => {
      try {
        return (await instance.get("api/", { signal })).status === 200;
      } catch {
        return false;
      }
    },
    /** When the last call went out, with the new token. */
    sentAt: () => sentAt,
    signOut: () => {
      kept = { access: "none", refresh: "none" };
    },
    end() {},
  };
}
