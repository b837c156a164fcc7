from __future__ import annotations

from fractions import Fraction

import pytest

from shared.languages import speaking
from shared.slopes import Slope
from shared.spreads import Share, Spread
from shared.trend_definitions import Basis, Figure, basis_words, definition
from shared.trend_words import (
    difference_words,
    direction_words,
    share_words,
    slope_words,
    spread_words,
    tenths,
)
from shared.trends import PairedDifference


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("figure", Figure)
def test_every_figure_says_what_it_is_and_how_far_that_is_ours(figure: Figure, language: str) -> None:
    with speaking(language):
        found = definition(figure)
        assert all((found.name, found.what, found.counted, basis_words(found.basis)))
        # What is somebody else's names whose.
        assert found.source or found.basis is Basis.OURS


@pytest.mark.parametrize("figure", [Figure.SLOPE, Figure.WEIGHT_SLOPE, Figure.JSH_MEAN, Figure.ESH_MEAN])
def test_what_has_a_limit_of_ours_says_so(figure: Figure) -> None:
    assert definition(figure).basis is Basis.PARTLY_OURS
    assert "このアプリ" in definition(figure).source


def test_references_are_no_diagnosis() -> None:
    for figure in (Figure.DIFFERENCE, Figure.WEIGHT_CHANGE):
        assert "参考" in definition(figure).source
        assert "診断" in definition(figure).source


def test_tenths_are_rounded_half_up_with_their_sign() -> None:
    said = [tenths(Fraction(n, 100), signed=True) for n in (125, 124, -5, -6, -125, 4, 0)]
    assert said == ["+1.3", "+1.2", "±0.0", "−0.1", "−1.2", "±0.0", "±0.0"]
    assert tenths(6.25) == "6.3"
    assert tenths(Fraction(-7, 2)) == "−3.5"


def test_a_slope_is_said_with_its_interval_or_what_it_waits_for() -> None:
    slope = Slope(Fraction(-2, 7), Fraction(-3, 7), Fraction(1, 70), 20)
    assert slope_words(slope, "mmHg") == "1週間に −2.0 mmHg（−3.0〜+0.1）"
    assert "14日" in slope_words(None, "mmHg")
    assert direction_words(slope) == "上がったとも下がったともいえません"
    down, up = (Slope(Fraction(n), Fraction(n), Fraction(n), 20) for n in (-1, 1))
    assert (direction_words(down), direction_words(up)) == (
        "少しずつ下がっています",
        "少しずつ上がっています",
    )


def test_figures_say_what_they_are_made_of() -> None:
    assert share_words(Share(12, 40)) == "40回のうち 12回（30%）"
    assert share_words(Share(0, 0)) == "測定なし"
    assert difference_words(PairedDifference(5, Fraction(17, 2), Fraction(-3))) == "+8.5/−3.0（5日）"
    assert "参考" in difference_words(PairedDifference(4, Fraction(8), Fraction(3)))
    assert "ありません" in difference_words(PairedDifference(0, None, None))
    spread = Spread(40, Fraction(130), 8.06, 6.2, Fraction(15, 2))
    assert spread_words(spread) == ("6.2%（n=40）", "7.5 mmHg（n=40）")
    assert set(spread_words(Spread(1, Fraction(130), None, None, None))) == {"2回以上で出ます"}
