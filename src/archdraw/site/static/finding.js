// Words to be found in a diagram and in all that can be opened in it.
"use strict";
/**
 * Makes `form` find words in `blocks`, which `opening(...)` returned; `changed` gets what is asked for.
 *
 * Returned is what finds that which stands in the form.
 */
function finding(form, blocks, words, changed) {
  const asked = form.querySelector("input");
  const hits = form.querySelector("ol");
  let latest = 0;
  async function find() {
    const me = (latest += 1);
    const found = await blocks.search(asked.value);
    if (me !== latest) return;
    const text = asked.value.trim();
    changed(text);
    form.querySelector("[role=status]").textContent = text ? words.hits.replace("{number}", found.length) : "";
    hits.replaceChildren(...found.slice(0, 12).map(({ panelPath, within, path, text: line }) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.textContent = within ? words.in.replace("{text}", () => line).replace("{title}", () => within) : line;
      button.type = "button";
      button.onclick = () => { hits.replaceChildren(); blocks.show(panelPath, path); };
      item.append(button);
      return item;
    }));
  }
  asked.addEventListener("input", find);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await find();
    hits.querySelector("button")?.click();
  });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") hits.replaceChildren(); });
  return find;
}
