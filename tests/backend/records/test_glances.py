"""A record's glance: sealed, of one record only, and as old as its owner is on that day."""

from __future__ import annotations

from datetime import date

import pytest

from backend.records import records
from backend.records.records import Glance
from shared.consent import Scope
from shared.ids import new_id
from shared.problems import Clash
from tests.cast import NOBODYS_RECORD, OTHER_RECORD, RECORD, Cast


@pytest.mark.parametrize(
    ("born_on", "today", "age"),
    [
        ("1948-04-12", date(2026, 4, 11), 77),
        ("1948-04-12", date(2026, 4, 12), 78),
        ("1948-02-29", date(2026, 2, 28), 77),
        ("1948-02-29", date(2026, 3, 1), 78),
        ("", date(2026, 3, 1), None),
    ],
)
def test_her_age_in_full_years(born_on: str, today: date, age: int | None) -> None:
    assert Glance("山田 花子", born_on=born_on).age(today) == age


def test_a_part_is_replaced_and_the_others_stay(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = records.find(session, cast.house.ring, RECORD)
        assert record is not None
        records.refresh_glance(session, record.key, Scope.VITALS, {"last": "131/78"})
        records.refresh_glance(session, record.key, Scope.MEDICINES, {"medicines": 2})
        records.refresh_glance(session, record.key, Scope.VITALS, {"last": "129/77"})
    with cast.house.database.transaction() as session:
        listed = {
            key.owner: glance
            for key, glance in records.glances(session, cast.house.ring, [RECORD, OTHER_RECORD])
        }
    assert listed[RECORD].name == "山田 花子"
    assert (listed[RECORD].part("vitals"), listed[RECORD].part("medicines")) == (
        {"last": "129/77"}, {"medicines": 2},
    )  # fmt: skip
    assert listed[OTHER_RECORD].part("vitals") == {}


def test_one_id_is_one_record(cast: Cast) -> None:
    with pytest.raises(Clash), cast.house.database.transaction() as session:
        records.begin(session, cast.house.ring, RECORD, new_id(), Glance("x"))
    with cast.house.database.transaction() as session:
        assert records.of_owner(session, cast.hanako.id) == RECORD
        assert records.of_owner(session, cast.sato.id) is None
        assert records.find(session, cast.house.ring, NOBODYS_RECORD) is None
