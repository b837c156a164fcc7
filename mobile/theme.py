"""The looks in figures: colours, text sizes and spaces of the phone, and how contrast is reckoned. No Kivy here.

Sizes of text are in sp (they grow with the person's text size), everything else in dp. Colours are #RRGGBB.
"""

from __future__ import annotations

from dataclasses import dataclass

GROUND = "#F3F5F8"  # behind the cards
CARD = "#FFFFFF"
INK = "#0F1C24"  # what is read first
SOFT_INK = "#43515B"  # what is read second
MAIN = "#0B5563"  # the one main button, lines of the chart, icons
MAIN_DOWN = "#083F4A"
ON_MAIN = "#FFFFFF"
PALE = "#D3ECEF"  # the chosen tab, a chosen chip
ON_PALE = "#083F4A"
LINE = "#D5DCE2"  # hairlines, the edge of a field at rest is EDGE
EDGE = "#6B7983"
BAND = "#E3F3E6"  # the target band of a chart
BAND_LOWER = "#CBE6D1"  # the part of it below the lower target
BAND_EDGE = "#3F7F4C"  # where a target is
GOOD = "#DCF3E2"
ON_GOOD = "#17552F"
NOTICE = "#FFF1D6"  # look here; not an alarm
ON_NOTICE = "#5C3B00"
STOP = "#FBE3E1"  # refused, or something is taken away
ON_STOP = "#8C1D18"
SECOND_LINE = "#5A6872"  # the lower line of a chart
SHADE = "#0F1C2499"  # over the screen, behind a sheet

# Every pair of text (or icon) on ground that the screens use: tested for contrast.
PAIRS = (
    (INK, GROUND),
    (INK, CARD),
    (SOFT_INK, GROUND),
    (SOFT_INK, CARD),
    (MAIN, CARD),
    (MAIN, GROUND),
    (ON_MAIN, MAIN),
    (ON_MAIN, MAIN_DOWN),
    (ON_PALE, PALE),
    (INK, PALE),
    (SOFT_INK, PALE),
    (ON_GOOD, GOOD),
    (ON_NOTICE, NOTICE),
    (ON_STOP, STOP),
    (ON_STOP, CARD),
    (ON_STOP, GROUND),
    (SECOND_LINE, CARD),
    (SECOND_LINE, BAND),
    (SOFT_INK, BAND),
    (MAIN, BAND),
)

# Text, in sp.
TITLE = 26
HEADING = 20
BODY = 18
SMALL = 16
NUMBER = 56  # the reading on Today
FIGURE = 30  # a reading in a list
KEY = 30  # a key of the number pad

# Spaces, in dp.
TOUCH = 48  # the least height and width of anything that is touched
BUTTON = 60
KEY_HEIGHT = 60
EDGE_SPACE = 16
GAP = 12
RADIUS = 18
MAX_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How far everything is enlarged: pixels a dp, and the person's text size (1.0 to 2.0) on top of it for sp."""

    density: float
    text: float


def scale_for(density: float, config_scale: float, chosen: float | None = None) -> Scale:
    """The enlargement for a screen of ``density`` whose owner set the phone to ``config_scale``, or chose here.

    Kivy takes Android's scaledDensity for its density, which already holds the text size, and multiplies sp by the
    text size again (1.3 would become 1.69). So both are set by hand from the plain density.
    """
    wanted = config_scale if chosen is None else chosen
    return Scale(density, min(max(wanted, 1.0), MAX_SCALE))


def rgba(colour: str) -> tuple[float, float, float, float]:
    """``#RRGGBB`` or ``#RRGGBBAA`` as four parts from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in range(1, len(colour), 2)]
    return (parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else 1.0)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = rgba(colour)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
