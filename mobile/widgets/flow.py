"""Flow: things side by side on a common baseline, going to the next line where there is no room; columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import NumericProperty, OptionProperty, VariableListProperty
from kivy.uix.layout import Layout

from mobile import theme


class Column(Layout):
    """Things under each other, each as wide as the column, as high together as they are.

    What has no height takes no space between either, so that a sentence that is not said leaves no gap.
    """

    padding = VariableListProperty(0)
    spacing = NumericProperty(dp(theme.GAP))

    def __init__(self, **words: object) -> None:
        words.setdefault("size_hint_y", None)
        words.setdefault("height", 0)
        super().__init__(**words)
        self._trigger = Clock.create_trigger(self._again, -1)
        for name in ("children", "pos", "size", "padding", "spacing"):
            self.fbind(name, self._trigger)

    def add_widget(self, widget: object, *args: object, **words: object) -> None:
        """As every layout; what changes its height is placed again."""
        super().add_widget(widget, *args, **words)
        widget.fbind("height", self._trigger)  # type: ignore[attr-defined]  # every Kivy widget has fbind

    def remove_widget(self, widget: object, *args: object, **words: object) -> None:
        """As every layout."""
        widget.funbind("height", self._trigger)  # type: ignore[attr-defined]  # every Kivy widget has funbind
        super().remove_widget(widget, *args, **words)

    def show(self, key: object, build: Callable[[], Iterable[object]]) -> None:
        """Hold what ``build`` makes, unless it is already what ``key`` (all that it depends on) stands for."""
        if getattr(self, "shown_key", None) == key and self.children:
            return
        self.shown_key = key
        self.clear_widgets()
        for widget in build():
            self.add_widget(widget)

    def _again(self, *_: object) -> None:
        self.do_layout()

    def do_layout(self, *_: object) -> None:
        """Place the children; sets the height."""
        left, above, right, below = self.padding
        inner = max(self.width - left - right, 1)
        for child in self.children:
            if child.size_hint_x is not None:
                child.width = inner * child.size_hint_x
        shown = [child for child in reversed(self.children) if child.height]
        taken = sum(child.height for child in shown) + self.spacing * max(len(shown) - 1, 0)
        self.height = taken + above + below if shown else 0
        y = self.top - above
        for child in shown:
            y -= child.height
            child.pos = (self.x + left, y)
            y -= self.spacing
        for child in self.children:
            if not child.height:
                child.pos = (self.x + left, y)


class Flow(Layout):
    """Children of fixed size from left to right, wrapping; on a line they share the baseline of their text.

    Labels among them get the full width as their ``limit``, so none is ever wider than this.
    """

    gap = NumericProperty(dp(8))
    line_gap = NumericProperty(dp(4))
    align = OptionProperty("baseline", options=("baseline", "center"))

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, **words)
        self._trigger = Clock.create_trigger(self._again, -1)
        for name in ("children", "pos", "width", "gap", "line_gap", "align"):
            self.fbind(name, self._trigger)

    def add_widget(self, widget: object, *args: object, **words: object) -> None:
        super().add_widget(widget, *args, **words)
        widget.fbind("size", self._trigger)  # type: ignore[attr-defined]  # every Kivy widget has fbind

    def remove_widget(self, widget: object, *args: object, **words: object) -> None:
        widget.funbind("size", self._trigger)  # type: ignore[attr-defined]  # every Kivy widget has funbind
        super().remove_widget(widget, *args, **words)

    def _again(self, *_: object) -> None:
        self.do_layout()

    def do_layout(self, *_: object) -> None:
        """Place the children; sets the height."""
        lines: list[list[object]] = [[]]
        used = 0.0
        for child in reversed(self.children):
            if hasattr(child, "limit"):
                child.limit = max(self.width, 1)
            if not child.width:
                continue
            if lines[-1] and used + self.gap + child.width > self.width + 0.5:
                lines.append([])
                used = 0.0
            used += child.width + (self.gap if lines[-1] else 0)
            lines[-1].append(child)
        shapes = [self._shape(line) for line in lines if line]
        self.height = sum(height for height, _ in shapes) + self.line_gap * max(len(shapes) - 1, 0)
        top = self.top
        for line, (height, base) in zip([line for line in lines if line], shapes, strict=True):
            self._place(line, top - height, height, base)
            top -= height + self.line_gap

    def _shape(self, line: list[object]) -> tuple[float, float]:
        """Height of a line, and how far its common baseline is above its bottom."""
        if self.align == "center":
            return max(child.height for child in line), 0.0  # type: ignore[attr-defined]
        base = max(_baseline(child) for child in line)
        above = max(child.height - _baseline(child) for child in line)  # type: ignore[attr-defined]
        return base + above, base

    def _place(self, line: list[object], bottom: float, height: float, base: float) -> None:
        x = self.x
        for child in line:
            up = (height - child.height) / 2 if self.align == "center" else base - _baseline(child)  # type: ignore[attr-defined]
            child.pos = (x, bottom + up)  # type: ignore[attr-defined]
            x += child.width + self.gap  # type: ignore[attr-defined]


def _baseline(widget: object) -> float:
    return float(getattr(widget, "baseline", 0.0))
