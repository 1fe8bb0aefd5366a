// Search, filters, order and views of all models. The state is in the address, so that a link shows what one sees.
"use strict";
(() => {
  const FIRST = { cards: 200, compact: 200, table: 40 }; // so many are shown until more are asked for
  const RISING = ["name", "cache", "long"]; // others begin with the newest or the largest
  const words = strings.home;
  const at = (id) => document.getElementById(id);
  const form = at("search");
  const list = at("models");
  const sheet = at("sheet");
  const query = at("q");
  const sort = at("sort");
  const views = form.elements.view;
  const most = Number(at("picked").dataset.most);
  const filters = cards.filters.map(([name, values], index) => ({
    name, values, index, chosen: new Set(), element: form.querySelector(`[data-filter="${name}"]`),
  }));
  const columns = Object.entries(cards.models);
  const every = [...list.children].map((element, place) => {
    const title = element.querySelector("h2").textContent;
    const own = Object.fromEntries(columns.map(([key, values]) => [key, values[place]]));
    return { ...own, element, place, title, name: title.toLowerCase(), slug: element.id, boxes: [element.querySelector("input")] };
  });
  const picked = new Set();
  const orders = [...sort.options].map((one) => one.value);
  let column = ""; // of the table, by which it is sorted in place of what `sort` says
  let turned = false;
  let shown = FIRST.cards;
  let order = every;
  let arranged = "";
  let heads = [];
  const places = searchWords.models.split("\n");
  const index = searchWords.words.split("\n").map((line, place) => [line, places[place]]);
  /** Which models have `word` in what is said of them, or as a part of a word. */
  function having(word) {
    const found = new Uint8Array(every.length);
    for (const line of index) {
      if (!line[0].includes(word)) continue;
      line[2] ||= line[1].split(" ").map(Number);
      let place = 0;
      for (const step of line[2]) found[(place += step)] = 1;
    }
    return found;
  }
  const isTable = () => views.value === "table" && heads.length > 0;
  const isBy = (name) => (column || sort.value) === name;
  const isRising = () => RISING.includes(column || sort.value) !== turned;
  const put = (set, one, there) => set[there ? "add" : "delete"](one);

  function filter() {
    const asked = query.value.toLowerCase().split(/\s+/).map((word) => word.replace(/^[()[\]{},;:.]+|[()[\]{},;:.]+$/g, "")).filter(Boolean).map(having);
    const set = filters.filter((one) => one.chosen.size);
    for (const one of filters) one.counts = one.values.map(() => 0);
    for (const card of every) {
      card.fits = asked.every((found) => found[card.place]);
      if (!card.fits) continue;
      const against = set.filter((one) => !card.in[one.index].some((value) => one.chosen.has(value)));
      card.fits = !against.length;
      // A value has as many models as it would show, whatever else is chosen in its own filter.
      const counted = against.length > 1 ? [] : against.length ? against : filters;
      for (const one of counted) for (const value of card.in[one.index]) one.counts[value] += 1;
    }
  }
  function arrange() {
    const now = [sort.value, column, turned, isTable()].join();
    if (now === arranged) return;
    arranged = now;
    const number = column && isTable() ? facts.columns.findIndex(([name]) => name === column) : -1;
    const value = (card) => (number < 0 ? card[sort.value] : [facts.rows[card.place][number]].flat().at(-1));
    const way = isRising() ? 1 : -1;
    const none = (one) => one == null || one === "" || one === "–";
    order = every.map((card) => [value(card), card]).sort(([a, one], [b, other]) =>
      none(a) - none(b) || (none(a) ? 0 : (a < b ? -1 : a > b) * way) || one.place - other.place).map(([, card]) => card);
  }
  /** Puts `cards` where they are to be, the first of all; in which order those are that nobody sees is of no matter. */
  function line_up(cards) {
    let next = list.firstElementChild;
    for (const { element } of cards) {
      while (next?.hidden) next = next.nextElementSibling;
      if (next !== element) { list.prepend(...cards.map((card) => card.element)); return; }
      next = next.nextElementSibling;
    }
  }
  function show() {
    filter();
    arrange();
    const fitting = order.filter((card) => card.fits);
    const number = fitting.length;
    const seen = new Set(fitting.slice(0, shown));
    if (isTable()) sheet.querySelector("tbody").replaceChildren(...[...seen].map((card) => card.row));
    else {
      for (const card of every) if (card.element.hidden === seen.has(card)) card.element.hidden = !seen.has(card);
      line_up([...seen]);
    }
    at("found").textContent = said(strings.found, { number, all: every.length });
    at("more").hidden = number <= shown;
    list.hidden = isTable();
    list.className = views.value;
    list.dataset.sort = sort.value;
    sheet.hidden = !isTable();
    at("turn").setAttribute("aria-pressed", turned);
    for (const { head, name } of heads)
      head.setAttribute("aria-sort", isBy(name) ? (isRising() ? "ascending" : "descending") : "none");
    for (const one of filters) if (one.element.open) options(one);
    chips();
    topics();
    pick();
  }

  function options(one) {
    one.boxes ||= one.values.map((value, index) => {
      const box = make("input", { type: "checkbox" });
      const label = make("label", {}, box, value, make("span", {}));
      box.addEventListener("change", () => { put(one.chosen, index, box.checked); change(); });
      one.element.lastElementChild.append(label);
      return label;
    });
    one.boxes.forEach((label, index) => {
      label.firstChild.checked = one.chosen.has(index);
      label.lastChild.textContent = one.counts[index];
      label.hidden = !one.counts[index] && !one.chosen.has(index);
    });
  }
  /** Pages about concepts that have all words that are asked for, each at the beginning of one of theirs. */
  function topics() {
    const asked = query.value.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const begins = (text) => asked.every((one) => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")}`.includes(` ${one}`));
    const found = asked.length ? cards.concepts.filter(([title, also]) => begins(`${title} ${also}`)).slice(0, 4) : [];
    at("topics").hidden = !found.length;
    at("topics").replaceChildren(at("topics").firstChild, ...found.map(([title, also, href]) => make("a", { href }, title)));
  }
  function chips() {
    at("chips").replaceChildren(...filters.flatMap((one) => {
      one.element.classList.toggle("set", one.chosen.size > 0);
      return [...one.chosen].map((index) => {
        const value = one.values[index];
        const button = make("button", { type: "button", "aria-label": said(words.without, { filter: one.name, value }) }, `${one.name}: ${value} ×`);
        button.addEventListener("click", () => { one.chosen.delete(index); change(); query.focus(); });
        return make("li", {}, button);
      });
    }));
  }
  function pick() {
    const [note, link] = at("picked").children;
    const names = [...picked].map((slug) => every.find((card) => card.slug === slug).title).join(", ");
    for (const { boxes, slug } of every)
      for (const box of boxes) Object.assign(box, { checked: picked.has(slug), disabled: picked.size >= most && !picked.has(slug) });
    at("picked").hidden = !picked.size;
    note.textContent = said(picked.size < 2 ? words.one_more : words.chosen, { names });
    link.hidden = picked.size < 2;
    link.href = `compare.html#models=${[...picked].map(encodeURIComponent).join()}`;
  }

  /** The table of all facts, which are read when it is first looked at. */
  async function look() {
    if (views.value === "table" && !heads.length) {
      await run("facts.js");
      heads = [["name", words.model, false, 18], ...facts.columns].map(([name, title, counted, width]) => {
        const button = make("button", { type: "button" }, title);
        button.addEventListener("click", () => {
          const own = orders.includes(name);
          turned = isBy(name) ? !turned : !own && !counted;
          column = own ? "" : name;
          if (own) sort.value = name;
          change();
        });
        const head = make("th", { scope: "col", class: counted ? "number" : "" }, button);
        // Columns of given widths: a browser need not look at every cell before it shows one.
        head.style.width = `${width}em`;
        return { name, head, width };
      });
      for (const card of every) {
        const box = make("input", { type: "checkbox", value: card.slug, "aria-label": `${words.compare} ${card.title}` });
        card.boxes.push(box);
        card.row = make("tr", {}, make("th", { scope: "row" }, box, make("a", { href: card.element.querySelector("h2 a").getAttribute("href") }, card.title)),
          ...facts.rows[card.place].map((one) => (Array.isArray(one)
            ? make("td", { class: "number", title: one[1]?.toLocaleString("en") ?? "" }, one[0]) : make("td", {}, one))));
      }
      const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((one) => one.head))), make("tbody", {}));
      table.style.width = `${heads.reduce((sum, { width }) => sum + width, 0)}em`;
      sheet.append(table);
    }
    show();
  }

  let timer = 0;
  function change() {
    shown = FIRST[views.value];
    look();
    clearTimeout(timer);
    timer = setTimeout(() => {
      const state = new URLSearchParams();
      const keep = (name, value) => value && state.append(name, value);
      keep("q", query.value);
      for (const one of filters) for (const value of one.chosen) keep(one.name, one.values[value]);
      keep("sort", sort.value !== "date" && sort.value);
      keep("column", column);
      keep("turned", turned && "yes");
      keep("view", views.value !== "cards" && views.value);
      keep("compare", [...picked].join());
      history.replaceState(null, "", state.size ? `#${state}` : location.pathname.split("/").pop() || ".");
    }, 150);
  }
  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    const among = (choices, name, usual) => (choices.includes(state.get(name)) ? state.get(name) : usual);
    query.value = state.get("q") || "";
    for (const one of filters) one.chosen = new Set(state.getAll(one.name).map((value) => one.values.indexOf(value)).filter((index) => index >= 0));
    sort.value = among(orders, "sort", "date");
    views.value = among([...views].map((one) => one.value), "view", "cards");
    column = state.get("column") || "";
    turned = state.has("turned");
    picked.clear();
    for (const slug of (state.get("compare") || "").split(","))
      if (picked.size < most && every.some((card) => card.slug === slug)) picked.add(slug);
    shown = FIRST[views.value];
    look();
  }

  query.addEventListener("input", change);
  sort.addEventListener("change", () => { column = ""; turned = false; change(); });
  at("turn").addEventListener("click", () => { turned = !turned; change(); });
  at("views").addEventListener("change", change);
  for (const place of [list, sheet]) place.addEventListener("change", ({ target }) => { put(picked, target.value, target.checked); change(); });
  at("picked").lastElementChild.addEventListener("click", () => { picked.clear(); change(); });
  at("more").addEventListener("click", () => { shown += FIRST.cards; show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    query.value = "";
    for (const one of filters) one.chosen.clear();
    change();
  });
  // One list of values is open at a time; Escape and whatever is done elsewhere close it.
  const close = (but) => { for (const { element } of filters) if (!element.contains(but)) element.open = false; };
  for (const one of filters) one.element.addEventListener("toggle", () => one.element.open && options(one));
  for (const kind of ["pointerdown", "focusin"]) addEventListener(kind, (event) => close(event.target));
  addEventListener("keydown", (event) => {
    const open = filters.find((one) => one.element.open);
    if (event.key === "Escape" && open) {
      open.element.firstElementChild.focus();
      close();
    }
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      query.focus();
    }
  });
  addEventListener("hashchange", read);
  read();
})();
