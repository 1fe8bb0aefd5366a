// What all pages do: their theme, words with values in them, elements, data that is read when it is needed.
"use strict";
/** `text` with the values of `values` in place of their names in braces. */
function said(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}
/** An element with attributes, and with what is in it, where there is any. */
function make(tag, about, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) element.setAttribute(name, value);
  element.append(...inside.filter(Boolean));
  return element;
}
/** Runs the script at an address, or finds that there is none: a page may read no other file of a folder. */
function run(src, about = {}) {
  const script = make("script", { src, ...about });
  document.head.append(script);
  return new Promise((done) => { script.onload = script.onerror = done; });
}
(() => {
  const THEMES = ["system", "light", "dark"];
  const button = document.getElementById("theme");
  const root = document.documentElement;
  function stored() {
    try { return localStorage.getItem("archdraw-theme"); } catch { return null; }
  }
  function paint(name) {
    if (name === "system") delete root.dataset.theme;
    else root.dataset.theme = name;
    button.textContent = strings.theme[name];
    button.dataset.now = name;
  }
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(button.dataset.now) + 1) % THEMES.length];
    paint(next);
    try { localStorage.setItem("archdraw-theme", next); } catch { /* a page without storage forgets it */ }
  });
  paint(THEMES.includes(stored()) ? stored() : "system");
})();
