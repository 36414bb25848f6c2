// A shell made of paper: answers the commands of ipc/bindings.ts and sends its events, for tests and for the page in ui/dev.
// Not in it: tokens, a server, any rule of the engine. Never part of the product's bundle.
import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import type {
  ApiCall,
  ApiReply,
  CallProgress,
  CommandError,
  ExpiryReason,
  FieldView,
  ProfileView,
  SessionView,
  SettingsView,
  StartupView,
} from "../src/ipc";

type Sender = { onmessage: (messages: CallProgress[]) => void };
/** A phase of a call; by which ticket the page knows it is added on the way. */
type Phase<P = CallProgress> = P extends unknown ? Omit<P, "ticket"> : never;
export type Handler = (call: ApiCall, progress: (message: Phase) => void) => Promise<ApiReply> | ApiReply;

export function startup(over: Partial<StartupView["backend"]> = {}): StartupView {
  return {
    window: "main",
    problem: null,
    version: "0.1.0",
    backend: {
      name: "demo",
      baseUrl: "http://127.0.0.1:41873/",
      demoAccount: { username: "ada@example.com", password: "analytical-engine" },
      homeCalls: ["api/projects/", "api/notifications/", "api/activity/", "api/stats/", "api/notes/"],
      profilePath: "api/me/",
      notesPath: "api/notes/",
      devPanel: true,
      ...over,
    },
  };
}

/** A view of the session; the two figures of the token may be given flat. */
export function session(over: Partial<SessionView> & { leftMs?: number | null; windowMs?: number | null } = {}): SessionView {
  const { leftMs = 1_500_000, windowMs = 600_000, ...rest } = over;
  const inside = !["signed-out", "expired"].includes(rest.state ?? "fresh");
  const token = {
    fingerprint: "9f2c41d0",
    refreshFingerprint: "77a0b3e5",
    opaque: false,
    leftMs,
    lifetimeMs: 1_800_000,
    windowMs,
    refreshLeftMs: null,
    refreshLifetimeMs: null,
    claims: null,
  };
  return {
    seq: 1,
    state: "fresh",
    generation: 1,
    account: inside ? "ada@example.com" : null,
    reason: rest.state === "expired" ? { code: "rejected", detail: "token_not_valid" } : null,
    token: inside ? token : null,
    degraded: null,
    route: null,
    banners: [],
    clockAheadMs: 0,
    ...rest,
  };
}

export function failure(code: CommandError["code"], message: string, over: Partial<CommandError> = {}): CommandError {
  return { code, message, transient: false, retryAfterMs: null, fields: [], ...over };
}

/** The form of a file that is empty. */
export function settings(over: Partial<SettingsView> = {}): SettingsView {
  const field = (key: string, over: Partial<FieldView> = {}): FieldView => ({
    key,
    preset: "",
    about: null,
    example: null,
    required: false,
    open: false,
    choices: [],
    ...over,
  });
  const fields = [
    field("base_url", { open: true, about: "The address of the server.", example: "https://example.com/" }),
    field("login.path", { preset: "api/token/" }),
    field("login.encoding", { preset: "json", choices: ["json", "form"] }),
  ];
  const custom = fields.map((one) => (one.key === "login.path" ? { ...one, preset: "", open: true, required: true } : one));
  const presets = [
    { name: "demo", about: "The embedded demo server.", fields },
    { name: "simplejwt", about: "djangorestframework-simplejwt.", fields },
    { name: "custom", about: "Any other JSON API.", fields: custom },
  ];
  return { file: "/home/ada/.config/config.toml", text: "", backend: "demo", values: [], presets, ...over };
}

export class FakeHost {
  settings = settings();
  startup = startup();
  profile: ProfileView | null = null;
  draft = "";
  /** Every command that came, by its Rust name, in order. */
  readonly seen: { command: string; args: Record<string, unknown> }[] = [];
  /** What `sign_in` does; throws a CommandError to refuse. */
  signIn: (username: string, password: string) => SessionView | Promise<SessionView> = (account) =>
    session({
      account,
      state: "fresh",
      generation: this.view.generation + 1,
      route: this.view.account === account ? this.view.route : null,
    });
  api: Handler = (call) => reply(call, "[]");
  reloadProfile: () => ProfileView | Promise<ProfileView> = () => {
    if (this.profile) return this.profile;
    throw failure("internal", "No profile was given to the fake host.");
  };
  saveDraft(text: string): void {
    this.draft = text;
  }
  /** Answers for commands this class does not know; the developer panel's page fills it. */
  others: Record<string, (args: Record<string, unknown>) => unknown> = {};
  /** Every answer and refusal that went out, in order. */
  readonly answers: unknown[] = [];

  constructor(public view: SessionView = session()) {
    clearMocks();
    const note = (answer: unknown) => this.answers.push(answer);
    mockIPC(
      async (command, args) => {
        try {
          const answer = await this.#answer(command, (args ?? {}) as Record<string, unknown>);
          note(answer);
          return answer;
        } catch (refusal) {
          note(refusal);
          throw refusal;
        }
      },
      { shouldMockEvents: true },
    );
  }

  /** Changes the session and tells the UI. */
  async change(over: Partial<SessionView>): Promise<void> {
    this.view = { ...this.view, ...over, seq: this.view.seq + 1 };
    await emit("session-changed", this.view);
  }

  /** Sends an event that the shell sends unasked. */
  async tell(event: "panel-left" | "program-reopened", payload: unknown = null): Promise<void> {
    await emit(event, payload);
  }

  async expire(code: ExpiryReason["code"] = "rejected", detail = "token_not_valid"): Promise<void> {
    const reason = { code, detail };
    this.view = { ...this.view, state: "expired", reason, token: null, degraded: null, seq: this.view.seq + 1 };
    await emit("session-expired", { reason, account: this.view.account, seq: this.view.seq });
  }

  #phases: Sender | undefined;

  async #answer(command: string, args: Record<string, unknown>): Promise<unknown> {
    if (!command.startsWith("plugin:")) this.seen.push({ command, args });
    switch (command) {
      case "startup":
        return this.startup;
      case "session":
        return this.view;
      case "sign_in":
        this.view = { ...(await this.signIn(String(args.username), String(args.password))), seq: this.view.seq + 1 };
        return this.view;
      case "sign_out":
        this.view = session({ state: "signed-out", seq: this.view.seq + 1, account: args.remember ? this.view.account : null });
        return this.view;
      case "api_call": {
        const call = args.call as ApiCall;
        const { ticket } = call;
        return this.api(call, (message) => {
          if (ticket !== null) this.#phases?.onmessage([{ ...message, ticket }]);
        });
      }
      case "watch_calls":
        this.#phases = args.progress as Sender;
        return null;
      case "profile":
        return this.profile;
      case "reload_profile":
        return this.reloadProfile();
      case "draft":
        return this.draft;
      case "save_draft":
        this.saveDraft(String(args.text));
        return null;
      case "settings":
        return this.settings;
      case "save_route":
        this.view = { ...this.view, route: String(args.route) };
        return null;
      default:
        return this.others[command]?.(args) ?? null;
    }
  }
}

let calls = 0;
export function reply(_call: ApiCall, body: string, over: Partial<ApiReply> = {}): ApiReply {
  calls += 1;
  return { call: calls, status: 200, contentType: "application/json", body, generation: 1, waitedMs: 0, tookMs: 12, ...over };
}
