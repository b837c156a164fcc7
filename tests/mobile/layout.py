"""Looks at a painted window for what large text would spoil: cut words, overlaps, small targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from mobile.widgets import fonts

TOUCH = 48
SLACK = 1.5  # pixels that rounding may cost


def faults(roots: Iterable[Widget]) -> list[str]:
    """Every fault of what is shown under ``roots``, in words; empty when there is none."""
    shown = [widget for root in roots for widget in _shown(root)]
    found = [fault for widget in shown for fault in (*_cut(widget), *_small(widget))]
    return found + list(_overlaps([widget for widget in shown if _words(widget)]))


def _shown(widget: Widget) -> Iterator[Widget]:
    if widget.opacity == 0 or not (widget.width > 0 and widget.height > 0):
        return
    yield widget
    for child in widget.children:
        yield from _shown(child)


def _words(widget: Widget) -> str:
    return str(widget.text) if isinstance(widget, Label) else ""


def _cut(widget: Widget) -> Iterator[str]:
    words = _words(widget)
    if not words or not isinstance(widget.parent, Widget):
        return
    wide, high = widget.texture_size
    if wide > widget.parent.width + SLACK:
        yield f"{words!r} is {wide} wide, its place {widget.parent.width:.0f}"
    if high > widget.height + SLACK or wide > widget.width + SLACK:
        yield f"{words!r} is {wide}x{high}, cut to {widget.width:.0f}x{widget.height:.0f}"
    lines = words.count("\n") + 1
    if hasattr(widget, "raw") and high > lines * fonts.ruler(
        widget.font_size, widget.bold
    ).height + 2 + _padding(widget):
        yield f"{words!r} was broken again by Kivy, without kinsoku"
    if widget.shorten or ("…" in words and "…" not in getattr(widget, "raw", words)):
        yield f"{words!r} is shortened"
    scrolls = hasattr(widget.parent, "scroll_y")
    left = 0 if scrolls else widget.parent.x  # what scrolls has a ground of its own
    if widget.x < left - SLACK or widget.right > left + widget.parent.width + SLACK:
        yield f"{words!r} sticks out sideways of its place"
    if not scrolls and (widget.y < widget.parent.y - SLACK or widget.top > widget.parent.top + SLACK):
        yield f"{words!r} sticks out above or below its place"


def _padding(widget: Widget) -> float:
    return float(widget.padding[1] + widget.padding[3])


def _small(widget: Widget) -> Iterator[str]:
    if isinstance(widget, ButtonBehavior) and min(widget.width, widget.height) < dp(TOUCH) - SLACK:
        yield f"a target of {widget.width:.0f}x{widget.height:.0f}: {type(widget).__name__}"


def _overlaps(labels: list[Widget]) -> Iterator[str]:
    """Labels that lie on each other; those of different layers (under a sheet) are not compared."""
    boxes = [(label, _layer(label), *_box(label)) for label in labels]
    for at, (one, layer, left, low, right, high) in enumerate(boxes):
        for other, other_layer, left2, low2, right2, high2 in boxes[at + 1 :]:
            wide = min(right, right2) - max(left, left2)
            tall = min(high, high2) - max(low, low2)
            if layer is other_layer and wide > SLACK and tall > SLACK:
                yield f"{_words(one)!r} lies on {_words(other)!r} by {wide:.0f}x{tall:.0f}"


def _layer(widget: Widget) -> Widget:
    """What scrolls or lies on its own: labels are compared only inside one of these."""
    above = widget.parent
    while isinstance(above, Widget) and not hasattr(above, "scroll_y") and isinstance(above.parent, Widget):
        above = above.parent
    return above


def _box(label: Widget) -> tuple[float, float, float, float]:
    """The words themselves, without the room around them."""
    wide, high = label.texture_size
    x, y = label.to_window(*label.center)
    # Lines of text have air above and below that may touch.
    air = label.font_size * 0.15
    return x - wide / 2, y - high / 2 + air, x + wide / 2, y + high / 2 - air
