"""Many rows in one statement are the same rows as one by one, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Table, insert, select

from backend.consent.tables import VisitRow
from backend.db import insert_many
from backend.wearables.tables import WearableDayRow
from shared import clock
from shared.ids import new_id
from tests.cast import Cast


def visits(cast: Cast, many: int) -> list[dict[str, object]]:
    """Rows with every kind of value we have: ids, moments, texts, truth, and some that are not there."""
    return [
        {
            "record_id": cast.record,
            "id": new_id(),
            "at": clock.now().replace(microsecond=0) + timedelta(milliseconds=number),
            "account_id": cast.sato.id,
            "role": "practitioner",
            "scopes": f"vitals {number} 'quoted' \\ {{brace}} %s",
            "right": "read",
            "purpose": "care",
            "way": "web",
            "allowed": number % 2 == 0,
            "reason": "grant",
            "grant_id": new_id() if number % 3 else None,
        }
        for number in range(many)
    ]


@pytest.mark.parametrize("many", [0, 1, 19, 20, 500])
def test_the_same_rows(cast: Cast, many: int) -> None:
    table = VisitRow.__table__
    assert isinstance(table, Table)
    rows = visits(cast, many)

    def kept(one_by_one: bool) -> list[tuple[object, ...]]:
        with cast.house.database.transaction() as session:
            if one_by_one:
                for row in rows:
                    session.execute(insert(table), row)
            else:
                insert_many(session, table, rows)
            found = [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
            session.rollback()
        return [row for row in found if row[table.c.keys().index("account_id")] == cast.sato.id]

    assert kept(one_by_one=False) == kept(one_by_one=True)
    assert len(kept(one_by_one=False)) == many


def test_an_open_value_for_a_sealed_column_is_refused(cast: Cast) -> None:
    table = WearableDayRow.__table__
    assert isinstance(table, Table)
    row = {"record_id": cast.record, "stream": "steps", "source_id": 1, "count": 1, "size": 1}
    rows = [{**row, "day": day, "extremes": b"open", "sealed": b"open"} for day in range(30)]
    with pytest.raises(Exception, match="open value"), cast.house.database.transaction() as session:
        insert_many(session, table, rows)
