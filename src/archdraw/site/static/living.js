// What the pages about all models share.
"use strict";
/** Keeps the fields of `form` in the hash of the address and calls `show` with their values; returned is what sets one. */
function chosen(form, show) {
  const fields = [...form.elements].filter((one) => one.name);
  const first = fields.map((one) => one.value);
  const shown = () => show(Object.fromEntries(fields.map((one) => [one.name, one.value])));
  function put() {
    const state = new URLSearchParams(fields.filter((one, place) => one.value !== first[place]).map((one) => [one.name, one.value]));
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname);
    shown();
  }
  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    fields.forEach((one, place) => {
      one.value = state.get(one.name) ?? first[place];
      if (one.selectedIndex < 0) one.value = first[place];
    });
    shown();
  }
  form.addEventListener("input", put);
  form.addEventListener("reset", () => setTimeout(put));
  addEventListener("hashchange", read);
  addEventListener("resize", shown);
  read();
  return (name, value) => { form.elements[name].value = value; put(); };
}
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Makes `links` in `root` one stop of Tab, in which an arrow leads to `next(link, right, down)`; `say` is called with the one that is pointed at or has the focus. */
function walked(root, links, next, say) {
  let [last, focused] = [links[0]];
  const own = (event) => links.find((one) => one.contains(event.target));
  for (const one of links) one.tabIndex = one === last ? 0 : -1;
  root.addEventListener("focusin", (event) => {
    focused = own(event);
    if (!focused) return;
    last.tabIndex = -1;
    (last = focused).tabIndex = 0;
    say(focused, true);
  });
  root.addEventListener("focusout", () => say(focused = undefined));
  root.addEventListener("pointerover", (event) => say(own(event) || focused));
  root.addEventListener("pointerleave", () => say(focused));
  root.addEventListener("keydown", (event) => {
    if (!WAYS[event.key] || !focused || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    next(focused, ...WAYS[event.key])?.focus();
  });
}
