// The words of the server's form and of its test, by a short name.
// Not in it: the sentences (ui/src/text).
import { text } from "../../text";

export const words = text.settings.form;
