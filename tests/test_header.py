"""The line below the name of a model: sizes as published, layers by column, and its kind."""

from __future__ import annotations

import pytest

from archdraw.glossary import text
from archdraw.model import Model
from archdraw.tree.facts import report
from archdraw.tree.published import in_thousands, rounds
from archdraw.tree.sheet import rows
from archdraw.views.active import active_parameters
from archdraw.views.architecture import picture
from archdraw.views.header import kind_of, layers_of, size_of, subtitle
from shipped import NAMES
from shipped import model as shipped

FRAME = """
name: X
hidden_size: 64
vocab_size: 256
layers:
  - embedding
{layers}
  - output_head
"""
DECODER = (
    "{decoder: {times: 3, attention: {multi_head: {num_attention_heads: 4}}, "
    "feed_forward: {gelu: {intermediate_size: 64}}}}"
)


def model(layers: str) -> Model:
    return Model.from_text(FRAME.format(layers=layers))


def footer(name: str) -> tuple[str, ...]:
    found = shipped(name)
    return picture(found.spec, found.block).footer


def line(model: Model) -> tuple[str, ...]:
    return subtitle(model.spec, model.block, model.facts)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("llama-3-8b", "Dense"),
        ("mixtral-8x7b", "Sparse MoE"),
        ("mamba-2-8b", "Dense recurrent"),
        ("qwen3-next-80b-a3b", "Sparse hybrid"),
        ("lfm2-5-1-2b", "Dense hybrid"),
        ("step-5-preview", "Sparse MoE"),
    ],
)
def test_the_kind_of_a_model(name: str, kind: str) -> None:
    assert kind_of(shipped(name).block) == kind


def test_a_convolution_without_a_state_is_no_recurrence_and_sets_no_limit() -> None:
    unet = model("  - layer: [{module: {label: U-Net, role: convolution, body: [{linear: 32}, {linear: 64}]}}]")
    assert kind_of(unet.block) == ""
    assert line(unet)[1:] == ("1 layer",)


def test_experts_that_all_work_are_not_sparse() -> None:
    every = "{mixture_of_experts: {num_experts: 4, num_experts_per_tok: 4, moe_intermediate_size: 16}}"
    layer = "  - decoder: {attention: {multi_head: {num_attention_heads: 4}}, feed_forward: " + every + "}"
    assert kind_of(model(layer).block) == "Dense"
    assert kind_of(model(layer.replace("num_experts_per_tok: 4", "num_experts_per_tok: 2")).block) == "Sparse MoE"
    own = "  - layer: [{weight: {label: All experts, role: experts, weights: [{name: w, shape: [64, 64]}]}}]"
    assert kind_of(model(own).block) == ""


@pytest.mark.parametrize(
    ("name", "layers"),
    [("transformer-2017", "6 + 6 layers"), ("whisper-large-v3", "32 + 32 layers"), ("llava-1-5-7b", "32 layers")],
)
def test_an_encoder_decoder_has_the_layers_of_both(name: str, layers: str) -> None:
    assert text(layers_of(shipped(name).block)) == layers


def test_what_a_convolutional_network_repeats_are_blocks() -> None:
    """ResNet-50 has 50 layers, in 16 blocks of its own and around them; a mixer of a sequence makes a layer one."""
    resnet = shipped("resnet-50")
    assert text(layers_of(resnet.block)) == resnet.facts.in_layers == "16 blocks"
    assert ("blocks", "16", "") in list(rows(report(resnet.facts, "ResNet-50", 1)))
    convolving = "{layer: {times: 2, body: [BEFORE {convolution: {features: 64, kernel_size: [3]}}]}}"
    alone = convolving.replace("BEFORE ", "")
    assert text(layers_of(model(f"  - {alone}").block)) == "2 blocks"
    assert text(layers_of(model(f"  - parallel: [[{alone}], [{alone}]]").block)) == "2 + 2 blocks"
    mixing = convolving.replace("BEFORE", "{multi_head: {num_attention_heads: 4}},")
    assert text(layers_of(model(f"  - {mixing}").block)) == model(f"  - {mixing}").facts.in_layers == "2 layers"
    for name in ("lfm2-5-1-2b", "mamba-2-8b", "conformer-l"):
        assert text(layers_of(shipped(name).block)).endswith("layers")


def test_layers_of_a_loop_are_as_many_as_are_stored_and_their_loops_are_said() -> None:
    """ALBERT stores one layer and goes through it twelve times."""
    assert text(layers_of(shipped("ouro-thinking-2-6b").block)) == "48 layers × 4 loops"
    loop = "{loop: {num_loops: 12, body: [ONE]}}"
    one = DECODER.replace("times: 3, ", "")
    albert = model(f"  - {loop.replace('ONE', one)}")
    assert text(layers_of(albert.block)) == "1 layer × 12 loops"
    assert albert.facts.in_layers == "1 layer"
    assert line(albert)[1] == "1 layer × 12 loops"
    some = loop.replace("ONE", DECODER)
    assert text(layers_of(model(f"  - {DECODER}\n  - {some}").block)) == "6 layers, 3 of them × 12 loops"
    twice = loop.replace("num_loops: 12", "num_loops: 2").replace("ONE", DECODER)
    assert text(layers_of(model(f"  - {twice}\n  - {some}").block)) == "6 layers, 42 layer passes"
    both = model(f"  - parallel: [[{DECODER}], [{some}]]")
    assert text(layers_of(both.block)) == "3 + 3 layers, 3 + 36 layer passes"
    nested = loop.replace("num_loops: 12", "num_loops: 2").replace("ONE", some)
    assert text(layers_of(model(f"  - {nested}").block)) == "3 layers × 24 loops"


def test_columns_side_by_side_have_their_own_numbers_of_layers() -> None:
    both = model(f"  - parallel: [[{DECODER}], [{DECODER}, {DECODER}]]")
    assert text(layers_of(both.block)) == "3 + 6 layers"
    assert text(layers_of(model(f"  - {DECODER}\n  - {DECODER}").block)) == "6 layers"


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("gpt-oss-120b", "117B total, 5.13B active (4.4%)"),
        ("deepseek-v4-1-flash", "552B total (excl. 197B in lookup tables), 16.1B active (2.9%)"),
        ("gemma-4-e2b", "5.10B total, 2.28B active (45%, excl. per-layer embeddings and encoders), 4.63B text"),
        (
            "gemma-4-e4b",
            "7.94B total, 4.64B active (58%, excl. per-layer embeddings and encoders), 7.46B text",
        ),
        (
            "qwen3-8-flash-next-125b-a6b",
            "125B total (excl. 52.5B in embedding tables and LM head), 6.04B active (4.8%), 124B text",
        ),
        ("llama-3-8b", "8.03B parameters"),
        ("longcat-flash-lite-68-5b-a3b", "68.6B total, ≤ 4.52B active (12%, excl. embedding tables)"),
    ],
)
def test_sizes_are_quoted_as_they_are_published(name: str, size: str) -> None:
    found = shipped(name)
    assert text(size_of(found.spec, found.facts)) == size


@pytest.mark.parametrize(
    ("name", "said"),
    [
        # 37.6B with all tables is only cut off to the published 37B, 36.6B rounds to it.
        ("deepseek-v3", "active as published: excl. input embedding tables"),
        ("deepseek-v4-pro", "active as published: excl. input embedding tables"),
        ("glm-4-5-355b", "active as published: excl. embedding tables and LM head"),
        ("xiaomi-mimo-v2-5-310b", "active as published: excl. encoders"),
        ("qwen3-235b-a22b", ""),
        ("gemma-4-e2b", ""),  # its headline says so
        ("gpt-oss-120b", "active as published: excl. input embedding tables"),
        ("gemma-4-26b-a4b", "active as published: excl. encoders"),
        ("llama-4-maverick", "active as published: excl. encoders"),
        ("sarvam-30b", ""),  # so does its
        ("minimax-m3-428b", "active as published: excl. embedding tables, LM head and encoders"),
    ],
)
def test_what_a_published_active_count_leaves_out_is_said(name: str, said: str) -> None:
    found = shipped(name)
    footer = picture(found.spec, found.block).footer
    assert [part for part in footer if part.startswith("active")] == [part for part in (said,) if part]


@pytest.mark.parametrize("name", ["deepseek-v4-1-flash", "qwen3-8-flash-next-125b-a6b", "gemma-4-e2b"])
def test_a_total_that_is_quoted_as_published_differs_from_nothing(name: str) -> None:
    found = shipped(name)
    assert found.spec.published is not None
    assert found.spec.published.differs is None
    assert not any("differ" in part for part in picture(found.spec, found.block).footer)
    assert any("differ" in part for part in picture(shipped("falcon-7b").spec, shipped("falcon-7b").block).footer)


def test_a_headline_rounds_to_the_published_active_count() -> None:
    """In whichever way it is counted; the exceptions are those that round to it in none."""
    differing = set()
    for name in NAMES:
        found = shipped(name)
        published = found.spec.published
        figure = published.active_parameters if published is not None and published.differs is None else None
        if figure is None or found.facts.unknown:
            continue
        if not rounds(active_parameters(found.facts, published).count, in_thousands(figure)):
            differing.add(name)
    assert differing == {
        "ling-2-5-1t",
        "ling-2-6-1t",
        "longcat-flash-560b",
        "minimax-m3-428b",
        "muse-spark-open",
        "qwen3-30b-a3b",
        "qwen3-coder-flash-30b-a3b",
    }


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("deepseek-v3", "deepseek-v3-2"),  # an indexer more
        ("kimi-k2", "kimi-k2-5"),
        ("xiaomi-mimo-v2-flash-309b", "xiaomi-mimo-v2-5-310b"),
        ("xiaomi-mimo-v2-5-pro-1-02t", "xiaomi-mimo-v2-6-pro-rl"),
        ("step-3-5-flash-196b", "step-3-7-flash"),
        ("tencent-hy4-preview-770b-a49b", "tencent-hy4"),
    ],
)
def test_models_of_a_family_are_quoted_by_one_count(earlier: str, later: str) -> None:
    """So that the one that has more does not seem smaller: encoders and input embedding are left out of both."""
    counts = []
    for name in (earlier, later):
        found = shipped(name)
        quoted = active_parameters(found.facts, found.spec.published).count
        counts.append(quoted)
    assert counts[0] <= counts[1] <= 1.03 * counts[0]


def test_the_same_network_is_quoted_as_equally_active() -> None:
    """A model of the same architecture and size as its parent activates as much, and says so in the same way.

    Unless its own publisher counts otherwise, as that of Soofi S does.
    """
    compared = 0
    for name in NAMES:
        found = shipped(name)
        for parent in found.spec.parents:
            base = shipped(parent.model)
            same = found.facts.parts == base.facts.parts and found.facts.inactive == base.facts.inactive
            if found.spec.published is None or base.spec.published is None:
                continue
            own = found.spec.published.active_parameters
            same = same and own in (None, base.spec.published.active_parameters)
            if parent.relation == "same architecture" and same and found.facts.inactive:
                compared += 1
                assert text(size_of(found.spec, found.facts)) == text(size_of(base.spec, base.facts)), name
    assert compared > 3


@pytest.mark.parametrize(
    ("name", "count"),
    [("glm-5-3", 40_298_928_384), ("minimax-m2-5-230b", 10_415_940_608), ("ling-2-5-1t", 63_580_239_360)],
)
def test_a_round_figure_stands_for_what_rounds_to_it(name: str, count: int) -> None:
    """40 billion are not 41.3, and 10 not 11.0: the zero that ends a figure is a digit of it."""
    found = shipped(name)
    assert active_parameters(found.facts, found.spec.published).count == count


@pytest.mark.parametrize(
    ("figure", "written"), [(40e9, "40e9"), (7e9, "7e9"), (1.5e12, "1.5e12"), (999e6, "999e6"), (350, "350"), (0, "0")]
)
def test_a_figure_is_written_in_thousands(figure: float, written: str) -> None:
    assert in_thousands(figure) == written


def test_a_published_figure_that_differs_is_given_with_the_reason() -> None:
    """Table 3 of the paper has 65 million, its parts are 63: a reader needs the figure to see by how much."""
    (said,) = (part for part in footer("transformer-2017") if "differs" in part)
    assert said.startswith(
        "differs from the published 65M total: the parts described in the paper add up to 63 million"
    )
    (said,) = (part for part in footer("gemma-4-e4b") if "differs" in part)
    assert said.startswith("differs from the published 4.5B active: ")


def test_a_share_leaves_the_same_out_of_both_numbers() -> None:
    """Sarvam 30B: two tables of 262,144 × 4,096 in neither; where the share would be the same, nothing is said."""
    found = shipped("sarvam-30b")
    active = active_parameters(found.facts, found.spec.published)
    tables = 2 * 262_144 * 4_096
    assert (active.count, active.whole) == (
        found.facts.active_parameters - tables,
        found.facts.total_parameters - tables,
    )
    assert "2.37B active (7.9%, excl. embedding tables and LM head)" in text(size_of(found.spec, found.facts))
    gpt = shipped("gpt-oss-120b")
    assert active_parameters(gpt.facts, gpt.spec.published).whole == gpt.facts.total_parameters


def test_an_encoder_of_experts_without_a_model_has_its_size() -> None:
    """Without its encoder nothing of it would be active, and nothing be there that a share is of."""
    tower = (
        "{dots_vision: {hidden_size: 64, intermediate_size: 128, moe_intermediate_size: 64, num_attention_heads: 4, "
        "patch_size: 14, experts: [0, 4], num_experts_per_tok: 2}}"
    )
    spec = FRAME.format(layers=f"  - {tower}").replace("  - output_head\n", "")
    made = Model.from_text(spec)
    assert 0 < made.facts.active_parameters < made.facts.total_parameters
    assert "active" in text(size_of(made.spec, made.facts))
