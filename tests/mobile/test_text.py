from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mobile.text import NOT_FIRST, NOT_LAST, balanced, wrap_ja

LETTERS = "血圧を記録しました、お薬。「朝」（晩）ッょーアムロジピン錠 5mg 128/78 Apple 今日は。"


def width(text: str) -> float:
    return sum(1.0 if ord(letter) < 0x2000 else 2.0 for letter in text)


texts = st.text(st.sampled_from(LETTERS), max_size=80)


@given(texts, st.integers(4, 60))
def test_nothing_visible_is_lost_or_added(text: str, room: int) -> None:
    assert "".join(wrap_ja(text, room, width)).replace(" ", "") == text.replace(" ", "")


@given(texts, st.integers(4, 60))
def test_no_line_is_wider_than_its_room(text: str, room: int) -> None:
    assert all(width(line) <= room for line in wrap_ja(text, room, width))


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    text = (
        "血圧は、朝と晩（すわって1〜2分休んでから）、2回ずつ測ります。「上」が135、「下」が85より高いときは、"
        "先生に相談してください。ッッやょうすも、メモできます。"
    )
    for room in range(12, 80):
        lines = wrap_ja(text, room, width)
        assert not any(line[0] in NOT_FIRST for line in lines[1:] if line), (room, lines)
        assert not any(line[-1] in NOT_LAST for line in lines[:-1] if line), (room, lines)


def test_numbers_units_and_words_stay_whole() -> None:
    for room in range(8, 40):
        lines = wrap_ja("アムロジピン錠 5mg 128/78 mmHg を Apple から", room, width)
        words = " ".join(lines).split()
        assert {"5mg", "128/78", "mmHg", "Apple"} <= set(words), lines
        quoted = wrap_ja('The sensor says "Low" or "High" then', room, width)
        assert {'"Low"', '"High"'} <= set(" ".join(quoted).split()), quoted


def test_a_blood_pressure_is_never_read_over_two_lines() -> None:
    for room in range(9, 40):
        assert any("128 / 78" in line for line in wrap_ja("この7日間の平均：朝 128 / 78 です。", room, width))


def test_a_word_wider_than_the_line_is_broken_rather_than_cut() -> None:
    assert wrap_ja("http://127.0.0.1", 8, width) == ["http://1", "27.0.0.1"]


def test_line_feeds_stay_and_empty_text_is_one_empty_line() -> None:
    assert wrap_ja("朝\n晩", 100, width) == ["朝", "晩"]
    assert wrap_ja("", 100, width) == [""]


@given(texts, st.integers(4, 60))
def test_balancing_takes_no_further_line_and_loses_nothing(text: str, room: int) -> None:
    plain, even = wrap_ja(text, room, width), balanced(text, room, width)
    assert len(even) <= len(plain)
    assert "".join(even).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in even)


def test_a_button_has_no_lonely_last_character() -> None:
    assert wrap_ja("見せるのをやめる", 14, width)[-1] == "る"
    assert len(balanced("見せるのをやめる", 14, width)[-1]) > 1
