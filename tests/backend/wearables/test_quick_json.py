"""The quick parser of posted columns says what the strict one says, and refuses what that refuses."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.wearables import quick_json
from shared import strict_json
from shared.columns_schema import readings_from
from shared.problems import Problem

# Texts that a careless count of quotation marks, brackets or backslashes would trip over.
texts = st.text(max_size=6) | st.sampled_from(
    ['"', "\\", "[", "{", "[[[[[[[[[[[[[[[[[[", "\\u0041", '":"', "花子", "\ud800"]
)
numbers = (
    st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, -0.0, 1e-320, 5e-324, 1.7976931348623157e308, 2**53 + 1])
)
flat = numbers | texts | st.booleans() | st.none()
columns = st.lists(numbers, max_size=5) | st.lists(flat, max_size=3)
anything = st.recursive(
    flat, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
posts = st.dictionaries(
    st.sampled_from(["start", "value", "end", "stream"]) | texts, columns | texts | anything
)


def outcome(loads: object, body: bytes) -> str:
    """What came out, by its exact look (-0.0, 1 and 1.0, order of names), or which problem."""
    try:
        return repr(loads(body))  # type: ignore[operator]
    except Problem as problem:
        return f"{type(problem).__name__} {problem.code}"


def strict(body: bytes) -> object:
    return strict_json.loads(body, exact=False)


@given(posts | anything, st.booleans(), st.sampled_from([None, 1]))
def test_it_says_what_the_strict_parser_says(post: object, ascii_only: bool, indent: int | None) -> None:
    body = json.dumps(post, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    assert outcome(quick_json.loads, body) == outcome(strict, body)


@given(posts, st.data())
def test_a_damaged_body_meets_the_same_end(post: object, data: st.DataObject) -> None:
    body = bytearray(json.dumps(post, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from(
            [b"", b'"', b"\\", b"[", b"{", b"}", b",", b":", b"0", b"-", b".", b"e", b"NaN", b"\xff", b" "]
        )
    )
    assume(not re.search(rb"\d{19}", body))  # the last test is about those
    assert outcome(quick_json.loads, bytes(body)) == outcome(strict, bytes(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": [1], "value": [2]}',
        b'{"stream": "a", "stream": "b"}',
        b'{"v": [{"a": 1, "a": 2}]}',
        b'{"value": [NaN]}',
        b'{"value": [Infinity]}',
        b'{"value": [-Infinity]}',
        b'{"value": [1,]}',
        b'{"value": [01]}',
        b'{"value": "\xff"}',
        b'\xef\xbb\xbf{"value": [1]}',
        b'{"value": ' + b"[" * 16 + b"]" * 16 + b"}",
        b'{"value": ' + b"[" * 100_000,
        b"",
        b"{",
    ],
)
def test_what_has_not_one_meaning_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        quick_json.loads(body)
    assert refused.value.code == "bad_request"


def test_too_much_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        quick_json.loads(b'{"value": [' + b" " * strict_json.MAX_BYTES + b"1]}")
    assert refused.value.code == "too_big"


@given(st.lists(st.integers(-(10**400), 10**400) | st.integers(2**63 - 2, 2**65), min_size=1, max_size=3))
def test_whole_numbers_beyond_64_bits_make_the_same_columns(value: list[int]) -> None:
    post = {
        "stream": "skin_temperature",
        "source": "x",
        "start": [1_700_000_000_000] * len(value),
        "value": value,
    }
    body = json.dumps(post).encode()
    assert outcome(lambda b: readings_from(quick_json.loads(b)), body) == outcome(
        lambda b: readings_from(strict(b)), body
    )
