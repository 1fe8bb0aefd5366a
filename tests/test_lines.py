"""Lines in lists, sizes that are left out, and what an author says of blocks of his own."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archdraw.errors import InputError
from archdraw.kinds.hints import hint
from archdraw.kinds.registry import kinds
from archdraw.spec import Spec, expand, parse_spec
from archdraw.tree.blocks import Cache, Window
from archdraw.tree.facts import Facts, facts, report
from archdraw.tree.sheet import rows

HEAD = "name: Net\nhidden_size: 8\nvocab_size: 10\n"
SPLIT = "linear: {features: 16, outputs: [a, b], label: Split}"


def spec(layers: str, head: str = HEAD) -> Spec:
    return parse_spec(f"{head}layers: {layers}\n", "net.yaml")


def counted(layers: str, head: str = HEAD) -> Facts:
    return facts(expand(spec(layers, head)))


def refused(layers: str, head: str = HEAD) -> str:
    with pytest.raises(InputError) as caught:
        expand(spec(layers, head))
    return str(caught.value)


def test_sizes_are_asked_for_where_they_are_read() -> None:
    assert counted("[linear: {features: 4, inputs: 6}, rmsnorm]", "name: Net\n").total_parameters == 28
    assert refused("[embedding]", "name: Net\nhidden_size: 8\n") == (
        "net.yaml:3:10: error: embedding needs vocab_size\n"
        "    3 | layers: [embedding]\n"
        "      |          ^^^^^^^^^\n"
        "  hint: write vocab_size: ... at the top of the spec"
    )
    message = refused("[rmsnorm, decoder: {feed_forward: {swiglu: {intermediate_size: 4}}}]", "name: Net\n")
    assert "rmsnorm needs hidden_size" in message
    assert "begin with input: {features: ...}" in message


def test_what_is_left_out_is_not_undisclosed() -> None:
    assert "vocab_size is unpublished" in refused("[linear: 4]", "name: Net\nhidden_size: 8\nvocab_size: unpublished\n")
    assert counted("[linear: 4]", "name: Net\nhidden_size: 8\n").total_parameters == 32


@pytest.mark.parametrize(
    ("layers", "place"),
    [
        (f"[{SPLIT}, linear: 8]", "linear"),
        (f"[{SPLIT}, decoder: {{feed_forward: {{swiglu: {{intermediate_size: 4}}}}}}]", "decoder"),
        (f"[sequence: [{SPLIT}, rmsnorm]]", "rmsnorm"),
        (f"[layer: [{SPLIT}, rmsnorm]]", "rmsnorm"),
        (f"[residual: [{SPLIT}, rmsnorm]]", "rmsnorm"),
        (f"[repeat: {{times: 2, body: [{SPLIT}, rmsnorm]}}]", "rmsnorm"),
        (f"[module: {{label: M, body: [{SPLIT}, rmsnorm]}}]", "rmsnorm"),
        (f"[[{SPLIT}], rmsnorm]", "rmsnorm"),
    ],
)
def test_two_lines_before_a_block_that_reads_one(layers: str, place: str) -> None:
    message = refused(layers)
    left = '"Split"' if "[[" not in layers else "sequence"
    assert f"error: {left} leaves two lines, the next block reads one" in message
    _, shown, carets, _ = message.splitlines()
    assert shown[carets.index("^") : carets.rindex("^") + 1] == place
    assert "concatenate: {inputs: 2}" in message


def test_blocks_that_read_as_many_lines_as_there_are() -> None:
    two = "parallel: {merge: separate, branches: [linear: 3, linear: 5]}"
    assert counted(f"[{two}, concatenate, linear: 2]").total_parameters == 8 * 8 + 8 * 2
    assert counted(f"[{two}, parallel: {{merge: add, branches: [linear: 4, linear: 4]}}]").total_parameters == 64 + 32
    assert counted(f"[{two}, op: {{label: Join, inputs: 2, features: 7}}, linear: 1]").total_parameters == 64 + 7
    assert "reads one" in refused(f"[{two}, rmsnorm]")
    assert "leaves one line, the next block reads two" in refused("[rmsnorm, op: {label: Join, inputs: 2}]")
    kept = "repeat: {times: 2, body: {parallel: {merge: separate, branches: [linear: 3, linear: 5]}}}"
    assert counted(f"[{two}, {kept}]").total_parameters == 64 + 2 * (3 * 3 + 5 * 5)


def test_a_repeated_block_leaves_as_many_lines_as_it_reads() -> None:
    assert "leaves 2 lines where one came in" in refused(f"[repeat: {{times: 2, body: {{{SPLIT}}}}}]")
    assert "attention leaves 2 lines where one came in" in refused(f"[decoder: {{attention: {{{SPLIT}}}}}]")


def test_another_width_at_a_layer_or_a_head_is_a_warning() -> None:
    made = spec("[embedding, linear: 4, decoder: {feed_forward: {swiglu: {intermediate_size: 4}}}, output_head]")
    expand(made)
    (warning,) = made.warnings
    assert warning.severity == "warning"
    assert warning.message == "decoder reads a line of 4 features, hidden_size is 8"
    assert "linear: 8" in warning.hint
    for layers, head in (("[linear: 4, layer: {linear: 4}]", "name: Net\n"), ("[linear: 4, rmsnorm]", HEAD)):
        fine = parse_spec(f"{head}layers: [input: {{features: 8}}, {layers[1:]}\n")
        expand(fine)
        assert fine.warnings == ()


def test_what_an_author_says_of_his_blocks() -> None:
    own = "op: {label: Own, cache: {elements: 6, window: 4, every: 2}, state: 5, multiplications: 7}"
    found = counted(f"[{own}]")
    assert found.cache == {Cache(6, Window(4), 2): 1}
    assert (found.state, found.multiplications) == (5, 7)
    frame = "module: {label: Own, role: attention, cache: 12, state: 3, multiplications: 4, body: [linear: 8, op: x]}"
    found = counted(f"[{frame}]")
    assert found.cache == {Cache(12): 1}
    assert (found.state, found.multiplications, found.cache_unknown) == (3, 4 + 64, False)
    inside = "module: {label: Own, cache: 12, body: {repeat: {times: 2, body: {linear: 8}}}}"
    assert "cache is said of a frame that has no single box inside" in refused(f"[{inside}]")


def test_an_attention_that_does_not_say_what_it_caches() -> None:
    frame = "module: {label: Own attention, role: attention, body: [linear: 8, {op: {label: Softmax, inputs: 1}}]}"
    found = counted(f"[{frame}]")
    assert found.cache_unknown
    known = report(found, "Net", 100)
    assert (known["kv_cache_bytes"], known["kv_cache_bytes_per_token"], known["flops_per_token"]) == (None,) * 3
    assert [row[1] for row in rows(known) if row[0].startswith("KV cache")] == ["not known", "not known"]
    assert "not known" in repr(found)
    assert not counted(f"[{frame.replace('role: attention', 'role: attention, cache: 0')}]").cache_unknown
    assert not counted(f"[encoder_layer: {{attention: {{{frame}}}}}]").cache_unknown
    assert not counted(f"[input: {{shape: [8, 4]}}, {frame}]").cache_unknown
    assert counted("[op: {label: Attention, role: attention}]").cache_unknown
    within = (
        "module: {label: M, role: attention, body: {grouped_query: {num_attention_heads: 2, num_key_value_heads: 1}}}"
    )
    assert not counted(f"[{within}]").cache_unknown


def test_a_share_of_tokens_passes() -> None:
    attention = "grouped_query: {num_attention_heads: 2, num_key_value_heads: 1}"
    whole = counted(f"[layer: {{residual: {{{attention}}}}}]")
    part = counted(f"[layer: {{passes: 0.125, body: {{residual: {{{attention}}}}}}}]")
    assert part.total_parameters == part.active_parameters == whole.total_parameters
    assert part.multiplications * 8 == whole.multiplications
    assert part.kv_cache_bytes(800) * 8 == whole.kv_cache_bytes(800)
    assert part.kv_cache_bytes_per_token() * 8 == whole.kv_cache_bytes_per_token()
    # An eighth of the tokens, each of which meets an eighth of the keys.
    met = [found.flops_per_token(6400) - 2 * found.multiplications for found in (whole, part)]
    assert met[1] * 64 == met[0]
    windowed = attention.replace("heads: 1", "heads: 1, sliding_window: 100")
    assert list(counted(f"[layer: {{passes: 0.125, body: {{{windowed}}}}}]").cache) == [
        Cache(4, Window(800), Fraction(8))
    ]
    assert "passes must be at most 1" in refused("[op: {label: x, passes: 2}]")


def test_trained_and_frozen_parameters_are_told_apart() -> None:
    adapter = "[{linear: {features: 2, trainable: true, label: A}}, {linear: {features: 8, trainable: true, label: B}}]"
    adapted = f"parallel: {{branches: [linear: 8, {adapter}]}}"
    found = counted(f"[embedding, {adapted}, output_head]", f"{HEAD}trainable: false\n")
    assert found.trained_parameters == 2 * 8 + 8 * 2
    assert found.total_parameters == 80 + 64 + 32 + 80
    assert report(found, "Net", 1)["trained_parameters"] == 32
    assert ("trained parameters", "32", "the others are frozen") in list(rows(report(found, "Net", 1)))
    frozen = counted(f"[module: {{label: M, trainable: false, body: {{{adapted}}}}}]")
    assert frozen.trained_parameters == 32
    assert "trained_parameters" not in report(counted("[embedding]"), "Net", 1)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("SiLU", "did you mean silu?"),
        ("swish", "write op: SiLU"),
        ("sigmoid", "write op: sigmoid"),
        ("leaky_relu", "write op: leaky ReLU"),
        ("conv", "did you mean convolution?"),
        ("conv2d", "did you mean convolution?"),
        ("ConvTranspose2d", "did you mean convolution?"),
        ("maxpool", "did you mean pool?"),
        ("concat", "did you mean concatenate?"),
        ("batch_norm", "did you mean batchnorm?"),
        ("moe", "did you mean mixture_of_experts?"),
        ("attention", "did you mean grouped_query or multi_head?"),
        ("cross_attn", "did you mean cross_attention?"),
        ("mlp", "did you mean geglu or gelu or relu or swiglu?"),
        ("transformer", "did you mean decoder or encoder_layer?"),
        ("cls_token", "did you mean weight?"),
        ("output", "did you mean output_head?"),
        ("loss", "leave it out: a loss is part of training, not of the architecture"),
        ("crop", "write op: {label: Crop, grid: [392, 392]}"),
    ],
)
def test_words_of_the_field_lead_to_what_can_be_written(word: str, meant: str) -> None:
    assert hint(word, kinds()) == meant


def test_a_feed_forward_without_fields_may_be_meant_as_an_activation() -> None:
    message = refused("[relu]")
    assert "relu needs intermediate_size" in message
    assert "for the activation alone, write op: ReLU" in message
