"""Doors of costs for the phone and for other programs: the owner's alone."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from flask import Response

from backend.consent.opened import OpenRecord
from backend.costs import costs
from backend.costs.schemas import CostsSchema, YearAskedSchema
from backend.costs.tax_form import tax_form
from backend.http import Door
from shared.consent import Right, Scope
from shared.costs_schema import cost_members
from shared.problems import NotThere

door = Door("costs", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.COSTS, Right.READ)
_YEAR = re.compile(r"\d{4}", re.ASCII)


@door.get("/costs", needs=READ, asks=YearAskedSchema(), gives=CostsSchema())
def year(record: OpenRecord, query: dict[str, int]) -> dict[str, Any]:
    """What care cost in a year, by month, by place and by kind of care."""
    found = costs.year_of(record, query.get("year"))
    return {
        "year": found.year,
        "years": list(found.years),
        "sum": asdict(found.sum),
        "months": [
            {
                "month": month.month,
                "sum": asdict(month.sum),
                "costs": [cost_members(cost) for cost in month.costs],
            }
            for month in found.months
        ],
        "places": [
            {"place": each.place, "kind_text": each.kind_text, "sum": asdict(each.sum)}
            for each in found.places
        ],
        "kinds": [
            {"kind": each.kind.value, "kind_text": each.kind_text, "sum": asdict(each.sum)}
            for each in found.kinds
        ],
    }


@door.get("/costs/<year>.csv", needs=READ, media="text/csv")
def form(record: OpenRecord, year: str) -> Response:
    """The year as a draft of the tax form 医療費控除の明細書, for a spreadsheet. The layout is not verified."""
    if not _YEAR.fullmatch(year):
        raise NotThere
    answer = Response(tax_form(record, int(year)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="costs-{year}.csv"'
    return answer
