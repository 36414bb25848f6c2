// Signing in again over the page: place, scroll and what was typed stay as they are behind the dialog.
// Not in it: when it is offered (frame/Banners).
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { text } from "../../text";
import { LoginForm } from "./LoginForm";
import "./SignInAgain.css";

export function SignInAgain(props: { onClose: () => void }) {
  return (
    <Dialog title={text.login.again()} onClose={props.onClose} keep>
      <div class="sign-in-again" data-testid="sign-in-dialog">
        <p class="muted">{text.login.againWords()}</p>
        <LoginForm again onDone={props.onClose} />
        <Button look="quiet" size="small" class="sign-in-later" data-testid="sign-in-later" onClick={() => props.onClose()}>
          {text.login.later()}
        </Button>
      </div>
    </Dialog>
  );
}
