"""GGUF, the format of llama.cpp: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#standardized-tensor-names"""

from __future__ import annotations

from archdraw.weights.naming import Convention

_NORMS = (
    (r"^blk\.#\.attn_norm\.", "layers.#.input_layernorm."),
    (r"^blk\.#\.attn_norm_2\.", "layers.#.post_attention_layernorm."),
    # Where there is no ffn_norm (gpt-oss), it is the norm before the feed forward, else the one after the attention.
    (r"^blk\.#\.(?:post_attention_norm|attn_post_norm)\.", "layers.#.post_attention_layernorm."),
    (r"^blk\.#\.ffn_norm\.", "layers.#.pre_feedforward_layernorm.", "layers.#.post_attention_layernorm."),
    (r"^blk\.#\.(?:post_ffw_norm|ffn_post_norm)\.", "layers.#.post_feedforward_layernorm."),
    (r"^blk\.#\.layer_output_scale\.weight$", "layers.#.layer_scalar"),
)

_ATTENTION = (
    (r"^blk\.#\.attn_([qkv])\.", r"layers.#.self_attn.\1_proj."),
    (r"^blk\.#\.attn_qkv\.", "layers.#.self_attn.qkv_proj.", "layers.#.linear_attn.in_proj_qkv."),
    (r"^blk\.#\.attn_output\.", "layers.#.self_attn.o_proj."),
    (r"^blk\.#\.attn_([qk])_norm\.", r"layers.#.self_attn.\1_norm."),
    (r"^blk\.#\.attn_sinks\.weight$", "layers.#.self_attn.sinks"),
    (r"^blk\.#\.attn_gate\.", "layers.#.self_attn.g_proj.", "layers.#.linear_attn.in_proj_z."),
    (r"^blk\.#\.attn_q_a\.", "layers.#.self_attn.q_a_proj."),
    (r"^blk\.#\.attn_q_b\.", "layers.#.self_attn.q_b_proj."),
    (r"^blk\.#\.attn_q_a_norm\.", "layers.#.self_attn.q_a_layernorm."),
    (r"^blk\.#\.attn_kv_a_mqa\.", "layers.#.self_attn.kv_a_proj_with_mqa."),
    (r"^blk\.#\.attn_kv_a_norm\.", "layers.#.self_attn.kv_a_layernorm."),
    (r"^blk\.#\.attn_(kv|k|v)_b\.", r"layers.#.self_attn.\1_b_proj."),
)

_FEED_FORWARD = (
    (r"^blk\.#\.ffn_(gate|up|down)\.", r"layers.#.mlp.\1_proj."),
    (r"^blk\.#\.ffn_(gate|up|down|gate_up)_exps\.", r"layers.#.mlp.experts.\1_proj."),
    (r"^blk\.#\.ffn_(gate|up|down)_shexp\.", r"layers.#.mlp.shared_experts.\1_proj."),
    (r"^blk\.#\.ffn_gate_inp\.", "layers.#.mlp.gate.", "layers.#.mlp.router."),
    (r"^blk\.#\.ffn_gate_inp_shexp\.", "layers.#.mlp.shared_expert_gate."),
    (r"^blk\.#\.exp_probs_b(?:\.bias)?$", "layers.#.mlp.gate.e_score_correction_bias"),
)

_STATES = (
    (r"^blk\.#\.shortconv\.(conv|in_proj|out_proj)\.", r"layers.#.conv.\1."),
    (r"^blk\.#\.ssm_in\.weight", "layers.#.mixer.in_proj.weight", "layers.#.linear_attn.in_proj_qkvz.weight"),
    (r"^blk\.#\.ssm_alpha\.", "layers.#.linear_attn.in_proj_a."),
    (r"^blk\.#\.ssm_beta\.", "layers.#.linear_attn.in_proj_b."),
    (r"^blk\.#\.ssm_(x|dt|out)\.weight", r"layers.#.mixer.\1_proj.weight", r"layers.#.linear_attn.\1_proj.weight"),
    (r"^blk\.#\.ssm_conv1d\.", "layers.#.mixer.conv1d.", "layers.#.linear_attn.conv1d."),
    (r"^blk\.#\.ssm_a(?:\.weight)?$", "layers.#.mixer.A_log", "layers.#.linear_attn.A_log"),
    (r"^blk\.#\.ssm_d(?:\.weight)?$", "layers.#.mixer.D"),
    (
        r"^blk\.#\.ssm_dt\.bias$",
        "layers.#.mixer.dt_bias",
        "layers.#.linear_attn.dt_bias",
        "layers.#.mixer.dt_proj.bias",
    ),
    (r"^blk\.#\.ssm_norm\.", "layers.#.mixer.norm.", "layers.#.linear_attn.norm."),
    (r"^blk\.#\.ssm_ba\.", "layers.#.linear_attn.in_proj_ba."),
)

_AROUND = (
    (r"^token_embd\.weight$", "embed_tokens.weight"),
    # LFM2's last norm is called so, too.
    (r"^token_embd_norm\.", "embed_norm.", "norm."),
    (r"^position_embd\.weight$", "embed_positions.weight"),
    (r"^output_norm\.", "norm."),
    (r"^output\.", "lm_head."),
)

_RULES = (*_AROUND, *_NORMS, *_ATTENTION, *_FEED_FORWARD, *_STATES)

CONVENTIONS = (
    Convention("GGUF", _RULES),
    # Phi 3 and GLM 4: the gate is in the tensor called ffn_up.
    Convention("GGUF, gate and up as one", ((r"^blk\.#\.ffn_up\.", "layers.#.mlp.gate_up_proj."), *_RULES)),
)
