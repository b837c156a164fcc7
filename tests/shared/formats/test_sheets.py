from __future__ import annotations

import contextlib
import csv
import io
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.formats import sheets
from shared.formats.sheets import MOST_LINE, folded, head_rows, number, opened
from shared.problems import Invalid, Unreadable

CELLS = st.text(alphabet='abc漢 0159,;\t"\n（）', max_size=8)


def rows(content: bytes | str) -> list[tuple[int, list[str]]]:
    raw = content.encode() if isinstance(content, str) else content
    return list(opened(io.BytesIO(raw)).rows())


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=30),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_whatever_a_table_holds_is_read_back(table: list[list[str]], encoding: str, end: str) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator=end).writerows([["血圧", "b", "c"], *table])
    raw = written.getvalue().encode(encoding)
    sheet = opened(io.BytesIO(raw))
    assert sheet.delimiter in ",;\t"
    assert not sheet.damaged
    if sheet.delimiter == ",":
        found = [row for _, row in sheet.rows()]
        # A cell with the quotes of a whole other row in it cannot be told from a broken one.
        assert found == [["血圧", "b", "c"], *table]


@given(st.integers(3, 40), st.integers(1, 100), st.integers(16, 300))
def test_blocks_are_cut_nowhere_that_shows(width: int, size: int, chunk: int) -> None:
    table = [[str(row * width + cell) for cell in range(width)] for row in range(size)]
    for row in table:
        row[1] += "\n\n,x" if row[1].endswith("7") else ""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(table)
    whole = rows(written.getvalue())
    assert [row for _, row in whole] == table
    lines = [0, *(i + 1 for i, letter in enumerate(written.getvalue()) if letter == "\n")]
    assert all(written.getvalue()[lines[at - 1] :].startswith(row[0]) for at, row in whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_CHUNK", chunk)
        assert rows(written.getvalue()) == whole


@given(st.text(alphabet='"",a\n\r', max_size=40), st.booleans())
def test_the_quick_ways_equal_the_plain_one(text: str, quoted: bool) -> None:
    text = f'"{text}"\n' if quoted else text
    rows = sheets._quick(text, ",")
    if rows is not None:
        assert rows == list(csv.reader(io.StringIO(text, newline="\n")))
        assert len(rows) == text.count("\n") + (not text.endswith("\n") and text != "")


def test_lines_are_counted_where_cells_hold_breaks() -> None:
    assert rows('a,b\n1,"x\ny"\n\n2,z\n') == [(1, ["a", "b"]), (2, ["1", "x\ny"]), (5, ["2", "z"])]


def test_a_quote_that_nobody_closes_costs_its_own_line() -> None:
    lines = [f'"{each}","{each + 1}"' for each in range(9)]
    lines[4] = '"4","5'
    found = rows("\n".join(lines) + "\n")
    assert [(at, row) for at, row in found if at != 5] == [
        (each + 1, [str(each), str(each + 1)]) for each in range(9) if each != 4
    ]
    alone = rows('"' + "x\n" * 300)
    assert len(alone) == 300
    assert alone[-1][0] == 300


@pytest.mark.parametrize(
    ("raw", "encoding", "delimiter", "first"),
    [
        ("測定日,値\n".encode(), "utf-8", ",", "測定日"),
        ("測定日,値\n".encode("utf-8-sig"), "utf-8-sig", ",", "測定日"),
        (b"\xef\xbb\xbf" + "測定日;値\n".encode("utf-8-sig"), "utf-8-sig", ";", "測定日"),
        ("測定日\t値\n".encode("cp932"), "cp932", "\t", "測定日"),
        ('"ï»¿""""Index""""",b\n'.encode("utf-8-sig"), "utf-8-sig", ",", "Index"),
        (b"a,b\r1,2\r", "utf-8", ",", "a"),
    ],
)
def test_letters_and_delimiters(raw: bytes, encoding: str, delimiter: str, first: str) -> None:
    sheet = opened(io.BytesIO(raw))
    assert (sheet.encoding, sheet.delimiter) == (encoding, delimiter)
    found = list(sheet.rows())
    assert found[0][1][0] == first
    assert len(found[0][1]) == 2
    assert head_rows(raw) == [row for _, row in found]


def test_a_wrong_byte_behind_plain_letters_costs_one_cell() -> None:
    assert rows(b"name,value\nHana\x81\x20,1\nTaro,2\n") == [
        (1, ["name", "value"]),
        (2, ["Hana\ufffd ", "1"]),
        (3, ["Taro", "2"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_one_wrong_byte_costs_one_cell(encoding: str) -> None:
    raw = bytearray("名前,値\n花子,1\n太郎,2\n".encode(encoding))
    raw[raw.index("花".encode())] = 0xFF
    sheet = opened(io.BytesIO(bytes(raw)))
    assert (sheet.encoding, sheet.damaged) == (encoding, True)
    assert "\ufffd" in next(row for at, row in sheet.rows() if at == 2)[0]
    assert list(sheet.rows())[2] == (3, ["太郎", "2"])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n \n", "file_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "encoding_wrong"),
        (b"a\x81\x20b\n", "encoding_wrong"),
    ],
)
def test_what_is_no_table(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rows(raw)
    assert refused.value.code == code


@pytest.mark.parametrize("endless", [b"1,", b" ", b'"', b'"x",', "あ".encode(), b'"' + b"x" * 9999])
@pytest.mark.parametrize("long", [MOST_LINE + (1 << 16), 3 * sheets._CHUNK])
def test_a_line_without_end_costs_itself(endless: bytes, long: int) -> None:
    before, after = [["day", "kg"], ["1", "52"]], [["3", "53"], ["4", "54"]]
    line = endless * (long // len(endless.decode()))
    for text in (b"\n", b"\r\n"):
        raw = text.join((b"day,kg", b"1,52", line, b"3,53", b"4,54", b""))
        found = rows(raw)
        assert [row for _, row in found if len(row) == 2] == before + after
        assert [at for at, row in found if row in after] == [4, 5]
        assert [(at, len(row)) for at, row in found if len(row) != 2] == [(3, 1)]
        # The last one, which nothing ends.
        assert [row for _, row in rows(raw + line)][:2] == before


def test_nothing_but_a_line_without_end_is_one_cell() -> None:
    for raw in (b"a," * MOST_LINE, b'"' + b"x" * 3 * sheets._CHUNK):
        [(at, [cell])] = rows(raw)
        assert (at, len(cell)) == (1, MOST_LINE)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_rows_or_a_named_problem(raw: bytes) -> None:
    head_rows(raw)
    with contextlib.suppress(Unreadable):
        rows(raw)


def test_names_are_compared_without_their_dress() -> None:
    assert folded(" 最高血圧（mmHg） ") == folded("最高血圧(mmHg)") == "最高血圧(mmhg)"
    assert folded("Device\u00a0 Timestamp ") == "device timestamp"
    assert folded("【朝】ＳＹＳ") == "(朝)sys"
    assert folded("\ufeffIndex") == "index"


@pytest.mark.parametrize(
    ("text", "value"),
    [("36.6", "36.6"), (" 127 ", "127"), ("１２７", "127"), ("1,234", "1234"), ("-.5", "-0.5"), ("+3", "3")],
)
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


def test_a_decimal_comma_where_the_file_has_it() -> None:
    assert number("36,6", comma=True) == Decimal("36.6")
    for text in ("36,6", "", "-", "1e3", "NaN", "1,2,3", "9" * 40, "①"[:0] + "x"):
        with pytest.raises(Invalid, match="not_a_number"):
            number(text)


@given(st.text(alphabet='a1,\n\r\0"ｱ', max_size=60), st.integers(1, 4))
@example("a,b\n1,2,x\n3\n", 2)
@example("x,y,\0,z\n\0\nq\n", 2)
def test_rows_of_one_width_are_the_same_cut_at_once(text: str, width: int) -> None:
    sheet = sheets.Sheet(io.BytesIO(text.encode()), "utf-8", ",")
    plain = list(sheet.batches())
    for (numbers, rows), (others, evenly) in zip(plain, sheet.stretches(width), strict=True):
        assert (list(numbers), rows) == (list(others), list(evenly))
        assert evenly[1:] == rows[1:]
        assert evenly[-2:-1] == rows[-2:-1]
        if isinstance(evenly, sheets.Evenly):
            assert {len(row) for row in rows} == {width}
            assert evenly.columns() == list(map(list, zip(*rows, strict=True)))
            assert evenly[-1] == rows[-1]
            with pytest.raises(IndexError):
                evenly[len(rows)]


def test_rows_of_one_width_are_cut_at_once() -> None:
    _, rows = next(sheets.Sheet(io.BytesIO(b"a,b\r\n1,2\r\n"), "utf-8", ",").stretches(2))
    assert rows == sheets.Evenly(["a", "b", "\0", "1", "2", "\0"], 2)
