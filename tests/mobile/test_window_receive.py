from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.metrics import Metrics

from mobile import shell as shells
from mobile.app import TomoniApp
from mobile.asks import Effect, ReceiveFromDevice, StopReceiving
from mobile.effects import Effects
from mobile.events import OpenedStore
from mobile.seen import Settings
from shared import languages
from tests.mobile.driver import Driver
from tests.mobile.peripheral import Air
from tests.mobile.scenes import Walk
from tests.mobile.test_receiving import QUICK, cuff, kept, phone_in


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def test_touch_receive_measure_and_it_is_in_the_record(tmp_path: Path) -> None:
    hanako = phone_in(tmp_path)
    hanako.device.radio = Air([cuff(1440, 3)]).radio()

    def ask(effect: Effect) -> None:
        # As the workers do, in this thread: at once.
        patient = ReceiveFromDevice(QUICK) if isinstance(effect, ReceiveFromDevice) else effect
        for event in effects.run(patient):
            app.take(event)

    app = TomoniApp(ask)
    effects = Effects(hanako.store, hanako.client, hanako.device, app.take, now=hanako.clock)
    with Driver(app) as phone:
        phone.wait_press("機器から受け取る")
        phone.wait_for("「受け取る」を押してから")
        phone.shot(tmp_path / "before.png")
        phone.press("受け取る")
        phone.wait_for("2 件 受け取りました")
        shown = phone.texts()
        assert "121 / 80" in shown
        assert "120 / 80" in shown
        assert "脈がふぞろいでした。続くときは先生に見せてください" in shown
        phone.shot(tmp_path / "received.png")
        phone.press("終わる")
        phone.wait_for("測定を記録する")
    assert [each.pressure.systolic for each in kept(hanako)] == [120, 121]


def test_leaving_the_screen_ends_the_receiving() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings(1.0, "ja"))
        for part in (walk.signing, walk.today):
            for _ in part():
                phone.pump(1)
        phone.press("機器から受け取る")
        phone.press("受け取る")
        assert isinstance(asked[-1], ReceiveFromDevice)
        phone.wait_for("いま、測ってください")
        assert phone.back()
        assert StopReceiving() in asked
        assert app.shell.front == "today"
        app._after(shells.told(app.shell, OpenedStore(walk.hanako, True, walk.settings, 0, None)))
