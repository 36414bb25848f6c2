// Copies a text; where the page has no clipboard of its own, by a selection as before there was one.
// Not in it: what is copied, and that it is redacted (redact.ts, har.ts).
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  // What is outside an open dialog cannot have the focus.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = typeof document.execCommand === "function" && document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
