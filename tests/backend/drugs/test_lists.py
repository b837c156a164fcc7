"""The operator's lists: told apart, kept by the day they count from, laid over; a bad file changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from backend.drugs import knowing, lists
from backend.drugs.layouts import Line, ListKind, overlaid
from backend.drugs.lists import Loaded, day_in
from backend.drugs.sheets import MOST_BYTES
from backend.house import House
from shared import clock
from shared.drug_master import Master
from shared.medicines import CodeSet
from shared.problems import Invalid, Problem
from tests.drug_lists import GENERIC, PRICE, REAL, RECEIPTS, needs_real, receipt_line, write, write_all

JULY = date(2025, 7, 16)


def load(house: House, *paths: Path, valid_from: date | None = None) -> list[Loaded]:
    with house.database.transaction() as session:
        return [lists.load(session, path, valid_from) for path in paths]


def now(house: House) -> Master | None:
    with house.database.transaction(writes=False) as session:
        return knowing.master_now(session)


def master(house: House) -> Master:
    made = now(house)
    assert made is not None
    return made


def test_three_lists_make_one_master(house: House, tmp_path: Path) -> None:
    assert now(house) is None
    done = load(house, *write_all(tmp_path))
    assert [each.kind for each in done] == [ListKind.PRICE_LIST, ListKind.RECEIPT, ListKind.GENERIC]
    assert [each.rows for each in done] == [6, 3, 1]
    assert {each.valid_from for each in done} == {JULY}
    assert done[0].difference.added == 6
    made = master(house)
    assert made.version.startswith("20250716.")
    # A brand that the price list names only together with others has its name from the receipt master.
    towa = made.product(CodeSet.RECEIPT, "622055001")
    assert towa is not None
    assert (towa.name, towa.code) == ("アムロジピン錠２．５ｍｇ「トーワ」", "2171022F1010")
    assert (towa.ingredient, towa.generic_code) == ("アムロジピンベシル酸塩", "2171022F1ZZZ")
    loxonin = made.product(CodeSet.RECEIPT, "620098801")
    assert loxonin is made.product(CodeSet.PRICE_LIST, "1149019F1560")
    assert [each.code for each in made.search("しゃくやく")] == ["5200139D1037"]  # in its reading
    assert made.by_name("アムロジピン錠2.5mg") is made.product(CodeSet.GENERIC, "2171022F1ZZZ")


def test_the_same_list_again_changes_nothing(house: House, tmp_path: Path) -> None:
    paths = write_all(tmp_path)
    load(house, *paths)
    before = master(house)
    again = load(house, *paths)
    assert not any(each.is_new for each in again)
    assert {each.difference.examples for each in again} == {()}
    with house.database.transaction(writes=False) as session:
        assert len(lists.loaded(session)) == 3
    assert master(house) is before  # made once in a process


def test_a_new_list_says_what_changed_and_counts_from_its_day(house: House, tmp_path: Path) -> None:
    load(house, *write_all(tmp_path))
    changed = PRICE.replace("ノルバスク錠２．５ｍｇ", "ノルバスク２．５ｍｇ錠").replace(
        "トモニカ錠１０ｍｇ", "トモニカ錠１０㎎"
    )
    rows = [row for row in changed.splitlines() if "5200139D1037" not in row]
    rows.append("外用薬,9999701S1020,トモニチニブ,１枚,,,,トモニカテープ,ともに製薬,1,,")
    later = write(tmp_path, "tp20260401.csv", "\r\n".join(rows))
    (done,) = load(house, later)
    what = done.difference
    assert (what.added, what.gone, what.renamed) == (1, 1, 1)
    assert what.examples == (
        "+ 9999701S1020 トモニカテープ",
        "- 5200139D1037 ツムラ芍薬甘草湯エキス顆粒（医療用）",
        "= 2171022F1029 ノルバスク錠２．５ｍｇ -> ノルバスク２．５ｍｇ錠",
    )
    with clock.held(datetime(2026, 3, 31, 14, 59, tzinfo=UTC)):  # the last minute of March in Japan
        assert master(house).version.startswith("20250716.")
    with clock.held(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)):
        assert master(house).version.startswith("20260401.")
        assert master(house).product(CodeSet.YJ, "9999701S1020") is not None
        # What was dispensed once keeps its receipt code and its name.
        tsumura = master(house).product(CodeSet.RECEIPT, "615101234")
        assert tsumura is not None
        assert tsumura.code == "5200139D1037"


def test_a_difference_file_is_laid_over_the_master_before_it(house: House, tmp_path: Path) -> None:
    load(house, *write_all(tmp_path))
    difference = [
        receipt_line("3", "629999901", name="トモニカ錠１０ｍｇ", unit="錠", price_code="9999001F1020"),
        receipt_line("5", "622055001", name="アムロジピン錠２．５ｍｇ「トーワ新」"),
        receipt_line("9", "620098801", until="20250930"),
    ]
    changes = write(tmp_path, "y20250813.csv", "\r\n".join(difference))
    (done,) = load(house, changes)
    what = done.difference
    assert (done.rows, what.added, what.gone, what.renamed) == (4, 1, 1, 1)
    made = master(house)
    renamed = made.product(CodeSet.RECEIPT, "622055001")
    assert renamed is not None
    assert (renamed.name, renamed.code) == ("アムロジピン錠２．５ｍｇ「トーワ新」", "2171022F1010")
    ended = made.product(CodeSet.RECEIPT, "620098801")
    assert ended is not None
    assert ended.name == "ロキソニン錠６０ｍｇ"
    assert not load(house, changes)[0].is_new


def test_a_difference_before_its_base_is_refused(house: House, tmp_path: Path) -> None:
    changes = write(tmp_path, "y20250813.csv", receipt_line("3", "629999901", name="トモニカ錠"))
    with pytest.raises(Invalid) as refused:
        load(house, changes)
    assert refused.value.code == "drug_list_base_first"


def test_blank_fields_of_a_change_keep_the_old() -> None:
    old = Line("620098801", "ロキソニン錠", unit="錠", price_code="1149019F1560")
    assert overlaid([old], [Line("620098801", "", until="20250930")]) == (replace(old, until="20250930"),)
    assert overlaid([], [old]) == (old,)
    assert overlaid([old], []) == (old,)


def test_an_excel_file_is_read_like_the_csv(house: House, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["薬価基準収載品目リスト"])  # some tables have a title above their headings
    for row in PRICE.splitlines():
        sheet.append([cell or None for cell in row.split(",")])
    path = tmp_path / "tp20250716-01_01.xlsx"
    book.save(path)
    (done,) = load(house, path)
    assert (done.kind, done.rows, done.is_new) == (ListKind.PRICE_LIST, 6, True)
    assert not load(house, write(tmp_path, "20250716.csv", PRICE))[0].is_new


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("20250716.csv", b"", "drug_list_unknown"),
        ("20250716.csv", "色,形\n赤,丸".encode(), "drug_list_unknown"),
        ("20250716.csv", b"\xff\xfe\x00", "drug_list_unknown"),
        ("20250716.xlsx", b"PK\x03\x04 nothing", "drug_list_unknown"),
        ("20250716.csv", GENERIC.encode() + "内用薬,,【般】なまえだけ,成分,規格,1".encode(), "drug_list_row"),
        ("y20250716.csv", "\n".join([*RECEIPTS, '"5","Y","12345"']).encode("cp932"), "drug_list_row"),
        ("list.csv", PRICE.encode(), "drug_list_date"),
        ("20250716.csv", bytes(MOST_BYTES + 1), "too_big"),
    ],
)
def test_a_bad_file_changes_nothing(house: House, tmp_path: Path, name: str, data: bytes, code: str) -> None:
    good = write(tmp_path, "tp20250701.csv", PRICE)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Problem) as refused:
        load(house, good, tmp_path / name)
    assert refused.value.code == code
    assert now(house) is None  # all files of a command, or none


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("20250716.csv", JULY),
        ("tp20250716-01_01.xlsx", JULY),
        ("y_ALL20240321.csv", date(2024, 3, 21)),
        ("ippanmeishohoumaster_250814.xlsx", date(2025, 8, 14)),
        ("jfagy_allergens_20250401.csv", date(2025, 4, 1)),
        ("products.csv", None),
        ("20250230.csv", None),
        ("20250716_20250801.csv", None),
    ],
)
def test_the_day_stands_in_the_name_of_the_file(name: str, day: date | None) -> None:
    assert day_in(name) == day


@pytest.mark.samples
@needs_real
def test_the_real_lists(house: House) -> None:
    names = ("products.csv", "receipt_codes.csv", "generic_names.csv")
    done = load(house, *(REAL / name for name in names), valid_from=JULY)
    assert [each.rows for each in done] == [12_434, 20_523, 1_368]
    (allergens,) = load(house, REAL / "jfagy_allergens_20250401.csv")
    assert (allergens.kind, allergens.rows) == (ListKind.ALLERGENS, 1_738)
    made = master(house)
    assert len(made.receipts) == 20_523
    assert [each.name for each in made.search("グラケ")] == ["グラケーカプセル１５ｍｇ"]
    assert made.search("ろきそにん")[0].name.startswith("ロキソニン")
    assert len(made.to_bytes()) < 700_000
    back = Master.from_bytes(made.to_bytes())
    assert back.search("カロナ") == made.search("カロナ")
