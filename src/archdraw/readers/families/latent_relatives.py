"""Further decoders with latent attention: GLM-4.7-Flash, Youtu, MiniCPM3, A.X-K1 and K2, dots3-note."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.deepseek import IGNORED
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import (
    Defaults,
    index_fields,
    latent_attention,
    latent_rope,
    mixture,
    sparse_layers,
)
from archdraw.readers.layered import layer_configs
from archdraw.readers.similarity import like
from archdraw.readers.sparse_parts import assembled
from archdraw.readers.traced import commented

SLIDING, INDEXED, FULL = "sliding_attention", "indexed_attention", "full_attention"
Ends = tuple[Block, Block, Block]

LITE = Defaults(first_dense=1, norm_topk_prob=True, routed_scaling_factor=1.8)
AXK1 = Defaults(
    n_group=8, topk_group=4, first_dense=1, norm_topk_prob=True, routed_scaling_factor=2.5, selection_bias=False
)
AXK2 = Defaults(first_dense=1, norm_topk_prob=True, routed_scaling_factor=2.5, index_n_heads=16)
DOTS3 = Defaults(first_dense=1, norm_topk_prob=True, theta=80e6, index_n_heads=64)


def _feeds(
    config: Config, sparse: Sequence[bool], mix: Block, *, bias: bool | None = None
) -> tuple[dict[str, Block], list[str]]:
    """Definitions of the feed forwards and the name of each layer's; a dense one is ``intermediate_size`` wide.

    ``bias`` is the class default of ``mlp_bias``, None where no dense feed forward has biases.
    """
    feeds: dict[str, Block] = {}
    if any(sparse):
        feeds["sparse"] = mix
    if all(sparse):
        config.raw("intermediate_size", "mlp_bias")
    else:
        feeds["dense"] = gated_feed_forward(config, bias=bias)
    return feeds, ["sparse" if one else "dense" for one in sparse]


def _glm4_moe_lite(config: Config) -> Draft:
    """GLM-4.7-Flash: the layers of DeepSeek V3, the first one dense."""
    made, number = draft(config), layer_count(config)
    mixer = latent_attention(config, latent_rope(config))
    feeds, rows = _feeds(config, sparse_layers(config, number, LITE), mixture(config, LITE))
    return assembled(config, made, {"latent": mixer}, ["latent"] * number, feeds, rows)


def _youtu(config: Config) -> Draft:
    """Youtu-LLM: latent attention in a dense model with tied tables."""
    made, number = draft(config, tied=True), layer_count(config)
    mixer = latent_attention(config, latent_rope(config))
    feeds, rows = _feeds(config, [False] * number, "")
    return assembled(config, made, {"latent": mixer}, ["latent"] * number, feeds, rows)


def _minicpm3(config: Config) -> Draft:
    """MiniCPM3: latent attention, and the factors of MiniCPM for embeddings, branches and scores."""
    made, number = draft(config, tied=True), layer_count(config)
    heads = config.integer("num_attention_heads")
    usual = commented(made.hidden_size // heads, "hidden_size / num_attention_heads")
    config.defaults(kv_lora_rank=256, qk_nope_head_dim=64, qk_rope_head_dim=32, v_head_dim=usual)
    mixer = latent_attention(config, latent_rope(config))
    feeds, rows = _feeds(config, [False] * number, "", bias=False)
    depth = config.number("scale_depth", default=sqrt(number) if _is_null(config, "scale_depth") else 1.4)
    width = made.hidden_size if _is_null(config, "dim_model_base") else 256
    base = config.number("dim_model_base", default=float(width), more_than=0)
    embedding, logits = config.number("scale_emb", default=12.0), made.hidden_size / base
    branch = commented(round(depth / sqrt(number), 6), f"scale_depth {depth:g} / √{number} layers")
    ends: Ends = (
        {"embedding": {"embedding_multiplier": embedding}} if embedding != 1 else "embedding",
        "rmsnorm",
        {"output_head": {"logits_scaling": commented(logits, f"hidden_size / dim_model_base {base:g}")}}
        if logits != 1
        else "output_head",
    )
    residual: dict[str, Any] = {"residual": {"scaled_residual": {"residual_multiplier": branch}}} if branch != 1 else {}
    return assembled(config, made, {"latent": mixer}, ["latent"] * number, feeds, rows, ends=ends, **residual)


def _is_null(config: Config, name: str) -> bool:
    return name in config.data and config.data[name] is None


def _axk1(config: Config) -> Draft:
    """A.X-K1: DeepSeek V3 with a norm after the experts."""
    made, number = draft(config), layer_count(config)
    mixer = latent_attention(config, latent_rope(config))
    normed: Block = {"sequence": [mixture(config, AXK1), {"rmsnorm": {"name": "post_mlp_layernorm"}}]}
    feeds, rows = _feeds(config, sparse_layers(config, number, AXK1), normed)
    return assembled(config, made, {"latent": mixer}, ["latent"] * number, feeds, rows)


def _axk2(config: Config) -> Draft:
    """A.X-K2: an indexer in each layer, queries with a gate, gates on the norms but those of dense feed forwards."""
    made, number = draft(config), layer_count(config)
    for kind in sorted(set(config.texts("layer_types", default=[])) - {INDEXED}):
        config.mark_incomplete(f"layers of the kind {kind}")
    fields = index_fields(config, "full", AXK2.index_n_heads)
    mixer = latent_attention(config, latent_rope(config), **fields, output_gate="with_queries")
    mix = mixture(config, AXK2)
    sparse = sparse_layers(config, number, AXK2)
    feeds, rows = _feeds(config, sparse, mix)
    norm: Block = {"gated_rmsnorm": {"gated_norm_rank": config.integer("gated_norm_rank", default=16)}}
    made = assembled(config, made, {"latent": mixer}, ["latent"] * number, feeds, rows, norm=norm)
    for name, layer in made.define.items():
        if isinstance(layer, dict) and (layer.get("decoder") or layer).get("feed_forward") == "dense":
            (layer.get("decoder") or layer)["feed_forward_norm"] = "rmsnorm"
        elif isinstance(layer, dict) and layer.get("feed_forward") == "sparse" and "like" in layer and not all(sparse):
            made.define[name] = {**layer, "feed_forward_norm": None}
    return made


def _dots3(config: Config, root: Config | None = None) -> Draft:
    """dots3-note: some layers have an indexer, others a window and latents of their own widths; gates for heads."""
    made, number = draft(config, root=root), layer_count(config)
    chosen = config.flag("use_dsa", default="per_layer_config" not in config)
    wide = INDEXED if chosen else FULL
    slides = config.flag("use_sliding_window", default=True)
    usual = [wide if not slides or layer < 2 or layer % 4 == 1 else SLIDING for layer in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types")
    window = config.integer("sliding_window", "sliding_window_size", default=512)
    own = layer_configs(config, number)
    rows: list[str] = []
    mixers: dict[str, Block] = {}
    # Layers of the same values share a config: each of them is read once.
    read: dict[tuple[Config, str], Block] = {}
    for layer, kind in zip(own, kinds, strict=True):
        if (layer, kind) not in read:
            swa = layer is config and "per_layer_config" not in config
            read[layer, kind] = _dots3_mixer(layer, kind, window, swa=swa)
        mixer = read[layer, kind]
        name = next((name for name, block in mixers.items() if block == mixer), "")
        if not name:
            name = {SLIDING: "local", INDEXED: "indexed"}.get(kind, "global")
            name = name if name not in mixers else f"{name}_{len(mixers)}"
            mixers[name] = mixer
        rows.append(name)
    first = next(iter(mixers))
    written = {name: block if name == first else like(first, mixers[first], block) for name, block in mixers.items()}
    mix = mixture(config, DOTS3)
    _shared_width(config, mix)
    feeds, feed_rows = _feeds(config, _dots3_sparse(config, number), mix)
    return assembled(config, made, written, rows, feeds, feed_rows)


def _dots3_mixer(config: Config, kind: str, window: int, *, swa: bool) -> Block:
    """The attention of one layer; ``swa``: those with a window have keys of their own, as in the model's own files."""
    fields: dict[str, Any] = {"output_gate": "per_head", "k_rope_norm": True, "mla_scale": True}
    if kind == INDEXED:
        fields |= index_fields(config, "full", DOTS3.index_n_heads)
    elif kind == SLIDING:
        fields["sliding_window"] = window
        if swa:
            config = _swa(config)
    elif kind != FULL:
        config.mark_incomplete(f"layers of the kind {kind}")
    theta = config.number("swa_rope_theta", default=50000.0) if kind == SLIDING else DOTS3.theta
    position = latent_rope(config, theta, kind=kind)
    return latent_attention(config, position, **fields)


def _swa(config: Config) -> Config:
    """The sizes of layers with a window under their usual names."""
    names = ("num_attention_heads", "q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "v_head_dim")
    defaults = (64, 1024, 1024, 192, 128)
    sizes = {name: config.integer(f"swa_{name}", default=size) for name, size in zip(names, defaults, strict=True)}
    config.raw("swa_num_key_value_heads")
    width = config.integer("swa_head_dim", default=256) - sizes["qk_nope_head_dim"]
    sizes["qk_rope_head_dim"] = config.integer("swa_qk_rope_head_dim", default=width)
    return Config({**config.data, **sizes, "rope_theta": config.data.get("swa_rope_theta", 50000.0)}, parent=config)


def _dots3_sparse(config: Config, number: int) -> list[bool]:
    """Which layers have experts; ``moe_layer_freq`` may be a list with an entry a layer."""
    listed = config.raw("moe_layer_freq")
    if isinstance(listed, list) and "mlp_layer_types" not in config:
        first = config.integer("first_k_dense_replace", default=1, least=0)
        every = config.per_layer(listed, number, "moe_layer_freq")
        return [layer >= first and bool(entry) for layer, entry in enumerate(every)]
    return sparse_layers(config, number, DOTS3)


def _shared_width(config: Config, mix: Block) -> None:
    """Gives the shared experts of ``mix`` their own width."""
    assert isinstance(mix, dict)
    fields = mix["mixture_of_experts"]
    width = config.integer("shared_experts_intermediate_size", "moe_shared_expert_intermediate_size", default=1536)
    shared = fields.pop("n_shared_experts", 0)
    if shared:
        fields["shared_expert_intermediate_size"] = commented(shared * width, f"{shared} × {width:,}")


FAMILIES = (
    Family(("glm4_moe_lite",), _glm4_moe_lite, ("Glm4MoeLiteForCausalLM",), IGNORED),
    Family(("youtu",), _youtu, ("YoutuForCausalLM",), IGNORED),
    Family(("minicpm3",), _minicpm3, ("MiniCPM3ForCausalLM",), IGNORED),
    Family(("axk1",), _axk1, ("AXK1ForCausalLM",), IGNORED),
    Family(("axk2",), _axk2, ("AXK2ForCausalLM",), IGNORED),
    Family(("dots3_note_text",), _dots3, ("Dots3NoteForCausalLM",), IGNORED),
)
