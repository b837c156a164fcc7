from __future__ import annotations

import pytest

from mobile import theme


@pytest.mark.parametrize(("ink", "ground"), theme.PAIRS)
def test_every_pair_of_ink_and_ground_can_be_read(ink: str, ground: str) -> None:
    assert theme.contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("ground", [theme.CARD, theme.GROUND])
def test_the_edge_of_a_field_can_be_seen(ground: str) -> None:
    assert theme.contrast(theme.EDGE, ground) >= 3.0  # WCAG 2.2, 1.4.11


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_a_target_above_is_no_alarm_in_the_palette() -> None:
    """Below 135/85 nothing is red: the chips of a reading are good, plain or notice."""
    assert len({theme.GOOD, theme.PALE, theme.NOTICE, theme.STOP}) == 4


@pytest.mark.parametrize(
    ("config", "chosen", "text"), [(1.3, None, 1.3), (1.0, 2.0, 2.0), (2.4, None, 2.0), (0.8, None, 1.0)]
)
def test_text_grows_once_by_what_she_chose_and_at_most_twice(
    config: float, chosen: float | None, text: float
) -> None:
    scale = theme.scale_for(2.6, config, chosen)
    assert scale.density == 2.6
    assert scale.text == text


def test_colours_are_read_as_parts() -> None:
    assert theme.rgba("#FF000080") == (1.0, 0.0, 0.0, 128 / 255)
