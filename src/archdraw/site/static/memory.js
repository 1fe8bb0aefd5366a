// Memory of a model, in whole numbers as `archdraw fit` computes it.
"use strict";
const memory = (() => {
  const BITS = { fp32: 32n, bf16: 16n, fp8: 8n, int4: 4n };
  const LONGEST = 1n << 40n;
  const least = (a, b) => (a < b ? a : b);
  // Bytes of one sequence: those that its tokens leave in the cache, and those that do not grow with them.
  function cache(numbers, bits, tokens) {
    let kept = 0n;
    for (const { values, window, every } of numbers.cache)
      kept += BigInt(values) * ((window === null ? tokens : least(tokens, BigInt(window))) * BigInt(every[1]) / BigInt(every[0]));
    return (kept * bits) / 8n;
  }
  const state = (numbers, bits) => BigInt(numbers.fixed_state_bytes) + (BigInt(numbers.state) * bits) / 8n;
  const cross = (numbers, bits) => (numbers.positions ? (BigInt(numbers.cross) * BigInt(numbers.positions) * bits) / 8n : 0n);
  const weights = (numbers, kind) =>
    kind === "stored" ? BigInt(numbers.stored_bytes) : (BigInt(numbers.parameters) * BITS[kind] + 7n) / 8n;
  /** The most tokens of which `bytes` have room for cache and states; null for any number, 0 for none. */
  function longest(numbers, bytes, bits) {
    const fixed = state(numbers, bits) + cross(numbers, bits);
    const fits = (tokens) => cache(numbers, bits, tokens) + fixed <= bytes;
    if (!fits(1n)) return 0n;
    if (fits(LONGEST)) return null;
    let [low, high] = [1n, LONGEST];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (fits(middle)) low = middle; else high = middle;
    }
    return low;
  }
  /** What each of `batch` sequences has of `bytes`, in whole ones, fewer than nothing included. */
  const each = (bytes, batch) => (bytes < 0n ? (bytes - batch + 1n) / batch : bytes / batch);
  /** A number as people write it, in whole units: null for what is none. */
  function amount(text, pattern, units) {
    const found = pattern.exec(text.trim().replace(/[,_]/g, ""));
    if (!found) return null;
    const [whole, part = ""] = found[1].split(".");
    const scale = 10n ** BigInt(part.length);
    const value = BigInt(whole + part) * units[(found[2] || "").toLowerCase()];
    return { value: value / scale, isWhole: value % scale === 0n };
  }
  function tokens(text) {
    const found = amount(text, /^(\d+(?:\.\d+)?)\s*([km]?)$/i, { "": 1n, k: 1n << 10n, m: 1n << 20n });
    return found && found.isWhole && found.value > 0n ? found.value : null;
  }
  const count = (text) => (/^\s*[1-9]\d*\s*$/.test(text) ? BigInt(text) : null);
  function bytes(text) {
    const units = { "": 1n };
    "kmgt".split("").forEach((letter, index) => {
      units[letter] = 10n ** BigInt(3 * index + 3);
      units[`${letter}i`] = 1n << BigInt(10 * index + 10);
    });
    const found = amount(text, /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i, units);
    return found && found.value > 0n ? found.value : null;
  }
  /** A size in bytes with three digits, in the largest binary unit that leaves 1 or more. */
  function size(bytes) {
    let value = Number(bytes);
    let unit = 0;
    while (value >= 1023.5 && unit < 4) { value /= 1024; unit += 1; }
    const text = (value < 999.5 ? Number(value.toPrecision(3)) : Math.round(value)).toLocaleString("en");
    return `${text} ${["bytes", "KiB", "MiB", "GiB", "TiB"][unit]}`;
  }
  return { cache, state, cross, weights, longest, each, tokens, count, bytes, size };
})();
