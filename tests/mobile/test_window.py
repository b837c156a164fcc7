from __future__ import annotations

import os
from pathlib import Path

import pytest
from kivy.graphics import Rectangle
from kivy.metrics import Metrics
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from backend import seeding
from mobile import shell as shells
from mobile.app import TomoniApp
from mobile.asks import Effect, OpenStore, SaveVital, UploadFile
from mobile.chart_points import Drawing, Series, axis
from mobile.events import SettingsChanged
from mobile.main import Opening
from mobile.screens.import_file.view import drop_words
from mobile.screens.readings.state import line_of
from mobile.screens.sign_in.state import Demo, demos_from
from mobile.seen import Settings
from mobile.send import Reply, Request
from mobile.shell import PATIENT_TABS
from mobile.widgets import device
from mobile.widgets.chart import Chart
from mobile.widgets.labels import Fit, Hug, Wrap
from shared import languages
from shared.problems import Unreachable
from shared.vitals import BloodPressure
from tests.mobile.driver import Driver
from tests.mobile.examples import LONGEST, NOW
from tests.mobile.layout import faults
from tests.mobile.phones import FakeDevice
from tests.mobile.scenes import Walk


@pytest.fixture(autouse=True)
def _as_before() -> object:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def app_for(asked: list[Effect]) -> TomoniApp:
    return TomoniApp(asked.append, demos=(Demo("花子さん", "hanako@example.jp", "secret"),))


def test_the_look_sees_what_is_cut_and_what_overlaps() -> None:
    box = BoxLayout(size=(100, 40))
    box.add_widget(Label(text="アムロジピン錠5mg", texture_size=(180, 20), size=(100, 40)))
    assert any("its place" in fault for fault in faults([box]))
    pile = BoxLayout(size=(300, 100))
    for text in ("128", "78"):
        label = Label(text=text, texture_size=(60, 20), size=(100, 40), pos=(0, 0))
        pile.add_widget(label)
    assert any("lies on" in fault for fault in faults([pile]))


def test_a_medicine_name_is_whole_at_twice_the_size() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings(2.0, "ja"))
        for part in (walk.signing, walk.today, walk.medicines):
            for _ in part():
                phone.pump(2)
        shown = [text.replace("\n", "") for text in phone.texts()]
        assert LONGEST in shown


EMERGENCY = "これは救急のサービスではありません。急に具合が悪くなったときは、119 番に電話してください。"
NO_ADVICE = "飲み方を変えるときは、先生や薬剤師に相談してください。"


def test_screens_say_that_nobody_watches_and_whom_to_ask() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings(1.0, "ja"))
        for words, part in (
            (EMERGENCY, walk.signing),
            (EMERGENCY, walk.today),
            (EMERGENCY, walk.readings),
            (NO_ADVICE, walk.medicines),
            (EMERGENCY, walk.settling),
        ):
            shown: list[str] = []
            for _ in part():
                phone.pump(2)
                shown += phone.texts()
            assert any(words in text for text in shown), part.__name__


def test_screens_are_built_on_the_first_visit() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        assert asked == [OpenStore()]
        assert not app.views
        walk = Walk(app, phone, asked, Settings())
        for _ in walk.signing():
            pass
        assert set(app.views) == {"sign_in"}


def test_hanako_types_a_blood_pressure_with_her_finger() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings())
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        phone.pump(3)
        phone.tap("測定を記録する")
        walk._form("blood_pressure")
        phone.pump(3)
        for key in "1287868":
            phone.tap_at(*key_place(app, key))
        phone.tap("保存する")
        saved = [ask for ask in asked if isinstance(ask, SaveVital)]
        assert len(saved) == 1
        assert saved[0].vital.reading == BloodPressure(
            *(map(type(saved[0].vital.pressure.systolic), (128, 78, 68)))
        )
        assert saved[0].vital.taken_at == NOW


def key_place(app: TomoniApp, key: str) -> tuple[float, float]:
    pad = app.views["add_reading"].pad
    found = next(one for one in pad.children if one.key == key)
    x, y = found.to_window(*found.center)
    return float(x), float(y)


def asked_over_all(app: TomoniApp) -> bool:
    return app.sheet is not None


def test_back_leads_out_of_a_sheet_a_screen_and_at_last_the_app() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings())
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        walk.go("settings")
        phone.pump(3)
        phone.tap("サインアウト")
        assert asked_over_all(app)
        assert phone.back()
        assert not asked_over_all(app)
        assert phone.back()
        assert app.shell.front == "today"
        assert not shells.back(app.shell)[2]
        assert phone.back(), "Kivy would end the app"


def test_the_bar_names_every_place_in_the_language_spoken() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings(1.0, "en"))
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        assert [tab[1] for tab in app.bar.tabs] == ["Today", "Readings", "Medicines", "Share", "Settings"]
        assert len(app.bar.tabs) == len(PATIENT_TABS)


def test_text_size_changes_everything_at_once() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings())
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        phone.pump(3)
        small = phone.find("測定を記録する").font_size
        walk.hear(SettingsChanged(Settings(2.0, "ja")))
        phone.pump(4)
        assert phone.find("測定を記録する").font_size == pytest.approx(small * 2)


def test_a_chart_of_fifty_thousand_points_draws_two_a_column_and_its_extreme() -> None:
    chart = Chart(size=(400, 200))
    points = tuple((at / 100, 120.0 + at % 7) for at in range(50_000))
    spike = (250.005, 288.0)
    with_spike = tuple(sorted((*points, spike)))
    chart.drawing = Drawing((Series("上", with_spike),))
    chart._draw()
    assert len(chart.drawn[0]) <= 2 * 400
    assert spike in chart.drawn[0]


def test_the_range_of_each_target_begins_at_the_bottom_of_the_chart() -> None:
    """A lower pressure above its own target must not look as if it were within the upper one's."""
    chart = Chart(size=(400, 200), drawing=Drawing((Series("下", ((1, 50.0), (2, 150.0))),), band=(75, 125)))
    chart._draw()
    upper, lower = [each for each in chart.canvas.children if isinstance(each, Rectangle)][:2]
    assert upper.pos == lower.pos
    bottom, top, _ = axis(50, 150)
    assert upper.size[1] / lower.size[1] == pytest.approx((125 - bottom) / (75 - bottom))
    assert bottom < 75
    assert top > 125


def test_labels_wrap_hug_and_fit() -> None:
    wrap = Wrap(raw="お薬手帳の QR コードから取り込めます。")
    wrap.width = 120
    one_line = wrap.height
    wrap.width = 60
    assert wrap.height > one_line
    assert wrap.texture_size[0] <= 60
    hug = Hug(raw="脈拍 68")
    assert hug.size == list(hug.texture_size)
    hug.limit = 30
    assert hug.width <= 30
    fit = Fit(raw="128 / 78", size_sp=56)
    fit.limit = 100
    assert "\n" not in fit.text
    assert fit.width <= 100


DEMO = f"花子さん|hanako@example.jp|{seeding.PASSWORD};佐藤先生|sato@example.jp|{seeding.PASSWORD}"


def nowhere(_request: Request) -> Reply:
    raise Unreachable("server_unreachable")


def test_hanako_begins_and_records_her_morning_without_a_network(tmp_path: Path) -> None:
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
        phone.tap("測定を記録する")
        for keys, said, then in (
            ("1287868", "128/78 を記録しました。", "2回目を記録"),
            ("1247666", "2回の平均は 126/77 です。", "終わる"),
        ):
            phone.wait(lambda: getattr(app.shell.state, "id", None) is not None, "the form")
            for key in keys:
                phone.tap_at(*key_place(app, key))
            phone.tap("保存する")
            phone.wait_for(said)
            phone.tap(then)
        phone.wait_for("126 / 77")
        phone.wait_for("この電話に保存しました。つながったら送ります")


def test_a_line_of_the_list_opens_its_reading() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings())
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        for name in walk.readings():
            if name == "readings, list":
                break
        phone.pump(4)
        newest = walk.pressures[0]
        line = phone.find(line_of(newest)[0])
        phone.tap_at(*line.to_window(*line.center))
        assert getattr(app.shell.state, "opened", None) == newest.vital.id


def test_a_file_dropped_on_the_window_is_sent_and_no_other_thing_is(tmp_path: Path) -> None:
    export = tmp_path / "書き出したデータ.zip"
    export.write_bytes(b"zip")
    asked: list[Effect] = []
    app = app_for(asked)
    with Driver(app) as phone:
        walk = Walk(app, phone, asked, Settings())
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        phone.drop(export)
        assert not any(isinstance(ask, UploadFile) for ask in asked), "nothing is taken in on another screen"
        phone.pump(3)
        phone.press("取り込む")
        phone.drop(tmp_path)
        phone.drop(tmp_path / os.fsdecode(b"\x83t\x83@.zip"))  # the name of an old computer, not UTF-8
        assert not any(isinstance(ask, UploadFile) for ask in asked), "a folder is no file"
        phone.drop(export)
        assert asked[-1] == UploadFile(export.name, export)


def test_without_a_file_dialog_she_is_told_to_drop_the_file() -> None:
    asked: list[Effect] = []
    app = app_for(asked)
    device.able(text_dialog=False, camera=False, file_dialog=False)
    try:
        with Driver(app) as phone:
            walk = Walk(app, phone, asked, Settings())
            for part in (walk.signing, walk.today):
                for _ in part():
                    pass
            phone.pump(3)
            phone.press("取り込む")
            assert drop_words() in phone.texts()
            assert "ファイルを選ぶ" not in phone.texts()
    finally:
        device.able(text_dialog=False, camera=False, file_dialog=True)


def test_make_phone_without_a_server_says_so_in_a_sentence(tmp_path: Path) -> None:
    app: TomoniApp
    opening = Opening(FakeDevice(tmp_path), lambda event: app.take(event), nowhere, "http://localhost:8417")  # noqa: PLW0108
    app = TomoniApp(opening.ask, demos=demos_from(DEMO), leave=opening.stop)
    with Driver(app) as phone:
        phone.wait_press("お試し：花子さん")
        phone.wait_for("サーバーにつながりません。")
        assert app.shell.settings.server == "http://localhost:8417"
        assert "お試し：佐藤先生" in phone.texts()


def test_make_phone_offers_the_people_that_make_run_seeds() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    (line,) = [line for line in makefile.splitlines() if line.startswith("phone: DEMO")]
    assert demos_from(line.partition("= ")[2]) == demos_from(DEMO)
