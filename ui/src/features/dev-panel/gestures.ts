// The pointer's and the wheel's ways in the waterfall: drag moves, drag on the axis chooses a range, wheel zooms.
// Not in it: keys (keys.ts) and what becomes of a range (Waterfall.tsx).
import { createSignal } from "solid-js";
import { between, moved, type Range, zoomed } from "./range";

type Picture = {
  timeAt(clientX: number): number;
  /** Milliseconds a pixel. */
  perPixel(): number;
  onAxis(clientY: number): boolean;
  /** Whether there are more rows than fit; then the plain wheel scrolls them. */
  scrolls(): boolean;
  range(): Range;
  look(range: Range): void;
};

/** A press that moves less is a click. */
const STILL_PX = 4;

export function createGestures(picture: Picture) {
  const [dragging, setDragging] = createSignal(false);
  const [chosen, setChosen] = createSignal<Range | null>(null);
  let press: { x: number; range: Range; axis: boolean; at: number } | undefined;
  let dragged = false;

  const end = () => {
    const range = chosen();
    press = undefined;
    setChosen(null);
    setDragging(false);
    if (range) picture.look(range);
  };
  const handlers = {
    onWheel: (event: WheelEvent) => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (sideways) {
        event.preventDefault();
        const pixels = event.deltaX || event.deltaY;
        const { from, to } = picture.range();
        picture.look(moved({ from, to }, (pixels * picture.perPixel()) / (to - from)));
        return;
      }
      if (picture.scrolls() && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      picture.look(zoomed(picture.range(), 1.002 ** event.deltaY, picture.timeAt(event.clientX)));
    },
    onPointerDown: (event: PointerEvent) => {
      dragged = false;
      if (event.button !== 0) return;
      press = { x: event.clientX, range: picture.range(), axis: picture.onAxis(event.clientY), at: picture.timeAt(event.clientX) };
    },
    onPointerMove: (event: PointerEvent) => {
      if (!press) return;
      const by = event.clientX - press.x;
      if (!dragged && Math.abs(by) < STILL_PX) return;
      if (!dragged && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
      dragged = true;
      setDragging(true);
      if (press.axis) setChosen(between(press.at, picture.timeAt(event.clientX)));
      else picture.look(moved(press.range, (-by * picture.perPixel()) / (press.range.to - press.range.from)));
    },
    onPointerUp: end,
    onPointerCancel: () => {
      setChosen(null);
      end();
    },
  };
  return { handlers, dragging, chosen, /** False for the click that ends a drag. */ clicked: () => !dragged };
}
