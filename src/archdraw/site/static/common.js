// What all pages do: their theme, and words with values in them.
"use strict";
/** `text` with the values of `values` in place of their names in braces. */
function said(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
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
  button.hidden = false;
})();
