"""The first publishers' own files: Llama's and Mistral's ``consolidated`` ones."""

from __future__ import annotations

from archdraw.weights.naming import Convention

CONVENTIONS = (
    Convention(
        "Llama and Mistral, original",
        rules=(
            (r"^layers\.#\.attention\.w([qkv])\.", r"layers.#.self_attn.\1_proj."),
            (r"^layers\.#\.attention\.wo\.", "layers.#.self_attn.o_proj."),
            (r"^layers\.#\.attention\.([qk])_norm\.", r"layers.#.self_attn.\1_norm."),
            (r"^layers\.#\.attention\.wq_([ab])\.", r"layers.#.self_attn.q_\1_proj."),
            (r"^layers\.#\.attention\.wkv_a_with_mqa\.", "layers.#.self_attn.kv_a_proj_with_mqa."),
            (r"^layers\.#\.attention\.wkv_b\.", "layers.#.self_attn.kv_b_proj."),
            (r"^layers\.#\.attention\.q_a_norm\.", "layers.#.self_attn.q_a_layernorm."),
            (r"^layers\.#\.attention\.kv_a_norm\.", "layers.#.self_attn.kv_a_layernorm."),
            (r"^layers\.#\.(?:feed_forward\.)?experts\.w", "layers.#.mlp.experts.w"),
            (r"^layers\.#\.(?:feed_forward\.)?gate\.", "layers.#.mlp.gate."),
            (r"^layers\.#\.shared_experts\.w", "layers.#.mlp.shared_experts.w"),
        ),
    ),
)
