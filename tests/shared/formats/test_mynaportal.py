"""Mynaportal's downloads: the medical-expense notice line by line against its own sums, medicines as far as they go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.costs import CareKind, Cost
from shared.costs_schema import cost_from, cost_members
from shared.formats import Found, Identity, Piece, mynaportal
from shared.formats.myna_words import day, month, yen
from shared.medicines import CodeSet, Stage, Writer, writer
from tests.shared.formats.prescriptions import (
    SAMPLES,
    SHARED,
    beside,
    codes,
    files,
    found,
    read,
    shown,
    slips,
)

NOTICE = (SAMPLES / "mynaportal" / "hanako_notice.csv").read_bytes().decode("utf-8-sig")
TOP = '"わたしの情報"\n"医療費通知情報"\n'


def costs(pieces: list[Piece]) -> list[Cost]:
    return [piece.word for piece in pieces if isinstance(piece, Found) and isinstance(piece.word, Cost)]


def notice(lines: str, sums: str = "") -> list[Piece]:
    return read("mynaportal", f'{TOP}{sums}"医療費情報明細"\n{lines}'.encode())


@pytest.mark.parametrize("sample", files("mynaportal"), ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    assert found("mynaportal", sample) == beside(sample)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_notice_in_every_spelling_of_the_file(encoding: str, end: str) -> None:
    raw = NOTICE.replace("\r\n", end).encode(encoding)
    assert mynaportal.recognises(raw[:4096], "x.csv")
    pieces = read("mynaportal", raw)
    assert codes(pieces) == []
    assert Identity("山田　花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "female", "1948-04-12") in pieces
    first, two, three, last = costs(pieces)
    assert (first.month, first.kind, first.days, first.place) == (
        "2025-11",
        CareKind.OUTPATIENT,
        2,
        "しま診療所",
    )
    assert (first.total, first.insurer, first.public, first.paid) == (12340, 11100, 0, 1240)
    assert (two.kind, last.kind) == (CareKind.PHARMACY, CareKind.INPATIENT)
    # Two lines that say the same are two, in every file that has both.
    assert two.id != three.id
    assert [each.id for each in costs(read("mynaportal", NOTICE.encode()))] == [
        first.id,
        two.id,
        three.id,
        last.id,
    ]


def test_the_insurance_is_never_taken_in_nor_shown() -> None:
    more = '"あたらしい章"\n"被保険者証等番号","98765432"\n"記号・番号","しま１２・98765432"\n'
    for text in (NOTICE, NOTICE + more, NOTICE.replace('"枝番","00"', '"枝番","00')):
        told = shown(read("mynaportal", text.encode()))
        assert [word for word in ("39340009", "しま１２", "98765432") if word in told] == []


def test_sums_that_differ_are_told_and_nothing_is_repaired() -> None:
    wrong = NOTICE.replace('"窓口相当負担額（円）","545"', '"窓口相当負担額（円）","546"', 1)
    pieces = read("mynaportal", wrong.encode())
    assert codes(pieces) == ["myna_sum", "myna_sum"]  # of the whole, and of the year
    assert "6,330" in shown(pieces)
    assert "6,331" in shown(pieces)
    assert [each.paid for each in costs(pieces)] == [1240, 546, 545, 4000]


def test_a_sum_counts_the_months_of_its_period() -> None:
    lines = "".join(
        f'"診療年月","{of}"\n"診療区分","調剤"\n"窓口相当負担額（円）","100"\n'
        for of in ("2024年12月", "2025年1月", "2025年12月", "2026年1月")
    )
    right = '"年間の合計"\n"期間","2025年1月～2025年12月"\n"窓口相当負担額（円）","200"\n'
    assert codes(notice(lines, right)) == []
    assert codes(notice(lines, right.replace("200", "400"))) == ["myna_sum"]
    assert codes(notice(lines, '"医療費の合計"\n"窓口相当負担額（円）","400"\n')) == []


def test_what_a_line_does_not_say_stays_open() -> None:
    pieces = notice(
        '"診療年月","令和7年11月"\n"診療区分","柔道整復"\n"日数","－"\n"医療費の総額（円）","三千"\n"新しい項目","x"\n'
    )
    (cost,) = costs(pieces)
    assert (cost.month, cost.kind, cost.kind_text) == ("2025-11", CareKind.OTHER, "柔道整復")
    assert (cost.days, cost.total, cost.paid) == (None, None, None)
    assert codes(pieces) == ["myna_pair", "myna_amount"]


def test_a_line_without_its_month_is_told_and_its_neighbours_stay() -> None:
    pieces = notice('"診療年月","来月"\n"診療区分","調剤"\n"診療年月","2025年1月"\n"診療区分","調剤"\n')
    assert [each.month for each in costs(pieces)] == ["2025-01"]
    assert codes(pieces) == ["myna_month"]


def test_every_cost_travels_and_comes_back() -> None:
    for sample in files("mynaportal"):
        for cost in costs(read("mynaportal", sample.read_bytes())):
            assert cost_from(cost_members(cost)) == cost


@given(st.integers(-999_999_999, 999_999_999))
def test_amounts(amount: int) -> None:
    assert yen(f"{amount:,}") == yen(str(amount)) == yen(f" {amount:,}円 ") == amount


@pytest.mark.parametrize("text", ["", "-", "三千", "1,00", "1,0000", "1.5", "12,34,567", "１２ｘ", "9" * 10])
def test_no_amount_is_made_up(text: str) -> None:
    assert yen(text) is None


@given(st.dates(date(1868, 1, 1), date(2100, 12, 31)))
def test_days_and_months(on: date) -> None:
    said = f"{on.year:04}年{on.month:02}月{on.day:02}日"
    assert day(said) == day(on.strftime("%Y/%m/%d")) == day(on.isoformat()) == on
    assert month(said) == month(f"{on.year:04}年{on.month}月") == on.isoformat()[:7]
    if on.year > 2019:
        assert day(f"令和{on.year - 2018}年{on.month}月{on.day}日") == on


@pytest.mark.parametrize(
    "text", ["", "きのう", "2025年13月", "2025年2月30日", "0000年1月", "2025", "令和年1月"]
)
def test_no_day_is_made_up(text: str) -> None:
    assert (day(text), month(text)) == (None, "")


def test_medicines_as_far_as_their_keys_are_recognised() -> None:
    pieces = read("mynaportal", (SAMPLES / "mynaportal" / "hanako_medicines.csv").read_bytes())
    assert codes(pieces)[0] == "myna_medicines_unverified"
    (slip,) = slips(pieces)
    assert (slip.dispensed_on, slip.stage, slip.origin) == (date(2025, 11, 14), Stage.DISPENSED, "mynaportal")
    assert writer(slip) is Writer.PORTAL
    first, second = slip.medicines
    assert (first.name, first.code_set, first.code) == (
        "アムロジピン錠５ｍｇ「トモニ」",
        CodeSet.RECEIPT,
        "620000001",
    )
    assert (first.usage.amount, first.usage.amount_unit, second.usage.amount) == (28, "日分", None)
    assert "98765432" not in shown(pieces)


def test_medicines_under_a_day_that_is_none_fall_to_no_other() -> None:
    raw = (
        '"わたしの情報"\n"薬剤情報"\n"調剤年月日","2025年11月14日"\n"医薬品名","一つ目"\n'
        '"調剤年月日","いつか"\n"医薬品名","二つ目"\n"処方年月日","2025年12月1日"\n"医薬品名","三つ目"\n'
    )
    pieces = read("mynaportal", raw.encode())
    assert [[m.name for m in slip.medicines] for slip in slips(pieces)] == [["一つ目"], ["三つ目"]]
    assert slips(pieces)[1].stage is Stage.PRESCRIBED
    assert codes(pieces) == ["myna_medicines_unverified", "myna_pair", "myna_pair"]


def test_other_downloads_are_told_section_by_section() -> None:
    raw = '"わたしの情報"\n"特定健診情報"\n"身長","150"\n"体重","50"\n"血液"\n"HbA1c","5.6"\n'
    pieces = read("mynaportal", raw.encode())
    assert codes(pieces) == ["myna_section", "myna_section"]
    assert "特定健診情報" in shown(pieces)


@pytest.mark.parametrize("raw", [b"", b'"a","b"', "わたしの情報です".encode(), "x わたしの情報".encode()])
def test_other_files_are_left_to_others(raw: bytes) -> None:
    assert not mynaportal.recognises(raw, "わたしの情報.csv")


@given(st.text(max_size=300))
def test_mangled_rows_never_break_the_reading(junk: str) -> None:
    text = NOTICE.replace("\r\n", "\n") + junk.encode("utf-8", "ignore").decode()
    pieces = read("mynaportal", text.encode())
    assert len(costs(pieces)) >= 4


@pytest.mark.samples
def test_the_published_notice() -> None:
    if not SHARED.exists():
        pytest.skip("the sample files are not here")
    raw = (SHARED / "mynaportal" / "iryohi-tsuchi-sample-77web.csv").read_bytes()
    assert mynaportal.recognises(raw[:4096], "x")
    pieces = read("mynaportal", raw)
    assert [each.paid for each in costs(pieces)] == [600, 900, 500, 900]
    # Its own sums are wrong by 100 yen: told for the whole and for the year, public and paid.
    assert codes(pieces) == ["myna_sum"] * 4
