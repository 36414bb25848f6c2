// What the picture is seen through: how large it is and how far it is scrolled, in sixteenths of the root's font size.
// Not in it: what stands in the picture (layout.ts).
import { createEffect, createMemo, createSignal, on, onCleanup, onMount } from "solid-js";
import { createRem } from "./rem";

export type Viewport = ReturnType<typeof createViewport>;

/** `key`: another one is shown from its first lane. */
export function createViewport(key: () => string) {
  const [box, setBox] = createSignal({ width: 400, height: 220 });
  const [scrollTop, setScrollTop] = createSignal(0);
  const rem = createRem();
  /** Pixels in one unit of the picture. */
  const unit = () => rem() / 16;
  const size = createMemo(() => ({ width: box().width / unit(), height: box().height / unit() }));
  const scrolled = () => scrollTop() / unit();
  let scroller: HTMLElement | undefined;

  onMount(() => {
    if (!scroller || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (scroller) setBox({ width: scroller.clientWidth, height: scroller.clientHeight });
    });
    observer.observe(scroller);
    onCleanup(() => observer.disconnect());
  });
  createEffect(
    on([key], () => {
      if (scroller) scroller.scrollTop = 0;
    }),
  );

  const onScroll = () => setScrollTop(scroller?.scrollTop ?? 0);
  /** Scrolls as little as brings this stretch into a view of this height. */
  const bring = (from: number, to: number, room: number) => {
    if (!scroller) return;
    if (from < scrolled()) scroller.scrollTop = from * unit();
    if (to > scrolled() + room) scroller.scrollTop = (to - room) * unit();
    setScrollTop(scroller.scrollTop);
  };
  const attach = (element: HTMLElement) => {
    scroller = element;
  };

  return { /** In pixels. */ box, size, unit, scrolled, onScroll, bring, attach };
}
