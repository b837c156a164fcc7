"""Costs over the wire: the JSON of one line of a medical-expense notice. Whole yen, null where none is given."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import post_load

from shared.costs import CareKind, Cost
from shared.problems import Invalid
from shared.schema import Id, Member, OneOf, Strict, Text, Whole, dump, load

LONG, SHORT = 300, 100
# A correction may be negative; nobody's month of care costs a thousand million yen.
MOST_YEN = 999_999_999

_MONTH = re.compile(r"(?:18|19|20|21)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)


class Month(Member[str]):
    """A month of the calendar, ``YYYY-MM``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}, **kwargs)

    def take(self, value: object, name: str) -> str:
        """As it came."""
        if not isinstance(value, str) or not _MONTH.fullmatch(value):
            raise Invalid("invalid_fields", field=name)
        return value


class CostSchema(Strict[Cost]):
    """One line of a notice: a month of care at one place."""

    id = Id(required=True)
    month = Month(required=True)
    kind = OneOf(CareKind, required=True)
    kind_text = Text(SHORT, required=True)
    days = Whole(0, 9999, required=True, allow_none=True)
    place = Text(LONG, required=True)
    total = Whole(-MOST_YEN, MOST_YEN, required=True, allow_none=True)
    insurer = Whole(-MOST_YEN, MOST_YEN, required=True, allow_none=True)
    public = Whole(-MOST_YEN, MOST_YEN, required=True, allow_none=True)
    paid = Whole(-MOST_YEN, MOST_YEN, required=True, allow_none=True)
    origin = Text(SHORT)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Cost:
        """The word itself."""
        return Cost(**data)


_COST = CostSchema()


def cost_from(data: object) -> Cost:
    """The cost that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_COST, data)


def cost_members(cost: Cost) -> dict[str, object]:
    """A cost as JSON members."""
    return dump(_COST, cost)
