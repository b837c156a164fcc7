"""What care cost, with a real window: a finger from settings to one line, large amounts, and nothing for a doctor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kivy.core.window import Window
from kivy.metrics import Metrics

from mobile.app import TomoniApp
from mobile.asks import Effect, LoadCosts, SaveTaxForm
from mobile.events import CostsLoaded, SignedIn, SignedOut
from mobile.seen import Settings
from shared import languages
from tests.mobile.driver import Driver
from tests.mobile.examples import COSTS
from tests.mobile.layout import faults
from tests.mobile.scenes import Walk


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def in_settings(asked: list[Effect], app: TomoniApp, phone: Driver, size: float) -> Walk:
    walk = Walk(app, phone, asked, Settings(size, "ja"))
    for part in (walk.signing, walk.today):
        for _ in part():
            pass
    walk.go("settings")
    phone.pump(3)
    return walk


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_a_finger_from_settings_to_one_line_and_to_the_form(size: float) -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = in_settings(asked, app, phone, size)
        phone.press("医療費")
        assert LoadCosts() in asked
        walk.hear(CostsLoaded(COSTS))
        phone.pump(3)
        assert "4,430 円" in phone.texts()
        phone.press("2025年")
        phone.press("下書きを保存する")
        assert SaveTaxForm(2025) in asked
        phone.press("2025年12月")
        phone.press(COSTS[2].place)
        shown = phone.texts()
        assert {"154,000 円", "1,386,000 円", "医科入院", "マイナポータルの医療費通知から"} <= set(shown)
        assert "これは通知に書かれた額です。領収書と違うことがあります。" in shown
        assert [phone.back() for _ in range(3)] == [True, True, True]
        assert app.shell.front == "settings"


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_the_amount_stands_under_its_name_and_the_largest_fits(size: float) -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = in_settings(asked, app, phone, size)
        phone.press("医療費")
        walk.hear(CostsLoaded((replace(COSTS[4], paid=987_654_321),)))
        phone.pump(3)
        (name,) = [shown for shown in phone._visible() if getattr(shown, "raw", "") == "2026年1月"]
        amounts = [shown for shown in phone._visible() if getattr(shown, "raw", "") == "987,654,321 円"]
        assert len(amounts) == 2, "once large, once in its month"
        assert all("\n" not in amount.text for amount in amounts)
        under = min(amounts, key=lambda amount: amount.font_size)
        assert 0 <= name.to_window(*name.pos)[1] - under.to_window(under.x, under.top)[1] < name.height
        assert not faults(Window.children)


def test_a_doctor_has_no_way_to_it() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = in_settings(asked, app, phone, 1.0)
        assert "医療費" in phone.texts()
        walk.hear(SignedOut(0), SignedIn(walk.sato))
        walk.go("settings")
        phone.pump(3)
        assert not [text for text in phone.texts() if "医療費" in text]
