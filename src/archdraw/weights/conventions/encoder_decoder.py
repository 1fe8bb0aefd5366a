"""Transformers of 2017 to 2022 with encoders: BERT; BART and Whisper; T5."""

from __future__ import annotations

from archdraw.weights.naming import Convention

_BERT = (
    (r"^(.*)layer\.#\.attention\.self\.query\.", r"\1layer.#.self_attn.q_proj."),
    (r"^(.*)layer\.#\.attention\.self\.key\.", r"\1layer.#.self_attn.k_proj."),
    (r"^(.*)layer\.#\.attention\.self\.value\.", r"\1layer.#.self_attn.v_proj."),
    (r"^(.*)layer\.#\.attention\.output\.dense\.", r"\1layer.#.self_attn.o_proj."),
    (r"^(.*)layer\.#\.attention\.output\.LayerNorm\.", r"\1layer.#.post_attention_layernorm."),
    (r"^(.*)layer\.#\.intermediate\.dense\.", r"\1layer.#.mlp.up_proj."),
    (r"^(.*)layer\.#\.output\.dense\.", r"\1layer.#.mlp.down_proj."),
    (r"^(.*)layer\.#\.output\.LayerNorm\.", r"\1layer.#.post_feedforward_layernorm."),
    (r"^bert\.embeddings\.LayerNorm\.", "embed_norm.", "norm."),
    (r"^bert\.embeddings\.token_type_embeddings\.", "token_type_embeddings."),
    (r"^cls\.predictions\.transform\.dense\.", "dense."),
    (r"^cls\.predictions\.transform\.LayerNorm\.", "head_norm."),
    (r"^cls\.predictions\.(?:decoder\.)?(?=bias|weight)", "decoder.", "lm_head."),
)

_BART = (
    (r"^(?:model\.)?encoder\.", "encoder."),
    (r"\blayers\.#\.encoder_attn\.out_proj\.", "layers.#.cross_attn.o_proj."),
    (r"\blayers\.#\.encoder_attn\.", "layers.#.cross_attn."),
    (
        r"\blayers\.#\.encoder_attn_layer_norm\.",
        "layers.#.pre_cross_attention_layernorm.",
        "layers.#.post_cross_attention_layernorm.",
    ),
    (r"^(?:model\.)?decoder\.layernorm_embedding\.", "embed_norm.", "norm."),
)

_T5 = (
    (r"^(en|de)coder\.block\.#\.layer\.0\.SelfAttention\.([qkvo])\.", r"\1coder.layers.#.self_attn.\2_proj."),
    (r"^(en|de)coder\.block\.#\.layer\.0\.SelfAttention\.", r"\1coder.layers.#.self_attn."),
    (r"^decoder\.block\.#\.layer\.1\.EncDecAttention\.([qkvo])\.", r"decoder.layers.#.cross_attn.\1_proj."),
    (r"^(en|de)coder\.block\.#\.layer\.[12]\.DenseReluDense\.wi_0\.", r"\1coder.layers.#.mlp.gate_proj."),
    (r"^(en|de)coder\.block\.#\.layer\.[12]\.DenseReluDense\.wi(?:_1)?\.", r"\1coder.layers.#.mlp.up_proj."),
    (r"^(en|de)coder\.block\.#\.layer\.[12]\.DenseReluDense\.wo\.", r"\1coder.layers.#.mlp.down_proj."),
    (r"^(en|de)coder\.block\.#\.layer\.0\.layer_norm\.", r"\1coder.layers.#.input_layernorm."),
    (r"^encoder\.block\.#\.layer\.1\.layer_norm\.", "encoder.layers.#.post_attention_layernorm."),
    (r"^decoder\.block\.#\.layer\.1\.layer_norm\.", "decoder.layers.#.pre_cross_attention_layernorm."),
    (r"^decoder\.block\.#\.layer\.2\.layer_norm\.", "decoder.layers.#.post_attention_layernorm."),
)

CONVENTIONS = (
    Convention("BERT", _BERT),
    Convention("BART and Whisper", _BART),
    Convention("T5", _T5),
)
