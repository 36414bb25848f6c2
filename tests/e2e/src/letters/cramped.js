// What of the page's text cannot be read whole: cut off, out of reach of any scrolling, or under other text. A line for each place.
// Not in it: the size of the letters, and colours.
const within = document.querySelector("dialog[open]") ?? document.body;
/** Cut off on purpose: all of it is in the title, or behind a button beside it. */
const UNFOLDS = "[title], .profile-folded";
const found = new Set();
const visible = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
const told = (element) => `<${element.localName} class="${element.getAttribute("class") ?? ""}"> ${element.textContent.trim().slice(0, 60)}`;
const forEyes = (element) => !element.closest(".visually-hidden, .skip, title, script, style, option") && getComputedStyle(element).clipPath === "none";

/** Elements with text of their own, and where each line of it is. */
const texts = [...within.querySelectorAll("*")].flatMap((element) => {
  const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  if (own.length === 0 || !visible(element) || !forEyes(element)) return [];
  const lines = own.flatMap((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
  });
  return lines.length === 0 ? [] : [{ element, lines }];
});

/** What can be seen of a line now; null: nothing. Notes what can never be. */
function seen(element, line) {
  const { left, top, right, bottom } = line;
  const view = { left, top, right, bottom }; // what is in sight now
  const axes = [
    ["overflowX", "scrollLeft", "scrollWidth", "left", "right"],
    ["overflowY", "scrollTop", "scrollHeight", "top", "bottom"],
  ];
  const place = { left, top, right, bottom }; // what has to be in sight, by scrolling
  for (let box = element; box && box !== document.documentElement; box = box.parentElement) {
    if (box.namespaceURI !== "http://www.w3.org/1999/xhtml" && box.localName !== "svg") continue;
    const style = getComputedStyle(box);
    const edge = box.getBoundingClientRect();
    for (const [overflow, scroll, whole, from, to] of axes) {
      if (style[overflow] === "visible" || style.display === "inline") continue;
      const inside = place[from] >= edge[from] - 1.5 && place[to] <= edge[to] + 1.5;
      if (style[overflow] === "auto" || style[overflow] === "scroll") {
        const rtl = overflow === "overflowX" && style.direction === "rtl";
        const at = rtl ? edge[to] - place[to] - box[scroll] : place[from] - edge[from] + box[scroll];
        if (at < -1.5 || at + place[to] - place[from] > box[whole] + 2) found.add(`out of reach in ${told(box)}: ${told(element)}`);
        if (edge[to] - edge[from] < Math.min(line.height, place[to] - place[from]) - 1.5) found.add(`no room in ${told(box)}: ${told(element)}`);
        place[from] = edge[from];
        place[to] = edge[to];
      } else if (!inside && box.localName !== "svg") {
        if (!element.closest(UNFOLDS)) found.add(`cut off by ${told(box)}: ${told(element)}`);
        place[from] = Math.max(place[from], edge[from]);
        place[to] = Math.min(place[to], edge[to]);
      }
      view[from] = Math.max(view[from], edge[from]);
      view[to] = Math.min(view[to], edge[to]);
    }
  }
  const inWindow = place.left >= -1.5 && place.top >= -1.5 && place.right <= innerWidth + 1.5 && place.bottom <= innerHeight + 1.5;
  if (!inWindow) found.add(`out of the window: ${told(element)}`);
  const shown = view.right - view.left > 1 && view.bottom - view.top > 1;
  return shown ? view : null;
}

for (const { element, lines } of texts) {
  const { lineHeight, fontSize, display } = getComputedStyle(element);
  const tall = lines.some((line) => Math.abs(line.top - lines[0].top) > 2);
  if (tall && display !== "inline" && Number.parseFloat(lineHeight) < Number.parseFloat(fontSize)) found.add(`lines over each other: ${told(element)}`);
}

/** Letters keep free of each other's middle: boxes of lines overlap a little, for they are higher than their lines. */
const shown = texts.flatMap(({ element, lines }) =>
  lines.flatMap((line) => {
    const view = seen(element, line);
    return view ? [{ element, ...view, tall: line.height }] : [];
  }),
);
const floats = (element) => element.closest(".waterfall-card, .log-newest");
for (const [at, one] of shown.entries())
  for (const other of shown.slice(at + 1)) {
    if (one.element === other.element || floats(one.element) !== floats(other.element)) continue;
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (across > 2 && down > 0.3 * Math.min(one.tall, other.tall)) found.add(`over each other: ${told(one.element)} and ${told(other.element)}`);
  }

/** Neighbours in the flow keep their own place. */
const box = (element) => ({ element, style: getComputedStyle(element), ...element.getBoundingClientRect().toJSON() });
const flows = ({ element, style, width, height }) =>
  width > 1 && height > 1 && ["static", "relative"].includes(style.position) && !["inline", "contents"].includes(style.display) && visible(element);
for (const parent of [within, ...within.querySelectorAll("*")]) {
  if (parent.closest("svg") || parent.children.length < 2) continue;
  const boxes = [...parent.children].map(box).filter(flows);
  for (const [at, one] of boxes.entries())
    for (const other of boxes.slice(at + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 1.5 && down > 1.5) found.add(`neighbours over each other: ${told(one.element)} and ${told(other.element)}`);
    }
}
return { lines: [...found], texts: texts.length };
