// Zoom of a plate, and what belongs to a block: its lines, its panel, its words.
"use strict";
(() => {
  const view = document.getElementById("plate");
  const svg = view.querySelector("svg");
  const about = document.getElementById("about");
  const tools = document.querySelector(".tools");
  const whole = svg.viewBox.baseVal;
  const [W, H] = [whole.width, whole.height];
  let box = [0, 0, W, H];
  let frame = 0;

  function show(next) {
    box = next;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      svg.setAttribute("viewBox", box.map((value) => value.toFixed(2)).join(" "));
      view.classList.toggle("zoomed", box[2] < W - 0.5);
    });
  }
  function at(x, y) {
    const place = svg.getBoundingClientRect();
    const scale = Math.max(box[2] / place.width, box[3] / place.height);
    const across = box[0] + box[2] / 2 + (x - place.left - place.width / 2) * scale;
    return [across, box[1] + box[3] / 2 + (y - place.top - place.height / 2) * scale, scale];
  }
  function zoom(factor, x, y) {
    const width = Math.min(W, Math.max(W / 24, box[2] * factor));
    const by = width / box[2];
    show(width >= W ? [0, 0, W, H] : [x - (x - box[0]) * by, y - (y - box[1]) * by, width, box[3] * by]);
  }
  const middle = () => [box[0] + box[2] / 2, box[1] + box[3] / 2];
  const moved = (x, y) => show([box[0] + x, box[1] + y, box[2], box[3]]);
  const fit = () => show([0, 0, W, H]);

  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const [x, y] = at(event.clientX, event.clientY);
    zoom(Math.exp(event.deltaY * 0.004), x, y);
  }, { passive: false });
  const down = new Map();
  view.addEventListener("pointerdown", (event) => down.set(event.pointerId, event));
  view.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before || (box[2] >= W - 0.5 && down.size < 2)) return;
    const scale = at(0, 0)[2];
    if (down.size === 2) {
      const other = [...down.values()].find((one) => one.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const [x, y] = at((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
      zoom(apart(before) / apart(event), x, y);
    } else moved((before.clientX - event.clientX) * scale, (before.clientY - event.clientY) * scale);
    down.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"])
    view.addEventListener(name, (event) => down.delete(event.pointerId));
  const KEYS = {
    "+": () => zoom(0.8, ...middle()), "=": () => zoom(0.8, ...middle()), "-": () => zoom(1.25, ...middle()), "0": fit,
    ArrowLeft: () => moved(-box[2] / 10, 0), ArrowRight: () => moved(box[2] / 10, 0),
    ArrowUp: () => moved(0, -box[3] / 10), ArrowDown: () => moved(0, box[3] / 10), Escape: fit,
  };
  view.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    // Arrows scroll the page as long as the whole plate is there.
    if (!act || (event.key.startsWith("Arrow") && box[2] >= W - 0.5) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  tools.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (what === "in") zoom(0.7, ...middle());
    if (what === "out") zoom(1.4, ...middle());
    if (what === "fit") fit();
    if (what === "full") document.fullscreenElement ? document.exitFullscreen() : view.requestFullscreen();
  });

  // Lit: a block, the lines into and out of it, the panel that opens it.
  function light(group) {
    for (const one of svg.querySelectorAll(".lit")) one.classList.remove("lit");
    view.classList.toggle("lighting", Boolean(group));
    if (!group) { about.textContent = ""; return; }
    const { path, opens } = group.dataset;
    group.classList.add("lit");
    for (const one of svg.querySelectorAll("[data-from], [data-to], [data-panel]")) {
      const { from, to, panel } = one.dataset;
      if (from === path || to === path || (opens && panel === opens)) one.classList.add("lit");
    }
    about.textContent = group.querySelector("title")?.textContent || "";
  }
  const block = (event) => event.target.closest?.("[data-path]");
  svg.addEventListener("pointerover", (event) => light(block(event)));
  svg.addEventListener("pointerleave", () => light(null));
  for (const group of svg.querySelectorAll("[data-opens][data-path]")) {
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "img");
    group.setAttribute("aria-label", group.querySelector("title")?.textContent || group.dataset.path);
    group.addEventListener("focus", () => light(group));
    group.addEventListener("blur", () => light(null));
  }
  svg.setAttribute("role", "group");
  tools.hidden = false;
  document.documentElement.dataset.ready = "";
})();
