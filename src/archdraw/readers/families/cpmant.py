"""CPM-Ant: a decoder of Chinese with biases of relative positions and a prompt of its own."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, layer_count, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import words
from archdraw.readers.family import Family
from archdraw.readers.traced import commented


def _cpmant(config: Config) -> Draft:
    """CPM-Ant: T5's bias on the logits by distance and segments, tables for prompts and segments, a head of its own."""
    made = draft(config)
    made.tie_word_embeddings = False  # The class ties nothing, whatever the file says.
    heads = config.integer("num_attention_heads")
    segments = config.integer("segment_types", default=32)
    buckets = config.integer("position_bias_num_buckets", default=512)
    bias: dict[str, Any] = {
        "relative_attention_num_buckets": commented(segments**2 + buckets, "segments² + position_bias_num_buckets"),
        "relative_attention_max_distance": config.integer("position_bias_max_distance", default=2048),
    }

    def layer(**more: Any) -> Block:
        mixer = whole_heads(
            heads, heads, config.integer("dim_head", default=128), position={"relative_bias": bias | more}
        )
        feed_forward = {"geglu": {"intermediate_size": config.integer("dim_ff")}}
        return {"decoder": {"attention": mixer, "feed_forward": feed_forward}}

    made.define["first_layer"] = layer()
    made.define["layer"] = layer(shared=True)
    number = layer_count(config)
    prompts = config.integer("prompt_types", default=32) * config.integer("prompt_length", default=32)
    rows = commented(made.vocab_size + prompts, "vocab_size + prompt_types × prompt_length")
    embedding: Block = {"embedding": {"num_embeddings": rows, "type_vocab_size": segments}}
    stack = stacks(["first_layer"] + ["layer"] * (number - 1))
    if number == 1:
        del made.define["layer"]
    made.layers = [embedding, *stack, "rmsnorm", "output_head"]
    return made


FAMILIES = (Family(("cpmant",), _cpmant, ("CpmAntForCausalLM",), words("dropout_p eps init_std")),)
