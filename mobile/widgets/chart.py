"""Chart: lines over days with the target band, drawn on the canvas from thinned points; labels never touch."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Ellipse, Line, Rectangle, SmoothLine
from kivy.metrics import dp, sp
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from mobile import theme
from mobile.chart_points import Drawing, Point, axis, bounds, spread_ticks, thinned
from mobile.widgets import fonts
from shared.languages import tr

_INKS = (theme.MAIN, theme.SECOND_LINE)


class Chart(Widget):
    """Shows ``drawing``. Every line is thinned to two points a pixel column before it becomes a Kivy line."""

    drawing = ObjectProperty(Drawing())

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("drawing", "pos", "size"):
            self.fbind(name, self._trigger)
        self.show(True)
        self.drawn: list[list[Point]] = []

    def show(self, shown: bool) -> None:
        """Take room or none."""
        self.height = dp(150) + sp(40) if shown else 0

    @property
    def _small(self) -> float:
        return float(sp(14))

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self.drawn = []
        found = bounds(self.drawing)
        if found is None or self.width < dp(80):
            return
        bottom, top, step = axis(*found)
        places = 0 if step >= 1 else 1 if step >= 0.1 else 2
        words = [f"{bottom + step * at:.{places}f}" for at in range(round((top - bottom) / step) + 1)]
        ruler = fonts.ruler(self._small)
        left = self.x + max(ruler(word) for word in words) + dp(8)
        low = self.y + ruler.height * 1.5 + dp(4)
        right, high = self.right - dp(10), self.top - ruler.height / 2
        frame = (left, low, right, high)
        with self.canvas:
            self._band(frame, bottom, top)
            self._grid(frame, words)
            self._ticks(frame)
            for index, line in enumerate(self.drawing.lines):
                self._line(frame, (bottom, top), line.points, _INKS[index % 2])
            self._band_words(frame, bottom, top)

    def _grid(self, frame: tuple[float, float, float, float], words: list[str]) -> None:
        left, low, right, high = frame
        gap = (high - low) / (len(words) - 1)
        every = 1 if gap >= fonts.ruler(self._small).height else 2
        for at, word in enumerate(words):
            y = low + gap * at
            Color(*theme.rgba(theme.LINE))
            Line(points=[left, y, right, y], width=1)
            if at % every == 0:
                self._word(word, left - dp(6), y, anchor=1.0)

    def _band(self, frame: tuple[float, float, float, float], bottom: float, top: float) -> None:
        """Each target as a line with the range below it: what lies between two of them is above the lower one."""
        left, low, right, high = frame
        targets = sorted(self.drawing.band or (), reverse=True)
        for target, ground in zip(targets, (theme.BAND, theme.BAND_LOWER), strict=False):
            y = low + (target - bottom) / (top - bottom) * (high - low)
            Color(*theme.rgba(ground))
            Rectangle(pos=(left, low), size=(right - left, y - low))
            Color(*theme.rgba(theme.BAND_EDGE))
            Line(points=[left, y, right, y], width=1, dash_length=6, dash_offset=4)

    def _band_words(self, frame: tuple[float, float, float, float], bottom: float, top: float) -> None:
        _, low, right, high = frame
        for target in self.drawing.band or ():
            y = low + (target - bottom) / (top - bottom) * (high - low)
            above = fonts.ruler(self._small).height / 2
            self._word(tr("目標 {value}", value=f"{target:g}"), right, y - above, anchor=1.0)

    def _ticks(self, frame: tuple[float, float, float, float]) -> None:
        left, _, right, _ = frame
        ruler = fonts.ruler(self._small)
        places = [(self._across(left, right, at), ruler(word), word) for at, word in self.drawing.ticks]
        # A word keeps inside the chart: at the edges its place moves in by half its width.
        inside = [
            (min(max(x, self.x + wide / 2), self.right - wide / 2), wide, word) for x, wide, word in places
        ]
        for x, word in spread_ticks(inside, dp(10)):
            self._word(word, x, self.y + ruler.height / 2, anchor=0.5)

    def _line(
        self,
        frame: tuple[float, float, float, float],
        scale: tuple[float, float],
        points: tuple[Point, ...],
        ink: str,
    ) -> None:
        left, low, right, high = frame
        bottom, top = scale
        kept = thinned(points, max(int(right - left), 1))
        self.drawn.append(kept)
        flat: list[float] = []
        for at, value in kept:
            flat.extend(
                (self._across(left, right, at), low + (value - bottom) / (top - bottom) * (high - low))
            )
        Color(*theme.rgba(ink))
        if len(flat) >= 4:
            SmoothLine(points=flat, width=dp(1.3))
        dot = dp(8) if len(kept) <= 20 else 0
        for x, y in zip(flat[::2], flat[1::2], strict=True):
            if dot or (x, y) == (flat[-2], flat[-1]):
                wide = dot or dp(10)
                Ellipse(pos=(x - wide / 2, y - wide / 2), size=(wide, wide))

    def _across(self, left: float, right: float, at: float) -> float:
        places = [
            x for line in self.drawing.lines for x in (line.points[0][0], line.points[-1][0]) if line.points
        ]
        places.extend(x for x, _ in self.drawing.ticks)
        first, last = min(places), max(places)
        return left + (right - left) * ((at - first) / (last - first) if last > first else 0.5)

    def _word(self, word: str, x: float, y: float, *, anchor: float) -> None:
        label = CoreLabel(text=word, font_name=fonts.WORDS, font_size=self._small)
        label.refresh()
        wide, high = label.texture.size
        Color(*theme.rgba(theme.SOFT_INK))
        Rectangle(
            texture=label.texture, pos=(round(x - wide * anchor), round(y - high / 2)), size=(wide, high)
        )
