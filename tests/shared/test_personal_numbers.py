"""My Number by its check digit, however it is written; the insured person's numbers where they are named."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.personal_numbers import MASK, blotted, has_my_number, is_my_number, masked, refuse_my_number
from shared.problems import Invalid

# Made up: a check digit that fits, belonging to nobody that we know of.
SOMEBODYS = "983205673214"
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")

eleven = st.text("0123456789", min_size=11, max_size=11)


def numbered(first: str) -> str:
    """A My Number by the text of the ordinance: Pn from the last digit on, Qn = n+1 up to the sixth, then n-5."""
    rest = sum(int(p) * (n + 1 if n <= 6 else n - 5) for n, p in enumerate(reversed(first), 1)) % 11
    return first + str(0 if rest <= 1 else 11 - rest)


@given(eleven)
def test_exactly_one_last_digit_fits(first: str) -> None:
    assert [digit for digit in "0123456789" if is_my_number(first + digit)] == [numbered(first)[-1]]


@pytest.mark.parametrize("text", ["", "98320567321", "9832056732144", "98320567321x", "983205673215"])
def test_what_is_no_my_number(text: str) -> None:
    assert not is_my_number(text)


@given(
    eleven, st.sampled_from(["", " ", "-", "　", "－"]), st.booleans(), st.sampled_from(["", "番号は", "x "])
)
def test_it_is_found_and_masked_however_it_is_written(first: str, dash: str, wide: bool, before: str) -> None:
    number = numbered(first)
    written = dash.join((number[:4], number[4:8], number[8:]))
    text = before + (written.translate(FULL_WIDTH) if wide else written) + "です"
    assert has_my_number(text)
    with pytest.raises(Invalid) as refused:
        refuse_my_number(text, "text")
    assert (refused.value.code, refused.value.field) == ("my_number_typed", "text")
    assert "桁" in refused.value.message()
    hidden = masked(text)
    assert not has_my_number(hidden)
    assert hidden.count(MASK) == 12
    assert len(hidden) == len(text)
    assert masked(hidden) == hidden


@given(st.text("0123456789- ア：番号被保険者記号枝等証・", max_size=60))
def test_masking_keeps_the_length_and_leaves_no_my_number(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert not has_my_number(hidden)
    assert all(after in (before, MASK) for before, after in zip(text, hidden, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "そばアレルギー",
        "電話 0820-12-3456",
        f"1{SOMEBODYS}",
        f"{SOMEBODYS}-1",
        "983205673210",
        "引換番号 1234567890123456",
        "マイナンバーカードを作った",
        "被保険者番号の変更",
        "1149019F1560",
        "2024-05-10T07:12:00",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert masked(text) == text
    refuse_my_number(text, "text")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (SOMEBODYS, "＊＊＊＊＊＊＊＊＊＊＊＊"),
        ("マイナンバー: 9832 0567 3215", "マイナンバー: ＊＊＊＊ ＊＊＊＊ ＊＊＊＊"),
        ("被保険者証等記号・番号：あいう・187", "被保険者証等記号・番号：＊＊＊・＊＊＊"),
        ("被保険者証の記号番号 あい 187", "被保険者証の記号番号 ＊＊ ＊＊＊"),
        ("記号 12-34　番号 567", "記号 ＊＊-＊＊　番号 ＊＊＊"),
        ('"被保険者証等記号","あいう"', '"被保険者証等記号","＊＊＊"'),
        ("保険者番号 06123456 の組合", "保険者番号 ＊＊＊＊＊＊＊＊ の組合"),
        ("被保険者番号0001234567", "被保険者番号＊＊＊＊＊＊＊＊＊＊"),
        ("00012345:あいう:１８７:05", "＊＊＊＊＊＊＊＊:＊＊＊:＊＊＊:＊＊"),
    ],
)
def test_what_names_a_person_is_masked_where_it_is_named(text: str, hidden: str) -> None:
    assert masked(text) == hidden
    assert masked(hidden) == hidden


def test_a_value_known_to_be_such_a_number_is_blotted_whole() -> None:
    assert blotted("あいう・187-5") == "＊＊＊・＊＊＊-＊"


@pytest.mark.parametrize(
    "text",
    [
        "保険証記号・番号：12・345",
        "保険証の番号 12345678",
        "記号・番号 12-345",
        "公費負担者番号 54136015 受給者番号 1234567",
    ],
)
def test_what_people_call_the_card_is_masked_too(text: str) -> None:
    assert not re.search(r"[0-9]", masked(text))
