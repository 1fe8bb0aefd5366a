"""The small language of values in templates: ``$name`` and ``$(hidden_size * merge ** 2)``, evaluated safely.

What stands in the brackets is an expression in Python's grammar, of which a list of nodes is known and nothing else:
numbers, texts, lists, names, arithmetic, comparisons, ``and``, ``or``, ``not``, ``a if test else b``, ``list[0]``,
``[x + 1 for x in list]`` and the functions of :data:`FUNCTIONS`. No attribute, no assignment, no other call can be
written, and no number or list grows beyond bounds. ``$(tokens:token|tokens)`` is a number with its noun.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from archdraw.errors import ArchdrawError, nearest
from archdraw.records import record

Value = Any
"""A number, a text, a truth value, None, a list of these, or a block that was given for a parameter."""

LARGEST: Final = 2**50
"""Larger whole numbers mean nothing here, and their products could not be printed."""
MOST_ITEMS: Final = 1000
"""Items of a list, and rounds of a loop: more layers than an encoder has."""
_LONGEST: Final = 300
"""Characters of an expression: what is longer is a program."""
_LARGEST_POWER: Final = 64

CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


def _range(*bounds: int) -> list[int]:
    numbers = range(*bounds)
    if len(numbers) > MOST_ITEMS:
        raise ExpressionError(f"range of {len(numbers):,} numbers; at most {MOST_ITEMS:,} are made")
    return list(numbers)


FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "all": all,
    "any": any,
    "ceil": math.ceil,
    "len": len,
    "max": max,
    "min": min,
    "range": _range,
    "round": round,
    "sorted": sorted,
    "sum": sum,
}

_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


class ExpressionError(ArchdrawError):
    """An expression that cannot be read or evaluated; ``hint`` is a way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@record
class Expression:
    """One expression, read: ``names`` are those that it takes from outside; ``loops`` says that it goes over a list.

    In a text its value is followed by one of two ``nouns``, the first for one thing, where it has some.
    """

    text: str
    tree: ast.expr
    names: tuple[str, ...]
    loops: bool = False
    nouns: tuple[str, str] | None = None

    def value(self, known: Mapping[str, Value]) -> Value:
        """What it comes to with the values of ``known``. Raises :class:`ExpressionError`."""
        try:
            return _evaluated(self.tree, known)
        except ZeroDivisionError:
            raise ExpressionError(f"{self.text} divides by 0") from None
        except (TypeError, ValueError, IndexError, OverflowError) as error:
            raise ExpressionError(f"{self.text} cannot be evaluated: {error}") from None


Piece = str | Expression
"""Of a text with values in it: a plain stretch, or a value."""

_NOUNS = re.compile(r":([^\W\d_][^:|\"'()\[\]]*)\|([^\W\d_][^:|\"'()\[\]]*)$")
_START = re.compile(r"\$(?:\$|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<open>\())")


def pieces(text: str) -> tuple[Piece, ...]:
    """``text`` taken apart: ``$$`` is a dollar sign. Raises :class:`ExpressionError` for what is no expression."""
    found: list[Piece] = []
    place = 0
    while match := _START.search(text, place):
        found.append(text[place : match.start()])
        place = match.end()
        if match["name"]:
            found.append(expression(match["name"]))
        elif match["open"]:
            end = _closing(text, place)
            found.append(_with_nouns(text[place:end]))
            place = end + 1
        else:
            found.append("$")
    return tuple(piece for piece in (*found, text[place:]) if piece != "")


def _with_nouns(text: str) -> Expression:
    said = _NOUNS.search(text)
    return replace(expression(text[: said.start()]), nouns=(said[1], said[2])) if said else expression(text)


def _closing(text: str, place: int) -> int:
    depth = 1
    for index in range(place, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index
    hint = "inside { } and [ ] an expression with a comma or a bracket goes in quotes"
    raise ExpressionError(f"the bracket of {text[place - 2 :][:40]} is not closed", hint)


def expression(text: str) -> Expression:
    """``text``, without its brackets, as an expression. Raises :class:`ExpressionError`."""
    if len(text) > _LONGEST:
        raise ExpressionError(f"an expression of {len(text):,} characters; at most {_LONGEST} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        names = tuple(dict.fromkeys(_names(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"{text.strip()[:40] or 'nothing'} is no expression") from None
    loops = any(isinstance(node, ast.comprehension | ast.Call) for node in ast.walk(tree))
    return Expression(text.strip(), tree, names, loops)


def check_names(found: Expression, known: Collection[str]) -> None:
    """Raises :class:`ExpressionError` where an expression takes a name that is not ``known``."""
    for name in found.names:
        if name not in known:
            raise ExpressionError(f"no parameter or value is called {name}", nearest(name, known))


def _names(tree: ast.expr, bound: tuple[str, ...] = ()) -> Iterator[str]:
    """The names that ``tree`` takes from outside. Raises :class:`ExpressionError` for a node that is not known."""
    match tree:
        case ast.Constant(value=int() | float() | str()):
            return
        case ast.Name(id=name):
            if name not in bound and name not in CONSTANTS:
                yield name
            return
        case ast.List(elts=items) | ast.Tuple(elts=items):
            below: Sequence[ast.expr] = items
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            below = (left, right)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            below = (operand,)
        case ast.BoolOp(values=values):
            below = values
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARED for op in ops):
            below = (left, *others)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            below = (test, body, orelse)
        case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
            below = (value, index)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                raise ExpressionError(f"{name} is no function", f"the functions are {', '.join(FUNCTIONS)}")
            below = arguments
        case (
            ast.ListComp(elt=item, generators=[ast.comprehension(target=ast.Name(id=name), iter=of, ifs=tests)])
            | ast.GeneratorExp(elt=item, generators=[ast.comprehension(target=ast.Name(id=name), iter=of, ifs=tests)])
        ):
            if bound:
                raise ExpressionError("a list over a list cannot be written in an expression")
            yield from _names(of, bound)
            bound, below = (*bound, name), (item, *tests)
        case _:
            raise ExpressionError(f"{ast.unparse(tree)[:40]} cannot be written in an expression")
    for part in below:
        yield from _names(part, bound)


def _evaluated(tree: ast.expr, known: Mapping[str, Value]) -> Value:
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return CONSTANTS[name] if name in CONSTANTS else known[name]
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_evaluated(item, known) for item in items]
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, _evaluated(left, known), _evaluated(right, known), ast.unparse(tree))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluated(operand, known)
        case ast.UnaryOp(operand=operand):
            return -_evaluated(operand, known)
        case ast.BoolOp(op=ast.And(), values=values):
            return _first(values, known, until=False)
        case ast.BoolOp(values=values):
            return _first(values, known, until=True)
        case ast.Compare(left=left, ops=ops, comparators=others):
            value = _evaluated(left, known)
            for sign, other in zip(ops, others, strict=True):
                before, value = value, _evaluated(other, known)
                if not _COMPARED[type(sign)](before, value):
                    return False
            return True
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _evaluated(body if _evaluated(test, known) else orelse, known)
        case ast.Subscript(value=inner, slice=index):
            return _evaluated(inner, known)[_evaluated(index, known)]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_evaluated(argument, known) for argument in arguments))
        case ast.ListComp(elt=item, generators=[loop]) | ast.GeneratorExp(elt=item, generators=[loop]):
            assert isinstance(loop.target, ast.Name)
            rounds = ({**known, loop.target.id: value} for value in _evaluated(loop.iter, known))
            return [_evaluated(item, inner) for inner in rounds if all(_evaluated(test, inner) for test in loop.ifs)]
        case _:
            raise AssertionError(f"{ast.dump(tree)} was let through")


def _first(values: Sequence[ast.expr], known: Mapping[str, Value], *, until: bool) -> Value:
    """The first value that is true (``until``) or false, else the last: the rest is not evaluated."""
    value: Value = None
    for tree in values:
        value = _evaluated(tree, known)
        if bool(value) is until:
            break
    return value


def _combined(op: ast.operator, left: Value, right: Value, text: str) -> Value:
    """Arithmetic on numbers; lists may be joined by ``+``, within bounds."""
    lists = isinstance(left, list | tuple) and isinstance(right, list | tuple) and isinstance(op, ast.Add)
    if lists and len(left) + len(right) <= MOST_ITEMS:
        return [*left, *right]
    if not all(isinstance(side, int | float) for side in (left, right)):
        raise ExpressionError(f"{text} is not arithmetic on numbers")
    if isinstance(op, ast.Pow) and abs(right) > _LARGEST_POWER:
        raise ExpressionError(f"{text} is too large a power")
    value = _BINARY[type(op)](left, right)
    if isinstance(value, complex) or not math.isfinite(value) or abs(value) > LARGEST:
        raise ExpressionError(f"{text} is too large a number")
    return value
