"""A CSV of two columns as sections: whatever is written into it comes out, in every spelling of the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Trouble
from shared.formats.section_tree import Section, first_cell, rows, sections
from shared.problems import TooBig, Unreadable

# Letters that CP932 has too; the file's own marks among them.
LETTERS = st.text(alphabet='あいう漢字ｶﾅ０１ab 12,"\n＝円（）', min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and text.count("\n") < 3
)
TREES = st.lists(
    st.tuples(LETTERS, st.lists(st.tuples(LETTERS, st.one_of(st.just(""), LETTERS)), max_size=5)),
    min_size=1,
    max_size=6,
)
Tree = list[tuple[str, list[tuple[str, str]]]]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def written(tree: Tree, end: str) -> str:
    lines = []
    for heading, pairs in tree:
        lines.append(quoted(heading))
        lines += [f"{quoted(key)},{quoted(value)}" for key, value in pairs]
    return end.join(lines) + end


def read(raw: bytes) -> tuple[list[Section], list[Trouble]]:
    found = list(sections(raw))
    return (
        [each for each in found if isinstance(each, Section)],
        [each for each in found if isinstance(each, Trouble)],
    )


@given(TREES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "cp932"]))
def test_what_is_written_comes_out(tree: Tree, end: str, encoding: str) -> None:
    # Enough Japanese, so that the letters of the file can be told.
    tree = [("わたしの情報です。漢字とかなを十分に書いておきます", []), *tree]
    text = written(tree, end)
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError:
        return
    found, troubles = read(raw)
    assert troubles == []
    told = [(each.heading, [(pair.key, pair.value) for pair in each.pairs]) for each in found]
    assert told == [(heading, list(pairs)) for heading, pairs in tree]


def test_headings_that_follow_one_another_go_from_large_to_small() -> None:
    raw = '"大"\n"中"\n"a","1"\n"小"\n"b","2"\n"別"\n"c","3"\n'.encode()
    found, _ = read(raw)
    assert [(each.heading, each.above) for each in found] == [
        ("大", ()),
        ("中", ("大",)),
        ("小", ()),
        ("別", ()),
    ]


def test_a_key_that_comes_again_begins_the_next_record() -> None:
    raw = '"明細"\n"月","1"\n"所","A"\n"月","2"\n"所","B"\n"所","C"\n"月","3"\n'.encode()
    (section,) = read(raw)[0]
    told = [{key: pair.value for key, pair in record.items()} for record in section.records()]
    assert told == [{"月": "1", "所": "A"}, {"月": "2", "所": "B"}, {"所": "C", "月": "3"}]


def test_one_bad_row_costs_no_other() -> None:
    raw = '"題"\n"a","1"\n"開いたまま\n"b","2"\n"一","二","三"\n"c","3"\n"d","\x01"\n"e","5"\n'.encode()
    (section,), troubles = read(raw)
    assert [pair.key for pair in section.pairs] == ["a", "b", "c", "e"]
    assert [trouble.where for trouble in troubles] == ["3 行目", "5 行目", "7 行目"]


def test_numbers_that_name_a_person_are_masked_wherever_they_are_shown() -> None:
    keys = ("保険者等番号", "被保険者証等記号", "被保険者証等番号", "枝番", "受診者の個人番号")
    raw = (
        '"題"\n' + "".join(f'"{key}","しま98765432"\n' for key in keys) + '"x","被保険者番号：98765432"\n'
    ).encode()
    (section,), _ = read(raw)
    assert [pair.excerpt for pair in section.pairs if "98765432" in pair.excerpt] == []
    _, (trouble,) = read('"題"\n"被保険者証等番号","98765432\n'.encode())
    assert "98765432" not in trouble.excerpt


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("text", ['"わたしの情報"\r\n"あ"', "わたしの情報\nあ", '\r\n"わたしの情報"'])
def test_the_first_cell(text: str, encoding: str) -> None:
    assert first_cell(text.encode(encoding)) == "わたしの情報"


def test_limits() -> None:
    with pytest.raises(TooBig):
        list(sections(b'"a","b"\n' * 3_000_000))
    for empty in (b"", b" \r\n"):
        with pytest.raises(Unreadable):
            list(sections(empty))


@given(st.text(max_size=200))
def test_any_text_is_rows_or_troubles(text: str) -> None:
    for row in rows(text):
        assert isinstance(row, Trouble) or 1 <= len(row.cells) <= 2
