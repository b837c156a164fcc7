"""Trends at the door: what the phone reckons too, over all readings, for whom vitals are shared."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from backend.vitals import imported, trends, turned
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.occasion_columns import columns_of, met
from shared.trend_definitions import Figure
from shared.trends import last_days, pressure_trend, whole_window
from shared.vitals import Session, Vital
from shared.weight_trends import day_weights, weight_trend
from tests.backend.doors import Knocking, knocking
from tests.backend.people import MORNING, pressure, weight
from tests.cast import RECORD, Cast

TRENDS = f"/api/records/{RECORD}/vitals/trends"
NOW = MORNING + timedelta(hours=1)
TODAY = date(2026, 3, 3)
DAY = 24 * 60


def readings(days: int) -> list[Vital]:
    """Some of each day: mornings, evenings, third readings, other hours, weights; seldom two alike."""
    chance = random.Random(days)
    found: list[Vital] = []
    for back in range(days):
        for minutes in (0, 2, 5, 6 * 60, 14 * 60, 14 * 60 + 3):
            # Nothing of this day is measured after now.
            if chance.random() < 0.7 and (back or not minutes):
                at = minutes - back * DAY
                found.append(pressure(chance.randint(105, 165), chance.randint(60, 95), at))
        if chance.random() < 0.7:
            found.append(weight(str(Decimal(chance.randint(500, 560)) / 10), -back * DAY - 20))
    return found


def keep(cast: Cast, vitals: Sequence[Vital]) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        imported.keep_many(record, [(vital, str(vital.id)) for vital in vitals], new_id())


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Knocking:
    return knocking(app, cast.hanako)


def asked(hanako: Knocking, query: str = "") -> Any:
    with clock.held(NOW):
        answer = hanako.get(f"{TRENDS}{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def test_server_and_phone_reckon_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server from sealed months and with numpy, the phone from its vitals in plain Python: not one figure differs,
    not even in the last digit."""
    monkeypatch.setattr(turned, "_FEWEST", 2)
    vitals = readings(120)
    keep(cast, vitals)
    found = met(columns_of(each for each in vitals if each.kind == "blood_pressure"))
    weights = day_weights(each for each in vitals if each.kind == "weight")
    with clock.held(NOW), cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        usual = trends.trends(record)
        chosen = trends.chosen(record, TODAY - timedelta(days=40), TODAY - timedelta(days=5))
    windows = [*(last_days(days, TODAY) for days in (7, 30, 90)), whole_window(found, TODAY)]
    assert list(usual.pressure) == [pressure_trend(found, window) for window in windows]
    assert list(usual.weight)[:3] == [weight_trend(weights, window) for window in windows[:3]]
    window = chosen.pressure[0].window
    assert (window.first, window.last) == (date(2026, 1, 22), date(2026, 2, 26))
    assert list(chosen.pressure) == [pressure_trend(found, window)]
    assert list(chosen.weight) == [weight_trend(weights, window)]


def test_the_door_says_a_window_with_its_definitions(cast: Cast, hanako: Knocking) -> None:
    keep(cast, [pressure(130 + day % 2, 80, -day * DAY) for day in range(20)])
    keep(cast, [weight("52.0", -3 * DAY), weight("54.5", 0)])
    told = asked(hanako, "?from=2026-02-12&to=2026-03-03")
    of = told["pressure"]
    assert of["window"] == {"first": "2026-02-12", "last": "2026-03-03", "days": 20}
    assert (of["days"], of["missing_days"], of["readings"]) == (20, 0, 20)
    assert of["morning"]["jsh"]["mean"] == {"systolic": 130.5, "diastolic": 80.0, "pulse": 66.0}
    assert of["morning"]["systolic"]["arv"] == 1.0
    assert of["morning"]["systolic_slope"]["days"] == 20
    assert of["evening"]["jsh"]["mean"] is None
    assert of["above_target"] == {"some": 20, "all": 20}
    assert of["target"]["set_by"] == "guideline"
    (change, week) = told["weight"]["changes"]
    assert (change["kg"], change["since"], change["notable"]) == (2.5, "2026-02-28", True)
    assert week["within"] == 7
    assert [each["figure"] for each in told["definitions"]] == [figure.value for figure in Figure]


def test_days_left_out_are_the_first_measured_and_today(cast: Cast, hanako: Knocking) -> None:
    assert asked(hanako)["pressure"]["window"] == {"first": "2026-03-03", "last": "2026-03-03", "days": 1}
    keep(cast, [pressure(minutes=-9 * DAY), weight(minutes=-30 * DAY)])
    told = asked(hanako)
    assert told["pressure"]["window"]["first"] == "2026-02-22"
    assert told["weight"]["window"]["first"] == "2026-02-01"
    assert asked(hanako, "?to=2026-02-25")["pressure"]["window"]["days"] == 4
    assert asked(hanako, "?from=0001-01-01&to=9999-12-31")["pressure"]["readings"] == 1


@pytest.mark.parametrize(
    "query", ["?from=2026-03-04", "?from=2026-03-02&to=2026-03-01", "?from=monday", "?days=7"]
)
def test_days_that_are_none_are_refused(hanako: Knocking, query: str) -> None:
    with clock.held(NOW):
        assert hanako.get(f"{TRENDS}{query}").status_code == 422


def test_before_four_her_today_is_yesterday(cast: Cast) -> None:
    with clock.held(datetime(2026, 3, 2, 18, 59, tzinfo=UTC)), cast.house.database.transaction() as session:
        assert trends.trends(cast.open(session, cast.hanako)).today == TODAY - timedelta(days=1)


def test_her_label_and_a_late_night_keep_their_day_at_the_edge_of_the_window(
    cast: Cast, hanako: Knocking
) -> None:
    """02:00 on 12 February is the evening of the 11th: not in a window that begins on the 12th."""
    first = 14 * 60 + 10 - 20 * DAY  # minutes from 07:10 on 3 March back to 21:20 on 11 February
    late = pressure(190, 100, first + 4 * 60 + 40)
    keep(cast, [pressure(130, 80, first), late, pressure(131, 81, first + 10 * 60)])
    assert late.local.hour == 2
    told = asked(hanako, "?from=2026-02-12")["pressure"]
    assert [(each["day"], each["systolic"]) for each in told["highest"]] == [("2026-02-12", 131.0)]
    assert asked(hanako, "?from=2026-02-11")["pressure"]["readings"] == 3
    assert {each["session"] for each in told["highest"]} == {Session.MORNING}


def test_nobody_sees_trends_of_what_is_not_shared(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert knocking(app, cast.sato).get(TRENDS).status_code == 404
    cast.lets_in(cast.mori, Scope.VITALS)
    assert knocking(app, cast.mori).get(TRENDS).status_code == 200
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.sato)
        with pytest.raises(PermissionError):
            trends.trends(record)
        with pytest.raises(PermissionError):
            trends.chosen(record, None, None)
