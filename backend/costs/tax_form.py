"""The year's costs as the rows of 医療費控除の明細書, one for each place and kind, in CSV for a spreadsheet.

The columns are those of the form's section 2. Its layout as a file, and which kind of care belongs to which of its four
boxes, were not verified with the tax office: the last row says so. What insurance paid back she writes in herself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from backend.consent.opened import OpenRecord
from backend.costs.costs import year_of
from backend.records import records
from shared.consent import Right, Scope
from shared.languages import tr

COLUMNS = (
    "医療を受けた方の氏名",
    "病院・薬局などの支払先の名称",
    "医療費の区分",
    "支払った医療費の額",
    "左のうち生命保険や社会保険などで補填される金額",
)
_MEDICINES, _CARE, _OTHER = "医薬品購入", "診療・治療", "その他の医療費"
# 診療区分 of the notice -> box of the form.
_BOXES = {"調剤": _MEDICINES}
_CARE_KINDS = ("医科外来", "医科入院", "歯科外来", "歯科入院", "訪問看護")
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tax_form(record: OpenRecord, year: int) -> bytes:
    """The CSV of a year, with the mark by which a spreadsheet knows UTF-8."""
    record.must(Scope.COSTS, Right.READ)
    name = records.read_glance(record.session, record.key).name
    found = year_of(record, year)
    rows: list[Iterable[object]] = [COLUMNS]
    rows += [(name, each.place, _box(each.kind_text), each.sum.paid, "") for each in found.places]
    rows += [
        ("", tr("合計"), "", found.sum.paid, ""),
        (tr("※ 医療費通知をもとにした下書きです。税務署の様式や領収書と見くらべてください。"),),
        (tr("※ 診療を受けた月で集めています。支払った日が次の年のものは、その年に入れてください。"),),
    ]
    if found.sum.not_given:
        without = tr(
            "※ 支払額がわからないものが {count} 件あり、合計に入っていません。", count=found.sum.not_given
        )
        rows.append((without,))
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _box(kind_text: str) -> str:
    return _BOXES.get(kind_text, _CARE if kind_text in _CARE_KINDS else _OTHER)


def _plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
