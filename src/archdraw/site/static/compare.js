// Two to four models side by side, as their records say. Which ones is in the address; records are read when needed.
"use strict";
const records = new Map();
/** Called by the record of a model, which is a script: a page may read no other file of a folder. */
function comparable(record) {
  records.set(document.currentScript.dataset.slug, record);
}
(() => {
  const words = strings.compare;
  const at = (id) => document.getElementById(id);
  const form = at("chosen");
  const fields = [...form.querySelectorAll("input")];
  const names = new Map(comparing.names);
  const twins = Object.fromEntries(comparing.twins);
  const taken = new Set();
  // Two models may have one name: it goes with that in files then.
  const called = new Map(comparing.models.map(([slug, name]) => {
    const own = taken.has(name) ? `${name} (${slug})` : name;
    taken.add(own);
    return [slug, own];
  }));
  const slugs = new Map([...called].map(([slug, name]) => [name.toLowerCase(), slug]));
  const hidden = new Set();
  let shown = 0;

  const SIGNS = { added: "+", removed: "−", changed: "~" };
  const disc = (sign) => sign && make("span", { class: `sign ${sign}`, role: "img", "aria-label": words[sign] }, SIGNS[sign]);

  function tower(models, { rows, slots }) {
    const last = models.length - 1;
    const heads = models.map((model) => make("div", { class: "head" },
      make("h3", {}, make("a", { href: `${encodeURIComponent(model.slug)}.html` }, model.name)), make("p", {}, model.about)));
    const floors = [...slots].reverse().map((slot) => {
      const own = rows.filter((row) => row.slot === slot || (slot.sort === "layer" && row.sort === "layers"));
      const signs = Array.from({ length: last }, (_, i) => {
        const found = own.filter((row) => row.signs[i]);
        const block = found.find((row) => row.what === "block");
        return block ? block.signs[i] : found.length ? "changed" : "";
      });
      const equal = !signs.some(Boolean);
      const cells = models.map((model, i) => make("div", { class: "cell" }, i > 0 && disc(signs[i - 1]),
        make("span", { class: "aside" }, `${model.name}: `), ...boxes(slot, model, i, equal)));
      const title = slot.sort === "layer" ? words.layers : slot.titles.join(" / ");
      return make("div", { class: `floor ${slot.place}` }, make("h4", {}, title), make("div", { class: "row" }, ...cells));
    });
    at("towers").className = `of-${models.length}`;
    at("towers").replaceChildren(make("div", { class: "row" }, ...heads), ...floors);
  }
  function boxes(slot, model, index, equal) {
    const layers = model.runs.reduce((sum, [, times]) => sum + times, 0);
    if (slot.sort === "layer") {
      const has = [...new Set(slot.blocks[index].flatMap((block) => [...block.has.values()]))].filter(Boolean);
      return [make("p", { class: equal ? "box equal" : "box" }, make("b", {}, said(words.many, { layers })), make("span", {}, has.join(", ")),
        model.order.length < 60 && make("small", {}, model.order))];
    }
    if (!slot.blocks[index].length) return [make("p", { class: "none" }, "–")];
    return slot.blocks[index].map((block) => {
      const often = block.layers < layers ? said(words.some, { layers: block.layers, all: layers }) : "";
      return make("p", { class: `box ${equal ? "equal" : `role-${block.role}`}` }, make("b", {}, block.label),
        block.label.endsWith(block.detail) ? "" : make("span", {}, block.detail), often && make("small", {}, often));
    });
  }

  const nameOf = ({ what, title }) => {
    const own = what === "block" ? "" : words.whats[what] || names.get(what) || what;
    return own ? own + (title && !words.whats[what] ? `, ${title}` : "") : title;
  };
  const head = (models, first) => make("thead", {}, make("tr", {}, make("th", { scope: "col" }, first),
    ...models.map((model) => make("th", { scope: "col" }, model.name))));
  function table(models, rows) {
    const kinds = ["architecture", "settings", "numbers"];
    const cell = (values, sign) => make("td", {}, disc(sign), values.length ? values.join("; ") : "–");
    at("rows").replaceChildren(head(models, words.what), ...kinds.map((kind) => {
      const own = rows.filter((row) => row.kind === kind).map((row) => make("tr", {}, make("th", { scope: "row" }, nameOf(row)),
        ...row.values.map((values, i) => cell(values, i && row.signs[i - 1]))));
      const body = make("tbody", {}, ...own);
      body.hidden = hidden.has(kind);
      return body;
    }));
    at("kinds").replaceChildren(at("kinds").firstElementChild, ...kinds.map((kind, i) => {
      const box = make("input", { type: "checkbox" });
      box.checked = !hidden.has(kind);
      box.addEventListener("change", () => {
        hidden[box.checked ? "delete" : "add"](kind);
        at("rows").tBodies[i].hidden = !box.checked;
        put();
      });
      return make("label", {}, box, ` ${words.kinds[kind]} (${rows.filter((row) => row.kind === kind).length})`);
    }));
  }

  function maps(models) {
    const most = Math.max(...models.map((model) => model.runs.reduce((sum, [, times]) => sum + times, 0)));
    const drawn = (tag, about) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(about)) element.setAttribute(name, value);
      return element;
    };
    const seen = new Map();
    at("maps").replaceChildren(...models.map((model) => {
      const map = drawn("svg", { viewBox: `0 0 ${most * 10} 44`, preserveAspectRatio: "none", role: "img", "aria-label": model.order });
      let x = 0;
      for (const [kind, times] of model.runs)
        for (let i = 0; i < times; i += 1, x += 10)
          kind.forEach(([slot, block], place) => {
            const { role } = model.slots[slot].blocks[block];
            seen.set(role, model.slots[slot].title);
            const height = 44 / kind.length;
            map.append(drawn("rect", { x, y: place * height, width: 9, height: height - 1, class: `role-${role}` }));
          });
      return make("figure", {}, make("figcaption", {}, make("b", {}, model.name), ` ${model.order}`), x ? map : "");
    }), make("p", { class: "key" }, ...[...seen].map(([role, title]) => make("span", {}, make("i", { class: `role-${role}` }), title))));
  }

  function memory(models) {
    at("memory").replaceChildren(head(models, words.context), make("tbody", {}, ...comparing.contexts.map(([tokens, name], i) =>
      make("tr", {}, make("th", { scope: "row" }, name), ...models.map((model) =>
        make("td", {}, model.memory[i] ?? "–", model.memory[i] && tokens > model.context ? " *" : ""))))));
  }

  const chosen = () => fields.map((field) => slugs.get(field.value.trim().toLowerCase())).filter(Boolean);
  function put() {
    const state = new URLSearchParams();
    if (chosen().length) state.set("models", chosen().join(","));
    if (hidden.size) state.set("without", [...hidden].join(","));
    history.replaceState(null, "", state.size ? `#${state.toString().replaceAll("%2C", ",")}` : location.pathname.split("/").pop());
  }
  async function load(slug) {
    if (!records.has(slug)) await run(`${encodeURIComponent(slug)}-compare.js`, { "data-slug": slug });
    return { ...records.get(slug), slug };
  }
  async function show() {
    const now = (shown += 1);
    const every = await Promise.all([...new Set(chosen())].map(load));
    if (now !== shown) return; // another choice was made meanwhile
    const models = every.filter((model) => model.unknown === false);
    const lost = fields.map((field) => field.value.trim()).filter((name) => name && !slugs.has(name.toLowerCase()));
    const notes = [
      ...lost.map((name) => said(words.lost, { name })),
      ...every.filter((model) => model.unknown !== false).map((model) => said(words.unknown, { name: called.get(model.slug) })),
      models.length < 2 && words.least,
    ].filter(Boolean);
    at("compared").hidden = models.length < 2;
    if (at("suggested")) at("suggested").hidden = models.length > 1;
    if (models.length > 1) {
      const found = differences(models, twins, comparing.both);
      tower(models, found);
      table(models, found.rows);
      maps(models);
      memory(models);
      at("command").textContent = `archdraw compare ${models.map((model) => model.slug).join(" ")} -o compare.svg`;
      notes.push(said(found.rows.length === 1 ? words.one : words.found, { rows: found.rows.length }));
    }
    at("said").textContent = notes.join(" ");
  }
  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    const asked = (state.get("models") || "").split(",").filter(Boolean);
    fields.forEach((field, i) => { field.value = asked[i] ? called.get(asked[i]) || asked[i] : ""; });
    hidden.clear();
    for (const kind of (state.get("without") || "").split(",")) if (kind in words.kinds) hidden.add(kind);
    show();
  }
  at("names").append(...[...called.values()].map((value) => make("option", { value })));
  form.addEventListener("change", () => { put(); show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  read();
})();
