// The states worth looking at, each a change of the fake host before the start and, if need be, something done after it.
// Not in it: data (demo.ts).
import { type FakeHost, failure, reply, session, startup } from "../tests/fake-host";

type Scene = (host: FakeHost) => undefined | (() => Promise<void>);

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const find = <T extends HTMLElement = HTMLElement>(testid: string) => document.querySelector<T>(`[data-testid="${testid}"]`);

function fill(testid: string, value: string): void {
  const input = find<HTMLInputElement>(testid);
  if (!input) return;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

async function submitLogin(password: string): Promise<void> {
  fill("login-username", "ada@example.com");
  fill("login-password", password);
  find("login-submit")?.click();
  await pause(200);
}

const signedOut: Scene = (host) => {
  host.view = session({ state: "signed-out" });
  return undefined;
};
const refused =
  (error: ReturnType<typeof failure>): Scene =>
  (host) => {
    signedOut(host);
    host.signIn = () => {
      throw error;
    };
    return () => submitLogin("difference-engine");
  };
const at =
  (route: string, then?: Scene): Scene =>
  (host) => {
    host.view = session({ route });
    return then?.(host);
  };
const offlineBanner = { kind: "offline", message: "No connection to the server." } as const;
const degraded = {
  attempts: 3,
  nextAttemptInMs: 12_400,
  sinceMs: 31_000,
  reason: "connection refused",
  code: "offline",
  offersSignIn: false,
} as const;

export const scenes: Record<string, Scene> = {
  login: signedOut,
  "login-empty": (host) => {
    signedOut(host);
    return async () => find("login-submit")?.click();
  },
  "login-wrong": refused(failure("wrong-credentials", "Wrong.")),
  "login-offline": refused(failure("offline", "No network.", { transient: true })),
  "login-throttled": refused(failure("throttled", "Slow down.", { transient: true, retryAfterMs: 42_000 })),
  "login-sending": (host) => {
    signedOut(host);
    host.signIn = () => new Promise(() => {});
    return async () => {
      await submitLogin("analytical-engine");
      await pause(400);
    };
  },
  expired: (host) => {
    host.view = session({ state: "expired", account: "ada@example.com", reason: { code: "rejected", detail: "token_not_valid" } });
    return undefined;
  },
  home: at("/home"),
  "home-loading": at("/home", (host) => {
    host.api = () => new Promise(() => {});
    return undefined;
  }),
  "home-failed": at("/home", (host) => {
    host.api = (call) => {
      if (call.path.includes("activity")) return reply(call, "<html>", { status: 502 });
      if (call.path.includes("notes")) return reply(call, "[]");
      throw failure("server-unavailable", "The server doesn’t answer. Try again in a moment.", { transient: true });
    };
    return undefined;
  }),
  "home-other": at("/home", (host) => {
    host.startup = startup({
      name: "simplejwt",
      baseUrl: "https://api.example.com/",
      demoAccount: null,
      homeCalls: ["api/users/", "api/health", "api/tags"],
      notesPath: null,
    });
    host.api = (call) => {
      if (call.path.includes("users"))
        return reply(
          call,
          '{"count":2,"next":null,"results":[{"id":9007199254740993,"username":"grace","email":"grace@example.com","date_joined":"2026-01-03"},{"id":2,"username":"edsger"}]}',
        );
      return reply(call, call.path.includes("health") ? '{"status":"ok","uptime_s":5123312,"db":{"ok":true}}' : '["alpha","beta",3]');
    };
    return undefined;
  }),
  fired: (host) => {
    host.view = session({ state: "due", leftMs: 400_000 });
    return async () => {
      fill("calls-count", "200");
      find("calls-fire")?.click();
      await pause(170);
      find("calls-fire")?.scrollIntoView();
    };
  },
  draft: (host) => {
    host.draft = "Note to self: the engine weaves algebraic patterns.";
    const api = host.api;
    host.api = (call, progress) => {
      if (call.method === "POST") throw failure("too-large", "The note is larger than 4 MiB. Shorten it and post it again.");
      return api(call, progress);
    };
    return async () => {
      await pause(300);
      find("draft-post")?.click();
      await pause(300);
      find("draft")?.scrollIntoView();
    };
  },
  offline: (host) => {
    host.view = session({ state: "degraded", degraded, banners: [offlineBanner] });
    return undefined;
  },
  stuck: (host) => {
    host.view = session({
      state: "degraded",
      degraded: { ...degraded, attempts: 7, code: "server-unavailable", offersSignIn: true },
      banners: [offlineBanner],
    });
    return undefined;
  },
  banners: (host) => {
    host.view = session({
      state: "degraded",
      degraded: { ...degraded, code: "server-unavailable" },
      banners: [
        offlineBanner,
        { kind: "vault", message: "The keyring is locked. You stay signed in until the app closes." },
        { kind: "clock", message: "This computer’s clock is 58 minutes behind the server’s." },
        { kind: "store", message: "The disk is full: your draft is kept in memory only." },
      ],
    });
    return undefined;
  },
  slow: (host) => {
    host.view = session({ state: "refreshing" });
    return () => pause(1200);
  },
  profile: at("/profile"),
  "profile-loading": at("/profile", (host) => {
    host.profile = null;
    host.reloadProfile = () => new Promise(() => {});
    return undefined;
  }),
  "profile-failed": at("/profile", (host) => {
    host.profile = null;
    host.reloadProfile = () => {
      throw failure("offline", "No connection. Connect and try again.");
    };
    return undefined;
  }),
  "profile-cached": at("/profile", (host) => {
    host.reloadProfile = () => {
      throw failure("offline", "No connection.");
    };
    return undefined;
  }),
  settings: at("/settings"),
  "sign-out": (host) => {
    host.view = session();
    return async () => {
      await pause(200);
      find("sign-out")?.click();
    };
  },
  problem: (host) => {
    host.startup = {
      ...startup(),
      problem: {
        title: "config.toml can’t be read",
        file: "~/.config/dev.session-keeper.app/config.toml",
        line: 14,
        key: "policy.refresh_window",
        message: '“ten minutes” is no duration. Write a number and a unit, such as "10m" or "90s".',
      },
    };
    return undefined;
  },
};
