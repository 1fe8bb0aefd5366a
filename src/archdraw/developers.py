"""Which accent a developer has: one hue for ever, so that a reader knows a house by it. Twelve are shared by all."""

from __future__ import annotations

import hashlib

HUES = 12

# The index is that of Theme.accents: hue 30 x index degrees. Houses whose models are seen side by side are kept apart.
_ACCENTS = {
    "ai2": 0,
    "allen ai": 0,
    "allen institute for ai": 0,
    "liquid ai": 0,
    "baidu": 0,
    "sarvam ai": 0,
    "minimax": 1,
    "weibo": 1,
    "arcee ai": 1,
    "upstage": 1,
    "databricks": 1,
    "mistral ai": 2,
    "xiaomi": 2,
    "hugging face": 3,
    "poolside": 3,
    "01.ai": 3,
    "prime intellect": 3,
    "nvidia": 4,
    "nxai": 4,
    "state spaces": 4,
    "google": 5,
    "google deepmind": 5,
    "bytedance": 5,
    "openai": 6,
    "jetbrains": 6,
    "tii": 6,
    "stepfun": 6,
    "moonshot ai": 7,
    "moonshot": 7,
    "motif technologies": 7,
    "thinking machines lab": 7,
    "meta": 8,
    "meta ai": 8,
    "tencent": 8,
    "cisco": 8,
    "microsoft": 8,
    "deepseek": 9,
    "deepseek ai": 9,
    "ibm": 9,
    "zyphra": 9,
    "alibaba cloud": 10,
    "alibaba": 10,
    "qwen": 10,
    "inclusionai": 10,
    "meituan": 10,
    "xai": 10,
    "z.ai": 11,
    "zhipu": 11,
    "zhipu ai": 11,
    "cohere": 11,
    "boss zhipin": 11,
    "anthropic": 2,
}


def accent_index(developer: str) -> int:
    """The accent of ``developer``, 0 to 11: from the table, for others from the name, always the same one.

    Case and space around the name do not matter; an empty name has an accent as well.
    """
    name = " ".join(developer.casefold().split())
    if name in _ACCENTS:
        return _ACCENTS[name]
    return hashlib.sha256(name.encode()).digest()[0] % HUES


def known_developers() -> tuple[str, ...]:
    """The names in the table, in small letters."""
    return tuple(sorted(_ACCENTS))
