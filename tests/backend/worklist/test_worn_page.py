"""The table of watches and sensors: a line a day, week or month, a column a stream, else nothing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from backend.wearables import merging
from backend.worklist.worn_page import WornCell, WornTable, worn_table
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.stream_periods import CalendarPart
from shared.streams import Readings
from tests.backend.people import MORNING
from tests.backend.worklist.doctors import signed_in
from tests.cast import RECORD, Cast

NOW = MORNING + timedelta(hours=1)
DAY, HOUR = 86_400_000, 3_600_000
MIDNIGHT = (clock.to_ms(MORNING) + 9 * HOUR) // DAY * DAY - 9 * HOUR  # of Tuesday 3 March in Tokyo


@pytest.fixture(autouse=True)
def that_morning() -> Iterator[None]:
    with clock.held(NOW):
        yield


def worn(cast: Cast, stream: str, source: str, *rows: tuple[int, int, float]) -> None:
    """Readings: (start and end in ms from this midnight, value)."""
    start, end, value = zip(*rows, strict=True)
    begun, ended = (array("q", [MIDNIGHT + each for each in column]) for column in (start, end))
    with cast.house.database.transaction() as session:
        readings = Readings(stream, source, begun, ended, array("d", value))
        merging.deliver(cast.open(session, cast.hanako), new_id(), [readings])


@pytest.fixture
def filled(cast: Cast) -> None:
    worn(cast, "steps", "Apple Watch", (7 * HOUR, 8 * HOUR, 1200), (7 * HOUR - DAY, 8 * HOUR - DAY, 2001))
    worn(cast, "steps", "iPhone", (7 * HOUR, 8 * HOUR, 900))
    worn(cast, "steps_reported", "歩数計", (-DAY, 0, 3000), (-40 * DAY, -39 * DAY, 4000))
    worn(cast, "spo2", "Apple Watch", (HOUR, HOUR, 95), (2 * HOUR, 2 * HOUR, 98))
    # Half an hour of light, an hour of deep sleep; the numbers are of the stages.
    worn(
        cast, "sleep", "Apple Watch", (HOUR, HOUR + HOUR // 2, 3), (HOUR + HOUR // 2, 2 * HOUR + HOUR // 2, 4)
    )


def table(cast: Cast, part: CalendarPart) -> WornTable:
    with cast.house.database.transaction() as session:
        return worn_table(cast.open(session, cast.hanako), part)


def cells(found: WornTable) -> dict[str, dict[str, WornCell]]:
    names = [column.stream for column in found.columns]
    return {name: dict(zip(names, line, strict=True)) for name, line in found.lines}


def test_a_line_a_day(cast: Cast, filled: None) -> None:
    found = cells(table(cast, CalendarPart.DAY))
    assert list(found) == ["3月3日（火）", "3月2日（月）"], "a day without anything has no line"
    today, yesterday = found.values()
    assert today["steps"] == WornCell("1,200", []), "a phone's steps are never added to a watch's"
    assert yesterday["steps"] == WornCell("2,001", ["歩数計 3,000"]), (
        "what a device counted itself stands beside"
    )
    assert today["spo2"] == WornCell("96", ["95〜98"])
    assert today["sleep"] == WornCell("1時間30分", ["深い眠り 1時間0分"])
    assert yesterday["spo2"] == WornCell()


def test_a_line_a_week_and_a_month(cast: Cast, filled: None) -> None:
    weeks = cells(table(cast, CalendarPart.WEEK))
    assert list(weeks) == ["3/2から", "1/19から"]
    assert weeks["3/2から"]["steps"] == WornCell("1,600", ["2日"])
    assert weeks["1/19から"]["steps"] == WornCell("—", ["機器の合計だけの日 1日"])
    months = cells(table(cast, CalendarPart.MONTH))
    assert list(months) == ["2026年3月", "2026年1月"]


def test_the_page_leads_from_each_column_to_what_it_is(cast: Cast, app: Flask, filled: None) -> None:
    cast.lets_in(cast.sato, Scope.WEARABLES)
    sato = signed_in(app, "sato")
    for part in CalendarPart:
        page = sato.shown(f"/records/{RECORD}/wearables?by={part.value}")
        asked = re.findall(r'href="#(def-[a-z0-9_]+)"', page)
        assert len(asked) == 3
        assert all(f'id="{name}"' in page for name in asked)
        assert "Apple Watch → 歩数計 → iPhone" in page
        assert "診断ではありません" in page
    assert sato.get(f"/records/{RECORD}/wearables?by=hour").status_code == 422


def test_nothing_measured_is_said(cast: Cast, app: Flask) -> None:
    cast.lets_in(cast.sato, Scope.WEARABLES)
    assert "記録はまだありません" in signed_in(app, "sato").shown(f"/records/{RECORD}/wearables")


def test_who_may_not_see_readings_sees_no_page(cast: Cast, app: Flask) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    assert signed_in(app, "sato").get(f"/records/{RECORD}/wearables").status_code == 404
