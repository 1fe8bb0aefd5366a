"""One small block of each of the larger kinds, for tests that look inside."""

from __future__ import annotations

from typing import Any

from archdraw.kinds.base import Kind, Scope
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.mixers.latent_attention import MultiHeadLatent
from archdraw.kinds.mixers.linear_attention import GatedDeltaNet
from archdraw.kinds.mixers.position import Rope
from archdraw.kinds.registry import kinds
from archdraw.tree.blocks import Side


def template(keyword: str, **fields: Any) -> Kind:
    """A kind that is written in YAML, with these values for its parameters."""
    made: Any = kinds()[keyword]
    kind = made(**fields)
    assert isinstance(kind, Kind)
    return kind


def beside(kind: Kind, scope: Scope) -> Side:
    """A side kind, expanded."""
    made = kind.expand(scope)
    assert isinstance(made, Side)
    return made


SCOPE = Scope(hidden_size=2048, vocab_size=50_000, context_length=4096)
LATENT = MultiHeadLatent(
    num_attention_heads=16,
    q_lora_rank=768,
    kv_lora_rank=512,
    qk_nope_head_dim=128,
    qk_rope_head_dim=64,
    v_head_dim=128,
    position=Rope(),
)
DELTA = GatedDeltaNet(
    linear_num_key_heads=16, linear_num_value_heads=32, linear_key_head_dim=128, linear_value_head_dim=128
)
EXPERTS = MixtureOfExperts(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=512)
VISION = template(
    "vision_encoder",
    hidden_size=96,
    intermediate_size=384,
    num_hidden_layers=2,
    num_attention_heads=4,
    image_size=56,
    patch_size=14,
)
