"""QR code: drawn black on white with its quiet zone, in whole pixels, as wide as the column, so that it can be read."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

QUIET = 4  # modules of white around it (ISO/IEC 18004)
_MOST_DP = 560


class QrCode(Widget):
    """Shows ``code``, rows of dark (true) and light modules."""

    code = ObjectProperty(())

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("code", "pos", "size"):
            self.fbind(name, self._trigger)
        self.fbind("width", self._shape)
        self._shape()

    @property
    def module(self) -> int:
        """How many pixels one module is wide."""
        across = len(self.code) + 2 * QUIET
        return max(int(min(self.width, dp(_MOST_DP)) // across), 1) if self.code else 0

    def _shape(self, *_: object) -> None:
        self.height = min(self.width, dp(_MOST_DP)) if self.code else 0

    def _draw(self, *_: object) -> None:
        self._shape()
        self.canvas.clear()
        size, rows = self.module, len(self.code)
        if not size:
            return
        whole = size * (rows + 2 * QUIET)
        left = round(self.x + (self.width - whole) / 2)
        top = round(self.y + (self.height + whole) / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=(left, top - whole), size=(whole, whole))
            Color(0, 0, 0, 1)
            for down, row in enumerate(self.code):
                y = top - (down + QUIET + 1) * size
                for start, length in _runs(row):
                    Rectangle(pos=(left + (start + QUIET) * size, y), size=(length * size, size))


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many stand together."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if dark and found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((at, 1))
    return found
