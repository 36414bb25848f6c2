// The JavaScript libraries by name, each with the ways it is opened. Not in it: what is asked of them.
import * as axios from "./peers/axios.mjs";
import * as oidc from "./peers/oidc.mjs";
import * as supabase from "./peers/supabase.mjs";

const KNOWN = {
  "supabase auth-js": [supabase, {}],
  "oidc-client-ts": [oidc, {}],
  "axios-auth-refresh": [axios, {}],
  "axios-auth-refresh, each 401 by itself": [axios, { deduplicateRefresh: false }],
};

/** A library, signed in, with a refresh token of its own and no access token yet. */
export function open(name, world, more = {}) {
  const [library, options] = find(name);
  return library.open(world, { ...options, ...more });
}

/** Which bare client it is measured against. */
export const bareOf = (name) => find(name)[0].bare;

/** The bare clients, with a fixed header. */
export async function openBare(name, world) {
  if (name === "axios") return axios.alone(world);
  const header = `Bearer ${(await world.signIn()).access_token}`;
  return { call: () => world.call(header), end() {} };
}

function find(name) {
  return KNOWN[name] ?? fail(`there is no library named ${name}`);
}

function fail(why) {
  throw new Error(why);
}
