// What the fake host answers on the page: rows like the demo server's, a profile with custom fields.
// Not in it: states (scenes.ts).
import type { ApiCall } from "../src/ipc";
import { type FakeHost, failure, reply, session } from "../tests/fake-host";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, "");
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

const data: Record<string, unknown> = {
  "api/projects/": [
    {
      id: 1,
      code: "AE",
      name: "Analytical Engine",
      status: "active",
      owner: "Ada Lovelace",
      progress: 0.72,
      members: 4,
      due_on: "2026-12-12",
    },
    {
      id: 2,
      code: "DE",
      name: "Difference Engine No. 2",
      status: "at_risk",
      owner: "Charles Babbage",
      progress: 0.35,
      members: 9,
      due_on: "2027-02-01",
    },
    { id: 3, code: "BN", name: "Bernoulli numbers", status: "done", owner: "Ada Lovelace", progress: 1, members: 1, due_on: null },
    {
      id: 4,
      code: "JL",
      name: "Jacquard loom reader",
      status: "paused",
      owner: "Joseph Clement",
      progress: 0.1,
      members: 2,
      due_on: "2027-05-20",
    },
  ],
  "api/notifications/": [
    {
      id: 11,
      kind: "mention",
      title: "Charles mentioned you",
      body: "Could you look at the carry mechanism?",
      read: false,
      created_at: ago(3),
    },
    { id: 12, kind: "review", title: "Review asked for", body: "Note G, second table", read: false, created_at: ago(47) },
    { id: 13, kind: "build", title: "Build finished", body: "All 25,000 parts fit", read: true, created_at: ago(300) },
    {
      id: 14,
      kind: "news",
      title: "Luigi published your notes",
      body: "Bibliothèque universelle de Genève",
      read: true,
      created_at: ago(2900),
    },
  ],
  "api/activity/": [
    { id: 21, actor: "Charles", action: "moved", target: "Mill and Store", project: "Analytical Engine", at: ago(9) },
    { id: 22, actor: "Ada", action: "commented on", target: "Note G", project: "Bernoulli numbers", at: ago(80) },
    {
      id: 23,
      actor: "Joseph",
      action: "closed",
      target: "Tolerance of the figure wheels, third attempt",
      project: "Difference Engine No. 2",
      at: ago(1500),
    },
  ],
  "api/stats/": [
    { id: 31, name: "Open tasks", value: 48, unit: "count", change: -6, period: "week" },
    { id: 32, name: "Cycle time", value: 2.4, unit: "days", change: -0.3, period: "week" },
    { id: 33, name: "Uptime", value: 99.97, unit: "%", change: 0.01, period: "month" },
    { id: 34, name: "Cards punched", value: 25310, unit: "count", change: 1204, period: "month" },
  ],
  "api/notes/": [
    { id: 41, text: "The engine weaves algebraic patterns just as the loom weaves flowers and leaves.", created_at: ago(60) },
    { id: 42, text: "Ask Charles about the order of the operation cards.", created_at: ago(1600) },
  ],
};

const avatar =
  "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA2NCA2NCI+PHJlY3Qgd2lkdGg9IjY0IiBoZWlnaHQ9IjY0IiBmaWxsPSIjZjBjN2IwIi8+PGNpcmNsZSBjeD0iMzIiIGN5PSIyNiIgcj0iMTIiIGZpbGw9IiM3YTRhMmUiLz48cGF0aCBkPSJNMTAgNjRjMC0xNCAxMC0yMiAyMi0yMnMyMiA4IDIyIDIyIiBmaWxsPSIjM2I0ZmQ4Ii8+PC9zdmc+";

export function demo(host: FakeHost): void {
  host.profile = {
    account: "ada@example.com",
    updatedAtMs: Date.now() - 130_000,
    fields: [
      { key: "id", json: "9007199254740993" },
      { key: "username", json: '"ada@example.com"' },
      { key: "first_name", json: '"Ada"' },
      { key: "last_name", json: '"Lovelace"' },
      { key: "roles", json: '["admin","editor"]' },
      { key: "avatar", json: JSON.stringify(avatar) },
      { key: "is_staff", json: "true" },
      { key: "nickname", json: "null" },
      { key: "balance", json: "1.10" },
      { key: "desk", json: '{"floor":3,"building":"St James’s Square","plants":["fern",null],"since":{"year":1835,"month":7}}' },
    ],
  };
  host.reloadProfile = async () => {
    await pause(60);
    if (!host.profile) throw failure("internal", "none");
    host.profile = { ...host.profile, updatedAtMs: Date.now() };
    return host.profile;
  };
  host.signIn = async (account, password) => {
    await pause(600);
    if (password !== "analytical-engine") throw failure("wrong-credentials", "Wrong name or password.");
    return session({ account, generation: host.view.generation + 1, route: host.view.route });
  };
  host.api = async (call, progress) => {
    if (host.view.state === "due") progress({ phase: "waiting", call: 0, why: "due" });
    const waitedMs = host.view.state === "due" ? 143 : 0;
    await pause(waitedMs);
    if (waitedMs) progress({ phase: "sending", call: 0, generation: host.view.generation + 1, waitedMs });
    await pause(20 + Math.random() * 60);
    return reply(call, answer(call), { generation: host.view.generation + (waitedMs ? 1 : 0), waitedMs, tookMs: 22 + Math.random() * 60 });
  };
}

function answer(call: ApiCall): string {
  if (call.method !== "POST") return JSON.stringify(data[call.path] ?? []);
  const { text } = JSON.parse(call.body ?? "{}") as { text: string };
  return JSON.stringify({ id: Date.now(), text, created_at: new Date().toISOString() });
}
