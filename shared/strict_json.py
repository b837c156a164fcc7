"""JSON as both sides take it, with one meaning only: no doubled names, no NaN, no bottomless nesting."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import NoReturn

from shared.problems import TooBig, Unreadable

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 16
# So few objects are asked for their names one by one.
_FEW_OBJECTS = 64
_MOST_QUOTES = 4_000_000
_NEITHER_QUOTE_NOR_BRACKET = bytes(set(range(256)) - set(b'"{}[]'))
# A backslash itself, a letter written as two halves, and half a letter.
_ESCAPES = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def loads(body: bytes, *, exact: bool = True, limit: int = MAX_BYTES, depth: int = MAX_DEPTH) -> object:
    """What ``body`` (UTF-8) says; numbers with a point as Decimal when ``exact``, else as float (long columns).

    `TooBig` over ``limit`` bytes; `Unreadable` for anything that is not plain JSON with one meaning. A number too
    large for a float passes here as it was written or as infinity: the schema's number fields refuse it.
    """
    if len(body) > limit:
        raise TooBig("too_big", limit_mb=max(1, limit // (1024 * 1024)))
    try:
        found = _parsed(body, exact)
        # Half a letter cannot stand in good UTF-8 but escaped.
        if b"\\ud" in body or b"\\uD" in body:
            _whole_characters(found)
    # RecursionError: thousands of opening brackets; ArithmeticError: an exponent that no Decimal has.
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Unreadable("bad_request") from error
    # It cannot be deeper than it has brackets: long columns are not walked through.
    if (
        body.count(b"[") + body.count(b"{") > depth
        and not _is_shallow(body, depth)
        and _is_too_deep(found, depth)
    ):
        raise Unreadable("bad_request")
    return found


def whole_letters(text: str) -> str:
    """JSON of a stranger with ``\\ufffd`` for each half of a surrogate pair: half a letter cannot be written down."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPES.sub(lambda found: r"\ufffd" if len(found[0]) == 6 else found[0], text)


def dumps(value: object) -> str:
    """``value`` as compact JSON text with sorted names: the same thing is always the same text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def _parsed(body: bytes, exact: bool) -> object:
    """The JSON of ``body``; ValueError for what is none, and for a name that stands twice in one object.

    Asking every object costs more than all the rest. The objects of a long file have in all no more names than it has
    ends of a text before a colon; where they are as many, no name was lost and none stood twice. Else all are asked.
    """
    text, number = body.decode("utf-8"), Decimal if exact else None
    if body.count(b"{") > _FEW_OBJECTS:
        most = body.translate(None, b" \t\r\n").count(b'":')
        names = 0

        def count(made: dict[str, object]) -> dict[str, object]:
            nonlocal names
            names += len(made)
            return made

        found: object = json.loads(text, parse_float=number, parse_constant=_no_constant, object_hook=count)
        if names == most:
            return found
        del found
    asked: object = json.loads(
        text, parse_float=number, parse_constant=_no_constant, object_pairs_hook=_once_each
    )
    return asked


def _is_shallow(body: bytes, depth: int) -> bool:
    """Whether the brackets of ``body`` (good JSON) alone show that it is not too deep: peeled off from inside."""
    bare = body.translate(None, _NEITHER_QUOTE_NOR_BRACKET)
    if b'\\"' in body or bare.count(b'"') > _MOST_QUOTES:
        return False
    bare = b"".join(bare.split(b'"')[::2])  # what stands between quotes is text
    for _ in range(depth // 2):  # a round peels off two levels at most
        bare = bare.replace(b"{}", b"").replace(b"[]", b"")
    return not bare


def _is_too_deep(found: object, depth: int) -> bool:
    """Whether lists and objects stand more than ``depth`` deep in each other."""
    level = [found]
    for _ in range(depth):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(found: object) -> list[object]:
    """The lists and objects directly inside a list or an object."""
    if isinstance(found, dict):
        found = list(found.values())
    return [child for child in found if isinstance(child, dict | list)] if isinstance(found, list) else []


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name twice in one object")
    return named


def _whole_characters(found: object) -> None:
    """Refuse half a surrogate pair (ValueError): it could never be written down again."""
    if isinstance(found, str):
        found.encode("utf-8")
    elif isinstance(found, dict):
        for name, value in found.items():
            _whole_characters(name)
            _whole_characters(value)
    elif isinstance(found, list):
        for value in found:
            _whole_characters(value)
