// What differs between models, read from their records: their blocks are paired by sort and role, as `archdraw compare`
// pairs them. A row has the values of all models, and a sign for each two neighbours.
"use strict";
/**
 * The rows and the slots of `models`, two records or more; `twins` are settings that say the same as another, and those
 * of `both` are compared where both models say them.
 */
function differences(models, twins, both) {
  const KINDS = ["block", "order", "loop", "occurrences", "placement"];
  const rows = [];
  const unique = (values) => [...new Set(values)];
  const same = (a, b) => a.length === b.length && a.every((one) => b.includes(one));
  const sign = (a, b) => (same(a, b) ? "" : a.length ? (b.length ? "changed" : "removed") : "added");
  const neighbours = (of) => models.slice(1).map((_, i) => of(i, i + 1));
  /** A row, where any two neighbours differ; `raw` are values that tell apart what is written alike. */
  function add(about, values, raw = values, signs = neighbours((i, j) => sign(raw[i], raw[j]))) {
    // Norms in layers and outside of them may differ alike: one row.
    const twice = rows.some((row) => row.sort === about.sort && row.what === about.what && row.what !== "block" &&
      `${row.values} ${row.signs}` === `${values} ${signs}`);
    if (signs.some(Boolean) && !twice) rows.push({ kind: KINDS.includes(about.what) ? "architecture" : "settings", ...about, values, signs });
  }

  // What stands for what: blocks of one role; those of a model that has no role of a sort in common with others stand
  // for the role that most of them have.
  // A mixer outside of layers stands for none that is in them.
  // Embeddings and inputs stand for those that mean the same: a class token is no table of tokens.
  const isOut = (slot) => ["token mixer", "feed-forward", "norm"].includes(slot.sort) && slot.place !== "layers";
  const isAlone = (slot) => slot.role === "cross" || ["plain", "input module", "output module"].includes(slot.sort);
  const sortOf = (slot) => (isOut(slot) ? `${slot.sort} ${slot.place}` : [slot.sort, slot.means].filter(Boolean).join(" "));
  const roles = (model, sort) => model.slots.filter((one) => sortOf(one) === sort && one.role !== "cross").map((one) => one.role);
  const shares = (model, other, sort) => roles(model, sort).some((role) => roles(other, sort).includes(role));
  function key(model, slot) {
    const sort = sortOf(slot);
    const others = models.filter((other) => other !== model && roles(other, sort).length);
    if (isAlone(slot) || !others.length || others.some((other) => shares(model, other, sort))) return `${sort}: ${slot.role}`;
    const every = models.flatMap((one) => roles(one, sort));
    const often = (one) => every.filter((other) => other === one).length;
    return `${sort}: ${every.reduce((best, one) => (often(one) > often(best) ? one : best))}`;
  }
  const slots = [];
  const places = models.map((model, index) => {
    let at = -1;
    return model.slots.map((slot) => {
      const name = key(model, slot);
      let found = slots.find((one) => one.key === name);
      if (!found) {
        found = { key: name, of: isAlone(slot) ? "" : sortOf(slot), sort: slot.sort, place: slot.place, means: slot.means, titles: [], blocks: models.map(() => []) };
        slots.splice(at + 1, 0, found);
      }
      at = slots.indexOf(found);
      found.titles = unique([...found.titles, slot.title]);
      const first = found.blocks[index].length;
      found.blocks[index].push(...slot.blocks.map((block) => ({
        heads: [], only: [], ...block, has: new Map([...block.has, ...block.lacks.map((what) => [what, null])]),
      })));
      return { found, first };
    });
  });

  // The model: its settings, its counts, its layers.
  const settings = models.map((model) => new Map(model.settings));
  for (const what of unique(settings.flatMap((one) => [...one.keys()])))
    if (!both.includes(what) || settings.every((one) => one.get(what) != null))
      add({ sort: "model", what }, settings.map((one) => (one.get(what) == null ? [] : [one.get(what)])));
  const counts = models.map((model) => new Map(model.counts.map(([what, ...both]) => [what, both])));
  for (const what of unique(counts.flatMap((one) => [...one.keys()]))) {
    const every = counts.map((one) => one.get(what) || counts[0].get(what) || [0]);
    const raw = every.map(([value]) => (value ? [value] : []));
    if (what === "layers" && raw.some((value) => !value.length)) continue;
    if (what === "text_parameters" && !models.some((model) => model.encoders)) continue;
    const said = every.map(([value, text]) => (value ? [text] : []));
    const alike = unique(said.flat()).length < unique(raw.flat()).length;
    add({ kind: "numbers", sort: "model", what }, alike ? raw.map((one) => one.map((value) => value.toLocaleString("en"))) : said, raw);
  }
  if (models.every((model) => model.runs.length)) {
    const order = models.map((model, index) => [JSON.stringify(model.runs.map(([kind, times]) => [
      kind.map(([slot, block]) => [places[index][slot].found.key, places[index][slot].first + block]), times,
    ]))]);
    add({ sort: "layers", what: "order" }, models.map((model) => [model.order]), order);
    add({ sort: "layers", what: "loop" }, models.map((model) => (model.loops ? [model.loops] : [])));
  }

  // What is in each slot: its blocks by name, then what they have.
  /** Whether `what` can be compared of two blocks: those of one kind in all that they have, others in what both know. */
  function isComparable(what, one, other) {
    const known = one.has.has(what) && other.has.has(what);
    if (both.includes(what) && [one, other].some((block) => block.has.get(what) == null)) return false;
    if ([one, other].some((block) => block.only.includes(what))) return known;
    const has = (all, some) => [...some.has.keys()].every((name) => all.has.has(name));
    const isOfTwoKinds = !one.kind && (one.label !== other.label || !(has(one, other) || has(other, one)));
    if (one.kind !== other.kind || isOfTwoKinds) return known;
    return [one, other].some((block) => block.has.has(what) && !block.heads.includes(what));
  }
  /** In how many layers of each model some of `blocks` have `what`, in words: of all models where such a block of one lacks it. */
  function sharesOf(blocks, what) {
    // Attention without positions has no base of theirs either.
    const isKnown = (block) => block.has.has(what) || (what.startsWith("position.") && block.has.has("position"));
    const known = blocks.map((own) => own.filter((block) => block.layers && isKnown(block)));
    const having = known.map((own) => own.filter((block) => block.has.get(what) != null));
    const isSaid = having.some((own, i) => own.length && own.length < known[i].length);
    return having.map((own, i) => {
      const all = models[i].runs.reduce((sum, [, times]) => sum + times, 0);
      const number = Math.min(all, own.reduce((sum, block) => sum + block.layers, 0));
      return isSaid && number && number < all ? ` in ${number} of ${all} layers` : "";
    });
  }
  /** The slot of a kind of attention that `slot` is compared with as well: of any two models one alone has it. */
  function joiningOf(slot) {
    const isSoftmax = (one) => /^token mixer: (attention|sliding)$/.test(one.key) &&
      one.blocks.flat().every((block) => ["attention", "sliding"].includes(block.role));
    if (!isSoftmax(slot) || !slot.blocks.every((own) => own.length)) return undefined;
    const isOfOne = (one) => neighbours((i, j) => one.blocks[i].length && one.blocks[j].length).every((both) => !both);
    return slots.find((one) => one !== slot && isSoftmax(one) && isOfOne(one));
  }
  for (const slot of slots) {
    const about = { sort: slot.sort, slot, title: slot.titles.join(" / ") };
    const ofLayers = ["token mixer", "feed-forward"];
    const isLike = (one) => one.sort === slot.sort || [one, slot].every((each) => ofLayers.includes(each.sort));
    const joining = joiningOf(slot);
    const others = slots.filter((one) => one !== slot && one !== joining && isLike(one)).flatMap((one) => one.blocks.flat());
    // A model that says nothing of the tokens that it reads has them, too.
    const unsaid = (i) => (slot.sort === "input" && slot.means === "tokens" && models[i].tokens ? [models[i].tokens] : []);
    const of = (say, others = (label) => label) => slot.blocks.map((own, i) => (own.length ? unique(own.map(say)) : unsaid(i).map(others)));
    const names = of((block) => `${block.kind} ${block.label}`, (label) => ` ${label}`);
    const written = of((block) => block.label);
    const full = of((block) => [block.label, block.detail].filter(Boolean).join(", "));
    // Norms outside of layers: one of several of its name is one more, in the words of how often there are such.
    const outer = (i) => (isOut(slot) && slot.sort === "norm" ? models[i].slots.filter((one) => isOut(one) && one.sort === "norm") : [])
      .flatMap((one) => one.blocks);
    const isOneMore = (i, j) => !(slot.blocks[i].length && slot.blocks[j].length) &&
      [...slot.blocks[i], ...slot.blocks[j]].some((block) => [i, j].every((k) => outer(k).some((other) => other.label === block.label)));
    const kinds = neighbours((i, j) => {
      const found = sign(names[i], names[j]);
      if (isOneMore(i, j)) return "";
      // Where two models have no role of a sort in common, one is in place of the other.
      const replaced = [i, j].every((k) => roles(models[k], slot.of).length) && !shares(models[i], models[j], slot.of);
      return found && replaced ? "changed" : found;
    });
    if (slot.sort !== "layer") add({ ...about, what: "block" }, neighbours((i, j) => same(written[i], written[j])).every(Boolean) ? full : written, names, kinds);
    // How often norms come is said by their placement in layers, where that differs.
    const often = slot.blocks.map((own, i) => unique([...own, ...outer(i)].map((block) => block.often)).filter(Boolean));
    const placed = rows.some((row) => row.sort === "layer" && /^(placement|residual|first|then)/.test(row.what));
    add({ ...about, what: "occurrences" }, often, often, neighbours((i, j) =>
      often[i].length && often[j].length && (isOut(slot) ? isOneMore(i, j) : !placed) ? sign(often[i], often[j]) : ""));
    const found = [];
    const every = slot.blocks.map((own, i) => (joining ? [...own, ...joining.blocks[i]] : own));
    for (const what of unique(every.flat().flatMap((block) => [...block.has.keys()]))) {
      if (found.some((row) => row.differs && what.startsWith(`${row.what}.`))) continue;
      const blocks = what === "sliding_window" ? slot.blocks : every;
      const values = blocks.map((own) => unique(own.map((block) => block.has.get(what)).filter((value) => value != null)));
      const shares = sharesOf(blocks, what);
      const isPartial = (i, j) => (shares[i] === "") !== (shares[j] === "");
      // Attention without positions of its own may have those of the input.
      if (what === "position" && slot.sort === "token mixer" && values.some((one) => one.length))
        values.forEach((one, i) => one.length || !blocks[i].length || !models[i].positions || one.push(models[i].positions));
      const signs = neighbours((i, j) =>
        blocks[i].some((one) => blocks[j].some((other) => isComparable(what, one, other)))
          ? sign(values[i], values[j]) || (isPartial(i, j) && !found.some((row) => `${row.shares}` === `${shares}`) ? "changed" : "") : "");
      const differs = neighbours((i, j) => sign(values[i], values[j])).some(Boolean);
      if (signs.some(Boolean)) found.push({ what, values, shares, signs, differs, shared: others.some((block) => (what === "sliding_window" ? block.has.get(what) != null : block.has.has(what))) });
    }
    for (const { shared, differs, ...row } of found) {
      const twin = found.find((one) => one.what === twins[row.what]);
      const said = (one) => JSON.stringify([one.values, one.shares, one.signs]);
      if (twin && said(twin) === said(row)) continue;
      row.values = row.values.map((own, i) => (row.shares[i] && own.length ? [own.join("; ") + row.shares[i]] : own));
      add({ ...about, what: row.what, title: shared || ![...ofLayers, "layer"].includes(slot.sort) ? about.title : "" }, row.values, row.values, row.signs);
    }
  }
  return { rows, slots, places };
}
