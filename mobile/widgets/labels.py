"""Labels: one that wraps in the width it is given, one that is as wide as its words, one that fits on one line.

Two classes on purpose: Kivy keeps the bindings of every rule of a class tree alive, so one class that both wraps and
hugs would do both at once. Sizes are in sp by `size_sp`; text is broken by `mobile.text.wrap_ja`.
"""

from __future__ import annotations

from kivy.metrics import sp
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from mobile import theme
from mobile.text import balanced, wrap_ja
from mobile.widgets import fonts

# NotoSansJP: the part of the line below the baseline, in em (hhea table: 288 of 1000).
DESCENT = 0.288


class _Words(Label):
    """Text of the design system; what is shared by the two ways to size it. ``raw`` is the text as it is meant."""

    raw = StringProperty("")
    size_sp = NumericProperty(theme.BODY)
    ink = ColorProperty(theme.INK)

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.size_hint_y = None
        for name in ("raw", "size_sp", "bold"):
            self.fbind(name, self._changed)
        self.bind(ink=lambda _, ink: setattr(self, "color", ink))
        self.color = self.ink
        self.line_height = 1.0
        self._changed()

    def _changed(self, *_: object) -> None:
        raise NotImplementedError

    @property
    def baseline(self) -> float:
        """How far the baseline of the last line is above the bottom, in pixels."""
        return float(self.font_size) * DESCENT

    def _set(self, lines: list[str], width: float | None) -> None:
        self.font_size = sp(self.size_sp)
        self.text_size = (width, None)
        self.text = "\n".join(lines)
        # Now, not in the next frame: a list measures its rows before it draws them.
        self.texture_update()


class Wrap(_Words):
    """Wraps in the width that its parent gives; its height follows."""

    def __init__(self, **words: object) -> None:
        words.setdefault("halign", "left")
        words.setdefault("width", 1)
        super().__init__(**words)
        self.fbind("width", self._changed)

    def _changed(self, *_: object) -> None:
        room = self.width
        if (
            room <= 1
        ):  # not placed yet: breaking lines for a width that will not be is most of a screen's cost
            return
        size = sp(self.size_sp)
        broken = balanced if self.halign == "center" else wrap_ja
        self._set(broken(self.raw, fonts.measured_room(room), fonts.ruler(size, self.bold)), room)
        self.height = self.texture_size[1] if self.raw else 0


class Hug(_Words):
    """As wide as its words, up to ``limit`` pixels; then it wraps."""

    limit = NumericProperty(100_000)

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.size_hint_x = None
        for name in ("limit", "padding"):
            self.fbind(name, self._changed)

    def _changed(self, *_: object) -> None:
        size = sp(self.size_sp)
        room = self.limit - self.padding[0] - self.padding[2]
        self._set(wrap_ja(self.raw, max(fonts.measured_room(room), 1), fonts.ruler(size, self.bold)), None)
        self.size = self.texture_size if self.raw else (0, 0)


class Fit(_Words):
    """One line that is never cut and never wraps: the text is made smaller where it would be wider than ``limit``.

    For readings ("128 / 78") and tab names: a number broken over two lines is read as two numbers.
    """

    limit = NumericProperty(100_000)
    least_sp = NumericProperty(10)
    follow_width = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        if not self.follow_width:
            self.size_hint_x = None
        self.fbind("limit", self._changed)
        self.fbind("width", self._width_changed)

    def _width_changed(self, *_: object) -> None:
        if self.follow_width:
            self.limit = self.width

    def _changed(self, *_: object) -> None:
        size = sp(self.size_sp)
        wide = fonts.ruler(size, self.bold)(self.raw)
        if wide > self.limit * 0.98:  # a ruler of pieces is a little short of the line that is drawn
            size = max(size * self.limit / wide * 0.98, self.least_sp)
        self.font_size = size
        leans = (
            self.follow_width
            and self.halign == "left"
            and wide <= self.limit * 0.98
            and self.limit == self.width
        )
        self.text_size = (self.width if leans else None, None)
        self.text = self.raw
        self.texture_update()
        if self.follow_width:
            self.height = self.texture_size[1]
        else:
            self.size = self.texture_size

    def on_texture_size(self, *_: object) -> None:
        """Drawn again, the same words may be a pixel or two wider."""
        if not self.follow_width:
            self.size = self.texture_size


class Icon(Label):
    """One icon by its name, square, in the size ``size_sp``; it grows with the text up to half as much again."""

    name = StringProperty("")
    size_sp = NumericProperty(26)
    ink = ColorProperty(theme.MAIN)

    def __init__(self, **words: object) -> None:
        super().__init__(font_name=fonts.ICONS, **words)
        self.size_hint = (None, None)
        for name in ("name", "size_sp", "ink"):
            self.fbind(name, self._changed)
        self._changed()

    @property
    def baseline(self) -> float:
        """Icons stand a little below the line."""
        return float(self.font_size) * 0.2

    def _changed(self, *_: object) -> None:
        self.text = fonts.icon(self.name)
        self.font_size = min(sp(self.size_sp), sp(self.size_sp) / max(sp(1) / _dp(), 1) * 1.5)
        self.color = self.ink
        self.size = (self.font_size * 1.1, self.font_size * 1.1)


def _dp() -> float:
    from kivy.metrics import dp

    return float(dp(1))
