"""The walk through every screen at a text size, in a language, on a window of some size: what it finds wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kivy.core.window import Window

from mobile.app import VIEWS, TomoniApp
from mobile.asks import Effect
from mobile.seen import Settings
from tests.mobile.driver import Driver
from tests.mobile.layout import faults
from tests.mobile.scenes import Walk


def wrong_on_every_screen(
    size: float, language: str, window: tuple[int, int] | None = None
) -> dict[str, list[str]]:
    """Each screen where a word is cut or something overlaps, with what; empty when there is none."""
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        if window is not None:
            phone.turn(*window)
        walk = Walk(app, phone, asked, Settings(size, language))
        found = {name: wrong for name in walk.all() if (wrong := faults(Window.children))}
        assert set(app.views) == set(VIEWS), "a screen was not visited"
    return found


def wrong_on(
    window: tuple[int, int], size: float, look: Callable[[TomoniApp, str], list[str]]
) -> dict[str, list[str]]:
    """The same for the screens that are used daily, in a window of another size; ``look`` looks at each too."""
    asked: list[Effect] = []
    app = TomoniApp(asked.append)
    with Driver(app) as phone:
        phone.turn(*window)
        walk = Walk(app, phone, asked, Settings(size, "ja"))
        return {
            name: wrong
            for name in _daily(walk, phone)
            if (wrong := faults(Window.children) + look(app, name))
        }


def _daily(walk: Walk, phone: Driver) -> Iterator[str]:
    for part in (walk.signing, walk.today, walk.adding, walk.medicines, walk.importing, walk.sharing):
        for name in part():
            phone.pump(2)
            yield name
