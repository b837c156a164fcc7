"""Timeline: the bars of one medicine over a year, months as hairlines, today as a thin upright line."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Line, Rectangle, RoundedRectangle
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from mobile import theme
from mobile.chart_points import spread_ticks
from mobile.widgets import fonts
from mobile.widgets.flow import Column
from mobile.widgets.labels import Wrap
from mobile.widgets.paint import CLEAR, Painted

_INKS = {"main": theme.MAIN, "open": theme.CARD, "notice": theme.ON_NOTICE}


class Bars(Widget):
    """``bars`` are (start, end, tone) from 0 to 1; ``months`` places from 0 to 1; ``today`` one, or None."""

    bars = ListProperty([])
    months = ListProperty([])
    today = ObjectProperty(None, allownone=True)

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, height=dp(20), **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("bars", "months", "today", "pos", "size"):
            self.fbind(name, self._trigger)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        low, high = self.y + dp(4), self.y + self.height - dp(4)
        with self.canvas:
            Color(*theme.rgba(theme.GROUND))
            Rectangle(pos=(self.x, low), size=(self.width, high - low))
            Color(*theme.rgba(theme.LINE))
            for place in self.months:
                x = self.x + self.width * place
                Line(points=[x, self.y, x, self.y + self.height], width=1)
            for start, end, tone in self.bars:
                self._bar(
                    (self.x + self.width * start, low),
                    (max(self.width * (end - start), dp(2)), high - low),
                    tone,
                )
            if self.today is not None:
                Color(*theme.rgba(theme.ON_STOP))
                x = self.x + self.width * self.today
                Line(points=[x, self.y, x, self.y + self.height], width=1.2)

    def _bar(self, pos: tuple[float, float], size: tuple[float, float], tone: str) -> None:
        Color(*theme.rgba(_INKS[tone]))
        RoundedRectangle(pos=pos, size=size, radius=[dp(3)])
        if tone == "open":
            Color(*theme.rgba(theme.MAIN))
            Line(rectangle=(*pos, *size), width=1)


class TimelineRow(ButtonBehavior, Painted, Column):
    """A medicine: its name in full, its bars, and what they show in words. Touched, it leads to the medicine."""

    title = StringProperty("")
    said = StringProperty("")
    leads = BooleanProperty(True)

    def __init__(self, bars: Bars, **words: object) -> None:
        super().__init__(spacing=dp(2), padding=(0, dp(6)), **words)
        self.radius_dp = 8
        self.fill = CLEAR
        self.add_widget(Wrap(raw=self.title, bold=True))
        self.add_widget(bars)
        self.add_widget(Wrap(raw=self.said, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        self.fbind("state", self._shape)

    def _shape(self, *_: object) -> None:
        self.fill = theme.rgba(theme.PALE) if self.state == "down" else CLEAR


class Months(Widget):
    """The words of the months over the bars, as many as fit without touching."""

    ticks = ListProperty([])

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        self.height = fonts.ruler(self._size).height + dp(2)
        for name in ("ticks", "pos", "size"):
            self.fbind(name, self._trigger)

    @property
    def _size(self) -> float:
        return float(sp(13))

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        ruler = fonts.ruler(self._size)
        month = self.width / max(len(self.ticks), 1)
        places = [
            (self._inside(self.x + self.width * at + month / 2, ruler(word)), ruler(word), word)
            for at, word in self.ticks
        ]
        # Every month, or every second one, or every third: never some of them.
        fitting = [places[-1::-every][::-1] for every in range(1, len(places) + 1)]
        shown = next((some for some in fitting if len(spread_ticks(some, dp(6))) == len(some)), [])
        with self.canvas:
            Color(*theme.rgba(theme.SOFT_INK))
            for x, _wide, word in shown:
                label = CoreLabel(text=word, font_name=fonts.WORDS, font_size=self._size)
                label.refresh()
                wide, high = label.texture.size
                Rectangle(texture=label.texture, pos=(round(x - wide / 2), round(self.y)), size=(wide, high))

    def _inside(self, x: float, wide: float) -> float:
        return float(min(max(x, self.x + wide / 2), self.right - wide / 2))
