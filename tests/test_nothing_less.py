"""What a plate says of parts that are too large, too many or too far away for a picture of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import archdraw
import shipped
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.picture import Bar, Branches, Chain, Frame, Graph, Inset, Rail, Words
from archdraw.scene import Group, Line, Rect, Text, groups_of
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Experts, Leaf
from archdraw.tree.walks import leaves, walk
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.encoders import MOST_BOXES
from archdraw.views.layers_beside import layers_beside

DECODER = """
name: Hears
hidden_size: 64
vocab_size: 100
context_length: 128
layers:
  - embedding
  - modality_encoder:
      name: audio_tower
      label: Audio encoder
      body:
{body}
  - stack:
      num_hidden_layers: 2
      pattern: [{{layer: [{{residual: [rmsnorm, {{gelu: {{intermediate_size: 128}}}}]}}]}}]
  - rmsnorm
  - output_head
"""


def hearing(*body: str) -> Model:
    """A model whose encoder of sounds has ``body``, a line of YAML for each block."""
    spec = parse_spec(DECODER.format(body="\n".join(f"        - {line}" for line in body)), "hears")
    return Model(spec, expand(spec))


def stages(number: int, times: int) -> list[str]:
    """So many stages of an encoder, each with a line into it and ``times`` layers of its own width."""
    layer = (
        "{{layer: {{label: Stage layer, times: {times}, body: {{residual: [rmsnorm, "
        "{{encoder_feed_forward: {{intermediate_size: {inner}}}}}]}}}}}}"
    )
    return [
        line
        for stage in range(number)
        for line in (
            f"{{linear: {{name: in{stage}, features: 64, label: Stage {stage}}}}}",
            layer.format(times=times, inner=64 * (stage + 1)),
        )
    ]


def experts_of(model: Model) -> list[Leaf]:
    """The first projections of the routed experts of ``model``."""
    routed = [part for _, part in walk(model.block.body) if isinstance(part, Experts)]
    return [next(leaf for leaf in leaves(experts) if leaf.weights) for experts in routed]


def texts_of(group: Group) -> str:
    return " ".join(shape.text for shape in group.children if isinstance(shape, Text))


def panel_of(model: Model, title: str) -> Inset:
    return next(inset for inset in picture(model.spec, model.block).insets if inset.title == title)


@pytest.mark.parametrize("number", [1, 4, 12, 16, 60])
def test_an_encoder_of_any_length_is_opened_or_the_footer_says_that_it_is_not(number: int) -> None:
    model = hearing(*stages(number, 2))
    scene = model.scene()
    said = [shape.text for shape in scene.shapes() if isinstance(shape, Text)]
    assert said.count("Audio encoder") == (1 if scene.left_out else 2)
    assert scene.left_out in ((), ("Audio encoder",))
    if scene.left_out:
        assert any("panels left out: Audio encoder" in text for text in said)
    assert faults(scene) == []


def test_runs_of_layers_of_a_long_encoder_are_boxes_with_their_sizes() -> None:
    (inside, *rest) = panel_of(hearing(*stages(12, 2)), "Audio encoder").items
    assert isinstance(inside, Chain)
    found = [(box.label, box.detail) for box in boxes(inside)]
    assert len(found) == MOST_BOXES
    assert found[1::2] == [("2 × Stage layer", f"64 → {64 * (stage + 1):,} → 64") for stage in range(12)]
    # What each of them consists of is said once, and is nothing that a page may drop.
    assert rest == [Words("Stage layer: RMSNorm, GELU FFN; 1 residual connection", strong=True)]


def test_an_encoder_that_is_one_module_is_opened_as_what_is_in_that() -> None:
    (inside, *_) = panel_of(hearing("{encoder_feed_forward: {intermediate_size: 256}}"), "Audio encoder").items
    assert isinstance(inside, Chain)
    assert [box.label for box in boxes(inside)] == ["up 256, GELU", "down 256 → 64"]


def test_the_encoder_of_sounds_of_muse_spark_is_opened() -> None:
    found = shipped.model("muse-spark-open")
    labels = [box.label for item in panel_of(found, "Audio encoder").items[:1] for box in boxes(item)]  # type: ignore[arg-type]
    assert labels.count("2 × Convolution layer") == 4
    # Of two norms behind the last layer the first is the final one.
    assert labels[-3:] == ["Final RMSNorm", "Projector", "RMSNorm"]
    assert found.scene().left_out == ()


@pytest.mark.parametrize("name", ["deepseek-v4-pro", "deepseek-v4-flash", "qwen3-30b-a3b", "gemma-4-26b-a4b"])
def test_the_box_of_experts_says_their_number_and_their_width(name: str) -> None:
    found = shipped.model(name)
    (width,) = {layer.weights[0].shape[0] for layer in experts_of(found)}
    boxes = [texts_of(group) for group in groups_of(shipped.plate(name).children) if group.role == "experts"]
    assert any(f"width {width:,}" in text for text in boxes if "active" not in text)


@pytest.mark.parametrize("name", ["qwen3-30b-a3b", "deepseek-v3", "gemma-4-26b-a4b", "muse-spark-open", "zaya1-8b"])
def test_tokens_pass_the_router_by_on_their_way_to_the_experts(name: str) -> None:
    """Two lines enter the experts: one from the router, one that comes from no router."""
    plate = shipped.plate(name)
    arrows = [line for line in plate.shapes() if isinstance(line, Line) and line.head]
    frames = [
        group for group in groups_of(plate.children) if group.role == "experts" and "experts, " in texts_of(group)
    ]
    assert frames
    for frame in frames:
        box = next(shape for shape in frame.children if isinstance(shape, Rect))
        entering = [
            line
            for line in arrows
            if abs(line.points[-1][1] - box.y - box.height) < 1 and box.x < line.points[-1][0] < box.x + box.width
        ]
        assert len(entering) == 2


def test_groups_that_a_router_weighs_all_get_the_tokens() -> None:
    """LongCat's identity experts and its other ones each get the line and what the router says of it."""
    (inside, *_) = panel_of(shipped.model("longcat-flash-560b"), "Mixture of experts").items
    assert isinstance(inside, Graph)
    entering = {end: {edge.start for edge in inside.edges if edge.end == end} for end in ("group0", "group1", "router")}
    assert entering == {"group0": {"input", "router"}, "group1": {"input", "router"}, "router": {"input"}}


def test_a_bar_of_layers_says_what_is_in_them() -> None:
    groups = groups_of(shipped.plate("gemma-4-e2b").children)
    assert [texts_of(group) for group in groups if group.role == "layers" and texts_of(group)] == [
        "Layer: sliding-window, global, shared-KV sliding-window or shared-KV global attention, "
        "GeGLU or double-width GeGLU FFN, per-layer input"
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deepseek-v4-1-flash", "Engram (n-gram memory) in 1 layer, compressed sparse or shared compressed attention"),
        ("lfm2-5-1-2b", "Convolution layer, attention layer: gated short convolution or grouped-query attention, "),
        ("lfm2-5-8b-a1b", "Attention layer, convolution layer: grouped-query attention or gated short convolution, "),
        (
            "inkling-2-small",
            "Layer: sliding-window attention, short convolution, mixture of experts, short convolution",
        ),
    ],
)
def test_a_bar_names_the_blocks_of_its_layers_in_their_order_and_how_many_have_one(name: str, expected: str) -> None:
    found = shipped.model(name)
    bars = bars_of(layers_beside(picture(found.spec, found.block)).column)
    assert any(expected in bar.label for bar in bars)


def bars_of(item: object) -> Iterator[Bar]:
    match item:
        case Bar():
            yield item
        case Chain(items=items) | Branches(items=items):
            for part in items:
                yield from bars_of(part)
        case Rail(body=body) | Frame(body=body):
            yield from bars_of(body)


@pytest.mark.parametrize("name", ["glm-5-1", "deepseek-v3", "dots3-note"])
def test_the_box_of_a_latent_has_its_key(name: str) -> None:
    said = [texts_of(group) for group in groups_of(shipped.plate(name).children) if group.role == "latent"]
    assert any(text.startswith("KV latent 512") and text.endswith("+ RoPE key 64") for text in said)


def test_a_panel_of_numbered_blocks_is_not_that_of_the_last_one() -> None:
    assert panel_of(shipped.model("medusa-vicuna-7b"), "Medusa head, 5 alike").also


def test_every_block_that_a_panel_stands_for_is_named_where_it_differs() -> None:
    (said,) = [
        item.text
        for item in panel_of(shipped.model("hymba-1-5b"), "Local hybrid-head block, shared K, V and 2 more").items
        if isinstance(item, Words)
    ]
    assert said == (
        "Local hybrid-head block, 25 query / 5 KV heads + Mamba; Global hybrid-head block: with in_proj 8,960; "
        "without in_proj 8,000, shared K, V"
    )


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        (
            "gemma-4-26b-a4b",
            "Sliding-window or global attention",
            "with Q 8,192, K = V 1,024, 8 query heads per KV head and output projection 8,192 → 2,816; "
            "with partial RoPE (128/512), θ = 1,000,000; without K 2,048, V 2,048",
        ),
        (
            "laguna-xs-2-1",
            "Gated global or gated sliding-window attention",
            "with gate 64, Q 8,192, 8 query heads per KV head and output projection 8,192 → 2,048; "
            "with RoPE, θ = 10,000",
        ),
        (
            "mistral-large-4",
            "MLA with DSA, RoPE and 2 more",
            "with KV latent 512 and K, V 64 × (128 + 128); without KV latent 512 + RoPE key 64",
        ),
        (
            "gemma-4-e2b",
            "Global attention and 3 more",
            "512: reuses K and V of layer 13; adds nothing to the cache; with Q 2,048, shared K, V and output "
            "projection 2,048 → 1,536; with RoPE, θ = 10,000",
        ),
        # The box of the whole network has its widths.
        ("gemma-4-e2b", "GeGLU or double-width GeGLU FFN", "Double-width GeGLU FFN, 1,536 → 12,288 → 1,536"),
    ],
)
def test_a_panel_for_several_blocks_says_the_widths_and_positions_of_the_others(
    name: str, title: str, expected: str
) -> None:
    items = panel_of(shipped.model(name), title).items
    said = [item.text.replace("\N{NO-BREAK SPACE}", " ") for item in items if isinstance(item, Words)]
    assert [line for line in said if line.endswith(expected)]


def test_what_no_block_reads_by_name_has_no_line() -> None:
    """The frequencies of RoPE are read inside the layers: a line could only lead nowhere."""
    found = shipped.model("mistral-large-4")
    plate = picture(found.spec, found.block)
    assert plate.towers == ()
    (box,) = [group for group in groups_of(found.scene().children) if group.path == "rope_frequencies"]
    assert texts_of(box) == "RoPE frequencies × exp(α), 32 learned α"


def test_panels_of_one_title_show_each_their_own() -> None:
    """Both columns of the VAE have a level 2; what is too high for a column is opened all the same."""
    found = shipped.model("stable-diffusion-vae")
    titles = {"Decoder", "Encoder", "Decoder: Level 2", "Encoder: Level 2", "Middle"}
    said = {shape.text for shape in found.scene().shapes() if isinstance(shape, Text)}
    assert titles <= said
    assert {"Upsampling × 2", "512 → 256 channels", "128 → 256 channels"} <= said


@pytest.mark.parametrize(("view", "there"), [("slide", False), ("page", True), ("column", True)])
def test_what_leads_to_no_box_stands_beside_the_line_of_a_small_page(view: str, there: bool) -> None:
    scene = archdraw.load("mistral-large-4").scene(view)
    assert faults(scene) == []
    said = [texts_of(group) for group in groups_of(scene.children)]
    assert any(words.startswith("RoPE frequencies") for words in said) == there
    # A slide has no room for it, and says so.
    assert any("side modules" in words for words in said) != there
