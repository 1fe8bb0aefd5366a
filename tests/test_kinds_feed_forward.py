"""Feed-forward networks and mixtures of experts: what they are made of, what they are called, what they count."""

from __future__ import annotations

import pytest

from archdraw.checked import ValidationError
from archdraw.kinds.base import Kind
from archdraw.kinds.feed_forward.dense_and_experts import DenseAndExperts
from archdraw.kinds.feed_forward.feed_forward import GEGLU, GELU, ReLUSquared, SiTUGLU, SwiGLU
from archdraw.kinds.feed_forward.kind import FeedForwardKind
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.feed_forward.router_mlp import MLPRouter
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves, walk
from samples import EXPERTS, SCOPE


def found(block: Block, name: str) -> Leaf:
    """The only leaf of that name."""
    (leaf,) = (leaf for leaf in leaves(block) if leaf.name == name)
    return leaf


@pytest.mark.parametrize(
    ("kind", "projections"), [(SwiGLU, 3), (GEGLU, 3), (GELU, 2), (ReLUSquared, 2)], ids=lambda value: str(value)
)
def test_feed_forwards(kind: type[SwiGLU], projections: int) -> None:
    counted = facts(kind(intermediate_size=8192).expand(SCOPE))
    assert counted.parts == {"feed_forward": projections * 2048 * 8192}


def test_a_clamped_swiglu_says_what_it_does() -> None:
    kind = SwiGLU(intermediate_size=2880, mlp_bias=True, swiglu_limit=7.0, swiglu_alpha=1.702, swiglu_beta=1.0)
    made = kind.expand(SCOPE)
    assert describe(made).full == "Clamped SwiGLU FFN, 2,048 → 2,880 → 2,048"
    assert [describe(leaf).full for leaf in leaves(made)] == [
        *("gate 2,880", "x σ(1.702 x)"),
        *("up 2,880", "+ 1"),
        "down 2,880 → 2,048",
    ]
    assert "; ".join(describe(made).notes) == (
        "clamp: gate ≤ 7, |up| ≤ 7; gate × σ(1.702 gate) × (up + 1); bias on gate, up and down"
    )
    assert facts(made).total_parameters == 3 * 2048 * 2880 + 2 * 2880 + 2048
    expert = MixtureOfExperts(num_experts=4, num_experts_per_tok=1, expert=kind).expand(SCOPE)
    (one,) = (block for _, block in walk(expert) if isinstance(block, Module) and block.name == "experts")
    assert (describe(one).full, describe(one).title) == (
        "Expert, clamped SwiGLU, width 2,880",
        "Expert: clamped SwiGLU, width 2,880",
    )


def test_mixture_of_experts() -> None:
    gated = EXPERTS.model_copy(update={"n_shared_experts": 2, "shared_expert_gate": True, "router_bias": True})
    made = gated.expand(SCOPE)
    assert describe(made).full == "Mixture of experts, 2 of 8 + 2 shared, width 512"
    assert [describe(leaf).label for leaf in leaves(made)][:2] == ["gate", "sigmoid"]
    assert describe(made).notes[1:] == ("bias on the router",)
    expert = 3 * 2048 * 512
    counted = facts(made)
    assert counted.parts == {
        "shared_experts": 2 * expert + 2048,
        "router": 8 * 2048 + 8,
        "experts": 8 * expert,
    }
    assert counted.inactive == 6 * expert


def test_a_balancing_bias_is_drawn_from_but_not_counted() -> None:
    balanced = EXPERTS.model_copy(update={"e_score_correction_bias": True})
    assert facts(balanced.expand(SCOPE)).parts == facts(EXPERTS.expand(SCOPE)).parts
    assert describe(balanced.expand(SCOPE)).notes == (
        "6.31M of 25.2M parameters active per layer",
        "selection bias for load balancing",
    )


def test_experts_can_be_any_feed_forward() -> None:
    kind = MixtureOfExperts(
        num_experts=4,
        num_experts_per_tok=1,
        expert=GELU(intermediate_size=512, mlp_bias=True),
        n_shared_experts=1,
    )
    counted = facts(kind.expand(SCOPE))
    one = 2 * 2048 * 512 + 512 + 2048
    assert (counted.parts["experts"], counted.parts["shared_experts"]) == (4 * one, one)


def test_notes_say_which_projections_have_a_bias() -> None:
    plain, gated = (kind(intermediate_size=8, mlp_bias=True).expand(SCOPE) for kind in (GELU, GEGLU))
    assert describe(plain).notes == ("bias on up and down",)
    assert describe(gated).notes == ("bias on gate, up and down",)


@pytest.mark.parametrize(
    ("kind", "boxes"),
    [
        (GEGLU(intermediate_size=64, activation_sparsity=0.95), ["Sparse GeGLU FFN", "gate 64", "top 5%, GELU"]),
        (SiTUGLU(intermediate_size=64, activation_situ_beta=4.0), ["SiTU-GLU FFN", "gate 64", "SiTU (β = 4)"]),
        (ReLUSquared(intermediate_size=64), ["Squared ReLU FFN", "up 64", "squared ReLU"]),
    ],
    ids=lambda value: value.keyword if isinstance(value, Kind) else "",
)
def test_a_feed_forward_network_is_called_by_its_non_linearity(kind: FeedForwardKind, boxes: list[str]) -> None:
    made = kind.expand(SCOPE)
    assert [describe(made).label, *(describe(leaf).label for leaf in list(leaves(made))[:2])] == boxes


@pytest.mark.parametrize(
    ("alpha", "beta", "notes"),
    [(1.0, 0.0, ()), (1.702, 0.0, ("gate × σ(1.702 gate) × up",)), (1.0, 0.5, ("SiLU(gate) × (up + 0.5)",))],
)
def test_a_swiglu_says_its_factors_where_they_are_others(alpha: float, beta: float, notes: tuple[str, ...]) -> None:
    assert describe(SwiGLU(intermediate_size=8, swiglu_alpha=alpha, swiglu_beta=beta).expand(SCOPE)).notes == notes


def test_an_expert_is_called_by_its_own_label() -> None:
    kind = EXPERTS.model_copy(update={"expert": SwiGLU(intermediate_size=8, label="Bounded SwiGLU")})
    made = kind.model_copy(update={"moe_intermediate_size": None}).expand(SCOPE)
    (one,) = (block for _, block in walk(made) if isinstance(block, Module) and block.name == "experts")
    assert describe(one).title == "Expert: Bounded SwiGLU, width 8"


def test_every_number_of_a_mixture_is_said_once() -> None:
    kind = EXPERTS.model_copy(
        update={
            "num_experts": 512,
            "num_experts_per_tok": 12,
            "zero_expert_num": 256,
            "scoring_func": "sigmoid",
            "n_group": 8,
            "topk_group": 4,
            "norm_topk_prob": True,
            "routed_scaling_factor": 2.5,
            "router_logit_softcapping": 30.0,
            "apply_router_weight_on_input": True,
            "global_scale": True,
            "dense": SwiGLU(intermediate_size=64),
        }
    )
    made = kind.expand(SCOPE)
    assert describe(made).full == "Mixture of experts, 12 of 768 (256 identity) + dense, expert width 512"
    assert describe(found(made, "gate")).full == "Router, sigmoid, top-12 of 768, 4 of 8 groups"
    assert describe(found(made, "zero_experts")).full == "Identity, 256 experts"
    assert describe(made).notes[1:] == (
        "top-k weights renormalized",
        "router weight applied to the expert input",
        "router logit softcap 30; routed output × 2.5",
        "learned global scale of the weights",
        "top-12 of 768, 256 of them zero-computation (identity)",
    )


def test_the_only_expert_of_a_token_is_weighed_and_has_a_capacity() -> None:
    """Switch Transformers: nothing is left to renormalize, and an expert drops what it has no room for."""
    one = EXPERTS.model_copy(update={"num_experts_per_tok": 1, "expert_capacity": 64, "scoring_func": "softmax"})
    said = " ".join(describe(one.expand(SCOPE)).notes)
    assert "expert output × its router probability" in said
    assert "expert capacity 64 tokens; further ones skip the layer" in said.replace("\u00a0", " ")
    summed = " ".join(describe(one.model_copy(update={"norm_topk_prob": True}).expand(SCOPE)).notes)
    assert "router probability" not in summed


def test_norms_of_what_experts_in_a_narrower_space_read_and_leave() -> None:
    plain = EXPERTS.model_copy(update={"moe_latent_size": 256}).expand(SCOPE)
    around = EXPERTS.model_copy(update={"moe_latent_size": 256, "latent_moe_use_norm": "around_experts"}).expand(SCOPE)
    # The gains of the norm behind each expert are the same for all.
    assert facts(around).total_parameters - facts(plain).total_parameters == 2 * 256
    norms = [leaf.name for leaf in leaves(around) if leaf.role == "norm"]
    assert norms == ["pre_expert_norm", "post_expert_norm"]


def test_a_mixture_is_named_by_how_it_is_routed_and_where_it_works() -> None:
    hashed = EXPERTS.model_copy(update={"hash_routing": True, "scoring_func": "sqrtsoftplus"}).expand(SCOPE)
    assert describe(hashed).full == "Hash-routed MoE, 2 of 8, width 512"
    assert describe(found(hashed, "gate")).full == "Router, √softplus, 2 by token ID"
    assert describe(hashed).notes[1] == "token-ID table selects the experts (hash routing)"
    latent = EXPERTS.model_copy(update={"moe_latent_size": 256, "latent_moe_use_norm": True}).expand(SCOPE)
    assert describe(latent).full == "Latent MoE, 2 of 8, width 512"
    ways = [describe(leaf).label for leaf in leaves(latent) if leaf.name.endswith("latent_proj")]
    assert ways == ["down 2,048 → 256", "up 256 → 2,048"]
    both = DenseAndExperts(
        dense=GEGLU(intermediate_size=64), num_experts=8, num_experts_per_tok=2, expert=GEGLU(intermediate_size=32)
    ).expand(SCOPE)
    assert describe(both).full == "Dense FFN + MoE, 2 of 8 + 1 dense, expert width 32"
    assert describe(both).notes[1] == "top-k weights renormalized; learned scale per expert"


def test_a_mixture_says_which_decisions_it_takes() -> None:
    def names(**fields: object) -> list[str]:
        return [concept.name for concept in EXPERTS.model_copy(update=fields).concepts_used()]

    assert names() == ["mixture of experts", "SwiGLU"]
    other = {"moe_intermediate_size": None, "expert": GELU(intermediate_size=8)}
    assert names(**other) == ["mixture of experts"]
    assert names(n_shared_experts=1, **other) == ["mixture of experts", "shared expert"]
    assert names(shared_expert_intermediate_size=8, **other) == ["mixture of experts", "shared expert"]
    assert names(shared_expert=GELU(intermediate_size=8), **other) == ["mixture of experts", "shared expert"]
    assert names(moe_latent_size=8, zero_expert_num=1, hash_routing=True, scoring_func="sigmoid", **other) == [
        "mixture of experts",
        "latent MoE",
        "zero-computation experts",
        "hash routing",
        "sigmoid routing",
    ]
    assert names(dense=GELU(intermediate_size=8), **other) == ["mixture of experts", "parallel dense FFN + MoE"]


def test_routers_that_differ_in_a_setting_are_two() -> None:
    one = MLPRouter(num_experts=8, router_hidden_size=16)
    bare = one.model_copy(update={"depth_average": False})
    first, second = (found(kind.expand(SCOPE), "choice") for kind in (one, bare))
    assert (first.label, first.detail, first.weights) == (second.label, second.detail, second.weights)
    assert first != second
    assert describe(first).full == "Router, softmax, top-1 or skip"
    mixture = EXPERTS.model_copy(update={"num_experts_per_tok": 1, "router": bare}).expand(SCOPE)
    assert describe(mixture).detail == "≤ 1 of 8, width 512, router without depth averaging"


@pytest.mark.parametrize("value", [0, -1, 10**10, 2.5, "8", True])
def test_a_size_is_a_positive_whole_number(value: object) -> None:
    with pytest.raises(ValidationError):
        SwiGLU(intermediate_size=value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (None, "clamped SwiGLU, width 64, else as each routed expert"),
        ({"swiglu_limit": 9.0}, "clamped SwiGLU, width 64, clamp: gate ≤ 9, |up| ≤ 9"),
        ({}, "SwiGLU, width 64"),
    ],
)
def test_a_shared_expert_says_its_clamp_or_that_it_is_that_of_the_others(
    own: dict[str, float] | None, said: str
) -> None:
    shared = None if own is None else SwiGLU.model_validate({"intermediate_size": 64, **own})
    expert = SwiGLU(intermediate_size=64, swiglu_limit=7.0)
    changes = {"expert": expert, "moe_intermediate_size": None, "n_shared_experts": None if own is not None else 1}
    made = EXPERTS.model_copy(update={**changes, "shared_expert": shared}).expand(SCOPE)
    assert [describe(part).detail for _, part in walk(made) if isinstance(part, Module) and part.role == "shared"] == [
        said
    ]


def test_an_expert_with_bounds_says_them() -> None:
    bounded = SiTUGLU(intermediate_size=64, activation_situ_beta=4.0, activation_situ_linear_beta=25.0)
    for bound, said in ((bounded, "SiTU-GLU (4, 25)"), (SiTUGLU(intermediate_size=64), "SiTU-GLU (1)")):
        made = EXPERTS.model_copy(update={"expert": bound, "moe_intermediate_size": None}).expand(SCOPE)
        assert f"Expert: {said}, width 64" in [
            describe(part).title for _, part in walk(made) if isinstance(part, Module)
        ]
