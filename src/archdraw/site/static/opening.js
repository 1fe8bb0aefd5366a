// Blocks of a picture open in place, down to their linear layers; what is said of a block, and words in closed panels.
"use strict";
/**
 * Makes the blocks of `zoomed`, which `zoomable(view, ...)` returned, open in place.
 *
 * `load` promises the blocks of the model, `words` are what this says, and `changed` gets the paths that are open.
 * `card` is where the facts of a block stand, `levels` a list of what is open.
 */
function opening(zoomed, view, { load, words, card, levels, changed }) {
  const { svg, whole } = zoomed;
  const make = (name, textContent, parent) => {
    const made = Object.assign(document.createElement(name), { textContent });
    parent.append(made);
    return made;
  };
  // All that recedes behind an opened block is one group: one layer for the browser.
  const ground = document.createElementNS(svg.namespaceURI, "g");
  ground.append(...[...svg.children].filter((one) => !["title", "desc", "metadata", "defs", "style"].includes(one.tagName)));
  svg.append(ground);
  svg.setAttribute("role", "group");
  const open = [];
  let data = null;
  let loading = null;
  let lit = null;
  const ready = () => (loading ||= load().then((found) => { data = found; arm(ground); if (lit) tell(lit); }));
  const top = () => (open.length ? open[open.length - 1].lens : ground);
  const focus = (element) => element.focus({ preventScroll: true });
  const blocksIn = (root) => [...root.querySelectorAll("[data-path]")];
  const at = (root, path) => blocksIn(root).find((one) => one.dataset.path === path);

  /** The block at `path`: its place among the blocks, and the kind of the module around it. */
  function find(path) {
    let [place, kind] = [0, ""];
    for (const name of path.split("/")) {
      place = data.blocks[place].inside?.[name];
      if (place === undefined) return null;
      kind = data.blocks[place].kind || kind;
    }
    return { place, kind, ...data.blocks[place] };
  }
  const opens = (path) => find(path)?.place in data.panels;

  // What can be opened is a button, and only what is in front can be reached.
  function arm(root) {
    for (const group of blocksIn(root)) {
      const path = group.dataset.path;
      if (data ? opens(path) && !group.querySelector("[data-path]") : "opens" in group.dataset) group.setAttribute("role", "button");
      // Others in panels of the plate are reached by opening what they are in.
      else if (data && find(path) && (root !== ground || !group.closest("[data-panel]"))) group.setAttribute("role", "img");
      if (group.hasAttribute("role")) group.setAttribute("tabindex", 0);
    }
  }
  function recede(root, away) {
    root.classList.toggle("behind", away);
    root.setAttribute("aria-hidden", away);
    for (const group of root.querySelectorAll("[role=button], [role=img]")) group.setAttribute("tabindex", away ? -1 : 0);
  }

  /** The box of an element in px of the picture. */
  function boxOf(element) {
    const own = element.getBBox();
    const to = svg.getScreenCTM().inverse().multiply(element.getScreenCTM());
    return [to.a * own.x + to.e, to.d * own.y + to.f, own.width * to.a, own.height * to.d];
  }
  const around = ([x, y, w, h], share) => [x - w * share, y - h * share, w * (1 + 2 * share), h * (1 + 2 * share)];
  /** What is shown of an opened panel in the box `place`: all of it, no larger than is good to read. */
  function shownOf(place, scale) {
    const [x, y, w, h] = around(place, 0.02);
    const most = scale / Math.max(1.6, innerHeight / 650);
    const [width, height] = [Math.max(w, view.clientWidth * most), Math.max(h, view.clientHeight * most)];
    return [x - (width - w) / 2, y - (height - h) / 2, width, height];
  }

  /** The panel of the block at `place`, with its paths below `path`. */
  function panel(place, path) {
    const found = new DOMParser().parseFromString(data.panels[place], "text/html").querySelector("svg");
    const base = data.blocks[place].path;
    const moved = (end) => (end.startsWith(`${base}/`) ? path + end.slice(base.length) : end);
    for (const one of found.querySelectorAll("[data-path], [data-from], [data-to]")) for (const name of ["path", "from", "to"])
      if (name in one.dataset) one.dataset[name] = one.dataset[name].split(" ").map(moved).join(" ");
    return found;
  }
  function openOne(path, quick) {
    if (!opens(path) || open.some((one) => one.path === path)) return false;
    const { place: number, label } = find(path);
    const root = top();
    const from = at(root, path);
    const inner = panel(number, path);
    const [, , width, height] = inner.getAttribute("viewBox").split(" ").map(Number);
    const place = from ? boxOf(from) : around(root === ground ? whole : boxOf(root), -0.3);
    inner.setAttribute("width", width);
    inner.setAttribute("height", height);
    const lens = document.createElementNS(svg.namespaceURI, "g");
    const spoken = words.opened.replace("{title}", () => label);
    for (const [name, value] of Object.entries({ class: "lens", role: "group", tabindex: -1, "aria-label": spoken })) lens.setAttribute(name, value);
    lens.append(inner);
    light(null);
    recede(root, true);
    const goal = Math.max(place[2] / width, place[3] / height) * (open.length ? 1 : 1.35);
    const corner = [place[0] + (place[2] - width * goal) / 2, place[1] + (place[3] - height * goal) / 2];
    lens.setAttribute("transform", `translate(${corner.join(" ")}) scale(${goal})`);
    svg.append(lens);
    arm(lens);
    view.classList.add("open");
    // Not measured: that would lay out the whole picture before it moves.
    const box = shownOf([...corner, width * goal, height * goal], goal);
    open.push({ path, from, lens, root, label, box, back: zoomed.shown() });
    zoomed.home(box);
    if (quick) zoomed.show(box); else zoomed.glide(box);
    return true;
  }
  function closeOne(quick) {
    const { from, lens, root, back } = open.pop();
    lens.remove();
    recede(root, false);
    light(null);
    view.classList.toggle("open", open.length > 0);
    zoomed.home(open.length ? open[open.length - 1].box : whole);
    if (quick) zoomed.show(back); else zoomed.glide(back);
    return from;
  }
  function report() {
    levels.parentNode.hidden = !open.length;
    levels.replaceChildren();
    [{ label: data.name }, ...open].forEach((one, index) => {
      const button = make("button", one.label, make("li", "", levels));
      button.type = "button";
      if (index === open.length) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => back(index));
    });
    changed(open.map((one) => one.path));
  }
  /** Closes all but `left` levels, and puts the focus where the last of them was opened. */
  function back(left) {
    let from = null;
    while (open.length > left) from = closeOne(open.length > left + 1);
    report();
    focus(from?.isConnected ? from : open.length ? top() : view);
  }
  /** What is opened one in the other until the block at `path` is: the modules around it that no picture before shows. */
  function way(path) {
    const names = path.split("/");
    const every = names.map((_, index) => names.slice(0, index + 1).join("/")).filter(opens);
    const found = [];
    for (let left = every; left.length;) {
      const root = found.length ? panel(find(found[found.length - 1]).place, found[found.length - 1]) : ground;
      // The innermost of them that is shown so far, so that no more is opened than must be.
      const seen = [...left].reverse().find((one) => at(root, one)) || left[0];
      found.push(seen);
      left = left.slice(left.indexOf(seen) + 1);
    }
    return found;
  }
  /** Opens the block at `path` from wherever one is; without one, or with one that has no inside, the plate is shown. */
  async function go(path) {
    await ready();
    const wanted = path && opens(path) ? way(path) : [];
    let same = 0;
    while (same < open.length && same < wanted.length && open[same].path === wanted[same]) same += 1;
    while (open.length > same) closeOne(open.length > same + 1 || wanted.length > same);
    wanted.slice(same).forEach((one, index, all) => openOne(one, index < all.length - 1));
    report();
    focus(open.length ? top() : view);
  }
  /** Opens the panel with a block and lights it. */
  async function show(panelPath, path) {
    await go(panelPath);
    const group = path && at(top(), path);
    if (!group) return;
    if (!group.hasAttribute("tabindex")) group.setAttribute("tabindex", -1);
    focus(group);
  }

  // Lit: a block, the lines into and out of it, the panel that opens it; and what is said of it.
  function light(group) {
    // Where the block is on the screen is asked for first: after a change of classes all styles would be computed for it.
    tell(group);
    for (const one of svg.querySelectorAll(".lit")) one.classList.remove("lit");
    lit = group;
    const root = top();
    view.classList.toggle("lighting", Boolean(group));
    if (!group) return;
    const { path, opens: names = "" } = group.dataset;
    group.classList.add("lit");
    const wanted = ["from", "to"].map((end) => `[data-${end}~="${CSS.escape(path)}"]`);
    for (const name of names.split(" ").filter(Boolean)) wanted.push(`[data-panel="${CSS.escape(name)}"]`, `[data-opens~="${CSS.escape(name)}"]`);
    for (const one of root.querySelectorAll(wanted.join())) one.classList.add("lit");
  }
  function tell(group) {
    card.replaceChildren();
    if (!group) return;
    const found = data && find(group.dataset.path);
    // It gives way to the block that it is about.
    card.classList.toggle("right", group.getBoundingClientRect().left < innerWidth / 2 - 100);
    make("strong", found?.label || group.querySelector("title")?.textContent, card);
    if (!found) return;
    if (found.detail && !found.label.includes(found.detail)) make("span", ` ${found.detail}`, card);
    const list = make("dl", "", card);
    const formula = data.kinds[found.kind];
    for (const [name, text] of [...(found.facts || []), ...(formula ? [[words.formula, formula.join(": ")]] : [])]) {
      const row = make("div", "", list);
      make("dt", name, row);
      make("dd", text, row);
    }
  }

  // Words of the plate and of every panel, opened or not.
  let index = null;
  function indexed() {
    const found = new Map();
    const add = (root, place) => {
      const { path: panelPath, label: within } = place ? data.blocks[place] : {};
      for (const one of root.querySelectorAll("text")) {
        const group = one.closest("[data-path]");
        const path = group?.dataset.path;
        const text = group ? [...group.querySelectorAll("text")].map((line) => line.textContent).join(" ") : one.textContent;
        const key = `${within || path}\n${text}`;
        if (!found.has(key)) found.set(key, { panelPath, within, path, text });
      }
    };
    add(ground, 0);
    for (const place of Object.keys(data.panels)) add(panel(place, data.blocks[place].path), place);
    return [...found.values()];
  }
  /** Where all of `asked` are written: the panel, the block and the text of each place. */
  async function search(asked) {
    await ready();
    const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
    return wanted.length ? (index ||= indexed()).filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word))) : [];
  }

  const blockOf = ({ target }) => { const group = target.closest("[data-path]"); return group && top().contains(group) ? group : null; };
  const focused = () => blockOf({ target: document.activeElement });
  // Where the pointer is on no block, the one with the focus is lit.
  for (const name of ["pointerover", "focusin"]) svg.addEventListener(name, (event) => { ready(); light(blockOf(event) || focused()); });
  for (const name of ["pointerleave", "focusout"]) svg.addEventListener(name, () => setTimeout(() => light(focused())));
  async function enter(group) {
    await ready();
    if (group.getAttribute("role") !== "button" || !openOne(group.dataset.path)) return;
    report();
    focus(top());
  }
  view.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.target.closest("a")) return;
    const group = blockOf(event);
    if (group) enter(group);
    else if (open.length && !top().contains(event.target)) back(open.length - 1);
  });
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const group = blockOf(event);
    if ((event.key === "Enter" || event.key === " ") && group) enter(group);
    else if (event.key === "Escape" && open.length) back(open.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  arm(ground);
  return { go, show, search };
}
