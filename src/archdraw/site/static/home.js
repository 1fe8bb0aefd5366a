// Search, filters and sorting of the gallery. The state is in the address, so that a link shows what one sees.
"use strict";
(() => {
  const form = document.getElementById("search");
  const list = document.getElementById("models");
  const found = document.getElementById("found");
  const query = document.getElementById("q");
  const sort = document.getElementById("sort");
  const filters = [...form.querySelectorAll("[data-filter]")];
  const words = typeof searchWords === "object" ? searchWords : {};
  const cards = [...list.children].map((element, place) => ({
    element, place, data: element.dataset,
    groups: JSON.parse(element.dataset.groups),
    words: words[element.id] || element.textContent.toLowerCase(),
  }));
  const orders = {
    date: (a, b) => b.data.date.localeCompare(a.data.date) || a.place - b.place,
    name: (a, b) => a.data.name.localeCompare(b.data.name),
    total: (a, b) => b.data.total - a.data.total,
    active: (a, b) => b.data.active - a.data.active,
    context: (a, b) => b.data.context - a.data.context,
    // Those that keep no cache of tokens come last.
    cache: (a, b) => (a.data.cache || Infinity) - (b.data.cache || Infinity) || a.place - b.place,
  };
  for (const card of cards) if (card.data.cache === "0") card.data.cache = "";

  function show() {
    const asked = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.filter((one) => one.value);
    let number = 0;
    for (const card of cards) {
      const fits = asked.every((word) => card.words.includes(word)) &&
        wanted.every((one) => card.groups[one.dataset.filter].includes(one.value));
      card.element.hidden = !fits;
      number += fits;
    }
    found.textContent = said(strings.found, { number, all: cards.length });
  }

  function order() {
    cards.sort(orders[sort.value]);
    list.append(...cards.map((card) => card.element));
  }

  let timer = 0;
  function remember() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const state = new URLSearchParams();
      if (query.value) state.set("q", query.value);
      for (const one of filters) if (one.value) state.set(one.dataset.filter, one.value);
      if (sort.value !== "date") state.set("sort", sort.value);
      const hash = state.toString();
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname.split("/").pop() || ".");
    }, 150);
  }

  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    query.value = state.get("q") || "";
    for (const one of filters) {
      one.value = state.get(one.dataset.filter) || "";
      if (one.selectedIndex < 0) one.value = "";
    }
    sort.value = state.get("sort") in orders ? state.get("sort") : "date";
    order();
    show();
  }

  query.addEventListener("input", () => { show(); remember(); });
  form.addEventListener("change", () => { order(); show(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order(); show(); remember(); }));
  addEventListener("hashchange", read);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      query.focus();
    }
  });
  form.hidden = false;
  read();
})();
