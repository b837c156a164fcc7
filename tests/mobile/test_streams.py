from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mobile.asks import LoadDays, LoadReadings
from mobile.events import DaysLoaded
from mobile.screens.readings import state as readings
from mobile.screens.readings.streams import OFFERED, day_line, name_of
from mobile.screens.touches import Chose, Pressed, Shown
from mobile.seen import DaySum
from mobile.store.bodies import day_in
from shared.kinds import STREAMS

DAY = date(2026, 11, 22)
SLEEP = (("deep", 61), ("light", 240), ("awake", 22))


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (DaySum("steps", DAY, 900, total=Decimal(4321)), ("4,321 歩", "")),
        (
            DaySum("heart_rate", DAY, 1440, mean=Decimal("71.6"), least=Decimal(48), most=Decimal(132)),
            ("平均 72 回/分", "最低 48 ・ 最高 132"),
        ),
        (
            DaySum("sleep", DAY, 40, stages=SLEEP, asleep=301),
            ("眠った時間 5時間1分", "深い眠り 1時間1分 ・ 浅い眠り 4時間0分 ・ 目が覚めていた時間 22分"),
        ),
        (DaySum("sleep", DAY, 1, stages=(("in_bed", 420),)), ("床にいた時間 7時間0分", "")),
    ],
)
def test_a_day_is_said_in_a_line(day: DaySum, line: tuple[str, str]) -> None:
    assert day_line(day) == ("11月22日（日）", *line)


def test_every_stream_can_be_looked_at_by_its_name() -> None:
    assert set(OFFERED) == set(STREAMS)
    assert name_of("stream.steps") == "歩数"
    assert name_of("weight") == "体重"


def test_a_stream_loads_its_days_and_takes_no_readings() -> None:
    state, asks = readings.step(readings.State(), Shown("stream.steps"))
    assert asks == (LoadDays("steps", 30),)
    days = (DaySum("steps", DAY, 900, total=Decimal(4321)),)
    assert readings.step(state, DaysLoaded("heart_rate", days))[0].sums == ()
    state, _ = readings.step(state, DaysLoaded("steps", days))
    assert state.sums == days
    assert readings.step(state, Chose("days", "90"))[1] == (LoadDays("steps", 90),)
    assert readings.step(state, Pressed("add"))[1] == ()
    assert readings.step(state, Pressed("open", ""))[1] == ()
    state, asks = readings.step(state, Pressed("kind", "weight"))
    assert (state.sums, asks) == ((), (LoadReadings("weight", 30),))


def test_the_minutes_asleep_come_from_the_server() -> None:
    body = '{"stream":"sleep","day":"2026-11-22","count":40,"stages":{"deep":61},"asleep_minutes":301}'
    assert day_in(body) == DaySum("sleep", DAY, 40, stages=(("deep", 61),), asleep=301)
