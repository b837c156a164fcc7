"""Medicines with a real window: a finger ticks a dose, types a medicine, and shows a code that is read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import zxingcpp
from kivy.metrics import Metrics
from kivy.uix.boxlayout import BoxLayout
from PIL import Image

from mobile.app import TomoniApp
from mobile.asks import Effect, TickDose
from mobile.deeds.notebook import matrix
from mobile.events import NotebookShown
from mobile.main import Opening
from mobile.screens.touches import Pressed
from mobile.seen import Settings
from mobile.widgets.dose_row import DoseRow
from mobile.widgets.qr_code import QrCode
from mobile.widgets.timeline import Bars, Months
from shared import languages
from shared.doses import DoseState
from tests.mobile.driver import Driver
from tests.mobile.medicine_examples import due_loaded, loaded
from tests.mobile.phones import FakeDevice
from tests.mobile.scenes import Walk
from tests.mobile.test_window import nowhere


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def signed_in(asked: list[Effect], app: TomoniApp, phone: Driver, settings: Settings | None = None) -> Walk:
    walk = Walk(app, phone, asked, settings or Settings())
    for part in (walk.signing, walk.today):
        for _ in part():
            pass
    return walk


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_a_finger_on_the_name_ticks_the_dose(size: float) -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = signed_in(asked, app, phone, Settings(size, "ja"))
        walk.hear(loaded(), due_loaded())
        phone.pump(3)
        phone.tap("アムロジピン錠5mg「トーワ」")
        ticked = asked[-1]
        assert isinstance(ticked, TickDose)
        assert ([due.slot for due in ticked.due], ticked.state) == (["morning"], DoseState.TAKEN)
        walk.hear(due_loaded(("アムロ morning", DoseState.TAKEN)))
        phone.pump(3)
        assert "済みました" in phone.texts()
        phone.press("朝のお薬をぜんぶ済みにする")
        every = asked[-1]
        assert isinstance(every, TickDose)
        assert len(every.due) == 3


@pytest.mark.parametrize(("modules", "wide"), [(12, 412), (40, 412), (40, 360)])
def test_a_code_on_the_glass_is_read_by_a_camera(tmp_path: Path, modules: int, wide: int) -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    code = "JAHISTC08,2\r\n1,山田 花子,2,19480402\r\n".encode("cp932") * modules
    with Driver(app) as phone:
        phone.turn(wide, 892)
        walk = signed_in(asked, app, phone)
        walk.go("medicines")
        walk.touch(Pressed("notebook"))
        walk.hear(NotebookShown((matrix(code[:1200]),)))
        phone.pump(3)
        shot = Image.open(phone.shot(tmp_path / "code.png")).convert("L")
    (read,) = zxingcpp.read_barcodes(memoryview(shot.tobytes()).cast("B", (shot.height, shot.width)))
    assert bytes(read.bytes) == code[:1200]


def test_whole_modules_where_there_is_room() -> None:
    shown = QrCode(code=matrix(b"x"), width=412)
    edges = shown.edges()
    assert len({after - before for before, after in pairwise(edges)}) == 1
    assert shown.height == edges[-1]
    assert QrCode(code=()).height == 0


def test_a_dose_row_is_as_high_as_its_words_and_tells_both_touches() -> None:
    row = DoseRow(title="アムロジピン錠5mg「トーワ」", about="朝食の後 ・ 1錠")
    told: list[str] = []
    row.bind(on_tick=lambda _: told.append("tick"), on_more=lambda _: told.append("more"))
    box = BoxLayout(size=(200, 400))
    box.add_widget(row)
    box.do_layout()
    row.do_layout()
    row.tick.dispatch("on_release")
    row.dots.dispatch("on_release")
    assert told == ["tick", "more"]
    assert row.height >= 60


def test_bars_and_months_are_drawn_and_no_month_touches_another() -> None:
    bars = Bars(
        size=(300, 20), bars=[(0.1, 0.4, "main"), (0.2, 0.3, "notice"), (0.6, 0.7, "open")], today=0.5
    )
    bars._draw()
    assert len(bars.canvas.children) > 6
    months = Months(size=(120, 20), ticks=[[month / 12, f"{month + 1}月"] for month in range(12)])
    months._draw()
    few = len([each for each in months.canvas.children if type(each).__name__ == "Rectangle"])
    months.width = 900
    months._draw()
    assert (
        0 < few < len([each for each in months.canvas.children if type(each).__name__ == "Rectangle"]) == 12
    )


def test_hanako_types_a_medicine_and_ticks_it_without_a_network(tmp_path: Path) -> None:
    """The whole phone: window, states, effects, store; only the device and the way out are not real."""
    app: TomoniApp
    opening = Opening(FakeDevice(tmp_path), lambda event: app.take(event), nowhere)  # noqa: PLW0108  made after it
    app = TomoniApp(opening.ask, leave=opening.stop)
    with Driver(app) as phone:
        phone.wait_for("お薬の記録を、かかりつけの先生")
        phone.tap("はじめて使う")
        answers = {
            "name": "山田 花子",
            "year": "1948",
            "month": "4",
            "day": "12",
            "email": "hanako@example.jp",
        }
        for name, text in {**answers, "password": "さざ波と みかん畑と 猫のたま"}.items():
            app.views["sign_in"].fields[name].input.focus = True
            phone.pump()
            phone.type(text)
        phone.tap("登録する")
        phone.wait_for("まだ記録がありません")
        phone.press("お薬")
        phone.wait_press("薬を自分で入力する")
        phone.wait(lambda: getattr(app.shell.state, "id", None) is not None, "the form")
        phone.tap_field()
        phone.type("アムロジピン")
        phone.wait_for("入力した名前をそのまま使う")
        phone.press("入力した名前をそのまま使う")
        for slot in ("起きたとき", "朝", "昼", "夕", "夜寝る前"):  # due whatever the hour of this test
            phone.press(slot)
        phone.tap("保存する")
        phone.wait_for("「アムロジピン」を保存しました。")
        phone.press("終わる")
        phone.wait_for("いま使っているお薬（1 種類）")
        assert "続けているお薬です\n自分で入力" in phone.texts()
        phone.press("今日")
        phone.wait_for("今日のお薬")
        phone.tap_at(*_middle(phone, "circle-outline"))
        phone.wait_for("済みました")
        phone.wait_for("この電話に保存しました。つながったら送ります（あと 2 件）")


def _middle(phone: Driver, mark: str) -> tuple[float, float]:
    """The middle of the first dose with this mark."""
    rows = [widget for widget in phone.app.place.walk(restrict=True) if isinstance(widget, DoseRow)]
    row = next(each for each in rows if each.mark == mark)
    phone._scroll_to(row)
    x, y = row.to_window(*row.center)
    return float(x), float(y)
