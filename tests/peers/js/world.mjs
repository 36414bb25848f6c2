// How a JavaScript client reaches the server: its address, orders to it, one clock with all other processes, a sign-in and a refresh.
// Not in it: any keeping of tokens.

/** Nanoseconds of CLOCK_MONOTONIC, which the server has too. */
export const now = () => Number(process.hrtime.bigint());
export const ms = (from, to) => Math.max(0, to - from) / 1e6;
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The life of a token that is soon over, and of one that lasts for the whole of any measurement; in seconds. */
export const SHORT_S = 2;
export const LONG_S = 3600;
/** How much of a token's life is to be left, for libraries that let one say so: the engine's own window. */
export const MARGIN_S = 600;

export class World {
  constructor(calls, orders) {
    this.base = `http://${calls}/`;
    this.orders = `http://${orders}/`;
    this.api = `${this.base}api/`;
    this.token = `${this.base}token/`;
  }

  async behave(life_s, delay_ms, mode = "well") {
    const body = JSON.stringify({ life_s, delay_ms, mode });
    await must(fetch(`${this.orders}behave`, { method: "POST", headers: { "content-type": "application/json" }, body }));
  }

  async forget() {
    await must(fetch(`${this.orders}forget`, { method: "POST" }));
  }

  async count() {
    return (await must(fetch(`${this.orders}count`))).json();
  }

  async signIn() {
    return this.grant({ grant_type: "password", username: "ada", password: "x" });
  }

  /** What an application writes for a library that gets no token itself. */
  async refresh(refresh_token) {
    return this.grant({ grant_type: "refresh_token", refresh_token });
  }

  async grant(fields) {
    return (await must(fetch(this.token, { method: "POST", body: new URLSearchParams(fields) }))).json();
  }

  /** One call with this header, by the bare client; whether the server took it. */
  async call(authorization) {
    try {
      const reply = await fetch(this.api, { headers: { authorization } });
      await reply.arrayBuffer();
      return reply.ok;
    } catch {
      return false;
    }
  }
}

async function must(asked) {
  const reply = await asked;
  if (!reply.ok) throw new Error(`the server answers ${reply.status}`);
  return reply;
}

/** A storage in memory with the three functions that libraries ask of one. */
export function memoryStorage(entries = []) {
  const kept = new Map(entries);
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
