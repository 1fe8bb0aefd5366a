"""Names that mean the same everywhere: rules before and after those of each convention, and what is no weight."""

from __future__ import annotations

FIRST = (
    # Quantised weights.
    (r"\.(?:weight_packed|qweight)$", ".weight"),
    (r"(?<=_proj)_blocks$", ""),
    # Experts of MLX, stacked.
    (r"\.switch_mlp\.", ".experts."),
    # Encoders of other modalities keep a name of their own, so that their layers are not taken for the stack's.
    (
        r"^(?:model\.|thinker\.)*(?:visual|vision_tower|vision_model|vision_encoder|vision_backbone|vit)\.",
        "vision_tower.",
    ),
    (r"^(?:model\.)*(?:audio_tower|audio_model|audio_encoder)\.", "audio_tower."),
)
"""Rules that come first."""

_TOWER = r"(?:vision_tower|audio_tower|encoder|mtp)"

LAST = (
    # Everything before the stack: model.layers.#, transformer.h.#, backbone.layers.#, model.language_model.layers.#
    (rf"^(?!{_TOWER}\.).*?(?<![^.])(?:layers|h|blocks?|blk|layer)\.#\.", "layers.#."),
    (rf"^(?!{_TOWER}\.)(?:(?:model|language_model|text_model|transformer|backbone|decoder|rwkv|gpt_neox|bert)\.)+", ""),
    # Modules.
    (r"^(layers\.#)\.(?:attn|attention|self_attention)\.(?!self\.|output\.)", r"\1.self_attn."),
    (r"^(layers\.#)\.(?:block_sparse_moe|moe|feed_forward|ffn|mlp_block)\.", r"\1.mlp."),
    (r"\.shared_experts?\.", ".shared_experts.", ".shared_expert."),
    (r"\.(?:shared_mlp)\.", ".shared_experts.", ".shared_mlp."),
    (
        r"\.mlp\.(?:router\.gate|gate\.wg|router\.classifier|router\.layer|router)\.(?=weight|bias)",
        ".mlp.gate.",
        ".mlp.router.",
    ),
    (
        r"\.mlp\.(?:gate\.|router\.)?(?:e_score_correction_bias|expert_bias|e_score_correction)(?:\.bias)?$",
        ".mlp.gate.e_score_correction_bias",
        ".mlp.e_score_correction_bias",
    ),
    (r"\.(experts|shared_experts)\.(gate_up_proj|gate_proj|up_proj|down_proj)$", r".\1.\2.weight"),
    (r"\.experts\.(gate_up_proj|gate_proj|up_proj|down_proj)_bias$", r".experts.\1.bias"),
    # Projections.
    (r"\.(?:query_key_value|Wqkv|c_attn|W_pack|wqkv|qkv)\.(?=weight|bias)", ".qkv_proj."),
    (
        r"\.self_attn\.(?:dense|out_proj|c_proj|Wo|wo|proj)\.(?=weight|bias)",
        ".self_attn.o_proj.",
        ".self_attn.out_proj.",
    ),
    (
        r"\.self_attn\.(?:gate_proj|g_proj|output_gate)\.(?=weight|bias)",
        ".self_attn.g_proj.",
        ".self_attn.gate_proj.",
        ".self_attn.output_gate.",
    ),
    (r"\.mlp\.Wi\.", ".mlp.gate_up_proj.", ".mlp.up_proj."),
    (r"\.mlp\.Wo\.", ".mlp.down_proj."),
    (r"\.mlp\.proj_up_gate\.", ".mlp.gate_proj."),
    (r"\.mlp\.proj_(up|down)\.", r".mlp.\1_proj."),
    (r"\.self_attn\.q_layernorm\.", ".self_attn.q_norm.", ".self_attn.q_layernorm."),
    (r"\.self_attn\.k_layernorm\.", ".self_attn.k_norm.", ".self_attn.k_layernorm."),
    (r"(\.mlp|\.experts|\.shared_experts?)\.w1\.", r"\1.gate_proj."),
    (r"(\.mlp|\.experts|\.shared_experts?)\.w3\.", r"\1.up_proj."),
    (r"(\.mlp|\.experts|\.shared_experts?)\.w2\.", r"\1.down_proj."),
    (
        r"\.mlp\.(?:dense_h_to_4h|c_fc|fc1|fc_in|fc1|linear_fc1|w12)\.(?=weight|bias)",
        ".mlp.up_proj.",
        ".mlp.gate_up_proj.",
    ),
    (r"\.mlp\.(?:dense_4h_to_h|c_proj|fc2|fc_out|linear_fc2)\.(?=weight|bias)", ".mlp.down_proj."),
    (r"^(layers\.#)\.(?:fc1)\.", r"\1.mlp.up_proj."),
    (r"^(layers\.#)\.(?:fc2)\.", r"\1.mlp.down_proj."),
    # Norms of a layer.
    (
        r"^(layers\.#)\.(?:ln_1|ln1|norm_1|norm1|attn_norm|attention_norm|operator_norm|self_attn_layer_norm"
        r"|temporal_pre_norm|norm_mlstm|norm)\.",
        r"\1.input_layernorm.",
        r"\1.post_attention_layernorm.",
    ),
    (
        r"^(layers\.#)\.(?:ln_2|ln2|norm_2|norm2|ffn_norm|mlp_norm|channel_pre_norm|norm_ffn)\.",
        r"\1.post_attention_layernorm.",
        r"\1.pre_feedforward_layernorm.",
        r"\1.post_feedforward_layernorm.",
    ),
    (r"^(layers\.#)\.final_layer_norm\.", r"\1.post_attention_layernorm.", r"\1.post_feedforward_layernorm."),
    (r"^(layers\.#)\.pre_mlp_layernorm\.", r"\1.pre_feedforward_layernorm."),
    (r"^(layers\.#)\.post_mlp_layernorm\.", r"\1.post_feedforward_layernorm."),
    # Around the stack; RWKV keeps the norm of its embedding in the first layer.
    (r"^layers\.#\.(?:pre_ln|ln0)\.", "embed_norm."),
    (
        r"^(?:word_embeddings_layernorm|embeddings\.(?:LayerNorm|norm)|layernorm_embedding|embed_tokens\.embed_norm|ln0)\.",
        "embed_norm.",
    ),
    (
        r"^(?:wte|word_embeddings|tok_embeddings|embed_in|embeddings\.word_embeddings|embeddings\.tok_embeddings"
        r"|embeddings|embedding|embed|shared|word_embed_proj|embeddings\.embed_tokens)\.weight$",
        "embed_tokens.weight",
    ),
    (
        r"^(?:wpe|embed_positions|embeddings\.position_embeddings|position_embeddings)\.weight$",
        "embed_positions.weight",
    ),
    (
        r"^(?:norm_f|ln_f|final_layernorm|final_layer_norm|embedding_norm|ln_out|out_norm|final_norm|layer_norm)\.",
        "norm.",
    ),
    (r"^head\.norm\.", "head_norm."),
    (r"^head\.dense\.", "dense."),
    (r"^(?:embed_out|output|head|proj_out|output_layer)\.(?=weight|bias)", "lm_head."),
)
"""Rules that come last: what is left is called as most classes of transformers call it, and as the tree does."""

IGNORED = (
    r"\.(?:weight_scale_inv|weight_scale|weight_scale_2|weight_global_scale|input_scale|input_global_scale|k_scale)$"
    r"|\.(?:v_scale|weight_zero_point|input_zero_point|weight_shape|weight_g_idx|weight_format|scales|qzeros|g_idx)$"
    r"|\.(?:absmax|quant_map|quant_state\..*|nested_absmax|nested_quant_map|SCB)$|_scales$|_scale_inv$"
    r"|(?:^|\.)rotary_emb\.(?!alpha$)|(?:^|\.)(?:inv_freq|masked_bias|position_ids)$|\.attn(?:ention)?\.bias$"
    r"|^rope_freqs\.|rope_factors_(?:long|short)\."
    r"|(?:^|\.)final_logits_bias$|\.(?:input|output)_(?:min|max)$"
    r"|\.ple_embedding\.(?:ngram_heads_\w+|layer_multipliers)$"
)
"""Tensors that are no weights of the model: scales of quantised ones, tables of rotations, masks, bounds, offsets."""

PACKED = r"(?:_packed|_blocks|\.qweight)$"
"""Endings of tensors that hold several small numbers in one large one: their shape says nothing of the matrix's."""
