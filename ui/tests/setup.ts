// What jsdom does not have and the UI needs. Not in it: any test.
import { afterEach } from "vitest";

const openers = new WeakMap<HTMLDialogElement, Element | null>();
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  openers.set(this, document.activeElement);
  this.open = true;

  (this.querySelector<HTMLElement>("[autofocus]") ?? this.querySelector<HTMLElement>("button, input"))?.focus();
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
  const opener = openers.get(this);
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  this.dispatchEvent(new Event("close"));
};
Element.prototype.scrollIntoView ??= () => {};
window.matchMedia ??= (query: string) =>
  Object.assign(new EventTarget(), { matches: false, media: query, onchange: null, addListener() {}, removeListener() {} });

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});
