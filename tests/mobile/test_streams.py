from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mobile.asks import LoadDays, LoadReadings
from mobile.events import DaysLoaded
from mobile.screens.readings import state as readings
from mobile.screens.readings.figures import figures, lines_of
from mobile.screens.readings.streams import OFFERED, day_line, name_of
from mobile.screens.touches import Chose, Pressed, Shown
from mobile.seen import DaySum
from mobile.store.bodies import day_in
from shared.glucose import GlucoseDay, glucose_day_members
from shared.kinds import STREAMS
from shared.stream_periods import CalendarPart

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
        (
            DaySum("steps", DAY, 900, total=Decimal(4321), reported=(("Watch", Decimal(4400)),)),
            ("4,321 歩", "機器の合計 4,400 歩（Watch）"),
        ),
        (
            DaySum("steps", DAY, 0, reported=(("Watch", Decimal(4400)), ("iPhone", Decimal(90)))),
            ("4,400 歩", "機器の合計（Watch） ・ 機器の合計 90 歩（iPhone） ・ 細かい記録はありません"),
        ),
        (
            DaySum("resting_heart_rate", DAY, 1, mean=Decimal(55), is_ours=True),
            ("平均 55 回/分", "Tomoni の計算"),
        ),
        (
            DaySum("blood_glucose", DAY, 4, mean=Decimal(120), glucose=GlucoseDay(4, 480, 1, 0, 1, 3, 0, 0)),
            ("平均 120 mg/dL", "範囲内 75%"),
        ),
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


def test_what_devices_report_and_our_own_figures_come_from_the_server() -> None:
    glucose = GlucoseDay(2, 241.0, 36361.0, 0, 900_000, 0, 900_000, 0)
    body = (
        '{"stream":"blood_glucose","day":"2026-11-22","count":2,"resting":55.5,'
        '"reported":[{"source":"Watch","total":5000}],'
        f'"glucose":{json.dumps(glucose_day_members(glucose))}}}'
    )
    found = day_in(body)
    assert found is not None
    assert (found.reported, found.resting, found.glucose) == (
        (("Watch", Decimal(5000)),),
        Decimal("55.5"),
        glucose,
    )
    assert day_in(body.replace('"total"', '"sum"')) is None
    assert day_in(body.replace('"source":"Watch","total":5000', "")) is None


def steps(day: date, total: int | None, *reported: tuple[str, Decimal]) -> DaySum:
    if total is None:
        return DaySum("steps", day, 0, reported=reported)
    return DaySum("steps", day, 10, total=Decimal(total), reported=reported)


def test_weeks_and_months_are_whole_and_never_hold_what_a_device_reported() -> None:
    monday = date(2026, 11, 16)
    days = [
        steps(monday - timedelta(days=6), 1000),
        steps(monday, 3000),
        steps(monday + timedelta(days=1), None, ("Watch", Decimal(9000))),
        steps(monday + timedelta(days=6), 1000),
    ]
    week = ("11月16日（月） からの1週間", "1日平均 2,000 歩", "合計 4,000 歩 ・ 記録のある日 2日")
    assert lines_of(days, CalendarPart.WEEK, monday - timedelta(days=6))[-1:] == [week]
    assert len(lines_of(days, CalendarPart.WEEK, monday - timedelta(days=6))) == 1
    assert len(lines_of(days, CalendarPart.WEEK, None)) == 2
    assert [line[0] for line in lines_of(days, CalendarPart.MONTH, None)] == ["2026年11月"]
    assert lines_of(days[2:3], CalendarPart.WEEK, None)[0][1:] == ("", "機器の合計だけの日 1日")
    assert lines_of(days, CalendarPart.DAY, None) == [day_line(day) for day in days]
    found = figures("steps", days, 30)
    assert found.lines[:2] == (("1日平均", "1,667 歩"), ("合計", "5,000 歩"))
    assert "1日" in found.notes[0]
    assert "機器の合計" in dict(found.meanings)


def sensor(day: int, low: int, in_range: int) -> DaySum:
    """A day of a sensor, of so many quarters."""
    some = GlucoseDay(96, 96 * 140.0, 96 * 140.0**2 + 5, 0, low * 900_000, in_range * 900_000, 0, 0)
    return DaySum("blood_glucose", DAY - timedelta(days=day), 96, mean=Decimal(140), glucose=some)


def test_glucose_is_told_with_its_bar_and_gmi_only_when_there_is_enough() -> None:
    fourteen = [sensor(day, 24, 72) for day in reversed(range(14))]
    found = figures("blood_glucose", fourteen, 14)
    assert dict(found.lines) == {
        "範囲内の時間（70〜180 mg/dL）": "75.0%",
        "70 未満": "25.0%（うち 54 未満 0.0%）",
        "180 をこえる": "0.0%（うち 250 をこえる 0.0%）",
        "平均": "140 mg/dL",
        "GMI": "6.7%",
        "ばらつき（CV）": "0.2%",
        "測れていた割合": "100.0%（14日）",
    }
    assert [(band, round(percent)) for band, _, percent in found.shares] == [
        ("very_low", 0), ("low", 25), ("in_range", 75), ("high", 0), ("very_high", 0),
    ]  # fmt: skip
    few = figures("blood_glucose", fourteen[:5], 14)
    assert "GMI" not in dict(few.lines)
    assert "足りません" in few.notes[-1]
    assert len(few.meanings) == 4
    assert figures("blood_glucose", [], 14).lines == ()


def test_resting_heart_rate_says_which_days_are_ours() -> None:
    days = [
        DaySum("resting_heart_rate", DAY - timedelta(days=1), 1, mean=Decimal(58), least=Decimal(58)),
        DaySum("resting_heart_rate", DAY, 1, mean=Decimal(60), is_ours=True),
    ]
    found = figures("resting_heart_rate", days, 30)
    assert found.lines[0] == ("平均", "59 回/分")
    assert "1日" in found.notes[0]
    assert {"機器の値", "Tomoni の計算"} <= dict(found.meanings).keys()


def test_a_night_is_told_by_stage() -> None:
    found = figures("sleep", [DaySum("sleep", DAY, 40, stages=SLEEP, asleep=301)], 7)
    assert dict(found.lines) == {
        "眠った時間（1日平均）": "5時間1分",
        "深い眠り": "1時間1分",
        "浅い眠り": "4時間0分",
        "目が覚めていた時間": "22分",
    }


def test_weeks_are_looked_for_from_before_the_span_and_figures_are_of_the_span() -> None:
    state, _ = readings.step(readings.State(), Shown("stream.steps"))
    state, asks = readings.step(state, Chose("period", "week"))
    assert asks == (LoadDays("steps", 61),)
    days = tuple(steps(DAY - timedelta(days=back), 10) for back in reversed(range(61)))
    state, _ = readings.step(state, DaysLoaded("steps", days, DAY - timedelta(days=61)))
    assert state.days_shown == days[-30:]
    state, _ = readings.step(state, Pressed("figures"))
    assert state.summed
    state, _ = readings.step(state, Pressed("meanings"))
    assert state.defined
    state, _ = readings.step(state, Pressed("back"))
    assert not state.summed
    other, _ = readings.step(readings.State(), Pressed("figures"))
    assert not other.summed
