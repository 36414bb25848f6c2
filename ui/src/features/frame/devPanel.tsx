// Whether the developer panel is open, and where: in the drawer below the page, or in a window of its own. Both are remembered.
// A button and Ctrl+Shift+D open and close it. Not in it: the panel, and the window (Rust).
import { createEventListener } from "@solid-primitives/event-listener";
import { createContext, createSignal, onCleanup, useContext } from "solid-js";
import { nextFrame } from "../../components/frame";
import { type CommandError, commands, events, type PanelLeft } from "../../ipc";
import { useStartup } from "../../session";

const OPEN = "dev-panel";
const PLACE = "dev-panel-place";

export type DevPanelState = ReturnType<typeof createDevPanel>;

export function createDevPanel() {
  const allowed = useStartup().backend.devPanel;
  const [open, setOpen] = createSignal(allowed && localStorage.getItem(OPEN) === "open");
  const [apart, setApart] = createSignal(localStorage.getItem(PLACE) === "window");
  /** The panel that is mounted next is one that a person put back out of its own window. */
  let back = false;
  const inDrawer = () => open() && !apart();
  const inWindow = () => open() && apart();

  function keepOpen(next: boolean): void {
    if (!allowed) return;
    setOpen(next);
    if (next) localStorage.setItem(OPEN, "open");
    else localStorage.removeItem(OPEN);
  }
  function keepApart(next: boolean): void {
    setApart(next);
    if (next) localStorage.setItem(PLACE, "window");
    else localStorage.removeItem(PLACE);
  }

  const drawn = nextFrame();
  /** One after the other: a window that is still being made cannot be closed, nor one made before the last has gone. The page itself comes first. */
  let last: Promise<unknown> = drawn;
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = last.then(act);
    last = turn;
    return turn;
  }
  let opening = 0;
  async function openWindow(front: boolean): Promise<CommandError | null> {
    opening += 1;
    const result = await inTurn(() => commands.detachPanel(front));
    opening -= 1;
    return result.status === "error" ? result.error : null;
  }

  /** The window, if there is to be one; where there cannot be one the drawer takes the panel, for this time. */
  async function callWindow(front: boolean): Promise<void> {
    if (inWindow() && (await openWindow(front)) !== null) setApart(false);
  }
  /** From the drawer into the window: the drawer keeps it until the window is there. */
  async function detach(): Promise<CommandError | null> {
    const error = await openWindow(true);
    if (error === null) keepApart(true);
    return error;
  }
  function close(): void {
    if (inWindow()) void inTurn(commands.closePanel);
    keepOpen(false);
  }
  function show(): void {
    back = false;
    keepOpen(true);
    void callWindow(true);
  }
  /** The button's: a panel in its own window is brought to the front, as browsers do it. */
  function toggle(): void {
    if (inDrawer()) close();
    else show();
  }

  createEventListener(
    window,
    "keydown",
    onShortcut(() => (open() ? close() : show())),
  );
  function left({ back: putBack }: PanelLeft): void {
    back = putBack;
    if (putBack) keepApart(false);
    else if (opening > 0) return; // the one before has gone; another is on its way
    keepOpen(putBack);
  }
  const listening = drawn.then(() => events.panelLeft.listen(({ payload }) => left(payload)));
  onCleanup(() => void listening.then((stop) => stop()));
  void callWindow(false);

  return { allowed, inDrawer, inWindow, wasPutBack: () => back, detach, toggle, close };
}

/** Ctrl+Shift+D, once for each press. */
export function onShortcut(act: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== "d") return;
    event.preventDefault();
    if (!event.repeat) act();
  };
}

export const DevPanelContext = createContext<DevPanelState>();

export function useDevPanel(): DevPanelState {
  const state = useContext(DevPanelContext);
  if (!state) throw new Error("A view stands outside Window.");
  return state;
}
