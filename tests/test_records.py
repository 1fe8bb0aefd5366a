"""Records are dataclasses in all but when their methods are written."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest

from archdraw.records import record, replaced


@record
class Point:
    """A point."""

    x: int
    y: int = 2
    tags: Mapping[str, int] = field(default_factory=dict, repr=False)
    note: str = field(default="", compare=False)
    origin: ClassVar[int] = 0


@record
class Named(Point):
    """A point with a name."""

    name: str = "P"

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a name is empty")


@record(eq=False)
class Own:
    """Equal to itself alone."""

    x: int


@record(repr=False)
class Quiet:
    """Shown as a class says itself."""

    x: int


def test_it_is_made_as_a_dataclass_is() -> None:
    one = Named(1, name="Q", note="n")
    assert (one.x, one.y, one.tags, one.note, one.name) == (1, 2, {}, "n", "Q")
    assert [part.name for part in fields(Named)] == ["x", "y", "tags", "note", "name"]
    assert is_dataclass(Quiet)
    assert Point(1).tags is not Point(1).tags
    with pytest.raises(ValueError, match="a name is empty"):
        Named(1, name="")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=2)  # type: ignore[call-arg]


def test_it_is_compared_shown_and_replaced_as_a_dataclass_is() -> None:
    one = Point(1, note="a")
    assert one == Point(1, note="b")
    assert one != Point(1, 3)
    assert Point(1, 2) != Named(1, 2)
    assert repr(one) == "Point(x=1, y=2, note='a')"
    assert replace(Named(1), x=5) == Named(5)
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        replace(one, z=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    assert len({Quiet(1), Quiet(1), Quiet(2)}) == 2
    assert Own(1) != Own(1)
    assert "Quiet object" in repr(Quiet(1))


def test_its_fields_are_matched_by_place() -> None:
    match Named(1, 5):
        case Named(x, y):
            assert (x, y) == (1, 5)
    assert Named.__match_args__ == ("x", "y", "tags", "note", "name")


def _alone(name: str) -> Any:
    """A new class of which nothing was made yet."""
    made = type(name, (), {"__annotations__": {"x": int, "y": int}, "__module__": __name__, "y": 3})
    globals()[name] = made
    return record(made)


def test_each_method_may_be_the_first() -> None:
    methods: tuple[Callable[[Any], Any], ...] = (
        repr,
        hash,
        lambda one: one == one,
        fields,
        lambda one: replace(one, x=4),
    )
    for number, first in enumerate(methods):
        cls = _alone(f"Alone{number}")
        one = object.__new__(cls)
        one.__dict__.update(x=1, y=3)
        first(one)
        assert one == cls(1)
        assert hash(one) == hash(cls(1))
        assert repr(one).endswith("(x=1, y=3)")


def test_it_goes_to_another_process() -> None:
    cls = _alone("Sent")
    assert pickle.loads(pickle.dumps(cls(7))) == cls(7)


def test_it_is_hashed_once_and_each_copy_by_itself() -> None:
    class Counted:
        hashed = 0

        def __hash__(self) -> int:
            self.hashed += 1
            return 7

    part = Counted()
    one = Quiet(part)  # type: ignore[arg-type]
    assert hash(one) == hash(one)
    assert part.hashed == 1
    assert hash(replaced(one, x=1)) == hash(Quiet(1)) != hash(one)


def test_its_hash_stays_in_its_process() -> None:
    sent = Quiet("texts have another hash in each")  # type: ignore[arg-type]
    before = vars(sent).copy()
    hash(sent)
    assert vars(pickle.loads(pickle.dumps(sent))) == before


def test_threads_may_make_the_first_at_once() -> None:
    with ThreadPoolExecutor(8) as threads:
        for number in range(20):
            cls = _alone(f"Shared{number}")
            assert len(set(threads.map(cls, [1] * 32))) == 1


def test_a_class_is_not_compiled_before_an_object_is_made() -> None:
    cls = _alone("Cheap")
    assert cls.__init__.__code__.co_filename.endswith("records.py")
    cls(1)
    assert cls.__init__.__code__.co_filename == "<string>"
    assert cls.__eq__.__code__.co_filename.endswith("records.py")
