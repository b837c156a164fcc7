"""Lists and grounds with a real window: where a list begins, what an emptied foot leaves, words in narrow chips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from kivy.metrics import Metrics
from kivy.uix.boxlayout import BoxLayout

from mobile.app import TomoniApp
from mobile.asks import Effect
from mobile.events import DaysLoaded, ReadingsLoaded, SourcesLoaded
from mobile.screens.touches import Chose, Pressed
from mobile.seen import DaySum, Settings, SourceSeen
from mobile.widgets.chip import Chip
from mobile.widgets.flow import Flow
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.range_bar import TINTS, BandName
from shared import languages
from tests.mobile.driver import Driver
from tests.mobile.scenes import ASKED, Walk


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def begun(app: TomoniApp, phone: Driver, asked: list[Effect], size: float = 1.0) -> Walk:
    walk = Walk(app, phone, asked, Settings(size, "ja"))
    for part in (walk.signing, walk.today):
        for _ in part():
            pass
    return walk


def days(stream: str, many: int) -> DaysLoaded:
    last = date(2026, 11, 22)
    sums = (
        DaySum(stream, last - timedelta(days=back), 9, total=Decimal(4000 + back)) for back in range(many)
    )
    return DaysLoaded(stream, tuple(reversed(list(sums))))


def test_another_list_begins_at_its_newest_and_the_same_one_stays_where_she_was() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = begun(app, phone, asked)
        walk.go("readings")
        walk.touch(Pressed("kind", "stream.steps"))
        walk.hear(days("steps", 60))
        phone.pump(4)
        assert "11月22日（日）" in phone.texts()
        rows = app.views["readings"].ids.list
        rows.scroll_y = 0
        phone.pump(3)
        assert "11月22日（日）" not in phone.texts()
        walk.hear(days("steps", 60))
        phone.pump(3)
        assert rows.scroll_y == 0, "the same days again"
        walk.touch(Pressed("kind", "stream.floors"))
        walk.hear(days("floors", 3))
        phone.pump(4)
        assert rows.scroll_y == 1
        inside = rows.children[0]
        top = inside.to_window(0, inside.top)[1]
        assert top == pytest.approx(rows.top, abs=2), "a short list is not at the bottom"
        rows.scroll_y = 0
        walk.touch(Chose("period", "week"))
        walk.hear(days("floors", 60))
        phone.pump(3)
        assert rows.scroll_y == 1


def test_looking_at_one_reading_and_back_loses_no_place() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        walk = begun(app, phone, asked)
        walk.go("readings")
        walk.hear(ReadingsLoaded("blood_pressure", 30, walk.pressures, walk.jsh, walk.esh))
        walk.touch(Chose("view", "list"))
        phone.pump(4)
        rows = app.views["readings"].ids.list
        rows.scroll_y = 0.4
        walk.touch(Pressed("open", str(walk.pressures[20].vital.id)))
        phone.pump(3)
        walk.touch(Pressed("back"))
        phone.pump(3)
        assert rows.scroll_y == pytest.approx(0.4)


def test_a_foot_whose_button_went_leaves_no_ground_over_the_page() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    two = (SourceSeen(1, "Apple Watch", ("steps",)), SourceSeen(2, "iPhone", ("steps",)))
    with Driver(app) as phone:
        walk = begun(app, phone, asked)
        walk.go("settings")
        walk.touch(Pressed("sources"))
        walk.hear(SourcesLoaded(two))
        walk.touch(Pressed("up", "1"))
        phone.pump(4)
        foot = app.views["sources"].ids.actions.parent
        assert (foot.height > 0, foot._fill.a) == (True, 1)
        walk.hear(SourcesLoaded(two[::-1], ordered=True))
        phone.pump(4)
        assert (foot.height, foot._fill.a) == (0, 0)


def test_a_chip_is_never_wider_than_where_it_stands() -> None:
    Metrics.fontscale = 2.0
    flow = Flow(width=296)
    chip = Chip(raw="目標より少し高めです", tone="notice")
    flow.add_widget(chip)
    flow.do_layout()
    assert chip.width <= 296
    assert chip.texture_size[0] <= 296


@pytest.mark.parametrize("words", ["138 / 77", "3.7 mmHg", "+2.4 kg", "—"])
@pytest.mark.parametrize("wide", [90, 200, 328])
def test_a_large_number_fits_and_begins_where_the_words_below_begin(words: str, wide: float) -> None:
    box = BoxLayout(size=(wide, 200))
    number = Fit(raw=words, size_sp=112, bold=True, follow_width=True, halign="left")
    box.add_widget(number)
    box.do_layout()
    assert number.texture_size[0] <= wide + 1
    assert number.text == words, "on one line"
    assert number.texture_size[1] < 2 * number.font_size, "never broken over two lines"


def test_what_a_file_asks_is_in_sight_at_once_in_the_largest_letters_on_a_small_phone() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    questions = {
        "import, asked for the zone": "このファイルの時刻は、どこの時刻ですか",
        "import, asked for the order": "このファイルの日付は、どちらの読み方ですか",
        "import, asked for the columns": ASKED["columns"],
        "import, asked for one column": "「最高血圧」の列は何ですか",
    }
    with Driver(app) as phone:
        phone.turn(360, 640)
        walk = begun(app, phone, asked, 2.0)
        walk.go("medicines")
        for name in walk.importing():
            phone.pump(2)
            if name in questions:
                words = phone.find(questions.pop(name))
                top = words.to_window(0, words.top)[1]
                assert app.views["import_file"].ids.actions.parent.top < top < 640
    assert questions == {}


def test_the_bar_of_a_sensor_says_its_bands_and_a_name_stands_at_its_own_number() -> None:
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        phone.turn(360, 640)
        walk = Walk(app, phone, asked, Settings(1.0, "ja"))
        for part in (walk.signing, walk.today):
            for _ in part():
                pass
        for name in walk.readings():
            if name == "readings, glucose figures":
                break
        phone.pump(3)
        bands = [each for each in phone._visible() if isinstance(each, BandName)]
        assert [each.words.raw for each in bands] == [
            "54 未満",
            "54〜69",
            "70〜180",
            "181〜250",
            "250 をこえる",
        ]
        labels = {each.raw: each for each in phone._visible() if isinstance(each, Wrap)}
        name, value, after = (
            labels[text] for text in ("70 未満", "5.2%（うち 54 未満 0.9%）", "180 をこえる")
        )
        assert name.y - value.top < value.y - after.top, "nearer to its own number than to the next name"
    assert len(set(TINTS.values())) == 5
