// The kept profile, then the server's: what is kept shows at once, a failure to reload never takes it away.
// Not in it: how it looks.
import { createEffect, createSignal, on } from "solid-js";
import { commands, type ProfileView } from "../../ipc";
import { useSession } from "../../session";
import { type Trouble, troubleOf } from "../../text/trouble";

export function createProfile(hasPath: boolean) {
  const session = useSession();
  const [kept, setKept] = createSignal<ProfileView | null>(null);
  const [loading, setLoading] = createSignal(true);
  const [problem, setProblem] = createSignal<Trouble | null>(null);

  async function pull(): Promise<void> {
    const result = await commands.profile();
    if (result.status === "error") setProblem(troubleOf(result.error));
    else if (result.data) setKept(result.data);
  }

  async function reload(): Promise<void> {
    setLoading(true);
    const result = await commands.reloadProfile();
    setLoading(false);
    setProblem(result.status === "error" ? troubleOf(result.error) : null);
    if (result.status === "ok") setKept(result.data);
  }

  async function open(): Promise<void> {
    await pull();
    if (hasPath) await reload();
    else setLoading(false);
  }
  void open();

  // A refresh may have brought user fields: they are in the store by then.
  createEffect(
    on(
      () => session.view().generation,
      () => void pull(),
      { defer: true },
    ),
  );

  return { kept, loading, problem, reload };
}
