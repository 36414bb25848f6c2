// Hands the session and what the start told to every view.
// Not in it: their making (main.tsx).
import { createContext, type JSX, useContext } from "solid-js";
import type { StartupView } from "../ipc";
import type { Session } from "./session";

/** `reopen` pulls everything anew, after other settings were saved. */
export type App = { session: Session; startup: StartupView; reopen?: () => void };

const Context = createContext<App>();

export function AppProvider(props: { app: App; children: JSX.Element }) {
  return <Context.Provider value={props.app}>{props.children}</Context.Provider>;
}

function useApp(): App {
  const app = useContext(Context);
  if (!app) throw new Error("A view stands outside AppProvider.");
  return app;
}

export const useSession = (): Session => useApp().session;
export const useReopen = (): (() => void) => useApp().reopen ?? (() => {});
export const useStartup = (): StartupView => useApp().startup;
