// The route table and its guard: the only place that decides whether the login view is shown.
// Login is no route of its own: it stands before the route, which stays underneath and is there again after signing in.
// Not in it: the views, and the session (session/).
import { createMemoryHistory, MemoryRouter, Route, useLocation, useNavigate } from "@solidjs/router";
import { createComputed, createEffect, createMemo, createSignal, type JSX, on, Show } from "solid-js";
import { Frame } from "./features/frame/Frame";
import { Window } from "./features/frame/Window";
import { Home } from "./features/home/Home";
import { Login } from "./features/login/Login";
import { Profile } from "./features/profile/Profile";
import { Settings } from "./features/settings/Settings";
import { commands, type SessionState } from "./ipc";
import { useSession } from "./session";
import { text } from "./text";

export const paths = { home: "/home", profile: "/profile", settings: "/settings" } as const;
export type RouteName = keyof typeof paths;

/** The name of a path; what is not in the table is home. */
export function nameOf(path: string | null): RouteName {
  const names = Object.keys(paths) as RouteName[];
  return names.find((name) => paths[name] === path) ?? "home";
}

/** The guard: without a session there is only the login view. */
export function needsLogin(state: SessionState): boolean {
  return state === "signed-out" || state === "expired";
}

type Left = { account: string | null; path: string; top: number };
const nowhere: Left = { account: null, path: paths.home, top: 0 };

/** Where to go when someone has signed in: the same person stays where they were, another goes to their own last place. */
export function placeAfterSignIn(who: string | null, left: Pick<Left, "account" | "path">, kept: string | null): string {
  const place = who !== null && who === left.account ? left.path : kept;
  return paths[nameOf(place)];
}

export function AppRouter() {
  const session = useSession();
  const history = createMemoryHistory();
  history.set({ value: paths[nameOf(session.view().route)], replace: true });
  return (
    <MemoryRouter history={history} root={Guard}>
      <Route path={paths.home} component={Home} />
      <Route path={paths.profile} component={Profile} />
      <Route path={paths.settings} component={Settings} />
    </MemoryRouter>
  );
}

function Guard(props: { children?: JSX.Element }) {
  const session = useSession();
  const location = useLocation();
  const navigate = useNavigate();
  const locked = createMemo(() => needsLogin(session.state()));
  /** What scrolls in the frame. Asked when it matters: an event would tell only after the next picture. */
  let view: HTMLElement | undefined;
  const here = () => ({ account: session.view().account, path: location.pathname, top: view?.scrollTop ?? 0 });

  /** Who was at which place last; an expiry keeps it, a sign-out forgets it. What was before this start, the store has kept. */
  let left: Left = nowhere;
  /** The place we are bound for after signing in, so that no other view is mounted on the way. */
  const [bound, setBound] = createSignal<string | null>(null);
  const arrived = () => bound() === null || bound() === location.pathname;
  let signedInHere = false;

  createComputed(
    on(locked, (isLocked, wasLocked) => {
      if (isLocked && wasLocked === false) left = session.state() === "expired" ? here() : nowhere;
      if (isLocked || !wasLocked) return;
      signedInHere = true;
      if (session.view().account !== left.account) left = nowhere;
      const place = placeAfterSignIn(session.view().account, left, session.view().route);
      if (place === location.pathname) return;
      setBound(place);
      navigate(place, { replace: true });
    }),
  );
  createEffect(
    on(
      () => location.pathname,
      (path) => {
        setBound(null);
        // Always: what the view says is kept is older than the last walk. Where one starts is where it was kept.
        if (!locked()) void commands.saveRoute(path);
      },
      { defer: true },
    ),
  );
  createEffect(() => {
    const root = document.documentElement;
    const name = nameOf(bound() ?? location.pathname);
    root.dataset.route = locked() ? "login" : name;
    root.dataset.session = session.state();
    root.dataset.seq = String(session.view().seq);
    document.title = locked() ? text.app() : text.windowTitle(text.nav[name]());
  });

  return (
    <Window>
      <Show when={!locked() && arrived()} fallback={<Login />}>
        <Frame
          startAt={left.path === location.pathname ? left.top : 0}
          afterSignIn={() => signedInHere}
          ref={(main) => {
            view = main;
          }}
        >
          {props.children}
        </Frame>
      </Show>
    </Window>
  );
}
