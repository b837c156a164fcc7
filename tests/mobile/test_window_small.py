from __future__ import annotations

from collections.abc import Iterator

import pytest
from kivy.core.window import Window
from kivy.metrics import Metrics, dp

from mobile.app import TomoniApp
from shared import languages
from tests.mobile.walks import wrong_on, wrong_on_every_screen

SMALL, ON_ITS_SIDE = (360, 640), (640, 360)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


def out_of_sight(app: TomoniApp, name: str) -> list[str]:
    """While a number is typed, the figures and the pad are both seen whole; the answers of a question always are."""
    wrong = []
    if name in ("add", "add, second", "add, weight"):
        view = app.views["add_reading"]
        for what in (view.ids.figures, view.pad, view.save):
            low, high = what.to_window(0, what.y)[1], what.to_window(0, what.top)[1]
            if low < -1 or high > Window.height + 1:
                wrong.append(f"{what} reaches from {low} to {high}")
        if view.ids.figures.to_window(0, view.ids.figures.y)[1] < view.ids.body.y - dp(1):
            wrong.append("the figures are under the pad")
    if app.sheet is not None:
        answer = app.sheet.card.children[0]
        if answer.to_window(0, answer.y)[1] < 0:
            wrong.append("the answer is below the window")
    return wrong


@pytest.mark.parametrize("window", [SMALL, ON_ITS_SIDE], ids=["small", "on its side"])
@pytest.mark.parametrize("size", [1.0, 1.5])
def test_a_small_phone_and_one_on_its_side_show_all_of_it(window: tuple[int, int], size: float) -> None:
    assert not wrong_on(window, size, out_of_sight)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_largest_text_on_a_small_phone_cuts_no_word_on_any_screen(language: str) -> None:
    assert not wrong_on_every_screen(2.0, language, SMALL)
