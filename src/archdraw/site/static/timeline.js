// Concepts over time: topics and orders, what one model has, and a walk from cell to cell.
"use strict";
(() => {
  const table = document.getElementById("years");
  const about = document.getElementById("about");
  const groups = [...table.tBodies];
  const rows = [...table.querySelectorAll("[data-models]")];
  const all = table.createTBody();
  let shown;
  function show({ about: topic, model, sort }) {
    const by = (row) => sort === "first" ? Date.parse(row.dataset.first) || 0 : Number(row.dataset[sort]);
    const sorted = sort !== "topic";
    for (const row of sorted ? [...rows].sort((a, b) => by(b) - by(a)) : rows) {
      (sorted ? all : groups.find((one) => one.dataset.about === row.dataset.about)).append(row);
      row.hidden = Boolean(topic && row.dataset.about !== topic);
      row.classList.toggle("out", Boolean(model && !row.dataset.models.split(" ").includes(model)));
    }
    for (const one of groups) one.hidden = sorted || Boolean(topic && one.dataset.about !== topic);
    const seen = rows.filter((row) => !row.hidden);
    about.textContent = shown = said(strings.concepts, { number: seen.filter((row) => !row.matches(".out")).length, all: seen.length });
  }
  const cell = (link) => link.closest("th, td");
  walked(table, [...table.querySelectorAll("tbody a")], (link, right, down) => {
    const row = link.closest("tr");
    const links = [...row.querySelectorAll("a")];
    if (right) return links[links.indexOf(link) + right];
    const seen = [...table.querySelectorAll("[data-models]:not([hidden])")];
    const apart = (one) => Math.abs(cell(one).cellIndex - cell(link).cellIndex);
    return [...(seen[seen.indexOf(row) + down]?.querySelectorAll("a") || [])].sort((a, b) => apart(a) - apart(b))[0];
  }, (link) => { about.textContent = link?.title ? `${link.ariaLabel}: ${link.title}` : shown; });
  chosen(document.getElementById("choices"), show);
})();
