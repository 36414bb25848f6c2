// The claims of a decoded token as rows, with every number exactly as the server wrote it.
// Not in it: the meaning of time (moment.ts does the words), any token: the text holds the payload only.
import { type Json, parseJson } from "../../json/parse";
import { compact } from "../../json/print";

export type Claim = {
  readonly name: string;
  /** JSON text; a string's is without its quotes. */
  readonly text: string;
  readonly means: string;
  /** Seconds since 1970 for iat, exp, nbf and auth_time, when they are numbers. */
  readonly seconds: number | null;
};

const MEANINGS: Readonly<Record<string, string>> = {
  iat: "issued at",
  exp: "expires at",
  nbf: "not valid before",
  iss: "issuer",
  aud: "for whom (audience)",
  sub: "who (subject)",
  scope: "what it allows",
  jti: "its own number",
  token_type: "kind of token",
  auth_time: "signed in at",
  azp: "the client it was made for",
  client_id: "the client it was made for",
  sid: "server's session",
  user_id: "who (Django)",
  roles: "roles",
};
const TIMES = new Set(["iat", "exp", "nbf", "auth_time"]);
const FIRST = ["iat", "exp", "nbf", "iss", "aud", "sub", "scope", "jti", "token_type"];

/** Registered claims first, then the others in the server's order. Text that is no JSON object gives no rows. */
export function claimsOf(text: string): Claim[] {
  const json = parseJson(text);
  if (json?.type !== "object") return [];
  const rank = ([name]: [string, Json]) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return json.entries.toSorted((a, b) => rank(a) - rank(b)).map(([name, value]) => claimOf(name, value));
}

function claimOf(name: string, value: Json): Claim {
  const number = TIMES.has(name) && value.type === "number" ? Number(value.text) : Number.NaN;
  return {
    name,
    text: value.type === "string" ? value.value : compact(value),
    means: (Object.hasOwn(MEANINGS, name) && MEANINGS[name]) || "custom",
    seconds: Number.isFinite(number) ? number : null,
  };
}
