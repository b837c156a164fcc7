"""The demo people: entered once, true to the house's own rules, with something to see for the doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend import seeding
from backend.accounts.accounts import Person
from backend.accounts.tables import AccountRow
from backend.app import create_app
from backend.consent.opened import every_right
from backend.house import House
from backend.migrating import migrate
from backend.records.tables import RecordRow
from backend.secrets_file import new_secrets
from backend.settings import Settings
from backend.vitals import measurements, trends
from backend.vitals.tables import VitalRow
from backend.wearables import periods, sources
from backend.worklist import recordings_part, wearables_part
from shared import clock
from shared.consent import Right, Scope
from shared.electrocardiograms import Classified
from shared.problems import NotAllowed
from shared.resting_heart_rate import RestedBy
from shared.vitals import problems
from tests.backend.doors import house_of, knocking
from tests.cast import Cast

# Midnight in Japan, early morning, and the 29th of February: a diary must fit any moment it is made at.
MOMENTS = [
    datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    datetime(2026, 3, 2, 20, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 3, 0, tzinfo=UTC),
]


def empty(home: Path) -> Settings:
    """A migrated database with nobody in it."""
    named = {"TOMONI_DATABASE_URL": f"sqlite:///{home / 'demo.db'}", "TOMONI_DATA_DIR": str(home)}
    settings = Settings.from_env({**new_secrets(), "TOMONI_PUBLIC_URL": "http://localhost:8000", **named})
    migrate(settings.database_url)
    return settings


def person(app: Flask, role: str, nth: int = 0) -> Person:
    """One of the demo people."""
    house = house_of(app)
    with house.database.transaction(writes=False) as session:
        ids = session.scalars(select(AccountRow.id).where(AccountRow.role == role).order_by(AccountRow.id))
        people = house.accounts.people(session, ids)
    return sorted(people.values(), key=lambda each: each.name)[nth]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_what_is_entered_would_be_accepted_from_anybody(tmp_path: Path, moment: datetime) -> None:
    settings = empty(tmp_path)
    with clock.held(moment):
        words = seeding.seed(settings)
        assert seeding.seed(settings) == words  # again: nobody twice
        app = create_app(settings)
        house, hanako = house_of(app), person(app, "patient", 1)  # between 山田 太郎 and 木村 島夫
        with house.database.transaction() as session:
            assert session.scalar(select(func.count()).select_from(AccountRow)) == 7
            record_id = session.scalars(select(VitalRow.record_id)).first()
            assert record_id is not None
            record = house.opener.open_record(session, hanako.viewer, record_id, Scope.VITALS, Right.READ)
            vitals = measurements.history(record)
        assert len(vitals) > 60
        assert [found for vital in vitals for found in problems(vital)] == []
        doctors = [knocking(app, person(app, "practitioner", nth)) for nth in (0, 1)]
        seen: list[Any] = [
            (client.get("/api/records").json, client.get(f"/api/records/{record_id}/medicines").status_code)
            for client in doctors
        ]
    assert len(seen) == 2
    by_name = {len(listed["records"]): status for listed, status in seen}
    assert by_name == {1: 200, 0: 404}
    house.database.close()


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_every_screen_of_her_devices_has_something_to_show(tmp_path: Path, moment: datetime) -> None:
    settings = empty(tmp_path)
    with clock.held(moment):
        seeding.seed(settings)
        house = House.build(settings)
        with house.database.transaction() as session:
            mine = select(RecordRow).join(VitalRow, VitalRow.record_id == RecordRow.record_id).limit(1)
            hers = session.scalars(mine).one()
            record_id, viewer = (
                hers.record_id,
                house.accounts.people(session, [hers.owner_id])[hers.owner_id].viewer,
            )
            record = house.opener.open_parts(session, viewer, record_id, every_right(viewer))
            today = moment.astimezone(record.timezone).date()
            shown = {card.stream: card for card in wearables_part.cards(record, today)}
            kinds = {vital.kind for vital in measurements.latest(record)}
            found = recordings_part.recorded(record)
            by = {day.by for day in periods.resting(record, today - timedelta(days=30), today)}
            believed = [source.name for source in sources.listed(record) if "steps" in source.streams]
            told = trends.trends(record)
        house.database.close()
    assert shown.keys() == {"steps", "resting_heart_rate", "sleep", "spo2", "blood_glucose"}
    assert not shown["blood_glucose"].notes  # fourteen days: time in range and GMI
    assert ("GMI", "—") not in shown["blood_glucose"].lines
    assert shown["steps"].notes or any("歩数計" in value for _, value in shown["steps"].lines)
    assert by == {RestedBy.DEVICE, RestedBy.OURS}
    assert believed == ["Apple Watch", "歩数計", "iPhone"]
    assert {"weight", "body_fat", "muscle_mass", "bmi"} <= kinds
    assert len(found.workouts) > 5
    assert [each.classified for each in found.hearts] == [
        Classified.ATRIAL_FIBRILLATION,
        Classified.SINUS_RHYTHM,
    ]
    assert told.pressure[-1].morning.systolic_slope is not None
    assert all(change for change in told.weight[0].changes)


def test_a_house_with_people_is_left_alone(cast: Cast) -> None:
    def count(house: House) -> int:
        with house.database.transaction(writes=False) as session:
            return session.scalar(select(func.count()).select_from(AccountRow)) or 0

    before = count(cast.house)
    seeding.seed(cast.house.settings)
    assert count(cast.house) == before


def test_not_where_others_can_come(tmp_path: Path) -> None:
    settings = empty(tmp_path)
    for url in (
        "https://tomoni.example.jp",
        "http://192.168.0.2:8000",
        "http://localhost.example.jp",
        "http://[::]:8000",
    ):
        with pytest.raises(NotAllowed):
            seeding.seed(replace(settings, public_url=url))
