"""The design system: what every screen is made of. Importing it registers the fonts and the names used in .kv files."""

from __future__ import annotations

from mobile.widgets import buttons, card, chart, chip, labels, list_row, nav_bar, number_pad, page, sheet, text_field

__all__ = [
    "buttons",
    "card",
    "chart",
    "chip",
    "labels",
    "list_row",
    "nav_bar",
    "number_pad",
    "page",
    "sheet",
    "text_field",
]
