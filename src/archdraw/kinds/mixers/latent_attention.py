"""Multi-head latent attention: keys and values are projected from one short latent, and only that is cached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archdraw.glossary import Phrase, Term, Words, common
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary import positions as position_words
from archdraw.glossary import sparse_attention as sparse_words
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.attention_parts import mask, output_projection, rms_norm, window_detail
from archdraw.kinds.mixers.indexer import Indexer, shared_index
from archdraw.kinds.mixers.latent_fields import LatentFields
from archdraw.kinds.mixers.latent_parts import (
    both_latents,
    index_queries_of_input,
    latent_cache,
    learned_scaling,
    query_gate,
    shared_latent,
)
from archdraw.kinds.mixers.position import NoPosition, Rope, rotated, untagged
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Heads,
    Leaf,
    Module,
    Parallel,
    Role,
    Sequence,
    Weight,
    Window,
    linear,
)


class MultiHeadLatent(LatentFields):
    """Multi-head latent attention (MLA): one latent of ``kv_lora_rank`` features per token gives all keys and values.

    A head's query and key have ``qk_nope_head_dim`` features without and ``qk_rope_head_dim`` with rotation; the
    rotated part of the key is one for all heads and is cached with the latent. With an ``indexer`` attention is sparse
    (DSA): a query attends to the ``index_topk`` tokens that score highest.
    """

    keyword: ClassVar[str] = "multi_head_latent"
    example: ClassVar[str] = (
        "multi_head_latent: {num_attention_heads: 128, q_lora_rank: 1536, kv_lora_rank: 512,\n"
        "                    qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, position: rope}"
    )
    source: ClassVar[str] = (
        "DeepSeek-AI 2024, DeepSeek-V2, section 2.1, arXiv:2405.04434; indexer: DeepSeek-V3.2, arXiv:2512.02556; "
        "shared indexes: arXiv:2603.12201; gate: arXiv:2505.06708"
    )
    term: ClassVar[Term] = words.MLA
    aliases: ClassVar[tuple[str, ...]] = ("mla", "latent attention", "dsa", "sparse attention")
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    def expand(self, scope: Scope) -> Module:
        """Latents, their norms, the heads projected from them, attention over queries, keys, values, the shared key.

        The lines run, left to right: of the indexer, of the queries, of keys and values, of the gate. Raises
        :class:`KindError` for an indexer that lacks a size, or a latent of queries to read.
        """
        self.check()
        indexer = self._indexer(scope)
        heads, hidden = self.num_attention_heads, scope.hidden_size
        first: list[Block] = [] if indexer is None else [indexer.weights(), indexer.keys()]
        first += [self._queries(hidden, indexer), self._compressed(hidden)]
        second: list[Block] = []
        if self.indexer is not None:
            turned = self.qk_rope_head_dim if isinstance(self.position, Rope) else 0
            second.append(indexer.choice(turned) if indexer is not None else shared_index(self.index_topk or 1))
        second += [self._positioned(), self._expanded()]
        if self.qk_rope_head_dim:
            second.append(self._shared_key())
        mixed: Block = Sequence(
            (Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), self._attention())
        )
        if self.output_gate == "with_queries":
            mixed = Parallel((mixed, query_gate(self.q_lora_rank or 1, heads * self.v_head_dim)), "multiply")
        elif self.output_gate:
            mixed = Parallel((mixed, self._gate(hidden)), "multiply")
        out = output_projection("o_proj", heads * self.v_head_dim, hidden, bias=self.attention_bias)
        return Module(
            "self_attn",
            self.label or self._named(),
            Sequence((mixed, out)),
            role=self._role(),
            detail=(attention_words.HEADS(number=heads), self._latent(), window_detail(self._window())),
            notes=(
                self._cached(),
                *(indexer.notes() if indexer is not None else ()),
                tuple(self._facts()),
                self._scales(hidden),
                self._biases(),
            ),
        )

    def _attention(self) -> Leaf:
        heads, rotary = self.num_attention_heads, self.qk_rope_head_dim
        return Leaf(
            "attention",
            attention_words.SOFTMAX_ATTENTION(),
            role=self._role(),
            detail=(
                attention_words.CAUSAL() if self.sliding_window is None else "",
                attention_words.HEADS(number=heads),
            ),
            weights=(Weight("sinks", (heads,)),) if self.sinks else (),
            part="attention",
            inputs=3 + bool(rotary) + bool(self.indexer),
            tag=attention_words.SINKS() if self.sinks else "",
            heads=Heads(
                heads,
                heads,
                self.qk_nope_head_dim + rotary,
                self.v_head_dim,
                reach=self.sliding_window or self.index_topk,
                cached=False,
                pattern="selection" if self.sliding_window is None else "window",
                block=self.index_kpool,
            ),
        )

    def _indexer(self, scope: Scope) -> Indexer | None:
        """The layer's own indexer. Raises :class:`KindError` where its sizes are missing, or are given without one."""
        sizes = {name: getattr(self, name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
        if self.indexer is None:
            given = [name for name, size in sizes.items() if size is not None]
            if given:
                raise KindError(f"{given[0]} without an indexer", given[0], "add indexer: full")
            return None
        needed = sizes if self.indexer == "full" else {"index_topk": self.index_topk}
        for name, size in needed.items():
            if size is None:
                raise KindError(f"{name} is missing", "indexer", f"indexer: {self.indexer} needs it")
        if self.indexer == "shared":
            return None
        if self.q_lora_rank is None and not self.softmax_scaling:
            raise KindError("q_lora_rank is missing", "indexer", "an indexer reads the latent of the queries")
        n_heads, width, top = sizes.values()
        rank = self.q_lora_rank or scope.hidden_size
        return Indexer(scope.hidden_size, rank, n_heads, width, top, self.index_kpool)

    def _compressed(self, hidden: int) -> Leaf:
        latent, rotary = self.kv_lora_rank, self.qk_rope_head_dim
        if self.shares_kv:
            return shared_latent(latent, rotary)
        key = words.PLUS_SHARED_KEY if isinstance(self.position, NoPosition) else words.PLUS_ROPE_KEY
        label = words.KV_LATENT(width=latent)
        return linear(
            "kv_a_proj_with_mqa",
            words.WITH_KEY(latent=label, key=key(width=rotary)) if rotary else label,
            hidden,
            latent + rotary,
            bias=self.attention_bias,
            part="attention",
            role="latent",
            outputs=("latent", "shared key") if rotary else ("latent",),
            cache=Cache(latent + rotary, self._window()),
        )

    def _expanded(self) -> Block:
        """From the latent to the lines K and V."""
        heads, keys, values = self.num_attention_heads, self.qk_nope_head_dim, self.v_head_dim
        label = words.KEYS_VALUES(heads=heads, keys=keys, values=values)
        width = heads * (keys + values)
        expanded = linear("kv_b_proj", label, self.kv_lora_rank, width, part="attention", outputs=("K", "V"))
        if self.shares_kv:
            return expanded
        return Sequence((rms_norm("kv_a_layernorm", self.kv_lora_rank), expanded))

    def _queries(self, hidden: int, indexer: Indexer | None) -> Block:
        heads, key_width = self.num_attention_heads, self.qk_nope_head_dim + self.qk_rope_head_dim
        width, rank = heads * key_width, self.q_lora_rank
        label = attention_words.LINE_HEADS(line="Q", heads=heads, width=key_width)
        if rank is None:
            direct = linear("q_proj", label, hidden, width, part="attention", outputs=("Q",))
            return direct if indexer is None else Parallel((index_queries_of_input(indexer), direct), "separate")
        twice = self.output_gate == "with_queries"
        name, inputs = ("q_gate_proj", 2 * rank) if twice else ("q_b_proj", rank)
        up = linear(name, label, inputs, width, part="attention", outputs=("Q",))
        latent = words.QUERY_LATENT(width=rank)
        down = linear("q_a_proj", latent, hidden, rank, bias=self.attention_bias, part="attention")
        norm: Block = rms_norm("q_a_layernorm", rank)
        if twice:
            return Sequence((down, both_latents(norm, None if indexer is None else indexer.queries(), up)))
        lines = up if indexer is None else Parallel((indexer.queries(), up), "separate")
        return Sequence((down, norm, lines))

    def _gate(self, hidden: int) -> Block:
        width = self.num_attention_heads * (1 if self.output_gate == "per_head" else self.v_head_dim)
        projection = linear("gate_proj", attention_words.GATE(width=width), hidden, width, part="attention")
        return Sequence((projection, Leaf("gate", common.SIGMOID())))

    def _positioned(self) -> Block:
        """The rotation of the queries, and what else they are multiplied by for their position."""
        turned = self._rotated("Q")
        if not self.softmax_scaling:
            return turned
        scaled = learned_scaling("softmax_scaling", self.num_attention_heads, "Q")
        return Sequence((turned, scaled)) if self.qk_rope_head_dim else scaled

    def _shared_key(self) -> Block:
        """What the key that all heads share passes: a norm where it has one, and the rotation.

        One that an earlier layer has cached is rotated already.
        """
        if self.shares_kv:
            return LINE
        turned = untagged(self._rotated("shared key"))
        if not self.k_rope_norm:
            return turned
        return Sequence((rms_norm("k_rope_only_layernorm", self.qk_rope_head_dim), turned))

    def _window(self) -> Window | None:
        return Window(self.sliding_window) if self.sliding_window is not None else None

    def _role(self) -> Role:
        return "attention" if self.sliding_window is None else "sliding"

    def _rotated(self, line: str) -> Block:
        """The rotation of one line; of a query it turns the last ``qk_rope_head_dim`` features of each head."""
        if not self.qk_rope_head_dim:
            return LINE
        whole = self.qk_nope_head_dim + self.qk_rope_head_dim if line == "Q" else None
        return rotated(self.position, self.qk_rope_head_dim, line, whole)

    def _named(self) -> Phrase:
        if self.sliding_window is not None:
            return words.MLA_WINDOW()
        if self.indexer == "shared":
            return words.MLA_SHARED_INDEX()
        return self.term() if self.indexer is None else words.MLA_DSA()

    def _latent(self) -> Phrase:
        if not self.qk_rope_head_dim:
            return words.LATENT(width=self.kv_lora_rank)
        return words.LATENT_AND_KEY(width=self.kv_lora_rank, key=self.qk_rope_head_dim)

    def _cached(self) -> Phrase:
        if self.shares_kv:
            return words.NO_LATENT_CACHE()
        return latent_cache(self.kv_lora_rank, self.qk_rope_head_dim)

    def _facts(self) -> Iterator[Words]:
        """What no box shows, as short facts."""
        if self.sliding_window is not None:
            yield mask(self._window())
        if self.index_topk is not None:
            keys, pooled = self.index_topk, self.index_kpool
            # Keys that are not pooled yet have no index key to be chosen by: a query attends to all of them (GLM-5.3).
            unfinished = sparse_words.REACH_UNFINISHED
            yield sparse_words.REACH(keys=keys) if pooled == 1 else unfinished(keys=keys, tokens=pooled)
        if isinstance(self.position, NoPosition):
            # Short where it shares a line.
            yield position_words.NOPE_IN_FULL() if self.index_topk is None else position_words.NOPE()
        if self.sinks:
            yield attention_words.SINK_PER_HEAD()
        if self.softmax_scaling:
            yield attention_words.LEARNED_SCALING_OF()
        if self.attn_temperature_tuning:
            yield attention_words.TEMPERATURE(scale=self.attn_scale, floor=self.floor_scale)

    def _scales(self, hidden: int) -> tuple[Words, ...]:
        """The factors of the latents, to three digits after the point."""
        if not self.mla_scale:
            return ()
        latent = words.LATENT_TIMES(factor=(hidden / self.kv_lora_rank) ** 0.5)
        if self.q_lora_rank is None:
            return (latent,)
        return words.QUERIES_TIMES(factor=(hidden / self.q_lora_rank) ** 0.5), latent

    def _biases(self) -> Words:
        if not self.attention_bias:
            return ""
        latents = words.KV_LATENT_LINE() if self.q_lora_rank is None else words.LATENTS()
        return attention_words.BIAS_ON(projections=(latents, attention_words.OUTPUT()))
