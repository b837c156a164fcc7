"""Costs: notices that overlap count each line once; a year by month and place; the draft tax form; hers alone."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from flask import Flask

from backend.consent.opened import OpenRecord
from backend.costs import costs
from backend.costs.tax_form import COLUMNS, tax_form
from backend.records.compared import Compared
from shared.consent import GRANTABLE, Scope
from shared.cost_sums import CostSum, CostYear
from shared.costs import Cost
from shared.formats import Answers, Found, mynaportal
from shared.ids import new_id
from tests.backend.doors import knocking
from tests.backend.imports.desk import Desk, sample
from tests.cast import RECORD, Cast

Item = tuple[Cost, str]
NOTICE = sample("mynaportal/hanako_notice.csv")


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def items(raw: bytes) -> list[Item]:
    pieces = mynaportal.read(io.BytesIO(raw), Answers())
    return [
        (piece.word, piece.source_id)
        for piece in pieces
        if isinstance(piece, Found) and isinstance(piece.word, Cost)
    ]


def line(month: str, place: str = "しま薬局", paid: int | None = 545, kind: str = "調剤") -> str:
    return (
        f'"診療年月","{month}"\r\n"診療区分","{kind}"\r\n"日数","1"\r\n"医療機関等名称","{place}"\r\n'
        f'"医療費の総額（円）","5,450"\r\n"窓口相当負担額（円）","{"" if paid is None else f"{paid:,}"}"\r\n'
    )


def notice(*lines: str) -> bytes:
    return ('"わたしの情報"\r\n"医療費通知情報"\r\n"医療費情報明細"\r\n' + "".join(lines)).encode()


def keep(desk: Desk, raw: bytes, import_id: UUID | None = None) -> Compared:
    made = import_id or new_id()
    return desk.do(lambda record: costs.keep_many(record, items(raw), made))


def year(desk: Desk, asked: int | None = None) -> CostYear:
    return desk.do(lambda record: costs.year_of(record, asked))


def test_a_year_by_month_and_by_place(desk: Desk) -> None:
    assert year(desk) == CostYear(None, (), CostSum(), (), (), ())
    assert keep(desk, NOTICE) == Compared(new=4)
    found = year(desk)
    assert (found.year, found.years) == (2025, (2025,))
    assert found.sum == CostSum(lines=4, total=63240, insurer=56910, public=0, paid=6330)
    assert [(each.month, each.sum.lines, each.sum.paid) for each in found.months] == [
        ("2025-11", 3, 2330),
        ("2025-12", 1, 4000),
    ]
    assert [(each.place, each.kind_text, each.sum.paid) for each in found.places] == [
        ("しま薬局", "調剤", 1090),
        ("しま診療所", "医科外来", 1240),
        ("みなと総合病院", "医科入院", 4000),
    ]
    assert [(each.kind_text, each.sum.lines) for each in found.kinds] == [
        ("医科入院", 1),
        ("医科外来", 1),
        ("調剤", 2),
    ]


def test_the_same_notice_again_changes_nothing(desk: Desk) -> None:
    keep(desk, NOTICE)
    before = year(desk)
    assert keep(desk, NOTICE) == Compared(same=4)
    assert year(desk) == before


def test_next_months_notice_overlaps(desk: Desk) -> None:
    november, two = line("2025年11月"), line("2025年11月")
    keep(desk, notice(november, two))
    after = notice(november, two, line("2025年12月"), line("2026年1月", "みなと総合病院", 1000, "医科外来"))
    assert keep(desk, after) == Compared(new=2, same=2)
    assert year(desk, 2025).sum.lines == 3  # two that say the same stay two
    assert year(desk).years == (2026, 2025)
    assert year(desk, 2019).sum == CostSum()


def test_undo_takes_back_only_what_no_other_notice_brought(desk: Desk) -> None:
    one, two = new_id(), new_id()
    keep(desk, notice(line("2025年11月")), one)
    keep(desk, notice(line("2025年11月"), line("2025年12月")), two)
    assert desk.do(lambda record: costs.undo_import(record, two)) == 1
    assert [each.month for each in year(desk).months] == ["2025-11"]
    assert desk.do(lambda record: costs.undo_import(record, one)) == 1
    assert year(desk).sum == CostSum()
    assert keep(desk, notice(line("2025年11月")), one) == Compared(new=1)


def test_what_is_not_given_is_told(desk: Desk) -> None:
    keep(desk, notice(line("2025年11月", paid=None), line("2025年12月")))
    assert year(desk).sum == CostSum(lines=2, total=10900, paid=545, not_given=1)
    assert "1 件" in _form(desk)[-1][0]


def test_every_line_is_told_to_the_phone_with_its_number(desk: Desk) -> None:
    keep(desk, NOTICE)
    told = desk.do(lambda record: costs.changes(record, 0, 10))
    assert {change.word for change in told} == {"cost"}
    assert len(told) == 4


def _form(desk: Desk) -> list[list[str]]:
    def read(record: OpenRecord) -> bytes:
        return tax_form(record, 2025)

    raw = desk.do(read)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_the_draft_of_the_tax_form(desk: Desk) -> None:
    keep(desk, NOTICE)
    rows = _form(desk)
    assert tuple(rows[0]) == COLUMNS
    assert rows[1:4] == [
        ["山田 花子", "しま薬局", "医薬品購入", "1090", ""],
        ["山田 花子", "しま診療所", "診療・治療", "1240", ""],
        ["山田 花子", "みなと総合病院", "診療・治療", "4000", ""],
    ]
    assert rows[4] == ["", "合計", "", "6330", ""]
    assert "下書き" in rows[5][0]


@pytest.mark.parametrize("place", ["=1+1", "+81", "-5", "@SUM(A1)"])
def test_no_cell_is_a_formula(desk: Desk, place: str) -> None:
    keep(desk, notice(line("2025年11月", place)))
    assert _form(desk)[1][1] == f"'{place}"


def test_doors(app: Flask, cast: Cast) -> None:
    keep(Desk(cast), NOTICE)
    hanako = knocking(app, cast.hanako)
    at = f"/api/records/{RECORD}/costs"
    told = hanako.get(at).json
    assert told is not None
    assert (told["year"], told["sum"]["paid"], len(told["months"])) == (2025, 6330, 2)
    assert [each["kind"] for each in told["kinds"]] == ["inpatient", "outpatient", "pharmacy"]
    assert told["months"][0]["costs"][0]["kind"] in {"outpatient", "pharmacy"}
    assert hanako.get(f"{at}?year=2024").json["sum"]["lines"] == 0  # type: ignore[index]
    assert hanako.get(f"{at}?year=x").status_code == 422
    form = hanako.get(f"{at}/2025.csv")
    assert (form.status_code, form.mimetype) == (200, "text/csv")
    assert "attachment" in form.headers["Content-Disposition"]
    assert hanako.get(f"{at}/soon.csv").status_code == 404


def test_nobody_else_is_ever_let_in(app: Flask, cast: Cast) -> None:
    keep(Desk(cast), NOTICE)
    cast.lets_in(cast.sato, *GRANTABLE)
    assert Scope.COSTS not in GRANTABLE
    sato = knocking(app, cast.sato)
    for path in ("costs", "costs/2025.csv"):
        assert sato.get(f"/api/records/{RECORD}/{path}").status_code == 404
