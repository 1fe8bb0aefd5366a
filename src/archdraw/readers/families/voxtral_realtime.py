"""The text model of Voxtral Realtime: a Mistral whose feed-forwards are scaled by the delay that it may take."""

from __future__ import annotations

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stack
from archdraw.readers.family import Family

SIZES = {
    "hidden_size": 4096,
    "intermediate_size": 14_336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 32_000,
    "max_position_embeddings": 131_072,
}
NARROW = 32
"""Features between the two projections of a scale: a number of the class."""


def _text(config: Config) -> Draft:
    """Mistral's layers, in which 1 + a projection of the delay multiplies what enters the feed-forward."""
    config.defaults(**SIZES)
    made = draft(config, tied=True)
    hidden = made.hidden_size
    mixer = attention(config, sliding_window=config.optional_integer("sliding_window"), position=rope(config))
    scale: Block = {
        "module": {
            "name": "ada_rms_norm",
            "label": "Scale by the delay",
            "role": "auxiliary",
            "body": [
                {"op": {"label": "Delay", "detail": "sinusoidal embedding", "inputs": 0, "features": hidden}},
                {"linear": {"name": "linear1", "features": NARROW, "label": f"{hidden:,} → {NARROW}"}},
                {"op": {"label": "GELU"}},
                {"linear": {"name": "linear2", "features": hidden, "label": f"{NARROW} → {hidden:,}"}},
                {"op": {"label": "1 +"}},
            ],
        }
    }
    made.define["layer"] = {
        "layer": {
            "body": [
                {"residual": [{"rmsnorm": {"name": "input_layernorm"}}, mixer]},
                {
                    "residual": [
                        {"rmsnorm": {"name": "post_attention_layernorm"}},
                        {"parallel": {"merge": "multiply", "branches": [[], scale]}},
                        gated_feed_forward(config),
                    ]
                },
            ]
        }
    }
    made.layers = ["embedding", stack(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


FAMILIES = (Family(("voxtral_realtime_text",), _text, ("VoxtralRealtimeTextForCausalLM",)),)
