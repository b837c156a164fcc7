"""JSON with one meaning; what no text can be is refused from our own side, and shown as � from a stranger's."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.problems import Unreadable
from shared.strict_json import loads, whole_letters

HALVES = ['"\\ud800"', '"\\uDBFF x"', '"x\\udfff"', '"\\udc00\\ud800"', '{"\\ud83d": 1}']


@pytest.mark.parametrize("text", HALVES)
def test_half_a_letter_is_refused_or_shown_as_missing(text: str) -> None:
    with pytest.raises(Unreadable):
        loads(text.encode())
    assert "�" in json.dumps(json.loads(whole_letters(text)), ensure_ascii=False)


@pytest.mark.parametrize("text", ['"\\ud842\\udfb7野家"', r'"a\\ud800"', '"薬"', '"\\u85ac"', "1"])
def test_whole_letters_stay(text: str) -> None:
    assert whole_letters(text) == text


PARTS = ["\\", "u", "d", "8", "c", "0", "x", "\\\\", "\\ud83d", "\\ude00", "\\uD800", "\\u85ac"]


@given(st.lists(st.sampled_from(PARTS), max_size=10).map("".join))
def test_only_halves_change(inside: str) -> None:
    text = f'"{inside}"'
    try:
        known = json.loads(text)
    except ValueError:
        return
    assert json.loads(whole_letters(text)) == re.sub("[\ud800-\udfff]", "�", known)


NAMES = st.sampled_from(["a", "b", 'a"', "\\", ":", '":', "mm[Hg]", "{", "}]", "薬"])
TREES = st.recursive(
    NAMES | st.integers(-9, 9) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=3).map(tuple),
    max_leaves=12,
)
GAPS = st.sampled_from(["", " ", "\n", "\t "])


def written(tree: object, gap: str) -> str:
    """JSON of a tree; an object is a tuple of pairs, so that a name can stand in it twice."""
    if isinstance(tree, tuple):
        pairs = (f"{json.dumps(name)}{gap}:{gap}{written(value, gap)}" for name, value in tree)
        return f"{{{gap}{f',{gap}'.join(pairs)}{gap}}}"
    if isinstance(tree, list):
        return f"[{f'{gap},'.join(written(each, gap) for each in tree)}{gap}]"
    return json.dumps(tree, ensure_ascii=False)


def twice(tree: object) -> bool:
    """Whether a name stands twice in one of its objects."""
    if isinstance(tree, tuple):
        return len(dict(tree)) < len(tree) or any(twice(value) for _, value in tree)
    return isinstance(tree, list) and any(map(twice, tree))


def deep(tree: object) -> int:
    """How deep its lists and objects stand in each other."""
    inside = [value for _, value in tree] if isinstance(tree, tuple) else tree
    return 1 + max(map(deep, inside), default=0) if isinstance(inside, list) else 0


@given(st.lists(TREES, max_size=4), GAPS, st.integers(1, 9))
def test_a_long_file_is_as_strict_as_a_short_one(trees: list[object], gap: str, depth: int) -> None:
    body = written([*trees, *[()] * 70], gap).encode()
    if twice(trees) or deep([*trees, ()]) > depth:
        with pytest.raises(Unreadable):
            loads(body, depth=depth)
    else:
        assert loads(body, depth=depth) == json.loads(body, parse_float=Decimal)
