// Models on two axes that one chooses: marks move to their places, names stand where they find room.
"use strict";
(() => {
  const svg = document.getElementById("plot");
  const about = document.getElementById("about");
  const absent = document.getElementById("absent");
  const axes = Object.fromEntries([...document.getElementById("f-x").options].map((one) => [one.value, one]));
  const R = 8;
  function add(where, name, attributes, words = "") {
    const made = where.appendChild(document.createElementNS(svg.namespaceURI, name));
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.textContent = words;
    return made;
  }
  const grid = add(svg, "g", { "aria-hidden": true });
  const models = [...document.querySelectorAll("#numbers tbody tr")].map((row) => {
    const { colour, share } = row.dataset;
    const link = row.querySelector("a");
    const mark = add(svg, "a", { href: link.getAttribute("href"), "aria-label": link.textContent });
    add(mark, "circle", { r: R, stroke: colour });
    add(mark, "circle", { r: R * Math.sqrt(share), fill: colour });
    const cells = Object.fromEntries(Object.keys(axes).map((key, place) => [key, row.cells[place + 3]]));
    return { row, cells, mark, text: add(mark, "text", {}, link.textContent), name: link.textContent };
  });
  let chosenAxes, placed, shown;
  function show({ x, y, developer, kind }) {
    chosenAxes = [x, y];
    const W = Math.max(320, svg.parentNode.clientWidth);
    const H = Math.round(Math.min(innerHeight * 0.85, Math.max(360, W * 0.55)));
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    const X = (at) => 64 + at * (W - 84);
    const Y = (at) => H - 56 - at * (H - 96);
    for (const { row } of models) row.hidden = Boolean((developer && row.dataset.developer !== developer) || (kind && row.dataset.kind !== kind));
    const wanted = models.filter((one) => !one.row.hidden);
    placed = wanted.filter(({ cells }) => cells[x].dataset.at && cells[y].dataset.at);
    for (const one of models) one.mark.toggleAttribute("hidden", !placed.includes(one));
    const out = wanted.filter((one) => !placed.includes(one));
    absent.textContent = out.map((one) => one.name).join(", ");
    absent.parentNode.hidden = !out.length;
    about.textContent = shown = said(strings.found, { number: placed.length, all: models.length });
    grid.replaceChildren();
    add(grid, "text", { x: 8, y: 22 }, axes[y].text);
    add(grid, "text", { x: W - 12, y: H - 12, "text-anchor": "end" }, axes[x].text);
    let free = 0;
    for (const [at, words] of JSON.parse(axes[x].dataset.ticks)) {
      add(grid, "path", { d: `M${X(at)} 36V${H - 50}` });
      if (X(at) < free) continue;
      free = X(at) + 8 + add(grid, "text", { x: X(at), y: H - 34 }, words).getComputedTextLength();
    }
    for (const [at, words] of JSON.parse(axes[y].dataset.ticks)) {
      add(grid, "path", { d: `M58 ${Y(at)}H${W - 20}` });
      add(grid, "text", { x: 54, y: Y(at) + 5, "text-anchor": "end" }, words);
    }
    for (const one of placed) {
      [one.x, one.y] = [X(one.cells[x].dataset.at), Y(one.cells[y].dataset.at)];
      one.mark.style.transform = `translate(${one.x}px, ${one.y}px)`;
    }
    // A name stands to the right, left, above or below, where nothing else is; else it waits for the pointer.
    const taken = placed.map((one) => [one.x - R, one.y - R, one.x + R, one.y + R]);
    for (const one of placed) {
      const w = one.text.getComputedTextLength();
      const ways = [[R + 4, 5], [-R - 4 - w, 5], [-w / 2, -R - 5], [-w / 2, R + 15]];
      const box = ([dx, dy]) => [one.x + dx - 1, one.y + dy - 12, one.x + dx + w + 1, one.y + dy + 4];
      const free = (way) => {
        const [left, top, right, bottom] = box(way);
        return left > 60 && right < W && top > 10 && bottom < H - 50 && taken.every((b) => left > b[2] || right < b[0] || top > b[3] || bottom < b[1]);
      };
      const way = ways.find(free);
      one.mark.classList.toggle("named", Boolean(way));
      const [dx, dy] = way || ways[one.x + w + 20 > W ? 1 : 0];
      one.text.setAttribute("x", dx);
      one.text.setAttribute("y", dy);
      if (way) taken.push(box(way));
    }
  }
  const of = (mark) => models.find((one) => one.mark === mark);
  walked(svg, models.map((one) => one.mark), (mark, right, down) => {
    const from = of(mark);
    const apart = (one) => {
      const [dx, dy] = [one.x - from.x, one.y - from.y];
      const along = dx * right + dy * down;
      return along > 0.01 ? along + 3 * Math.abs(dx * down + dy * right) : Infinity;
    };
    const next = placed.reduce((best, one) => apart(one) < apart(best) ? one : best, from);
    return next.mark;
  }, (mark) => {
    const one = of(mark);
    about.textContent = one ? `${one.name}: ${chosenAxes.map((axis) => `${axes[axis].text} ${one.cells[axis].textContent}`).join(", ")}` : shown;
  });
  chosen(document.getElementById("choices"), show);
  // Names are measured again in their own letters.
  document.fonts.ready.then(() => dispatchEvent(new Event("resize")));
})();
