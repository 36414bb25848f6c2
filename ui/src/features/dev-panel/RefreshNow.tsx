// "Refresh now": a refresh by hand, due or not, while there is a token. Not in it: the refresh (Rust), and what it did (the events).
import { RefreshCw } from "lucide";
import { createSignal, Show } from "solid-js";
import { Button } from "../../components/Button";
import { commands, type TokenView } from "../../ipc";

const NO_REFRESH_TOKEN = "The server gave no refresh token: only signing in again brings a new access token.";

export function RefreshNow(props: { token: TokenView | null; tell(problem: string | null): void }) {
  const [asking, setAsking] = createSignal(false);
  const refreshNow = async () => {
    const cannot = props.token?.refreshFingerprint === null;
    props.tell(cannot ? NO_REFRESH_TOKEN : null);
    if (cannot) return;
    setAsking(true);
    const result = await commands.refreshNow();
    setAsking(false);
    if (result.status === "error") props.tell(result.error.message);
  };
  return (
    <Show when={props.token}>
      <Button size="small" icon={RefreshCw} busy={asking()} data-testid="refresh-now" onClick={() => void refreshNow()}>
        Refresh now
      </Button>
    </Show>
  );
}
