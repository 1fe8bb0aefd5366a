"""Encoders of images and sounds: the classes of towers differ in every name, the structure hardly ever.

What these rules do not reach is compared by layer and shape.
"""

from __future__ import annotations

_TOWER = r"^(vision_tower|audio_tower|encoder)"

RULES = (
    (_TOWER + r"\..*?(?<![^.])(?:layers|h|blocks?|blk|layer)\.#\.", r"\1.layers.#."),
    (_TOWER + r"\.layers\.#\.(?:attn|attention|self_attention)\.", r"\1.layers.#.self_attn."),
    (_TOWER + r"\.layers\.#\.self_attn\.(?:qkv|wqkv|Wqkv)\.", r"\1.layers.#.self_attn.qkv_proj."),
    (
        _TOWER + r"\.layers\.#\.self_attn\.(?:proj|wo|dense|out_proj|o_proj)\.(?:linear\.)?",
        r"\1.layers.#.self_attn.o_proj.",
        r"\1.layers.#.self_attn.proj.",
        r"\1.layers.#.self_attn.out_proj.",
    ),
    (_TOWER + r"\.layers\.#\.(?:mlp|feed_forward|ffn)\.", r"\1.layers.#.mlp."),
    (
        _TOWER + r"\.layers\.#\.mlp\.(?:linear_fc1|fc1|fc0|fc_in|up_proj)\.(?:linear\.)?",
        r"\1.layers.#.mlp.up_proj.",
        r"\1.layers.#.mlp.fc1.",
    ),
    (
        _TOWER + r"\.layers\.#\.mlp\.(?:linear_fc2|fc2|fc_out|down_proj)\.(?:linear\.)?",
        r"\1.layers.#.mlp.down_proj.",
        r"\1.layers.#.mlp.fc2.",
    ),
    (_TOWER + r"\.layers\.#\.mlp\.gate_proj\.(?:linear\.)?", r"\1.layers.#.mlp.gate_proj."),
    (_TOWER + r"\.layers\.#\.self_attn\.([qkv]_proj)\.linear\.", r"\1.layers.#.self_attn.\2."),
    (
        _TOWER + r"\.layers\.#\.(?:layer_norm1|norm1|norm0|input_layernorm|attention_norm|ln_1)\.",
        r"\1.layers.#.layer_norm1.",
        r"\1.layers.#.input_layernorm.",
        r"\1.layers.#.norm1.",
    ),
    (
        _TOWER + r"\.layers\.#\.(?:layer_norm2|norm2|post_attention_layernorm|ffn_norm|ln_2)\.",
        r"\1.layers.#.layer_norm2.",
        r"\1.layers.#.post_attention_layernorm.",
        r"\1.layers.#.norm2.",
    ),
)
