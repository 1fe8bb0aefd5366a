// What belongs to a block of a plate: its lines, its panel, its words.
"use strict";
(() => {
  const view = document.getElementById("plate");
  const svg = view.querySelector("svg");
  const about = document.getElementById("about");
  const tools = document.querySelector(".tools");
  zoomable(view, tools);

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
  document.documentElement.dataset.ready = "";
})();
