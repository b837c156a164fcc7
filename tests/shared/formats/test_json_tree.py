"""A foreign tree looked at without trust: nothing that is not there is an error, and numbers stay numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Trouble
from shared.formats.json_tree import Doubts, Node, exact, plain, whole

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(ANYTHING, st.lists(st.sampled_from("abc"), max_size=4))
def test_any_way_down_any_tree(tree: object, names: list[str]) -> None:
    here = Node(tree).at(*names)
    assert isinstance(here.text, str)
    assert all(each.value not in (None, {}, []) for each in here.each())
    assert all(isinstance(each, str) for each in here.strings())


def test_padding_is_not_there() -> None:
    assert [each.value for each in Node({"a": [{"x": 1}, {}, None, []]}).each("a")] == [{"x": 1}]
    assert [each.value for each in Node({"a": {"x": 1}}).each("a")] == [{"x": 1}]
    assert list(Node({"a": {}}).each("a")) == list(Node({}).each("a")) == []


@given(st.decimals(0, 10**9, places=3))
def test_a_number_is_the_same_however_it_is_padded(number: Decimal) -> None:
    padded = exact(f"000{number}00" if "." in str(number) else str(number))
    assert padded == number
    assert Decimal(plain(padded)) == number
    assert "E" not in plain(padded)


@pytest.mark.parametrize(
    "value", ["-1", -1, "1e13", "NaN", "Infinity", True, None, "一", "", "1e999999999", [1], 10**12]
)
def test_what_is_no_amount(value: object) -> None:
    assert exact(value) is None


@pytest.mark.parametrize(
    ("number", "made"), [("7", 7), ("7.0", 7), ("7.5", None), ("1000000", None), ("0", 0)]
)
def test_whole_numbers(number: str, made: int | None) -> None:
    assert whole(exact(number)) == made


def test_a_doubt_is_told_once_and_shows_no_branch_and_no_number_of_hers() -> None:
    doubts = Doubts("1 件目")
    for _ in range(2):
        assert doubts.text(Node({"secret": "x"})) == ""
        assert doubts.text(Node("a\x00b")) == ""
    assert doubts.text(
        Node("番号は 00012345:しま:１８７:05 です")
    ) == "番号は ********:＊＊:＊＊＊:** です".replace("*", "＊")
    told = list(doubts.tell())
    assert len(told) == 1
    assert "secret" not in told[0].excerpt
    assert isinstance(told[0], Trouble)
    assert list(doubts.tell()) == []
