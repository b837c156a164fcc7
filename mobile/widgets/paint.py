"""Painted grounds: rounded rectangles and outlines behind widgets, drawn smooth (no multisampling on cheap phones)."""

from __future__ import annotations

from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.metrics import dp
from kivy.properties import ColorProperty, NumericProperty
from kivy.uix.widget import Widget

from mobile import theme

CLEAR = (0, 0, 0, 0)


class Painted(Widget):
    """Mix-in: a rounded ground in ``fill`` with an outline in ``stroke`` (clear by default)."""

    fill = ColorProperty(CLEAR)
    stroke = ColorProperty(CLEAR)
    stroke_width = NumericProperty(1.2)
    radius_dp = NumericProperty(theme.RADIUS)

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        with self.canvas.before:
            self._fill = Color(*self.fill)
            self._ground = SmoothRoundedRectangle(pos=self.pos, size=self.size)
            self._stroke = Color(*self.stroke)
            self._edge = SmoothLine(width=dp(1))
        for name in ("pos", "size", "fill", "stroke", "radius_dp", "stroke_width"):
            self.fbind(name, self._paint)
        self._paint()

    def _paint(self, *_: object) -> None:
        radius = min(dp(self.radius_dp), self.height / 2, self.width / 2)
        # Kivy goes on showing the ground of what has no height any more.
        self._fill.rgba = self.fill if self.width > 0 and self.height > 0 else CLEAR
        self._ground.pos, self._ground.size = self.pos, self.size
        self._ground.radius = [radius]
        self._stroke.rgba = self.stroke
        self._edge.width = dp(self.stroke_width)
        # A clear outline is not drawn at all: a smooth line costs as much as the ground.
        shown = self.stroke[3] > 0 and self.width > 0
        self._edge.rounded_rectangle = (*self.pos, *self.size, radius) if shown else (0, 0, 0, 0, 0)
