"""What is kept per layer, said of one of several blocks of a layer that each keep as much."""

from __future__ import annotations

from archdraw.glossary import attention, latent_attention, linear_mixers
from archdraw.glossary.phrases import Term


def _of_block(terms: tuple[Term, ...], block: str) -> dict[Term, Term]:
    return {term: Term(term.text.replace("layer:", f"{block}:", 1)) for term in terms}


CACHES = _of_block(
    (
        attention.KV_CACHE,
        attention.KV_CACHE_WIDTHS,
        attention.KV_CACHE_ONCE,
        latent_attention.LATENT_CACHE,
        latent_attention.LATENT_AND_KEY_CACHE,
        latent_attention.ENTRY_CACHE,
        latent_attention.WINDOW_CACHE,
    ),
    "attention block",
)
STATES = _of_block(
    (
        linear_mixers.RECURRENT_STATE,
        linear_mixers.RECURRENT_STATE_AND,
        linear_mixers.CONV_STATE,
        linear_mixers.SHIFT_STATE,
    ),
    "block",
)
