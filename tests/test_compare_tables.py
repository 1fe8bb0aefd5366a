"""Tables of comparisons and the line of what is equal: what is said of caches, and of models that no change names."""

from __future__ import annotations

from functools import cache

import shipped
from archdraw.app.pictures import subject
from archdraw.layout.compare import grid
from archdraw.layout.compare.table import TableRow
from archdraw.theme import EQUAL
from archdraw.views.boxes import boxes
from archdraw.views.several import Subject, compare


@cache
def model(slug: str) -> Subject:
    return subject(shipped.model(slug))


def table(*slugs: str) -> tuple[dict[str, TableRow], str]:
    """The rows by their names, and the line of what is equal."""
    rows, equal = compare.table(compare.gather([model(slug) for slug in slugs]))
    return {row.name: row for row in rows}, equal


def test_caches_that_are_equal_for_a_token_and_not_at_a_context_are_a_row() -> None:
    rows, equal = table("mistral-7b", "llama-3-8b")
    row = rows["KV cache at 8,192 tokens (bf16)"]
    assert (row.values, row.signs) == (("512 MiB", "1 GiB"), ("changed",)), "Mistral keeps 4,096 tokens"
    assert "KV cache" not in equal
    rows, equal = table("mistral-7b", "llama-3-8b", "qwen3-8b")
    assert rows["KV cache at 8,192 tokens (bf16)"].values == ("512 MiB", "1 GiB", "1.13 GiB")


def test_caches_that_are_equal_at_the_context_are_equal() -> None:
    rows, equal = table("llama-3-8b", "mixtral-8x7b")
    assert "128 KiB of KV cache per token (bf16)" in equal
    assert not [name for name in rows if name.startswith("KV cache")]


def test_latent_attention_has_no_number_of_kv_heads() -> None:
    rows, _ = table("qwen3-235b-a22b", "deepseek-v3")
    assert "KV heads" not in rows
    rows, _ = table("llama-3-8b", "olmo-2-7b", "deepseek-v3")
    assert (rows["KV heads"].values, rows["KV heads"].signs) == (("8", "32", "latent"), ("changed", "changed"))


def slots(*slugs: str) -> list[grid.Slot]:
    return grid.slots(compare.compared(compare.gather([model(slug) for slug in slugs])).items)


def test_a_tag_of_positions_is_gray_only_where_positions_are_equal() -> None:
    def roles(*slugs: str) -> set[str]:
        """The roles of the tag in rows where both models have it."""
        own = [
            [chip for item in slot.items if item for box in boxes(item) for chip in box.chips] for slot in both(*slugs)
        ]
        return {chip.role for chips in own for chip in chips if chip.label == "partial RoPE (64/192)"}

    def both(*slugs: str) -> list[grid.Slot]:
        return [slot for slot in slots(*slugs) if None not in slot.items]

    assert roles("longcat-flash-560b", "deepseek-v3") == {"position"}, "other θ, and YaRN"
    assert roles("deepseek-v3", "deepseek-r1") == {EQUAL}


def test_a_norm_after_a_block_that_one_model_has_came() -> None:
    absent = {slot.absent: slot.signs for slot in slots("llama-3-8b", "gemma-3-27b") if None in slot.items}
    assert absent["no post-attention RMSNorm"] == absent["no post-FFN RMSNorm"] == ("added",)
