// Whether the developer panel is open: remembered, and toggled by a button or by Ctrl+Shift+D.
// Not in it: the panel.
import { createEventListener } from "@solid-primitives/event-listener";
import { createContext, createSignal, useContext } from "solid-js";
import { useStartup } from "../../session";

const KEY = "dev-panel";

export type DevPanelState = ReturnType<typeof createDevPanel>;

export function createDevPanel() {
  const allowed = useStartup().backend.devPanel;
  const [open, setOpen] = createSignal(allowed && localStorage.getItem(KEY) === "open");

  function show(next: boolean): void {
    if (!allowed) return;
    setOpen(next);
    if (next) localStorage.setItem(KEY, "open");
    else localStorage.removeItem(KEY);
  }
  const toggle = () => show(!open());
  createEventListener(window, "keydown", (event) => {
    if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== "d") return;
    event.preventDefault();
    if (!event.repeat) toggle();
  });
  return { allowed, open, toggle, close: () => show(false) };
}

export const DevPanelContext = createContext<DevPanelState>();

export function useDevPanel(): DevPanelState {
  const state = useContext(DevPanelContext);
  if (!state) throw new Error("A view stands outside Window.");
  return state;
}
