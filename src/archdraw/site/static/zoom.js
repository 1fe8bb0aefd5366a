// Zoom of a picture: the wheel with a modifier, drag, two fingers, keys and buttons.
"use strict";
/**
 * Makes the picture in `view` zoomable, with the buttons in `tools`; `view` says "zoom" whenever what is shown changes.
 * Returned are the picture, the `whole` of it as a box [x, y, width, height], what is `shown` of it, and what changes that;
 * `home` sets the box that "whole" goes to.
 */
function zoomable(view, tools) {
  const svg = view.querySelector("svg");
  const base = svg.viewBox.baseVal;
  const whole = [base.x, base.y, base.width, base.height];
  const W = whole[2];
  let box = whole;
  let home = whole;
  let frame = 0;
  let gliding = null;
  const isWhole = () => box[2] >= W - 0.5;

  function show(next) {
    box = next;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      svg.setAttribute("viewBox", box.map((value) => value.toFixed(3)).join(" "));
      // Whoever zooms on the way ends it.
      if (gliding && (gliding.over || gliding.to !== box)) {
        gliding.run.cancel();
        gliding = null;
        svg.style.willChange = "";
      }
      view.classList.toggle("zoomed", !isWhole());
      view.dispatchEvent(new CustomEvent("zoom"));
    });
  }
  /** The place in the picture under a point of the window, and px of the picture in one of the window. */
  function at(x, y) {
    const place = svg.getBoundingClientRect();
    const scale = Math.max(box[2] / place.width, box[3] / place.height);
    const across = box[0] + box[2] / 2 + (x - place.left - place.width / 2) * scale;
    return [across, box[1] + box[3] / 2 + (y - place.top - place.height / 2) * scale, scale];
  }
  /** The middle of what is in the window: a picture may be longer than that. */
  function middle() {
    const { left, right, top, bottom } = svg.getBoundingClientRect();
    return at((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
  }
  function zoom(factor, x, y) {
    if (x === undefined) [x, y] = middle();
    const width = Math.min(W, Math.max(W / 400, box[2] * factor));
    const by = width / box[2];
    show(width >= W ? whole : [x - (x - box[0]) * by, y - (y - box[1]) * by, width, box[3] * by]);
  }
  /**
   * Goes to the box `to` in a quarter of a second. Meanwhile the picture is not drawn again but moved as it is, from the
   * larger of the two boxes, in which all is that is seen on the way.
   */
  function glide(to) {
    const from = box;
    const inwards = to[2] < from[2];
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { show(to); return; }
    const { width, height } = view.getBoundingClientRect();
    const scale = (one) => Math.min(width / one[2], height / one[3]);
    const [drawn, other] = inwards ? [from, to] : [to, from];
    const moves = (axis) => (drawn[axis] + drawn[axis + 2] / 2 - other[axis] - other[axis + 2] / 2) * scale(other);
    const away = `translate(${moves(0)}px, ${moves(1)}px) scale(${scale(other) / scale(drawn)})`;
    const steps = inwards ? ["none", away] : [away, "none"];
    gliding?.run.cancel();
    const run = svg.animate(steps.map((transform) => ({ transform })), { duration: 250, easing: "ease-out", fill: "forwards" });
    const mine = gliding = { run, to, over: false };
    svg.style.willChange = "transform";
    if (inwards) box = to; else show(to);
    run.finished.then(() => { mine.over = true; if (box === to) show(to); }, () => {});
  }
  const moved = (x, y) => show([box[0] + x, box[1] + y, box[2], box[3]]);
  const fit = () => show(home);

  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const [x, y] = at(event.clientX, event.clientY);
    zoom(Math.exp(event.deltaY * 0.004), x, y);
  }, { passive: false });
  const down = new Map();
  let dragged = 0;
  view.addEventListener("pointerdown", (event) => {
    if (!down.size) dragged = 0;
    down.set(event.pointerId, event);
  });
  view.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before || (isWhole() && down.size < 2)) return;
    const scale = at(0, 0)[2];
    if (down.size === 2) {
      const other = [...down.values()].find((one) => one.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const [x, y] = at((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
      zoom(apart(before) / apart(event), x, y);
    } else moved((before.clientX - event.clientX) * scale, (before.clientY - event.clientY) * scale);
    dragged += Math.hypot(before.clientX - event.clientX, before.clientY - event.clientY);
    down.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"])
    view.addEventListener(name, (event) => down.delete(event.pointerId));
  // A drag that begins on a link neither takes the link along nor follows it.
  view.addEventListener("dragstart", (event) => event.preventDefault());
  view.addEventListener("click", (event) => { if (event.detail && dragged > 6) event.preventDefault(); }, true);
  const KEYS = {
    "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": fit, Escape: fit,
    ArrowLeft: () => moved(-box[2] / 10, 0), ArrowRight: () => moved(box[2] / 10, 0),
    ArrowUp: () => moved(0, -box[3] / 10), ArrowDown: () => moved(0, box[3] / 10),
  };
  view.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    // Arrows scroll the page as long as the whole picture is there.
    if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow") && isWhole()) return;
    event.preventDefault();
    act();
  });
  tools.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (what === "in") zoom(0.7);
    if (what === "out") zoom(1.4);
    if (what === "fit") fit();
    if (what === "full") document.fullscreenElement ? document.exitFullscreen() : (view.closest("section") || view).requestFullscreen();
  });
  return { svg, whole, shown: () => box, show, glide, zoom, fit, at, home: (next) => { home = next; } };
}
