// What the pages about all models share: their choices are in the address, and one of many things has the focus.
"use strict";
/** Keeps the fields of `form` in the hash of the address, calls `show` with their values whenever these change. */
function chosen(form, show) {
  const fields = [...form.elements].filter((one) => one.name);
  const first = Object.fromEntries(fields.map((one) => [one.name, one.value]));
  const now = () => Object.fromEntries(fields.map((one) => [one.name, one.value]));
  function put() {
    const state = new URLSearchParams();
    for (const one of fields) if (one.value !== first[one.name]) state.set(one.name, one.value);
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname.split("/").pop());
    show(now());
  }
  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const one of fields) {
      one.value = state.get(one.name) ?? first[one.name];
      if (one.selectedIndex < 0) one.value = first[one.name];
    }
    show(now());
  }
  form.addEventListener("input", put);
  form.addEventListener("reset", () => setTimeout(put));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
  return { set(name, value) { form.elements[name].value = value; put(); } };
}
/** Of `links` one can be reached by Tab, the one that had the focus last; returned is what gives it to another. */
function roving(links) {
  let last = links[0];
  for (const one of links) one.setAttribute("tabindex", one === last ? "0" : "-1");
  return (link) => {
    if (!link) return;
    last.setAttribute("tabindex", "-1");
    last = link;
    link.setAttribute("tabindex", "0");
    if (document.activeElement !== link) link.focus();
  };
}
