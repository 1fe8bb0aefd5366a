"""What fits into a memory: the longest context is the last that fits, whatever the model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archdraw.tree.blocks import Cache, Window
from archdraw.tree.facts import Facts
from archdraw.tree.fitting import fits, longest_context

FULL = Facts(parts={"other": 1000}, cache={Cache(8): 2})


def test_weights_and_context() -> None:
    ways = {way.dtype: way for way in fits(FULL, 2100)}
    assert [ways[dtype].weights for dtype in ("fp32", "bf16", "fp8", "int4")] == [4000, 2000, 1000, 500]
    # 2 tensors of 8 values in bf16 are 32 bytes a token.
    assert [ways[dtype].context for dtype in ("fp32", "bf16", "fp8", "int4")] == [0, 3, 34, 50]
    assert ways["fp32"].left == -1900


def test_a_window_that_fits_bounds_nothing() -> None:
    slides = Facts(parts={"other": 10}, cache={Cache(8, Window(4)): 1})
    assert longest_context(slides, 64) is None
    assert longest_context(slides, 63) == 3
    assert longest_context(Facts(state=100), 199) == 0
    assert longest_context(Facts(state=100), 200) is None


@given(
    elements=st.integers(1, 5000),
    window=st.none() | st.integers(1, 9000),
    state=st.integers(0, 10_000),
    memory=st.integers(0, 10**9),
)
def test_the_longest_context_is_the_last_that_fits(elements: int, window: int | None, state: int, memory: int) -> None:
    counted = Facts(cache={Cache(elements, Window(window) if window else None): 3}, state=state)

    def size(tokens: int) -> int:
        return counted.kv_cache_bytes(tokens) + counted.recurrent_state_bytes()

    longest = longest_context(counted, memory)
    if longest is None:
        assert size(10**12) <= memory
    else:
        assert longest == 0 or size(longest) <= memory
        assert size(longest + 1) > memory
