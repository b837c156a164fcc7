"""A finger and an eye for the phone app: runs it in this process, taps what can be read, reads what is shown.

The touches go the way real ones go (window, input providers, widgets); nothing of the app is replaced.

    with Driver(TomoniApp(...)) as phone:
        phone.tap("血圧をはかる")
        phone.wait_for("きょうの血圧")
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kivy.app import App
from kivy.base import EventLoop
from kivy.core.text.markup import MarkupLabel
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.input.motionevent import MotionEvent
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from tests.fixtures.window import HEIGHT, WIDTH

PATIENCE_SECONDS = 60.0  # how long a worker thread may take on a busy machine before a wait fails


class Finger(MotionEvent):  # type: ignore[misc]  # Kivy's classes are untyped
    """One touch, in window pixels from the lower left corner."""

    def __init__(self, x: float, y: float) -> None:
        place = {"x": x / (Window.width - 1), "y": y / (Window.height - 1)}
        super().__init__("finger", 1, place, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)


class Driver:
    """Runs ``app`` for the length of a ``with`` block; afterwards the window is empty for the next app."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __enter__(self) -> Driver:
        self.run()
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def run(self) -> None:
        """Build the app and draw its first frames."""
        assert tuple(Window.size) == (WIDTH, HEIGHT), "Kivy was imported before tests/fixtures/window.py"
        EventLoop.quit = False
        EventLoop.status = "started"
        self.app._run_prepare()
        self.pump(3)

    def close(self) -> None:
        """End the app as the system would; the window itself stays, it is one for the whole process."""
        self.app.dispatch("on_stop")
        for child in list(Window.children):
            Window.remove_widget(child)
        App._running_app = None
        if tuple(Window.size) != (WIDTH, HEIGHT):
            Window.size = (WIDTH, HEIGHT)
        self.pump()

    def pump(self, frames: int = 2) -> None:
        """Let ``frames`` frames pass: clock, input, layout, drawing."""
        for _ in range(frames):
            EventLoop.idle()

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Pump until ``done()``; an AssertionError naming ``what`` and the screen's texts if it never comes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < deadline, f"waited in vain for {what}; on the screen: {self.texts()}"
            self.pump(1)
            time.sleep(0.002)
        self.pump()

    def wait_for(self, text: str) -> None:
        """Pump until ``text`` can be read on the screen (part of a text is enough)."""
        self.wait(lambda: any(text in shown for shown in self.texts()), f"「{text}」")

    def texts(self) -> list[str]:
        """Everything that can be read now, from top to bottom, markup left out."""
        shown = [widget for widget in self._visible() if _text_of(widget)]
        shown.sort(
            key=lambda widget: (-widget.to_window(*widget.center)[1], widget.to_window(*widget.center)[0])
        )
        return [_text_of(widget) for widget in shown]

    def find(self, text: str) -> Widget:
        """The widget that shows exactly ``text`` (or, failing that, the only one that contains it)."""
        visible = [(widget, _text_of(widget)) for widget in self._visible()]
        exact = [widget for widget, shown in visible if shown == text]
        found = exact or [widget for widget, shown in visible if text in shown]
        assert found, f"「{text}」 is not on the screen; there is: {self.texts()}"
        assert exact or len(found) == 1, (
            f"「{text}」 is there {len(found)} times: {[_text_of(w) for w in found]}"
        )
        return found[0]

    def tap(self, text: str) -> None:
        """Touch the middle of what shows ``text``, after scrolling it into view as a person would."""
        widget = self.find(text)
        self._scroll_to(widget)
        x, y = widget.to_window(*widget.center)
        inside = 0 <= x < Window.width and 0 <= y < Window.height
        assert inside, f"「{text}」 lies outside the window at {x, y}"
        self.tap_at(x, y)

    def press(self, text: str) -> None:
        """Touch the button, row or place of the bar that says ``text``; the topmost where there are several."""
        found = [
            button
            for widget in self._visible()
            if _text_of(widget) == text and (button := _button_of(widget)) is not None
        ]
        assert found, f"no button says 「{text}」; there is: {self.texts()}"
        self._scroll_to(found[-1])
        self.tap_at(*found[-1].to_window(*found[-1].center))

    def wait_press(self, text: str) -> None:
        """`press` as soon as it can be read."""
        self.wait(lambda: text in self.texts(), f"a button 「{text}」")
        self.press(text)

    def tap_keys(self, keys: str) -> None:
        """Touch the keys of the number pad one after the other."""
        for key in keys:
            (found,) = [widget for widget in self._visible() if getattr(widget, "says", "") == key]
            self.tap_at(*found.to_window(*found.center))

    def tap_at(self, x: float, y: float) -> None:
        """Touch the window at ``x``, ``y`` (pixels from the lower left corner) and let go."""
        finger = Finger(x, y)
        EventLoop.post_dispatch_input("begin", finger)
        self.pump()
        EventLoop.post_dispatch_input("end", finger)
        self.pump(3)

    def tap_field(self) -> None:
        """Touch the only text field there is."""
        self.pump()
        (field,) = [widget for widget in self._visible() if isinstance(widget, TextInput)]
        self.tap_at(*field.to_window(*field.center))

    def type(self, text: str) -> None:
        """Type ``text`` into the field that has the focus."""
        field = self._focused()
        for character in text:
            Window.dispatch("on_textinput", character)
        self.pump()
        assert text in field.text, f"typed {text!r}, the field holds {field.text!r}"

    def paste(self, text: str) -> None:
        """Put ``text`` into the field that has the focus, all at once."""
        self._focused().insert_text(text)
        self.pump()

    def drop(self, path: Path) -> None:
        """Drop a file on the window, as a desktop does."""
        Window.dispatch("on_drop_file", os.fsencode(path), Window.width // 2, Window.height // 2)
        self.pump(3)

    def turn(self, width: int, height: int) -> None:
        """Turn the phone, or take one of another size."""
        Window.size = (width, height)
        self.pump(4)

    def clear(self) -> None:
        """Empty the field that has the focus."""
        self._focused().text = ""
        self.pump()

    def back(self) -> bool:
        """Press the back button of the phone. True when the app took it for itself."""
        taken = bool(Window.dispatch("on_keyboard", 27, 0, None, []))
        self.pump(3)
        return taken

    def shot(self, path: Path) -> Path:
        """Write what is on the screen as a PNG; fails if it is all one colour, which means: nothing was drawn."""
        self.pump(3)
        width, height = (int(side) for side in Window.size)
        Window.dispatch("on_draw")  # and read before the flip, after which the buffer is anyone's guess
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        assert pixels != pixels[:3] * (width * height), f"{path.name} is all one colour"
        Window._win.save_bytes_in_png(str(path), pixels, width, height)
        return path

    def _focused(self) -> TextInput:
        fields = [widget for widget in self._visible() if isinstance(widget, TextInput) and widget.focus]
        assert len(fields) == 1, f"{len(fields)} fields have the focus; tap one first"
        return fields[0]

    def _scroll_to(self, widget: Widget) -> None:
        above = widget.parent
        while above is not None and above is not Window:
            if hasattr(above, "scroll_to"):
                above.scroll_to(widget, animate=False)
                self.pump(3)
            above = above.parent if above.parent is not above else None

    def _visible(self) -> Iterator[Widget]:
        for child in Window.children:
            yield from _walk(child)


def _walk(widget: Widget) -> Iterator[Widget]:
    """The widget and what is in it, without what is hidden: transparent or without size."""
    if widget.opacity == 0 or not (widget.width and widget.height):
        return
    yield widget
    for child in reversed(widget.children):
        yield from _walk(child)


def _button_of(widget: Widget) -> Widget | None:
    """What is touched to press these words: the nearest button around them that does something."""
    above = widget
    while isinstance(above, Widget) and not isinstance(above, ButtonBehavior):
        above = above.parent if above.parent is not above else None
    return above if isinstance(above, Widget) and getattr(above, "leads", True) else None


def _text_of(widget: Widget) -> str:
    if isinstance(widget, TextInput):
        return str(widget.text or widget.hint_text)
    if not isinstance(widget, Label) or not widget.text:
        return ""
    if getattr(
        widget, "raw", ""
    ):  # our own labels: the text as it is meant, without the line breaks of its width
        return str(widget.raw)
    if not widget.markup:
        return str(widget.text)
    return "".join(part for part in MarkupLabel(text=widget.text).markup if not _is_tag(part))


def _is_tag(part: str) -> bool:
    return part.startswith("[") and part.endswith("]")
