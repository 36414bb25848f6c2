// The developer panel alone, on a shell made of paper: dev-panel.html?scene=burst&calls=20&theme=dark, in its own window with &apart,
// with larger text with &text=200. For looking at it.
// Not in it: the app; never part of the product's bundle.
import { render } from "solid-js/web";
import "../src/styles/index.css";
import "./dev-panel.css";
import DevPanel from "../src/features/dev-panel";
import { burst } from "../src/features/dev-panel/samples";
import type { EventBatch, EventRecord, FaultView } from "../src/ipc";
import { AppProvider, createSession } from "../src/session";
import { FakeHost, session, startup } from "../tests/fake-host";

const query = new URLSearchParams(location.search);
const scene = query.get("scene") ?? "burst";
const calls = Number(query.get("calls") ?? 20);
document.documentElement.dataset.theme = query.get("theme") ?? "light";
document.documentElement.style.fontSize = `${query.get("text") ?? 100}%`;
const apart = query.has("apart");
if (!apart) document.documentElement.classList.add("dev-panel-page");

const NAMES: [string, string][] = [
  ["expire-access", "The access token is over at once."],
  ["short-tokens", "New tokens live five minutes."],
  ["revoke-refresh", "The refresh token is dead."],
  ["slow-refresh", "The refresh takes three seconds."],
  ["lose-reply", "The next refresh's reply is lost on its way."],
  ["refresh-503", "Refreshes are answered with 503."],
  ["refresh-429", "Refreshes are answered with 429 and Retry-After."],
  ["offline", "The server does not answer."],
  ["skew-plus", "The server's clock is an hour ahead."],
  ["skew-minus", "The server's clock is an hour behind."],
  ["no-rotation", "The refresh token stays the same."],
];
let faults: FaultView[] = query.has("real")
  ? []
  : NAMES.map(([name, description]) => ({ name, description, on: scene === "failed" && name === "refresh-503" }));

const iat = Math.floor(Date.now() / 1000) - 1_308;
const claims = `{"token_type":"access","exp":${iat + 1_800},"iat":${iat},"jti":"7f3c9a52e0b14d0f","sub":"9007199254740993","iss":"http://127.0.0.1:41873","aud":"session-keeper","scope":"projects:read notes:write","roles":["admin","editor"],"tenant":{"id":12345678901234567890,"name":"Analytical Engines"}}`;
const base = session({ leftMs: scene === "empty" ? 1_443_000 : 492_000, generation: 3 });
const trouble = {
  attempts: 3,
  nextAttemptInMs: 4_000,
  sinceMs: 9_000,
  reason: "the server answered 503",
  code: "server-unavailable",
  offersSignIn: false,
} as const;
const view =
  scene === "signed-out"
    ? session({ state: "signed-out" })
    : {
        ...base,
        token: base.token && { ...base.token, claims, refreshLeftMs: 520_000_000, refreshLifetimeMs: 604_800_000 },
        ...(scene === "failed" ? { state: "degraded" as const, degraded: trouble } : {}),
      };
const host = new FakeHost(view);
host.profile = {
  account: "ada@example.com",
  updatedAtMs: Date.now() - 1_308_000,
  fields: Object.entries({ first_name: "Ada", last_name: "Lovelace", roles: ["analyst", "maintainer"], employee_number: 1815 }).map(
    ([key, value]) => ({ key, json: JSON.stringify(value) }),
  ),
};

let seq = 0;
let played = scene === "many" ? 200 : 2;
const shift = (events: EventRecord[], by: number) => events.map((event) => ({ ...event, seq: ++seq, atMs: event.atMs + by }));
function history(): EventRecord[] {
  if (scene === "empty" || scene === "signed-out") return [];
  const made =
    scene === "failed"
      ? burst(calls, 143, 0, "fails")
      : scene === "running"
        ? burst(calls, 143, 0, "runs")
        : scene === "many" // 10,000 events
          ? Array.from({ length: 122 }, (_, nth) => burst(20, 143, nth)).flat()
          : [...burst(3, 80, 0), ...burst(calls, 143, 1)];
  const last = made.at(-1)?.atMs ?? 0;
  return shift(made, Date.now() - last - (scene === "running" ? 400 : 3_200));
}

type Sender = { onmessage: (batch: EventBatch) => void };
let sender: Sender | undefined;
const counters = { calls: 0, refreshes: 0, shared: 0, failures: 0 };
function send(events: EventRecord[]): void {
  for (const event of events) {
    if (event.kind === "call-checked") counters.calls += 1;
    if (event.kind === "refresh-started") counters.refreshes += 1;
    if (event.kind === "call-waiting" && event.shared) counters.shared += 1;
    if (event.kind === "call-failed" || event.kind === "refresh-failed") counters.failures += 1;
  }
  sender?.onmessage({ events, counters: { ...counters } });
}
host.others = {
  watch_events: (args) => {
    sender = args.events as Sender;
    setTimeout(() => send(history()));
    return null;
  },
  // Plays a burst as it would happen.
  refresh_now: () => {
    const events = burst(calls, 1_400, played++);
    const start = Date.now() - (events[0]?.atMs ?? 0);
    const coming = shift(events, start);
    // One timer for all: timers of their own would overtake each other, which events never do.
    const timer = setInterval(() => {
      const later = coming.findIndex(({ atMs }) => atMs > Date.now());
      send(coming.splice(0, later < 0 ? coming.length : later));
      if (coming.length === 0) clearInterval(timer);
    }, 16);
    return null;
  },
  profile_slot: () => ({ slot: "B", generation: 17, writtenAtMs: Date.now() - 1_308_000 }),
  faults: () => faults,
  set_fault: ({ name, on }) => {
    faults = faults.map((fault) => (fault.name === name ? { ...fault, on: Boolean(on) } : fault));
    return faults;
  },
  reset_faults: () => {
    faults = faults.map((fault) => ({ ...fault, on: false }));
    return faults;
  },
};

const root = document.getElementById("root");
if (root)
  render(
    () => (
      <AppProvider app={{ session: createSession(view), startup: startup() }}>
        {!apart && (
          <main>
            <p>The app stands here.</p>
          </main>
        )}
        <DevPanel alone={apart} move={async () => null} onClose={() => {}} />
      </AppProvider>
    ),
    root,
  );
