"""Keys of config.json without bearing on the structure, whatever the family: training, generation, precision."""

from __future__ import annotations

STORAGE = ("quantization", "quantization_config", "compression_config")
"""Keys that say how weights are stored, by transformers, MLX and others."""

COMMON = frozenset(
    [
        *STORAGE,
        "_attn_implementation",
        "_attn_implementation_autoset",
        "_from_model_config",
        "_num_labels",
        "_name_or_path",
        "_refs",
        "_source",
        "_status",
        "add_cross_attention",
        "architectures",
        "attention_dropout",
        "attention_softmax_in_fp32",
        "attn_dropout_prob",
        "attn_implementation",
        "attn_pdrop",
        "auto_map",
        "bad_words_ids",
        "begin_suppress_tokens",
        "bf16",
        "bos_token_id",
        "cache_implementation",
        "chunk_size_feed_forward",
        "cross_attention_hidden_size",
        "decoder_start_token_id",
        "diversity_penalty",
        "do_sample",
        "dropout",
        "dtype",
        "early_stopping",
        "emb_dropout_prob",
        "embedding_initializer_range",
        "embd_pdrop",
        "embedding_dropout",
        "encoder_no_repeat_ngram_size",
        "eos_token_id",
        "ep_size",
        "exponential_decay_length_penalty",
        "finetuning_task",
        "forced_bos_token_id",
        "forced_eos_token_id",
        "fp16",
        "fp32",
        "gradient_checkpointing",
        "hidden_dropout",
        "hidden_dropout_prob",
        "id",
        "id2label",
        "ignore_index",
        "init_std",
        "initializer_factor",
        "initializer_range",
        "is_decoder",
        "is_llama_config",
        "kv_cache_dtype",
        "label2id",
        "language_model_only",
        "layer_norm_eps",
        "layer_norm_epsilon",
        "layernorm_epsilon",
        "length_penalty",
        "max_length",
        "min_length",
        "model_max_length",
        "mlp_dropout",
        "model_type",
        "no_repeat_ngram_size",
        "norm_eps",
        "note",
        "num_beam_groups",
        "num_beams",
        "num_labels",
        "num_logits_to_keep",
        "num_return_sequences",
        "number_of_conv_states",
        "output_attentions",
        "output_hidden_states",
        "output_past",
        "output_router_logits",
        "output_scores",
        "pad_token_id",
        "prefix",
        "pretraining_tp",
        "problem_type",
        "pruned_heads",
        "remove_invalid_values",
        "repetition_penalty",
        "repo",
        "rescale_prenorm_residual",
        "resid_pdrop",
        "residual_in_fp32",
        "return_dict",
        "return_dict_in_generate",
        "revision",
        "rms_norm_eps",
        "router_aux_loss_coef",
        "aux_loss_alpha",
        "router_dtype",
        "router_jitter_noise",
        "seq_aux",
        "sbert_ce_default_activation_function",
        "sentence_transformers",
        "sep_token_id",
        "suppress_tokens",
        "task_specific_params",
        "temperature",
        "tf_legacy_loss",
        "tie_encoder_decoder",
        "title",
        "tokenizer_class",
        "tokenizer_name",
        "top_k",
        "top_p",
        "torch_dtype",
        "torchscript",
        "transformers.js_config",
        "transformers_version",
        "typical_p",
        "unk_token_id",
        "url",
        "use_bfloat16",
        "use_cache",
        "use_flash_attn",
    ]
)
"""Token numbers, drop-out, initial values, number types, libraries' own records."""

COMMON_PREFIXES = ("unsloth_",)
"""Beginnings of keys that tools write for themselves."""

COMMON_SUFFIXES = ("_token_id", "_token_index", "_loss_coef", "_dropout", "_dropout_prob", "_patch_id")
"""Endings of further keys of the same kinds."""


def is_ignored(key: str) -> bool:
    """Whether ``key`` is without bearing on the structure in any family."""
    return key in COMMON or key.endswith(COMMON_SUFFIXES) or key.startswith(COMMON_PREFIXES)


EFFECTS = {
    "pruned_heads": "pruned_heads: single layers have fewer heads than the others",
    "tie_encoder_decoder": "tie_encoder_decoder: encoder and decoder may share their weights",
}
"""Keys that are in most files and say nothing there, with what they mean where they do say something."""


def effects(key: str, value: object) -> str:
    """Why a model with this ``value`` of a ``key`` that is not read is incomplete; empty where it is not."""
    return EFFECTS.get(key, "") if value else ""
