// Tells what has the focus, whether that shows, and whether it is in view.
// Not in it: whether the focus is where it should be.
const focused = document.activeElement;
const name = focused.dataset.testid ?? `${focused.localName} ${(focused.ariaLabel ?? focused.textContent).trim().slice(0, 40)}`;
if (focused === document.body) return { name: "nothing", ring: false, in_view: false };

// A ring is drawn by the element, by what stands close around it (:focus-within) or right after it (:focus-visible + …), or by a shape in it.
const around = [focused.parentElement, focused.parentElement.parentElement, focused.parentElement.parentElement?.parentElement];
const looks = () =>
    [focused, ...around, focused.nextElementSibling, ...[...focused.querySelectorAll("*")].slice(0, 8), null].map((each) => {
        const style = getComputedStyle(each ?? focused, each ? undefined : "::after");
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, stroke, fill, backgroundColor } = style;
        return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, stroke, fill, backgroundColor].join();
    });
// Without the focus for a moment: nobody is told of it, and it comes back as it was.
const quiet = (event) => event.stopImmediatePropagation();
const kinds = ["blur", "focus", "focusin", "focusout"];
for (const kind of kinds) window.addEventListener(kind, quiet, true);
const sheet = new CSSStyleSheet();
sheet.replaceSync("*, *::before, *::after { transition: none !important; }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const isVisible = focused.matches(":focus-visible");
const having = looks();
focused.blur();
const lacking = looks();
focused.focus({ focusVisible: isVisible, preventScroll: true });
document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
for (const kind of kinds) window.removeEventListener(kind, quiet, true);

const box = focused.getBoundingClientRect();
const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
const above = document.elementFromPoint(x, y);
const isInView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
const isFree = !!above && (focused.contains(above) || above.contains(focused) || above.parentElement === focused.parentElement);
return { name, ring: isVisible && having.some((look, index) => look !== lacking[index]), in_view: isInView && isFree };
