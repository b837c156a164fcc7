"""Workouts and electrocardiograms with a real window: a finger to one heart and back, and what of it is drawn."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from kivy.core.window import Window
from kivy.metrics import Metrics
from kivy.uix.widget import Widget

from mobile.app import TomoniApp
from mobile.asks import Effect, LoadHeart, LoadRecordings
from mobile.events import HeartLoaded, RecordingsLoaded
from mobile.screens.recordings.state import PAGE
from mobile.seen import Settings
from mobile.widgets.heart_paper import MOST_ROWS, HeartPaper
from mobile.widgets.page import Body
from shared import languages
from shared.electrocardiograms import Electrocardiogram
from shared.ids import new_id
from tests.mobile.driver import Driver
from tests.mobile.examples import HEART, WORKOUTS
from tests.mobile.layout import faults
from tests.mobile.scenes import Walk


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def opened(asked: list[Effect], app: TomoniApp, phone: Driver, size: float) -> Walk:
    """At the list of recordings, which is being loaded."""
    walk = Walk(app, phone, asked, Settings(size, "ja"))
    for part in (walk.signing, walk.today):
        for _ in part():
            pass
    walk.go("settings")
    phone.pump(3)
    phone.press("運動と心電図")
    assert LoadRecordings() in asked
    return walk


def of(kind: type[Widget], phone: Driver) -> Widget:
    (found,) = [widget for widget in phone._visible() if isinstance(widget, kind)]
    return found


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_a_finger_from_settings_to_one_heart_and_back(size: float) -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        phone.turn(360, 640)
        walk = opened(asked, app, phone, size)
        walk.hear(RecordingsLoaded((HEART,), WORKOUTS))
        phone.pump(3)
        assert {
            "ウォーキング",
            "42分 ・ 2.3 km ・ 3,120 歩 ・ 118 kcal ・ 平均心拍 96 ・ 最高心拍 118",
        } <= set(phone.texts())
        phone.press("洞調律（規則的な脈）")
        assert LoadHeart(HEART.id) in asked
        walk.hear(HeartLoaded(HEART))
        phone.pump(3)
        assert faults(Window.children) == []
        assert of(Body, phone).scroll_y == 1, "a heart begins at its top"
        shown = " ".join(phone.texts())
        assert "診断ではありません" in shown
        assert "横が0.2秒、縦が0.5 mV" in shown
        assert phone.back()
        phone.pump(2)
        assert "ウォーキング" in phone.texts()
        assert phone.back()
        assert app.shell.front == "settings"


def drawn(heart: Electrocardiogram) -> tuple[HeartPaper, list[str]]:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = opened(asked, app, phone, 1.0)
        walk.hear(RecordingsLoaded((heart,), ()))
        walk.hear(HeartLoaded(heart))
        phone.pump(4)
        return of(HeartPaper, phone), phone.texts()


def test_nearly_ten_seconds_are_four_rows_and_none_is_left_out() -> None:
    paper, shown = drawn(HEART)
    assert (len(HEART.nanovolts), paper.rows, paper.drawn) == (4_896, 4, 4)
    assert paper.height == pytest.approx(4 * 24 * paper.width / 62.5)
    assert not any("はじめの部分だけ" in text for text in shown)


@pytest.mark.parametrize(
    ("samples", "hertz", "rows"),
    [
        ([5], "512", 1),
        ([0, 900_000] * 60, "0.01", MOST_ROWS),
        ([0, 900_000] * 60_000, "10", MOST_ROWS),
        ([2**31 - 1, -(2**31)] * 40, "512", 1),
    ],
    ids=["one sample", "a sample in minutes", "more than an hour", "beyond every paper"],
)
def test_a_strange_recording_is_drawn_as_far_as_it_goes(samples: list[int], hertz: str, rows: int) -> None:
    heart = replace(HEART, hertz=Decimal(hertz), nanovolts=array("i", samples))
    paper, shown = drawn(heart)
    assert paper.rows == min(rows, len(samples))
    assert paper.is_cut == any("はじめの部分だけ" in text for text in shown)


def test_more_shows_as_many_again_and_stays_where_she_was() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    many = tuple(replace(WORKOUTS[0], id=new_id(), device=f"時計{n}") for n in range(PAGE + 1))
    with Driver(app) as phone:
        walk = opened(asked, app, phone, 1.0)
        walk.hear(RecordingsLoaded((), many))
        phone.pump(3)
        assert sum("時計" in text for text in phone.texts()) == PAGE
        phone.press("もっと見る")
        phone.pump(3)
        assert sum("時計" in text for text in phone.texts()) == PAGE + 1
        assert "もっと見る" not in phone.texts()
        assert of(Body, phone).scroll_y < 0.5
