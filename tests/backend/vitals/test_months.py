"""The months are always the rows, whatever was noted, corrected, withdrawn, imported or taken back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from backend.consent.opened import OpenRecord
from backend.sync import pushing
from backend.vitals import imported, measurements, months
from backend.vitals.months import Pressures
from shared import clock
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.sync_schema import Told
from shared.vitals import BloodPressure, Session, Vital
from tests.cast import Cast

# Around the end of a month, also where the month is another one in Japan.
EDGE = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def pressure(chance: random.Random, vital_id: UUID | None = None) -> Vital:
    at = EDGE + timedelta(minutes=chance.randint(-60_000, 60_000))
    pulse = chance.choice([None, Decimal(70)])
    reading = BloodPressure(Decimal(chance.randint(100, 160)), Decimal(chance.randint(50, 90)), pulse)
    session = chance.choice([None, *Session])
    return Vital(vital_id or new_id(), "blood_pressure", at, 540, reading, session=session)


def rows(record: OpenRecord) -> list[tuple[object, ...]]:
    found = sorted(
        measurements.history(record, "blood_pressure"), key=lambda vital: (vital.taken_at, vital.id)
    )
    return [
        (
            clock.to_ms(v.taken_at),
            v.offset_min,
            v.pressure.systolic,
            v.pressure.diastolic,
            v.pressure.pulse,
            v.session,
        )
        for v in found
    ]


def rows_of(found: Pressures) -> list[tuple[object, ...]]:
    columns = (found.at, found.offset_min, found.systolic, found.diastolic, found.pulse, found.session)
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_months_are_the_rows_after_every_deed(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    ids: list[UUID] = []
    imports: list[UUID] = []

    def deed(record: OpenRecord) -> None:
        what = chance.choice(["note", "note", "correct", "withdraw", "import", "undo", "push"])
        if what == "note" or not ids:
            vital = pressure(chance)
            ids.append(vital.id)
            measurements.note(record, vital, clock.now(), new_id(), confirmed=True)
        elif what == "correct":
            chosen = chance.choice(ids)
            if chosen in {vital.id for vital in measurements.history(record)}:
                measurements.note(record, pressure(chance, chosen), clock.now(), new_id(), confirmed=True)
        elif what == "withdraw":
            measurements.withdraw(record, chance.choice(ids), clock.now(), new_id())
        elif what == "import":
            imports.append(new_id())
            brought = [pressure(chance) for _ in range(3)]
            imported.keep_many(record, [(v, str(v.id)) for v in brought], imports[-1])
            ids.extend(v.id for v in brought)
        elif what == "undo" and imports:
            imported.undo_import(record, imports.pop())
        elif what == "push":
            vital = pressure(chance)
            ids.append(vital.id)
            change = measurements.change_of(vital, clock.now(), new_id())
            pushing.push(record, [Told(change, 1, confirmed=True)])

    for _ in range(25):
        with cast.house.database.transaction() as session:
            deed(cast.open(session, cast.hanako))
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            assert rows_of(months.pressures(record, LONG_AGO)) == rows(record)


def test_since_cuts_within_a_month_and_finer_numbers_stay_exact(cast: Cast) -> None:
    fine = Vital(new_id(), "blood_pressure", EDGE, 540, BloodPressure(Decimal("120.5"), Decimal("70.25")))
    before = Vital(
        new_id(), "blood_pressure", EDGE - timedelta(hours=1), 540, BloodPressure(Decimal(1), Decimal(0))
    )
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        imported.keep_many(record, [(fine, "a"), (before, "b")], new_id())
        found = months.pressures(record, EDGE)
        assert (found.systolic, found.diastolic) == ([Decimal("120.5")], [Decimal("70.25")])


def test_months_of_a_record_opened_for_something_else_stay_closed(cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    with cast.house.database.transaction() as session:
        record = cast.house.opener.open_parts(
            session, cast.sato.viewer, cast.record, [(scope, Right.READ) for scope in Scope]
        )
        with pytest.raises(PermissionError):
            months.pressures(record, EDGE)
