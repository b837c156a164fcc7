"""Her doctor's page of workouts and electrocardiograms: every peak drawn, the device's word and never a diagnosis."""

from __future__ import annotations

import io
import re
from array import array
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from flask import Flask

from backend.wearables.recordings import RECORDINGS
from backend.worklist.recordings_part import heart_svg
from shared import clock
from shared.consent import Scope
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.formats import Answers, Found, apple_ecg
from shared.ids import new_id
from shared.workouts import Activity, Workout
from tests.backend.worklist.doctors import signed_in
from tests.cast import RECORD, Cast
from tests.formats_samples import sample


def kept(cast: Cast, *words: Workout | Electrocardiogram) -> None:
    with cast.house.database.transaction() as session:
        items = [(word, str(word.id)) for word in words]
        RECORDINGS.keep_many(cast.open(session, cast.hanako), items, new_id())


def heart() -> Electrocardiogram:
    (found,) = apple_ecg.read(io.BytesIO(sample("apple_ecg/hanako_watch.csv")), Answers())
    assert isinstance(found, Found)
    assert isinstance(found.word, Electrocardiogram)
    return replace(found.word, taken_at=clock.now() - timedelta(days=2))


def test_the_page_shows_what_devices_told(cast: Cast, app: Flask) -> None:
    begun = clock.now() - timedelta(days=3)
    walk = Workout(
        new_id(), Activity.WALKING, begun, begun + timedelta(minutes=75), 540, "Walking", 3720, Decimal(4310),
        Decimal(190), 5800, 96, 118, "花子の Watch",
    )  # fmt: skip
    curling = Workout(new_id(), Activity.OTHER, begun, begun + timedelta(minutes=9), 540, "カーリング")
    old = replace(
        walk, id=new_id(), started_at=begun - timedelta(days=100), ended_at=begun - timedelta(days=100)
    )
    fibrillation = replace(
        heart(), id=new_id(), classified=Classified.ATRIAL_FIBRILLATION, symptoms="動悸 <b>"
    )
    kept(cast, walk, curling, old, heart(), fibrillation)
    cast.lets_in(cast.sato, Scope.WEARABLES)
    shown = signed_in(app, "sato").get(f"/records/{RECORD}/recordings").text
    for words in (
        "ウォーキング",
        "1時間2分",
        "4.3 km",
        "5,800 歩",
        "平均心拍 96",
        "カーリング",
        "9分",
        "花子の Watch",
    ):
        assert words in shown
    assert shown.count("ウォーキング") == 1, "the one of a hundred days ago is not among the last 90"
    assert "洞調律" in shown
    assert "心房細動の可能性" in shown
    assert "診断ではありません" in shown
    assert "動悸 &lt;b&gt;" in shown
    assert shown.count("機器の判定</span> ") == 2, "whose word it is stands beside it"
    assert "医師の診断ではありません" in shown
    assert "主治医に相談" not in shown, "her doctor is the reader"
    assert shown.count("<polyline") == 2


def test_an_unusual_heart_is_seen_at_a_glance_behind_newer_ones(cast: Cast, app: Flask) -> None:
    usual = [replace(heart(), id=new_id(), taken_at=clock.now() - timedelta(hours=n)) for n in range(1, 5)]
    fibrillation = replace(
        heart(), id=new_id(), classified=Classified.ATRIAL_FIBRILLATION, symptoms="動悸 <b>"
    )
    old = replace(
        heart(),
        id=new_id(),
        classified=Classified.HIGH_HEART_RATE,
        taken_at=clock.now() - timedelta(days=31),
    )
    kept(cast, *usual, fibrillation, old)
    cast.lets_in(cast.sato, Scope.WEARABLES)
    cast.lets_in(cast.mori, Scope.VITALS)
    glance = signed_in(app, "sato").get(f"/records/{RECORD}").text
    part = glance.split('aria-labelledby="hearts"')[1].split("</section>", maxsplit=1)[0]
    assert re.findall(r"<li><b>(.+?)</b> (\d+)回", part) == [
        ("洞調律（規則的な脈）", "4"),
        ("心房細動の可能性", "1"),
    ]
    assert "症状：動悸 &lt;b&gt;" in part
    assert "医師の診断ではありません" in part
    assert 'aria-labelledby="hearts"' not in signed_in(app, "mori").get(f"/records/{RECORD}").text


def test_one_of_many_is_drawn_when_it_is_asked_for(cast: Cast, app: Flask) -> None:
    many = [replace(heart(), id=new_id(), taken_at=clock.now() - timedelta(days=n + 1)) for n in range(5)]
    kept(cast, *many)
    cast.lets_in(cast.sato, Scope.WEARABLES)
    sato = signed_in(app, "sato")
    first = sato.get(f"/records/{RECORD}/recordings").text
    assert (first.count("<polyline"), first.count("<li><a href")) == (3, 2)
    one = sato.get(f"/records/{RECORD}/recordings?heart={many[4].id}").text
    assert (one.count("<polyline"), one.count("<li><a href")) == (1, 4)


def test_no_peak_is_lost_in_a_drawing() -> None:
    samples = array("i", [0] * 5120)
    samples[2501], samples[2502] = 1_500_000, -400_000  # one sample of 1.5 mV among five in a pixel
    drawn = heart_svg(replace(heart(), nanovolts=samples, hertz=Decimal(512)))
    points = re.findall(r"(\d+),([\d.]+)", re.findall(r'points="([^"]*)"', drawn)[0])
    heights = {float(y) for _, y in points}
    assert (min(heights), max(heights)) == (80 - 60, 80 + 16)
    assert int(points[-1][0]) == 999
