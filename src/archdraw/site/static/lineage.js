// The family tree: what a model came from and what came of it, filters, and a walk from parent to child.
"use strict";
(() => {
  const view = document.getElementById("view");
  const about = document.getElementById("about");
  const picture = zoomable(view, document.querySelector(".tools"));
  const models = [...document.querySelectorAll("#models [data-slug]")].map((item) => {
    const box = picture.svg.querySelector(`a[data-path="${CSS.escape(item.dataset.slug)}"]`);
    const ways = [...item.querySelectorAll("p")].map((one) => one.dataset);
    return { ...item.dataset, item, box, ways, place: box.getBBox(), name: item.querySelector("a").textContent };
  }).sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
  const called = Object.fromEntries(models.map((one) => [one.slug, one]));
  for (const one of models) {
    one.parents = one.ways.map((way) => called[way.parent]).filter(Boolean);
    one.children = models.filter((other) => other.ways.some((way) => way.parent === one.slug));
  }
  const roots = models.filter((one) => !one.parents.length);
  const lines = [...picture.svg.querySelectorAll("[data-from]")].map((line) => {
    const [from, to] = [called[line.dataset.from], called[line.dataset.to]];
    return { line, from, to, relation: to.ways.find((way) => way.parent === from.slug).relation };
  });
  let shown;
  const number = (words, count) => said(count === 1 ? words.one : words.many, { count });
  function light(box, focus) {
    const model = models.find((one) => one.box === box);
    view.classList.toggle("lighting", Boolean(model));
    if (!model) { about.textContent = shown; return; }
    const [up, down] = ["parents", "children"].map((way) => {
      const found = new Set([model]);
      for (const one of found) for (const other of one[way]) found.add(other);
      return found;
    });
    for (const one of models) one.box.classList.toggle("lit", up.has(one) || down.has(one));
    for (const { line, from, to } of lines) line.classList.toggle("lit", (up.has(from) && up.has(to)) || (down.has(from) && down.has(to)));
    about.textContent = said(strings.lit, { name: model.name, up: number(strings.up, up.size - 1), down: number(strings.down, down.size - 1) });
    if (focus) into(model);
    if (focus) set?.("model", model.slug);
  }
  // Up and down lead to what came of the same parent, or to the others that came of none.
  walked(picture.svg, models.map((one) => one.box), (box, right, down) => {
    const model = models.find((one) => one.box === box);
    const beside = model.parents[0]?.children || roots;
    if (right) return (right < 0 ? model.parents : model.children)[0]?.box;
    return beside.at((beside.indexOf(model) + down) % beside.length).box;
  }, light);
  function into({ box, place }) {
    const [x, y, w, h] = picture.shown();
    if (place.x < x || place.y < y || place.x + place.width > x + w || place.y + place.height > y + h)
      picture.show([place.x + place.width / 2 - w / 2, place.y + place.height / 2 - h / 2, w, h]);
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  // A part that is wide is no higher on the page than it needs.
  view.addEventListener("zoom", () => { picture.svg.style.aspectRatio = picture.shown()[2] / picture.shown()[3]; });
  let before;
  function show({ model, ...now }) {
    const asked = Object.values(now).join("\n");
    if (asked !== before) {
      const has = (one) => one.ways.some((way) => way.relation === now.relation);
      const fits = (one) => (!now.developer || one.developer === now.developer) && (!now.kind || one.kind === now.kind) &&
        (!now.relation || has(one) || lines.some((line) => line.from === one && line.relation === now.relation));
      const kept = models.filter(fits);
      for (const one of models) one.item.hidden = one.box.classList.toggle("out", !kept.includes(one));
      for (const { line, from, to, relation } of lines)
        line.classList.toggle("out", !kept.includes(from) || !kept.includes(to) || Boolean(now.relation && relation !== now.relation));
      about.textContent = shown = said(strings.found, { number: kept.length, all: models.length });
      if (before !== undefined || kept.length < models.length) around(kept.map((one) => one.place));
      before = asked;
    }
    if (called[model] && document.activeElement !== called[model].box) called[model].box.focus();
  }
  /** Shows the part of the picture with `places`, no larger than one can read. */
  function around(places) {
    const [x, y, width, height] = picture.whole;
    if (!places.length || places.length === models.length) { picture.fit(); return; }
    const span = (from, by) => [Math.min(...places.map((one) => one[from])) - 30, Math.max(...places.map((one) => one[from] + one[by])) + 30];
    const [[left, right], [top, bottom]] = [span("x", "width"), span("y", "height")];
    const w = Math.max(width / 2, right - left);
    const h = Math.max(w / 3, bottom - top);
    // In the middle, and not beyond the edges of the picture.
    const within = (middle, size, low, all) => Math.max(low, Math.min(middle - size / 2, low + all - size));
    picture.show([within((left + right) / 2, w, x, width), within((top + bottom) / 2, h, y, height), w, h]);
  }
  let set;
  set = chosen(document.getElementById("choices"), show);
})();
