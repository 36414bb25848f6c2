// The bridge to the shell: commands, events and the types that cross. In the shape tauri-specta generates; not edited by taste.

import { type Channel, invoke } from "@tauri-apps/api/core";
import { type EventCallback, listen } from "@tauri-apps/api/event";

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

export const commands = {
  /** What the window needs first; never fails. problem != null: only the problem view is shown (bad config.toml). */
  startup: () => invoke<StartupView>("startup"),
  /** The session as it is now (the UI pulls it at start: an event may have been sent before it listened). */
  session: () => invoke<SessionView>("session"),
  signIn: (username: string, password: string) => typedError<SessionView, CommandError>(invoke("sign_in", { username, password })),
  signOut: (remember: boolean) => typedError<SessionView, CommandError>(invoke("sign_out", { remember })),
  /** Through the interceptor. `progress` is silent when the call did not have to wait. */
  apiCall: (call: ApiCall, progress: Channel<CallProgress>) => typedError<ApiReplyView, CommandError>(invoke("api_call", { call, progress })),
  /** The kept profile, from the store; null when there is none yet. */
  profile: () => typedError<ProfileView | null, CommandError>(invoke("profile")),
  /** GET of the profile through the interceptor, kept in the store, returned. */
  reloadProfile: () => typedError<ProfileView, CommandError>(invoke("reload_profile")),
  draft: () => typedError<string, CommandError>(invoke("draft")),
  saveDraft: (text: string) => typedError<null, CommandError>(invoke("save_draft", { text })),
  saveRoute: (route: string) => typedError<null, CommandError>(invoke("save_route", { route })),
  /** "Retry now": passes the backoff by (R15). */
  retryNow: () => typedError<null, CommandError>(invoke("retry_now")),
  /** Try the OS keyring again (banner vault). */
  retryVault: () => typedError<null, CommandError>(invoke("retry_vault")),
  /** Dev panel: subscribe; the black box (last 500) comes as the first batch, then live batches (about every 50 ms). */
  watchEvents: (events: Channel<EventBatch>) => typedError<null, CommandError>(invoke("watch_events", { events })),
  unwatchEvents: () => typedError<null, CommandError>(invoke("unwatch_events")),
  /** Dev panel: refresh now, due or not. */
  refreshNow: () => typedError<null, CommandError>(invoke("refresh_now")),
  /** Demo server's switches; empty when a real server is set. */
  faults: () => typedError<FaultView[], CommandError>(invoke("faults")),
  setFault: (name: string, on: boolean) => typedError<FaultView[], CommandError>(invoke("set_fault", { name, on })),
  resetFaults: () => typedError<FaultView[], CommandError>(invoke("reset_faults")),
};

export const events = {
  sessionChanged: event<SessionView>("session-changed"),
  sessionExpired: event<SessionExpired>("session-expired"),
};

export type StartupView = { problem: StartupProblem | null; backend: BackendView; version: string };
export type StartupProblem = { title: string; file: string | null; line: number | null; key: string | null; message: string };
export type BackendView = {
  name: string; // demo | simplejwt | oauth2 | custom
  baseUrl: string;
  demoAccount: { username: string; password: string } | null; // shown on the login view
  homeCalls: string[]; // paths fired in parallel when home loads, e.g. api/projects/
  profilePath: string | null;
  notesPath: string | null; // where a note is posted; null: no composer
  devPanel: boolean; // false: no drawer, no shortcut
};
export type SessionState = "signed-out" | "fresh" | "due" | "refreshing" | "degraded" | "expired";
export type SessionView = {
  seq: number; // rises with every change
  state: SessionState; // as of now; the UI may show fresh -> due by the clock from `token`
  generation: number;
  account: string | null; // signed in as; after an expiry or a remembered sign-out: the name to prefill
  reason: ExpiryReason | null; // when state is expired
  token: TokenView | null; // no token inside, only what may be shown
  degraded: DegradedView | null;
  route: string | null; // the last route of this account (R13), to go back to
  banners: Banner[];
};
export type ExpiryReason = { code: "rejected" | "expired" | "reused" | "no-refresh-token"; detail: string }; // detail: server's words, plain text
export type TokenView = {
  fingerprint: string; // SHA-256, 8 hex
  refreshFingerprint: string | null;
  opaque: boolean;
  leftMs: number | null; // at the moment of this view; null: not known
  lifetimeMs: number | null;
  windowMs: number | null; // due when less than this is left
  claims: string | null; // decoded payload as JSON text; parse without losing big integers
};
export type DegradedView = { attempts: number; nextAttemptInMs: number; sinceMs: number; reason: string; code: CommandErrorCode };
export type Banner = { kind: "offline" | "vault" | "clock" | "store"; message: string };
export type SessionExpired = { reason: ExpiryReason; account: string | null; seq: number };

export type ApiCall = { method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; path: string; body: string | null /* JSON text */ };
export type ApiReplyView = { call: number; status: number; contentType: string | null; body: string; generation: number; waitedMs: number; tookMs: number };
export type CallProgress =
  | { phase: "waiting"; call: number; why: "due" | "expired" | "unauthorized" }
  | { phase: "sending"; call: number; generation: number; waitedMs: number };
export type ProfileView = { account: string; updatedAtMs: number /* unix ms */; fields: { key: string; json: string /* exact JSON text */ }[] };

export type CommandErrorCode =
  | "signed-out" | "session-expired" | "wrong-credentials" | "invalid-input"
  | "offline" | "server-unavailable" | "throttled" | "timeout" // transient
  | "path-not-allowed" | "too-large" | "not-json" | "misconfigured" | "vault" | "store" | "internal";
export type CommandError = {
  code: CommandErrorCode;
  message: string; // one sentence, says what to do
  transient: boolean;
  retryAfterMs: number | null;
  fields: { field: string; message: string }[]; // by field, for forms: username, password, text
};
export type FaultView = { name: string; on: boolean; description: string };

export type EventBatch = { events: EventRecord[]; counters: Counters };
export type Counters = { calls: number; refreshes: number; shared: number; failures: number };
// Flattened: { seq, atMs, generation, kind, ...fields of that kind }
export type EventRecord = { seq: number; atMs: number /* unix ms */; generation: number } & SessionEvent;
export type SessionEvent =
  | { kind: "call-checked"; call: number; method: string; path: string; freshness: "fresh" | "due" | "expired"; leftMs: number | null; windowMs: number | null }
  | { kind: "call-waiting"; call: number; why: "due" | "expired" | "unauthorized"; refresh: number; shared: boolean }
  | { kind: "call-sent"; call: number; withGeneration: number; waitedMs: number; resend: boolean; without: "refresh-late" | "refresh-failed" | "backing-off" | null /* old, still valid token used because … */ }
  | { kind: "call-finished"; call: number; status: number; tookMs: number; waitedMs: number }
  | { kind: "call-failed"; call: number; code: CommandErrorCode; message: string; tookMs: number; waitedMs: number }
  | { kind: "refresh-started"; refresh: number; trigger: "call" | "timer" | "unauthorized" | "manual" | "restore"; attempt: number; leftMs: number | null; lifetimeMs: number | null }
  | { kind: "refresh-succeeded"; refresh: number; tookMs: number; callers: number; leftMs: number | null; oldLifetimeMs: number | null; lifetimeMs: number | null; windowMs: number | null; rotated: boolean; oldFingerprint: string | null; fingerprint: string }
  | { kind: "refresh-failed"; refresh: number; verdict: "transient" | "definitive" | "misconfigured"; reason: string; tookMs: number; callers: number; retryInMs: number | null }
  | { kind: "refresh-discarded"; refresh: number; why: string }
  | { kind: "signed-in"; account: string; lifetimeMs: number | null }
  | { kind: "signed-out"; account: string; remembered: boolean }
  | { kind: "revoked"; ok: boolean; detail: string }
  | { kind: "session-restored"; account: string }
  | { kind: "session-expired"; account: string; reason: ExpiryReason }
  | { kind: "session-degraded"; reason: string; retryInMs: number }
  | { kind: "session-recovered"; afterMs: number; attempts: number }
  | { kind: "profile-kept"; fields: number; changed: number; added: number; source: "sign-in" | "refresh" | "server" }
  | { kind: "vault-failed"; operation: "load" | "save" | "clear"; message: string }
  | { kind: "vault-recovered" }
  | { kind: "store-failed"; message: string }
  | { kind: "clock-suspect"; message: string };

async function typedError<T, E>(promise: Promise<T>): Promise<Result<T, E>> {
  try {
    return { status: "ok", data: await promise };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: "error", error: error as E };
  }
}

function event<T>(name: string) {
  return { listen: (callback: EventCallback<T>) => listen<T>(name, callback) };
}

