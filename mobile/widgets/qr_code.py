"""QR code: drawn black on white with its quiet zone, as wide as the column, so that it can be read."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

QUIET = 4  # modules of white around it (ISO/IEC 18004)
_MOST_DP = 560
_WHOLE = 5  # pixels: below this, modules may differ by one, else much of the width would be lost


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
    def across(self) -> int:
        """How many modules it is wide, its quiet zone included."""
        return len(self.code) + 2 * QUIET

    def edges(self) -> list[int]:
        """The edges of the modules, in whole pixels from the left: whole modules where they are large enough."""
        size = min(self.width, dp(_MOST_DP)) / self.across
        size = int(size) if size >= _WHOLE else size
        return [round(size * at) for at in range(self.across + 1)]

    def _shape(self, *_: object) -> None:
        self.height = self.edges()[-1] if self.code else 0

    def _draw(self, *_: object) -> None:
        self._shape()
        self.canvas.clear()
        if not self.code:
            return
        edges = self.edges()
        left = round(self.x + (self.width - edges[-1]) / 2)
        top = round(self.y + (self.height + edges[-1]) / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=(left, top - edges[-1]), size=(edges[-1], edges[-1]))
            Color(0, 0, 0, 1)
            for down, row in enumerate(self.code, start=QUIET):
                low, high = top - edges[down + 1], top - edges[down]
                for start, length in _runs(row):
                    begin, end = edges[start + QUIET], edges[start + QUIET + length]
                    Rectangle(pos=(left + begin, low), size=(end - begin, high - low))


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many stand together."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if dark and found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((at, 1))
    return found
