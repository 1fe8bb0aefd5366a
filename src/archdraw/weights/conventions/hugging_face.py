"""Classes of transformers and the repositories that follow them."""

from __future__ import annotations

from archdraw.weights.naming import Convention

CONVENTIONS = (
    Convention("Hugging Face", transposed=r"\.experts\.(?:gate_up_proj|down_proj)$"),
    Convention(
        "GPT-2",
        transposed=r"\.(?:c_attn|c_proj|c_fc)\.weight$",
        rules=((r"\bh\.#\.attn\.", "h.#.self_attn."),),
    ),
    Convention(
        "GLM 4",
        rules=(
            (r"^(.*layers\.#)\.post_attention_layernorm\.", r"\1.pre_feedforward_layernorm."),
            (r"^(.*layers\.#)\.post_self_attn_layernorm\.", r"\1.post_attention_layernorm."),
        ),
    ),
)
