"""Softmax attention with whole heads as a tree: projections, norms and rotation, attention, gate, output projection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from archdraw.glossary import Note, Phrase, Words
from archdraw.glossary import attention as words
from archdraw.glossary import positions as position_words
from archdraw.glossary.common import TIMES
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.added_position import AddedPosition
from archdraw.kinds.mixers.attention_fields import AttentionFields
from archdraw.kinds.mixers.attention_parts import (
    attention_scale,
    difference,
    gated,
    grouping,
    head_counts,
    head_dim,
    keys_and_values,
    keys_that_are_values,
    kv_cache,
    layer_norm,
    mask,
    output_projection,
    queries,
    query_key_norm,
    rms_norm,
    shared_keys_and_values,
    unit_norm,
    value_width,
    window_detail,
)
from archdraw.kinds.mixers.position import NoPosition
from archdraw.tree.blocks import LINE, Block, Heads, Leaf, Module, Parallel, Role, Sequence, Weight

_OF_LAYER = re.compile(r"of layer (\d{1,6})")


class SoftmaxAttention(AttentionFields):
    """The block tree of softmax attention with whole heads.

    The lines Q, K, V have ``heads * head_dim`` features of query, key and value heads. Logits are QKᵀ / √head_dim
    unless a field replaces the scale.
    """

    chooser_side: ClassVar[Literal["left", "right"]] = "left"
    """Where the lines of what selects keys run: left or right of Q, K and V."""

    def expand(self, scope: Scope) -> Module:
        """Projections, QK-norm and rotation, attention, output projection; a line for the gate left of the attention.

        Raises :class:`KindError` where heads don't divide or fields contradict each other.
        """
        self.check()
        heads, hidden = self.heads(scope), scope.hidden_size
        gate = self.gate(heads)
        selecting, selected = self.chooser(hidden)
        own = self._with_positions(
            queries(hidden, heads, gate, bias=self.biases.query), self._keys_values(hidden, heads)
        )
        projections = Parallel(self._placed(selecting, own), "separate")
        mixed = self._mixed(heads, selected)
        if self.o_norm:
            mixed = (*mixed, unit_norm("o_norm"))
        body = mixed if gate is None else (gated(mixed, gate, self.gate_activation),)
        width = heads.query * value_width(heads)
        if self.differential:
            body = (*body, *difference(heads))
        if self.attn_sub_norm:
            norm = layer_norm if self.attn_sub_norm == "layernorm" else rms_norm
            body = (*body, norm("attn_sub_norm", width))
        out = output_projection("o_proj", width, self.features_out(scope), bias=self.biases.output)
        return Module(
            "self_attn",
            self.label or self.named(),
            Sequence((projections, *body, out)),
            role=self._role(),
            detail=self._detail(heads),
            notes=(self._cached(heads), *self.selection(), tuple(self._facts()), self._biased()),
        )

    def chooser(self, hidden: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """What selects the keys of a query: projections of the input, and the block that makes one line of theirs.

        Empty where a query attends to all keys that the mask leaves.
        """
        return (), ()

    def selection(self) -> tuple[Note, ...]:
        """Notes about what selects the keys."""
        return ()

    def core(self) -> Phrase:
        """What the box in which queries, keys and values meet is called."""
        return words.SOFTMAX_ATTENTION()

    def named(self) -> Phrase:
        """What the block is called unless an author names it."""
        if self.attention_chunk_size is not None:
            return words.CHUNKED()
        if self.sliding_window is not None:
            return words.SLIDING_WINDOW()
        return words.GATED() if self.output_gate else self.term()

    def _with_positions(self, asked: tuple[Block, ...], kept: tuple[Block, ...]) -> tuple[Block, ...]:
        """The projections ``asked`` to queries, and those to keys and values; positions are added to all but values."""
        if not isinstance(self.position, AddedPosition):
            return *asked, *kept
        if len(kept) != 2:
            raise KindError("positions are added to what keys are made of, and these are values, too", "position")
        positions = self.position.to_lines("Q", "K")
        return Sequence((positions, Parallel((*asked, kept[0]), "separate"))), kept[1]

    def _placed(self, selecting: tuple[Block, ...], own: tuple[Block, ...]) -> tuple[Block, ...]:
        return (*selecting, *own) if self.chooser_side == "left" else (*own, *selecting)

    def _role(self) -> Role:
        return "attention" if self.window is None else "sliding"

    def _keys_values(self, hidden: int, heads: Heads) -> tuple[Block, ...]:
        """The sources of the lines K and V; bidirectional attention, and another layer's keys, cache nothing here."""
        if self.shares_kv:
            return shared_keys_and_values(self._origin(), self._origin_layer())
        window, biases = self.window, self.biases
        if self.attention_k_eq_v:
            copies = 1 if self._kept_once(heads) else 2
            return keys_that_are_values(
                hidden, heads, bias=biases.key, window=window, cached=copies if self.keeps else 0
            )
        return keys_and_values(
            hidden, heads, key_bias=biases.key, value_bias=biases.value, window=window, cached=self.keeps
        )

    def _kept_once(self, heads: Heads) -> bool:
        """Whether the key that is cached is the value, too: no norm, rotation or factor makes two of them."""
        return self.attention_k_eq_v and not self._prepared(heads).parts and not self._prepared_values().parts

    def _origin_layer(self) -> int | None:
        """The number of the layer that keys and values are taken from, where the author gives one."""
        found = _OF_LAYER.fullmatch(self.shares_kv) if isinstance(self.shares_kv, str) else None
        return int(found[1]) if found else None

    def _origin(self) -> Words:
        """Which layer keys and values are taken from."""
        layer = self._origin_layer()
        if layer is not None:
            return words.OF_LAYER(number=str(layer))
        return self.shares_kv if isinstance(self.shares_kv, str) else words.OF_EARLIER_LAYER()

    def _mixed(self, heads: Heads, selected: tuple[Block, ...]) -> tuple[Block, ...]:
        """From the lines that select and Q, K, V to one line: norms, rotation, attention."""
        bias, tensors = self.encoding.score_bias(heads.query) if self.encoding is not None else ("", ())
        cap = self.attn_logit_softcapping
        tags: tuple[Words, ...] = (
            words.SINKS() if self.sinks else "",
            bias,
            words.LOGIT_SOFTCAP(cap=cap) if cap is not None else "",
            words.KEEPS(keys=self.keep_window_size) if self.keep_window_size is not None else "",
        )
        attention = Leaf(
            "attention",
            self.core(),
            role=self._role(),
            detail=(self._whole(), grouping(heads)),
            weights=((Weight("sinks", (heads.query,)),) if self.sinks else ()) + tensors + self._scores(heads),
            part="attention",
            inputs=3 + len(selected),
            tag=tuple(filter(None, tags)),
            heads=heads,
        )
        prepared, values = self._prepared(heads), self._prepared_values()
        if not prepared.parts and not values.parts and not selected:
            return (attention,)
        lines = 1 if self.shares_kv else 2
        first: tuple[Block, ...] = (prepared,) if prepared.parts else (LINE,) * lines
        own = (*first, *((LINE,) if lines == 1 else ()), values)
        return (Parallel(self._placed(selected, own), "separate"), attention)

    def _scores(self, heads: Heads) -> tuple[Weight, ...]:
        """What scores the keys by their values, where a head keeps some of them only."""
        if self.keep_window_size is None:
            return ()
        groups, width = heads.key_value, heads.key_value * value_width(heads)
        bias = (Weight("dt_proj.bias", (groups,)),) if self.attention_bias else ()
        return (Weight("A", (groups,)), Weight("dt_proj.weight", (groups, width)), *bias)

    def _prepared(self, heads: Heads) -> Sequence:
        """What queries and keys pass before their product; keys of another layer have passed it there."""
        lines = ("Q",) if self.shares_kv else ("Q", "K")
        norm = query_key_norm(self.qk_norm, heads, lines) if self.qk_norm is not None else None
        rotation = self.encoding.rotation(heads.width, lines) if self.encoding is not None else None
        # Llama 4 and Hunyuan rotate first and normalize then.
        late = self.qk_norm_after_position or self.qk_norm == "l2norm_per_head"
        ordered = (rotation, norm) if late else (norm, rotation)
        return Sequence(tuple(step for step in ordered if step is not None))

    def _prepared_values(self) -> Sequence:
        if self.shares_kv:
            return LINE
        steps = [unit_norm("v_norm", ("V",))] if self.v_norm else []
        if self.attention_value_scale is not None:
            steps.append(Leaf("v_scale", TIMES(factor=self.attention_value_scale), outputs=("V",)))
        return Sequence(tuple(steps))

    def _detail(self, heads: Heads) -> tuple[Words, ...]:
        return (
            head_counts(heads),
            head_dim(heads),
            window_detail(self.window, causal=self.is_causal),
            "" if self.is_causal else words.BIDIRECTIONAL(),
            "" if self.encoding is None else self.encoding.remark,
        )

    def _cached(self, heads: Heads) -> Note:
        if not self.keeps:
            return (mask(self.window, causal=self.is_causal), words.NO_KV_CACHE())
        if self.shares_kv:
            return words.REUSES_KV(origin=self._origin())
        return kv_cache(heads, once=self._kept_once(heads))

    def masked(self) -> Phrase:
        """Which tokens a token may attend to, where attention is causal."""
        return mask(self.window)

    def _is_only_causal(self) -> bool:
        """Whether no window narrows what a token attends to: the box of the attention says "causal", no line does."""
        return self.is_causal and self.masked() in (words.FULL_CAUSAL(), words.CAUSAL())

    def _whole(self) -> Words:
        """Whether a token attends to those before it, or to all; a note says what else."""
        if not self.is_causal:
            return words.BIDIRECTIONAL()
        return words.CAUSAL() if self._is_only_causal() else ""

    def _facts(self) -> Iterator[Words]:
        """What no box shows, as short facts."""
        if self.is_causal and not self._is_only_causal():
            yield self.masked()
        if self.use_bidirectional_attention is not None:
            yield words.BIDIRECTIONAL_IMAGES()
        if self.encoding is not None:
            yield self.encoding.note
        if isinstance(self.position, NoPosition):
            yield position_words.NOPE_IN_FULL()
        if self.clip_qkv is not None:
            yield words.CLAMPED(limit=self.clip_qkv)
        if self.query_pre_attn_scalar is not None:
            yield words.SCALE_ROOT(width=self.query_pre_attn_scalar)
        if self.attention_multiplier is not None:
            yield attention_scale(self.attention_multiplier)
        if self.attn_temperature_tuning == "power":
            yield words.TEMPERATURE_POWER(power=self.attn_scale, floor=self.floor_scale)
        elif self.attn_temperature_tuning:
            yield words.TEMPERATURE(scale=self.attn_scale, floor=self.floor_scale)
        if self.attn_temperature_len is not None:
            yield words.LOGITS_GROW(start=self.attn_temperature_len)
        if self.sinks:
            yield words.SINK_PER_HEAD()

    def _biased(self) -> Words:
        return self.biases.phrase(keys=not self.shares_kv, values=not (self.shares_kv or self.attention_k_eq_v))
