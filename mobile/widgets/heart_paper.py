"""An electrocardiogram on its paper: two and a half seconds a row, so that a beat is wide enough on a small screen."""

from __future__ import annotations

from array import array

from kivy.clock import Clock
from kivy.graphics import Color, Line
from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from mobile import theme
from mobile.chart_points import trace

ROW_S = 2.5
# More than eight minutes; a watch records half of one. What says otherwise must not hang the phone.
MOST_ROWS = 200
# On paper 25 mm a second and 10 mm a mV: a row is 62.5 mm wide and shows 2 mV, 20 mm, of which a peak may stand out.
_ROW_MM, _HIGH_MM = 62.5, 24.0
_THIN, _THICK = (0.96, 0.87, 0.87, 1), (0.90, 0.72, 0.72, 1)


class HeartPaper(Widget):
    """Shows ``samples`` (array('i'), nV) taken ``hertz`` times a second, one row under the other."""

    samples = ObjectProperty(array("i"))
    hertz = NumericProperty(512.0)

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("samples", "hertz", "pos", "size"):
            self.fbind(name, self._trigger)
        self.fbind("width", self._fit)
        self.drawn = 0
        self._fit()
        self._trigger()

    @property
    def _a_row(self) -> int:
        return max(1, int(ROW_S * self.hertz))

    @property
    def rows(self) -> int:
        """How many rows are drawn."""
        return min(self._needed, MOST_ROWS)

    @property
    def is_cut(self) -> bool:
        """Whether the end of the recording is not drawn."""
        return self._needed > MOST_ROWS

    @property
    def _needed(self) -> int:
        return -(-len(self.samples) // self._a_row)

    def _fit(self, *_: object) -> None:
        self.height = self.rows * self.width / _ROW_MM * _HIGH_MM

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self.drawn = 0
        if self.width < dp(80) or not len(self.samples):
            return
        mm = self.width / _ROW_MM
        with self.canvas:
            self._paper(mm)
            Color(*theme.rgba(theme.INK))
            for number in range(self.rows):
                self._row(number, mm)

    def _paper(self, mm: float) -> None:
        for number in range(int(self.height / mm) + 1):
            Color(*(_THICK if number % 5 == 0 else _THIN))
            y = self.top - number * mm
            Line(points=[self.x, y, self.right, y], width=1)
        for number in range(int(_ROW_MM) + 1):
            Color(*(_THICK if number % 5 == 0 else _THIN))
            x = self.x + number * mm
            Line(points=[x, self.y, x, self.top], width=1)

    def _row(self, number: int, mm: float) -> None:
        samples = self.samples[number * self._a_row : (number + 1) * self._a_row]
        share = len(samples) / self._a_row
        points = trace(samples, max(1, int(self.width * share)))
        middle = self.top - (number + 0.55) * _HIGH_MM * mm
        flat = [
            place
            for along, mv in points
            for place in (self.x + along * share * self.width, middle + mv * 10 * mm)
        ]
        if len(flat) >= 4:
            Line(points=flat, width=dp(1))
            self.drawn += 1
