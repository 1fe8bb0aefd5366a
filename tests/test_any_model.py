"""Whatever an author writes: a spec that is read is drawn, without a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.picture import Inset
from archdraw.scene import Scene
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.insets import MOST_OPENED

words = st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=30), min_size=1, max_size=6).map(
    lambda parts: " ".join(parts)[:60].strip()
)
mixers = st.one_of(
    st.builds(
        lambda groups, window, norm, gate, label: {
            "grouped_query": {
                "num_attention_heads": 16,
                "num_key_value_heads": groups,
                "head_dim": 64,
                "position": "rope",
                **({"sliding_window": window} if window else {}),
                **({"qk_norm": "rmsnorm_per_head"} if norm else {}),
                **({"output_gate": True} if gate else {}),
                **({"label": label} if label else {}),
            }
        },
        st.sampled_from([1, 2, 4, 8, 16]),
        st.sampled_from([None, 128, 4096]),
        st.booleans(),
        st.booleans(),
        st.none() | words,
    ),
    st.just(
        {
            "multi_head_latent": {
                "num_attention_heads": 16,
                "q_lora_rank": 256,
                "kv_lora_rank": 128,
                "qk_nope_head_dim": 64,
                "qk_rope_head_dim": 32,
                "v_head_dim": 64,
                "position": "rope",
            }
        }
    ),
    st.just(
        {
            "gated_delta_net": {
                "linear_num_key_heads": 4,
                "linear_num_value_heads": 8,
                "linear_key_head_dim": 64,
                "linear_value_head_dim": 64,
                "linear_conv_kernel_dim": 4,
            }
        }
    ),
    words.map(lambda label: {"module": {"label": label, "body": [{"linear": 512}, {"op": label}, {"linear": 1024}]}}),
)
feed_forwards = st.one_of(
    st.sampled_from([{"swiglu": {"intermediate_size": 4096}}, {"gelu": {"intermediate_size": 2048}}]),
    st.builds(
        lambda total, active, shared: {
            "mixture_of_experts": {
                "num_experts": total,
                "num_experts_per_tok": active,
                "moe_intermediate_size": 512,
                **({"n_shared_experts": 1} if shared else {}),
            }
        },
        st.sampled_from([8, 16, 60, 128, 384, 512]),
        st.integers(1, 8),
        st.booleans(),
    ),
)
layers = st.builds(
    lambda mixer, feed_forward, placement: {
        "decoder": {"placement": placement, "attention": mixer, "feed_forward": feed_forward}
    },
    mixers,
    feed_forwards,
    st.sampled_from(["pre", "pre", "post", "sandwich", "parallel"]),
)


@st.composite
def specs(draw_from: st.DrawFn) -> dict[str, Any]:
    kinds = draw_from(st.lists(layers, min_size=1, max_size=3))
    order = draw_from(st.lists(st.sampled_from(range(len(kinds))), min_size=1, max_size=12))
    times = draw_from(st.integers(1, 60))
    return {
        "name": draw_from(words),
        "developer": draw_from(words),
        "context_length": draw_from(st.sampled_from([512, 131072, 10_000_000])),
        "hidden_size": 1024,
        "vocab_size": 32000,
        "define": {f"kind{number}": kind for number, kind in enumerate(kinds)},
        "layers": [
            "embedding",
            {"stack": {"num_hidden_layers": times, "pattern": [f"kind{number}" for number in order][:times]}},
            "rmsnorm",
            "output_head",
        ],
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(specs(), st.sampled_from(["plate", "card"]))
def test_a_spec_that_is_read_is_drawn_without_a_fault(data: dict[str, Any], view: str) -> None:
    spec = parse_spec(json.dumps(data), "any.yaml")
    assert faults(draw(spec, expand(spec), view, theme=load_theme("light"))) == []


def _of_layers(attention: Callable[[int], dict[str, Any]]) -> tuple[Scene, list[Inset]]:
    """The plate of 24 layers, each with other widths, and the panels of its boxes."""
    kinds = [
        {
            "decoder": {
                "attention": attention(number),
                "feed_forward": {"swiglu": {"intermediate_size": 1024 + 256 * number}},
            }
        }
        for number in range(24)
    ]
    data = {"name": "Many", "context_length": 512, "hidden_size": 1024, "vocab_size": 32000}
    spec = parse_spec(json.dumps({**data, "layers": ["embedding", {"stack": kinds}, "output_head"]}), "many.yaml")
    block = expand(spec)
    scene = draw(spec, block, "plate", theme=load_theme("light"))
    return scene, [inset for inset in picture(spec, block).insets if inset.source]


def test_a_stack_of_many_kinds_that_are_alike_has_a_panel_for_each_sort() -> None:
    scene, opened = _of_layers(lambda number: {"multi_head": {"num_attention_heads": 8, "head_dim": 32 + 16 * number}})
    assert faults(scene) == []
    assert [len(inset.also) for inset in opened] == [23, 23]


def test_a_stack_of_many_kinds_is_drawn_with_as_many_panels_as_a_plate_has_room_for() -> None:
    def own(number: int) -> dict[str, Any]:
        body = [*({"linear": 64 + step} for step in range(number + 1)), {"linear": 1024}]
        return {"module": {"label": f"Own {number}", "role": "linear", "body": body}}

    scene, opened = _of_layers(own)
    assert faults(scene) == []
    assert len(opened) == MOST_OPENED


LAYER = {
    "decoder": {
        "times": 9_990,
        "attention": {"multi_head": {"num_attention_heads": 8}},
        "feed_forward": {"swiglu": {"intermediate_size": 4096}},
    }
}
OTHER = {
    "decoder": {
        "attention": {"multi_head": {"num_attention_heads": 16}},
        "feed_forward": {"gelu": {"intermediate_size": 2048}},
    }
}
MTP = {"multi_token_prediction": {"num_nextn_predict_layers": 1, "layer": OTHER}}


@pytest.mark.parametrize(
    ("layers", "more"),
    [
        (["embedding", LAYER, "rmsnorm", "output_head"], {}),
        (["embedding", LAYER, "rmsnorm", "output_head"], {"insets": False}),
        (["embedding", LAYER, "rmsnorm", "output_head"], {"insets": ["mlp"]}),
        (["embedding", LAYER, "rmsnorm", OTHER, "rmsnorm", "output_head"], {}),
        (["embedding", LAYER, "rmsnorm", "output_head", MTP], {}),
        ([LAYER], {"name": "W" * 80}),
        ([OTHER], {}),
    ],
    ids=["many layers", "no insets", "one inset", "two stacks", "a module last", "a long name", "one layer"],
)
@pytest.mark.parametrize("view", ["plate", "card"])
def test_odd_models_are_drawn_without_a_fault(layers: list[Any], more: dict[str, Any], view: str) -> None:
    data = {"name": "Odd", "context_length": 512, "hidden_size": 1024, "vocab_size": 32000, "layers": layers, **more}
    spec = parse_spec(json.dumps(data), "odd.yaml")
    assert faults(draw(spec, expand(spec), view, theme=load_theme("light"))) == []


def test_an_inset_that_is_not_there_is_told_at_its_place() -> None:
    data = {"name": "Odd", "insets": ["mpl"], "context_length": 512, "hidden_size": 1024, "vocab_size": 32000}
    spec = parse_spec(json.dumps({**data, "layers": ["embedding", OTHER]}), "odd.yaml")
    with pytest.raises(InputError, match=r"odd\.yaml:1:27: error: nothing that could be opened is called mpl"):
        draw(spec, expand(spec), "plate", theme=load_theme("light"))
