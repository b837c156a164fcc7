"""What a watch and a sensor come to on the doctor's page: the same figures as the phone's, with what each is."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from backend.wearables import merging
from backend.worklist import wearables_part
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.streams import Readings
from tests.backend.people import MORNING
from tests.backend.worklist.doctors import Browser, signed_in
from tests.cast import RECORD, Cast

HERS = f"/records/{RECORD}"
NOW = MORNING + timedelta(hours=1)
DAY = 86_400_000
TODAY = clock.to_ms(MORNING) // DAY * DAY  # 9:00 in Tokyo


@pytest.fixture(autouse=True)
def that_morning() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def sato(app: Flask, cast: Cast) -> Browser:
    cast.lets_in(cast.sato, Scope.VITALS, Scope.WEARABLES)
    return signed_in(app, "sato")


def worn(cast: Cast, stream: str, *rows: tuple[int, int, float], source: str = "Apple Watch") -> None:
    """Readings of Hanako's: (start and end in ms from this morning, value)."""
    start, end, value = zip(*rows, strict=True)
    columns = Readings(
        stream,
        source,
        array("q", [TODAY + each for each in start]),
        array("q", [TODAY + each for each in end]),
        array("d", value),
    )
    with cast.house.database.transaction() as session:
        merging.deliver(cast.open(session, cast.hanako), new_id(), [columns])


def part_of(page: str) -> str:
    """The section of the figures."""
    return page.split('id="worn-figures"')[1].split("</section>", maxsplit=1)[0]


def test_figures_are_shown_with_what_they_are(cast: Cast, sato: Browser) -> None:
    quarter = 900_000
    days = [-n * DAY for n in range(1, 4)]
    worn(cast, "steps", *((at, at + quarter, 3000.0) for at in days))
    midnight = -9 * 3_600_000 - 4 * DAY
    worn(cast, "steps_reported", (midnight, midnight + DAY, 9000.0))
    worn(
        cast,
        "heart_rate",
        *((at, at, 60.0) for day in days for at in range(day, day + 40 * quarter, quarter)),
    )
    worn(cast, "sleep", (-DAY, -DAY + 6 * 3_600_000, 4.0))
    worn(cast, "spo2", (-DAY, -DAY, 93.0), (-DAY + 1, -DAY + 1, 98.0))
    sensor = ((-DAY + n * quarter, -DAY + n * quarter, 60.0 if n < 24 else 100.0) for n in range(96))
    worn(cast, "blood_glucose", *sensor, source="<b>Libre</b>")
    shown = part_of(sato.shown(HERS))
    for words in (
        "3,000 歩",
        "9,000 歩（Apple Watch）",
        "機器の合計だけの日が 1日あり",
        "60 回/分",
        "Tomoni の計算です",
        "6時間0分",
        "93〜98%",
        "75.0%",
        "25.0%（0.0%）",
        "まだデータが足りません",
        "3.31 + 0.02392",
        "原典を未確認",
        'aria-label="54 未満 0%、54〜69 25%、70〜180 75%',
    ):
        assert words in shown, words
    assert "<b>Libre</b>" not in shown


def test_a_sensor_that_was_read_out_a_week_ago_has_its_fourteen_days_too(cast: Cast, sato: Browser) -> None:
    five = 5 * 60_000
    sensor = [(-7 * DAY - n * five, -7 * DAY - n * five, 120.0) for n in range(15 * 288)]
    worn(cast, "blood_glucose", *sorted(sensor), source="Libre")
    shown = part_of(sato.shown(HERS))
    assert "2/10から2/23まで" in shown
    assert "6.2%" in shown, "GMI: 3.31 + 0.02392 × 120"
    assert "まだデータが足りません" not in shown


def test_without_readings_or_without_a_share_there_is_no_such_part(
    app: Flask, cast: Cast, sato: Browser
) -> None:
    assert 'id="worn-figures"' not in sato.shown(HERS)
    worn(cast, "steps", (-DAY, -DAY, 10.0))
    assert 'id="worn-figures"' in sato.shown(HERS)
    cast.lets_in(cast.mori, Scope.VITALS)
    assert 'id="worn-figures"' not in signed_in(app, "mori").shown(HERS)


def test_weeks_begin_on_monday_and_older_days_are_not_told(cast: Cast) -> None:
    worn(cast, "steps", *((-n * DAY, -n * DAY + 1, 700.0) for n in (0, 1, 2, 20, 40)))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        (card,) = wearables_part.cards(record, NOW.astimezone(record.timezone).date())
    assert len(card.weeks) == 3
    assert dict(card.lines)["記録のある日"] == "3日"
