// The diagram of one model in a page of its own, as a notebook shows it: nothing is stored, nothing is loaded.
"use strict";
(() => {
  const view = document.getElementById("plate");
  const in_ = (selector) => document.querySelector(`#diagram ${selector}`);
  const blocks = opening(zoomable(view, in_(".tools")), view, {
    load: async () => modelBlocks, words: strings.block, card: in_(".card"), levels: in_(".levels ol"), changed: () => {},
  });
  finding(in_(".find"), blocks, strings, () => {});
  document.documentElement.dataset.ready = "";
})();
