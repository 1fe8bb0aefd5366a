// The page of a model: its blocks, words to be found in it, its memory, snippets to be copied; the state is in the address.
"use strict";
(() => {
  const view = document.getElementById("plate");
  const section = document.getElementById("diagram");
  const in_ = (selector) => section.querySelector(selector);
  const state = new URLSearchParams(location.hash.slice(1));
  function remember(name, value) {
    if (value) state.set(name, value); else state.delete(name);
    const hash = state.toString().replaceAll("%2F", "/");
    history.replaceState(null, "", hash ? `#${hash}` : location.href.split("#")[0]);
  }
  function load() {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = view.dataset.blocks;
      script.onload = () => done(modelBlocks);
      script.onerror = () => failed(new Error(script.src));
      document.head.append(script);
    });
  }
  const zoomed = zoomable(view, in_(".tools"));
  const blocks = opening(zoomed, view, {
    load, words: strings.block, card: in_(".card"), levels: in_(".levels ol"),
    changed: (paths) => {
      remember("open", paths[paths.length - 1]);
      if (paths.length) in_(".stage").scrollIntoView({ block: "nearest" });
    },
  });

  const asked = in_(".find input");
  const find = finding(in_(".find"), blocks, strings, (text) => remember("find", text));

  // Memory.
  const form = document.querySelector("form.memory");
  if (form) {
    const numbers = JSON.parse(form.dataset.numbers);
    const usual = Object.fromEntries(new FormData(form));
    const names = Object.keys(usual);
    const put = (name, value, text, exact = "") => {
      const row = form.querySelector(`[data-part=${name}]`);
      row.hidden = text === "";
      row.dataset.value = value;
      row.querySelector("b").textContent = text;
      row.querySelector("small").textContent = exact;
    };
    const compute = () => {
      const asked = Object.fromEntries(new FormData(form));
      const found = { context: memory.tokens(asked.context), batch: memory.count(asked.batch), memory: memory.bytes(asked.memory) };
      const wrong = names.find((name) => found[name] === null && (asked[name].trim() || name !== "memory"));
      for (const name of names) form.elements[name].toggleAttribute("aria-invalid", name === wrong);
      form.querySelector(".wrong").textContent = wrong ? form.elements[wrong].dataset.wrong : "";
      form.querySelector("output").hidden = Boolean(wrong);
      if (wrong) return;
      const [own, bits] = [memory.weights(numbers, asked.weights), BigInt(asked.bits)];
      const parts = { weights: own };
      for (const name of ["cache", "cross", "state"]) parts[name] = found.batch * memory[name](numbers, bits, found.context);
      parts.all = Object.values(parts).reduce((sum, one) => sum + one);
      for (const [name, value] of Object.entries(parts))
        put(name, value, value ? memory.size(value) : "", said(strings.bytes, { number: value.toLocaleString("en") }));
      if (!found.memory) { put("longest", "", ""); return; }
      const left = found.memory - own;
      const longest = memory.longest(numbers, memory.each(left, found.batch), bits);
      put("longest", longest, left < 0n ? said(strings.short, { size: memory.size(-left) })
        : longest === null ? strings.any : said(strings.tokens, { number: longest.toLocaleString("en") }));
    };
    for (const name of names) if (state.get(name)) form.elements[name].value = state.get(name);
    for (const one of form.querySelectorAll("select")) if (one.selectedIndex < 0) one.value = usual[one.name];
    form.addEventListener("input", (event) => {
      compute();
      const { name, value } = event.target;
      remember(name, value === usual[name] ? "" : value);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    compute();
  }

  // Snippets; where a page is on the web, the addresses in them are whole ones.
  if (location.protocol.startsWith("http")) for (const one of document.querySelectorAll(".address")) one.textContent = new URL(one.textContent, location.href).href;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const source = document.getElementById(button.dataset.copy);
      // Where copying is forbidden, the text is at least selected.
      getSelection().selectAllChildren(source);
      navigator.clipboard.writeText(source.textContent).then(() => { button.textContent = strings.copied; }, () => {});
    });
  }

  async function read() {
    const now = new URLSearchParams(location.hash.slice(1));
    const path = now.get("open") || "";
    if (now.get("find")) { asked.value = now.get("find"); await find(); }
    if (path || state.get("open")) await blocks.go(path);
    document.documentElement.dataset.ready = "";
  }
  // Other hashes are places of the page.
  addEventListener("hashchange", () => { if (/^#(.*&)?(open|find)=/.test(location.hash)) read(); });
  read();
})();
