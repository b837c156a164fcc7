"""JSON with one meaning; what no text can be is refused from our own side, and shown as � from a stranger's."""

from __future__ import annotations

import json
import re

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
