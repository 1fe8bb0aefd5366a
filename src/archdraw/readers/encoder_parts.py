"""BERT and its relatives: what their configs have in common, and in which of it one of them differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any, Literal

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import UNGATED
from archdraw.readers.family import Family
from archdraw.readers.halves import UNREAD
from archdraw.readers.similarity import like
from archdraw.records import record

SIZES: Mapping[str, int] = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}
"""What BERT's class takes for a size that a file leaves out, and most of its relatives' do."""

HEAD_ACTIVATIONS = {"relu": "ReLU", "silu": "SiLU", "swish": "SiLU"}

PASSED_OVER = (
    *("attention_probs_dropout_prob", "classifier_dropout", "classifier_dropout_prob", "directionality"),
    *("pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type"),
    *("summary_activation", "summary_last_dropout", "summary_type", "summary_use_proj"),
)
"""Keys of these families without bearing on the structure of a language model: those of dropout and other heads."""


@record
class Relative:
    """How a family differs from BERT.

    ``name`` is what its classes begin with. ``sizes`` and ``act`` are its class defaults, ``keys`` its own names for
    BERT's keys. ``embedding_size`` and ``head_size`` are the keys of the width of a token vector and of what the head
    compares with the tables, where that is not the hidden size.
    """

    model_type: str
    name: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    act: str = "gelu"
    placement: Literal["post_add", "pre"] = "post_add"
    embedding_norm: bool = True
    positions: bool = True
    positions_key: str = ""
    """A switch for the table of positions, which is on unless said."""
    position_types: tuple[str, ...] = ()
    """Values of ``position_embedding_type`` that the class knows beyond BERT's."""
    more_positions: int = 0
    """Rows of the table of positions that no token has."""
    after_padding: bool = False
    """Whether positions are counted from the padding token's number on, so that the rows before are no token's."""
    segments: bool = True
    embedding_size: str = ""
    always_projected: bool = False
    """Whether a projection follows the tables even where they are as wide as the model."""
    norm_after_projection: bool = False
    """Whether the tables' norm follows their projection, which then has no bias."""
    head_size: str = ""
    head_act: str = ""
    """The head's activation where the class does not ask for ``hidden_act``."""
    tied: bool = True
    can_be_tied: bool = True
    second_bias: bool = True
    """Whether a head that is not tied has a second bias, which nothing adds."""
    decodes: bool = True
    """Whether ``is_decoder`` makes attention causal, and ``add_cross_attention`` lets it read an encoder."""
    causal_key: str = "is_decoder"
    reads_encoders: bool = True
    pooler: bool = False
    """Whether the class has a pooler beside its language model head."""
    classes: tuple[str, ...] = ()
    """Classes with a language model head beyond those that are called as BERT's."""
    attention: Callable[[Sizes, int], Block] | None = None
    """The attention of a layer, by its number; BERT's if None."""
    feed_forward: Callable[[Sizes], Block] | None = None
    tables: Callable[[Sizes], dict[str, Any]] | None = None
    """Further fields of the embedding."""
    head: Callable[[Sizes, Draft], Block] | None = None
    ignored: tuple[str, ...] = ()


class Sizes:
    """A config as a relative of BERT's: its sizes by BERT's names, with the defaults of its class."""

    def __init__(self, config: Config, relative: Relative) -> None:
        self.config, self.relative = config, relative
        config.defaults(**{self.key(name): size for name, size in {**SIZES, **relative.sizes}.items()})

    def key(self, name: str) -> str:
        """What the family calls BERT's key ``name``."""
        return self.relative.keys.get(name, name)

    def size(self, name: str, *, least: int = 1) -> int:
        """A size by BERT's name for it."""
        return self.config.integer(self.key(name), least=least)

    def width(self, key: str) -> int:
        """The size under ``key``, a width of token vectors: that of the class, or the model's."""
        default = dict(self.relative.sizes).get(key) or self.size("hidden_size")
        return self.config.integer(key, default=default)

    @property
    def act(self) -> str:
        """The activation of the feed forward."""
        return self.config.text(self.key("hidden_act"), default=self.relative.act)

    @property
    def causal(self) -> bool:
        """Whether a token attends to those before it only."""
        return self.config.flag(self.relative.causal_key, default=False) if self.relative.decodes else False

    def attention(self, *, biased: bool = True, **extra: Any) -> Block:
        """Multi-head attention, with biases unless said: causal in a decoder, else bidirectional."""
        fields = {"num_attention_heads": self.size("num_attention_heads")}
        return {"multi_head": fields | given(is_causal=None if self.causal else False, attention_bias=biased) | extra}


def read(relative: Relative, config: Config) -> Draft:
    """A whole model of the family: tables that are added, layers of one kind or more, a head that fills masks in."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    made.layers += layers(sizes, made)
    if relative.placement == "pre":
        made.layers.append("layernorm")
    if relative.pooler:
        made.layers.append(unread_pooler(made.hidden_size))
    made.layers.append((relative.head or head)(sizes, made))
    return made


def begun(sizes: Sizes) -> Draft:
    """The model's sizes, and the tables of its embedding with their norm and projection."""
    config, relative = sizes.config, sizes.relative
    if config.text("position_embedding_type", default="absolute") not in ("absolute", *relative.position_types):
        config.mark_incomplete(f"positions of the type {config.text('position_embedding_type')[:40]}")
    if config.raw("pruned_heads"):
        config.mark_incomplete("pruned heads (pruned_heads)")
    hidden, longest = sizes.size("hidden_size"), sizes.size("max_position_embeddings")
    made = Draft(hidden, sizes.size("vocab_size"), longest, tied(sizes))
    fields: dict[str, Any] = {}
    width = sizes.width(relative.embedding_size) if relative.embedding_size else hidden
    if width != hidden:
        fields |= {"embedding_size": width, "projected": False}
    if relative.positions and (not relative.positions_key or config.flag(relative.positions_key, default=True)):
        fields["max_position_embeddings"] = longest + relative.more_positions if relative.more_positions else longest
        if relative.after_padding:
            before = config.integer("pad_token_id", default=1, least=0) + 1
            if before < longest:
                made.context_length = longest - before
                fields |= {"max_position_embeddings": longest - before, "position_offset": before}
    if relative.segments:
        rows = sizes.size("type_vocab_size", least=0)
        fields |= {"type_vocab_size": rows} if rows else {}
    if relative.tables is not None:
        fields |= relative.tables(sizes)
    made.layers.append({"embedding": fields} if fields else "embedding")
    norm: list[Block] = ["layernorm"] if relative.embedding_norm else []
    projection: list[Block] = []
    if width != hidden or relative.always_projected:
        biased = {} if relative.norm_after_projection else {"bias": True}
        projection = [{"linear": {"features": hidden, "label": "Projection", **biased}}]
    made.layers += [*projection, *norm] if relative.norm_after_projection else [*norm, *projection]
    return made


def tied(sizes: Sizes) -> bool:
    """Whether the head has the weights of the token table."""
    said = sizes.config.flag("tie_word_embeddings", default=sizes.relative.tied)
    return said and sizes.relative.can_be_tied


def layers(sizes: Sizes, made: Draft) -> list[Block]:
    """The layers in order; where they differ, each kind is defined in ``made`` by a name."""
    number = sizes.size("num_hidden_layers")
    one = sizes.relative.attention
    mixers = [sizes.attention()] * number if one is None else [one(sizes, index) for index in range(number)]
    return stacked(sizes, made, [layer(sizes, mixer) for mixer in distinct(mixers)], order(mixers))


def distinct(blocks: Sequence[Block]) -> list[Block]:
    """``blocks`` without those that are equal to an earlier one."""
    return [block for index, block in enumerate(blocks) if block not in blocks[:index]]


def order(blocks: Sequence[Block]) -> list[int]:
    """For each of ``blocks`` its number among the :func:`distinct` ones."""
    kinds = distinct(blocks)
    return [kinds.index(block) for block in blocks]


def layer(sizes: Sizes, mixer: Block) -> dict[str, Any]:
    """The fields of a layer with ``mixer``."""
    config, relative = sizes.config, sizes.relative
    fields: dict[str, Any] = {"norm": "layernorm"}
    if relative.placement != "pre":
        fields["placement"] = relative.placement
    fields["attention"] = mixer
    if relative.decodes and relative.reads_encoders and config.flag("add_cross_attention", default=False):
        if not sizes.causal:
            config.complain("add_cross_attention without is_decoder", "add_cross_attention", "set is_decoder: true")
        crossing = {"num_attention_heads": sizes.size("num_attention_heads"), "attention_bias": True}
        fields["cross_attention"] = {"cross_attention": crossing}
    fields["feed_forward"] = (relative.feed_forward or plain_feed_forward)(sizes)
    return fields


def plain_feed_forward(sizes: Sizes) -> Block:
    """A feed forward of two projections with biases."""
    act = sizes.act
    if act not in UNGATED:
        sizes.config.mark_incomplete(f"the activation {act}")
    return {UNGATED.get(act, "gelu"): {"intermediate_size": sizes.size("intermediate_size"), "mlp_bias": True}}


def stacked(sizes: Sizes, made: Draft, kinds: Sequence[dict[str, Any]], which: Sequence[int]) -> list[Block]:
    """Layers of these ``kinds`` in the order of their numbers."""
    keyword = "decoder" if sizes.causal else "encoder_layer"
    if len(kinds) == 1:
        return [{keyword: {"times": len(which), **kinds[0]}}]
    names = ["first" if which.count(0) == 1 else "layer_1", *(f"layer_{number + 1}" for number in range(1, len(kinds)))]
    if len(kinds) == 2 and names[0] == "first":
        names[1] = "layer"
    whole: list[Block] = [{keyword: kind} for kind in kinds]
    for name, block in zip(names, whole, strict=True):
        made.define[name] = block if name == names[0] else like(names[0], whole[0], block)
    if names[0] == "first":
        return ["first", *stacks([names[number] for number in which[1:]])]
    return stacks([names[number] for number in which])


def head(sizes: Sizes, made: Draft) -> Block:
    """The head that fills masks in: a projection, an activation, a norm, the scores of the vocabulary."""
    config, relative = sizes.config, sizes.relative
    fields: dict[str, Any] = {}
    if relative.head_size:
        width = sizes.width(relative.head_size)
        fields |= {"embedding_size": width} if width != made.hidden_size else {}
    if relative.second_bias and not made.tie_word_embeddings:
        fields["unused_bias"] = True
    return masked_head(config, relative.head_act or sizes.act, **fields)


def masked_head(config: Config, act: str, **fields: Any) -> Block:
    """A head that fills masks in, with the activation ``act``."""
    name = HEAD_ACTIVATIONS.get(act, "GELU" if UNGATED.get(act) == "gelu" else "")
    if not name:
        config.mark_incomplete(f"the activation {act} of the head")
    head = {"activation": name} if name not in ("", "GELU") else {}
    return {"masked_language_model_head": head | fields} if head | fields else "masked_language_model_head"


def unread_pooler(hidden: int) -> Block:
    """A projection of the first token's vector that the class has and its language model head does not read."""
    body = [{"linear": {"features": hidden, "bias": True, "name": "dense"}}, {"op": "tanh"}]
    pooler = {"label": "Pooler", "detail": "of the first token; not read by the head", "body": body}
    return {"side": {"direction": "out", "body": {"module": pooler}}}


def unread(label: str, *shapes: tuple[int, ...]) -> Block:
    """Tensors that the class has and that nothing reads."""
    weights = [{"name": f"weight.{index}", "shape": list(shape)} for index, shape in enumerate(shapes)]
    body: Block = {"weight": {"label": label, "weights": weights}}
    module = {"name": UNREAD, "label": label, "detail": "not read", "body": body}
    return {"side": {"direction": "out", "body": {"module": module}}}


def classes(relative: Relative) -> tuple[str, ...]:
    """The classes of a family that have its language model head."""
    return (*(f"{relative.name}{end}" for end in ("ForMaskedLM", "ForCausalLM", "LMHeadModel")), *relative.classes)


def family(relative: Relative, reader: Callable[[Relative, Config], Draft] = read) -> Family:
    """A family of configs by its row, read by ``reader``."""
    ignored = (*PASSED_OVER, *relative.ignored)
    return Family((relative.model_type,), partial(reader, relative), classes(relative), ignored)
