// The family tree: what a model came from and what came of it, filters, and a walk from parent to child.
"use strict";
(() => {
  const view = document.getElementById("view");
  const about = document.getElementById("about");
  const form = document.getElementById("choices");
  const picture = zoomable(view, document.querySelector(".tools"));
  const lines = [...picture.svg.querySelectorAll("[data-from]")];
  const models = new Map();
  for (const item of document.querySelectorAll("#models [data-slug]")) {
    const { slug } = item.dataset;
    const box = picture.svg.querySelector(`[data-path="${CSS.escape(slug)}"]`);
    const ways = [...item.querySelectorAll("[data-parent]")].map((one) => one.dataset);
    models.set(slug, { ...item.dataset, item, box, ways, link: box.closest("a") || box.querySelector("a"),
      place: box.getBBox(), name: item.querySelector("a").textContent, parents: [], children: [] });
  }
  for (const one of models.values())
    for (const { parent } of one.ways)
      if (models.has(parent)) {
        one.parents.push(models.get(parent));
        models.get(parent).children.push(one);
      }
  const downwards = (a, b) => a.place.y - b.place.y || a.place.x - b.place.x;
  for (const one of models.values()) one.children.sort(downwards);
  const roots = [...models.values()].filter((one) => !one.parents.length).sort(downwards);
  const byLink = new Map([...models.values()].map((one) => [one.link, one]));
  const move = roving(roots.concat([...models.values()]).map((one) => one.link));

  /** Slugs of all that one gets to from `model` by its "parents" or its "children", with its own. */
  function reached(model, way) {
    const found = new Set([model]);
    for (const one of found) for (const next of one[way]) found.add(next);
    return new Set([...found].map((one) => one.slug));
  }
  const number = (words, count) => said(count === 1 ? words.one : words.many, { count });
  function light(model) {
    view.classList.toggle("lighting", Boolean(model));
    if (!model) { count(); return; }
    const [up, down] = [reached(model, "parents"), reached(model, "children")];
    for (const one of models.values()) one.box.classList.toggle("lit", up.has(one.slug) || down.has(one.slug));
    for (const line of lines) {
      const { from, to } = line.dataset;
      line.classList.toggle("lit", (up.has(from) && up.has(to)) || (down.has(from) && down.has(to)));
    }
    about.textContent = said(strings.lit, { name: model.name, up: number(strings.up, up.size - 1), down: number(strings.down, down.size - 1) });
  }
  const over = (event) => byLink.get(event.target.closest?.("a"));
  let focused;
  picture.svg.addEventListener("pointerover", (event) => light(over(event) || focused));
  picture.svg.addEventListener("pointerleave", () => light(focused));
  picture.svg.addEventListener("focusin", (event) => {
    focused = over(event);
    move(focused.link);
    light(focused);
    state?.set("model", focused.slug);
  });
  picture.svg.addEventListener("focusout", () => light(focused = undefined));

  // Up and down lead to what came of the same parent, or to the others that came of none.
  function beside(model, step) {
    const all = model.parents[0]?.children || roots;
    return all[(all.indexOf(model) + step + all.length) % all.length];
  }
  const KEYS = {
    ArrowLeft: (one) => one.parents[0], ArrowRight: (one) => one.children[0],
    ArrowUp: (one) => beside(one, -1), ArrowDown: (one) => beside(one, 1),
  };
  picture.svg.addEventListener("keydown", (event) => {
    if (!focused || !KEYS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = KEYS[event.key](focused);
    if (next) go(next);
  });
  function go(model) {
    const [x, y, width, height] = picture.shown();
    const { x: left, y: top, width: w, height: h } = model.place;
    if (left < x || top < y || left + w > x + width || top + h > y + height)
      picture.show([left + w / 2 - width / 2, top + h / 2 - height / 2, width, height]);
    move(model.link);
    model.link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  let before = "";
  let shown = models.size;
  function count() { about.textContent = said(strings.found, { number: shown, all: models.size }); }
  function show({ model, developer, kind, relation }) {
    const now = JSON.stringify([developer, kind, relation]);
    if (now !== before) {
      const fits = (one) => (!developer || one.developer === developer) && (!kind || one.kind === kind) && (!relation ||
        one.ways.some((way) => way.relation === relation) ||
        one.children.some((child) => child.ways.some((way) => way.parent === one.slug && way.relation === relation)));
      const kept = new Set([...models.values()].filter(fits));
      for (const one of models.values()) one.item.hidden = one.box.classList.toggle("out", !kept.has(one));
      for (const line of lines) {
        const [from, to] = [models.get(line.dataset.from), models.get(line.dataset.to)];
        const way = to.ways.find((one) => one.parent === from.slug);
        line.classList.toggle("out", !kept.has(from) || !kept.has(to) || Boolean(relation && way.relation !== relation));
      }
      if (before || kept.size < models.size) around([...kept].map((one) => one.place));
      shown = kept.size;
      count();
      before = now;
    }
    if (models.has(model)) go(models.get(model));
  }
  /** Shows the part of the picture with `places`, not larger than one can read. */
  function around(places) {
    const [x, y, width, height] = picture.whole;
    if (!places.length || places.length === models.size) { picture.fit(); return; }
    const left = Math.max(x, Math.min(...places.map((one) => one.x)) - 30);
    const top = Math.max(y, Math.min(...places.map((one) => one.y)) - 30);
    const w = Math.max(width / 2, Math.max(...places.map((one) => one.x + one.width)) + 30 - left);
    const h = Math.max(w / 3, Math.max(...places.map((one) => one.y + one.height)) + 30 - top);
    picture.show([Math.min(left, x + width - w), Math.min(top, y + height - h), w, h]);
  }
  let state;
  state = chosen(form, show);
})();
