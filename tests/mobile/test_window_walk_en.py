from __future__ import annotations

from collections.abc import Iterator

import pytest
from kivy.metrics import Metrics

from shared import languages
from tests.fixtures.examples import NIGHTLY
from tests.mobile.walks import wrong_on_every_screen


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    languages.speak("ja")
    Metrics.fontscale = 1.0


@pytest.mark.parametrize("size", [1.0, 1.5, 2.0] if NIGHTLY else [1.5, 2.0])
def test_no_word_is_cut_and_nothing_overlaps_on_any_screen(size: float) -> None:
    assert not wrong_on_every_screen(size, "en")
