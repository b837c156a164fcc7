"""No list asks the database more often because it is longer: every list of a record, at 1 and at 50 entries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from backend.medicines import dispensings
from backend.vitals import measurements
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.medicines import Dispensing, Medicine
from tests.backend.doors import Knocking, knocking
from tests.backend.people import weight
from tests.backend.worklist.doctors import queries
from tests.cast import Cast

LISTS = (
    "vitals?limit=500",
    "medicines",
    "medicines/checks",
    "medicines/warning",
    "grants",
    "visits?limit=500",
    "imports",
    "sync/pull?after=0&limit=2000",
    "streams/steps/days?from=2026-01-01&to=2026-12-31",
)


def one_more_of_each(cast: Cast, hanako: Knocking, nth: int) -> None:
    """A weight, a dispensing, a grant, a visit of Dr. Sato, an import and an hour of steps."""
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        measurements.note(record, weight(minutes=nth), clock.now(), new_id())
        day = date(2026, 1, 1) + timedelta(days=nth)
        dispensing = Dispensing(new_id(), day, (Medicine(new_id(), "アムロジピン錠5mg"),))
        dispensings.keep_many(record, [(dispensing, str(dispensing.id))], new_id())
    cast.lets_in(cast.sato if nth % 2 else cast.mori, Scope.VITALS)
    with cast.house.database.transaction() as session:
        cast.open(session, cast.sato if nth % 2 else cast.mori)
    start = clock.to_ms(clock.now()) // 3_600_000 * 3_600_000 - nth * 86_400_000
    steps = {
        "delivery": str(new_id()),
        "stream": "steps",
        "source": "watch",
        "start": [start],
        "value": [100 + nth],
    }
    assert hanako.post(f"/api/records/{cast.record}/streams", steps).status_code == 200
    about = {"headers": {"Idempotency-Key": str(new_id())}, "data": f"no format knows this {nth}".encode()}
    assert hanako.ask("POST", f"/api/records/{cast.record}/imports?name=a.txt", **about).status_code == 201


def test_a_longer_list_asks_no_more_often(app: Flask, cast: Cast) -> None:
    hanako = knocking(app, cast.hanako)

    def counts() -> dict[str, int]:
        found = {}
        for path in LISTS:
            with queries(app) as told:
                answer = hanako.get(f"/api/records/{cast.record}/{path}")
            assert answer.status_code == 200, (path, answer.json)
            found[path] = len(told)
        return found

    for nth in range(2):  # both practitioners, so that every list has its kinds of rows
        one_more_of_each(cast, hanako, nth)
    few = counts()
    for nth in range(2, 50):
        one_more_of_each(cast, hanako, nth)
    assert counts() == few


@pytest.mark.parametrize("path", LISTS)
def test_the_lists_are_there(app: Flask, cast: Cast, path: str) -> None:
    assert knocking(app, cast.hanako).get(f"/api/records/{cast.record}/{path}").status_code == 200
