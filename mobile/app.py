"""The app: paints the shell's states, tells it touches and events, and does with the window what only Kivy can.

Widgets are touched in the main thread only: `take` may be called from any thread and schedules through the Clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import Metrics
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from mobile import shell as shells
from mobile import theme
from mobile.asks import Effect, OpenStore, SyncNow
from mobile.device.screen import Glass, to_background
from mobile.events import Event, FilePicked
from mobile.screens.sign_in.state import Demo
from mobile.screens.touches import Answered, Question, Shown, Touch
from mobile.seen import Settings
from mobile.shell import Shell
from mobile.widgets.nav_bar import NavBar
from mobile.widgets.page import Page, Screen
from mobile.widgets.sheet import Sheet
from shared import languages

# Screen: the class that paints it. Imported and built on the first visit, as most starts visit few.
VIEWS = {
    "sign_in": "SignInView",
    "today": "TodayView",
    "add_reading": "AddReadingView",
    "readings": "ReadingsView",
    "trends": "TrendsView",
    "medicines": "MedicinesView",
    "medicine": "MedicineView",
    "warning": "WarningView",
    "add_medicine": "AddMedicineView",
    "notebook": "NotebookView",
    "medicine_year": "MedicineYearView",
    "findings": "FindingsView",
    "costs": "CostsView",
    "recordings": "RecordingsView",
    "import_file": "ImportFileView",
    "receive": "ReceiveView",
    "sharing": "SharingView",
    "visits": "VisitsView",
    "sources": "SourcesView",
    "settings": "SettingsView",
    "shared_records": "SharedRecordsView",
}
BACK_KEY = 27  # escape on a desktop, the back button on Android


class TomoniApp(App):
    """The phone app. ``ask`` is where effects go; whoever runs them gives the events to `take`."""

    title = "Tomoni"

    def __init__(
        self,
        ask: Callable[[Effect], None],
        *,
        demos: tuple[Demo, ...] = (),
        glass: Glass | None = None,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.ask = ask
        self.leave = leave
        self.glass = glass
        self.shell: Shell = shells.opening(demos)
        self.views: dict[str, Screen] = {}
        self.looks: tuple[float, str] | None = None
        self.sheet: Sheet | None = None

    def build(self) -> Widget:
        """The empty frame; the first screen comes with the opened store."""
        self._look(Settings())
        # Without this a field near the bottom is hidden behind the phone's keyboard ("resize" does not work).
        Window.softinput_mode = "below_target"
        Window.clearcolor = theme.rgba(theme.GROUND)
        Window.bind(on_keyboard=self._on_key, on_resize=self._resized, on_drop_file=self._dropped)
        self.root_place = FloatLayout()
        self.frame = BoxLayout(orientation="vertical")
        self.place = Page()
        self.bar = NavBar(height=0)
        self.bar.bind(on_go=lambda _, screen: self._after(shells.gone(self.shell, screen)))
        self.frame.add_widget(self.place)
        self.frame.add_widget(self.bar)
        self.root_place.add_widget(self.frame)
        self._inset()
        return self.root_place

    def on_start(self) -> None:
        """Open the store once the first frame is there."""
        self.ask(OpenStore())

    def on_pause(self) -> bool:
        """Android may put the app aside: everything typed is kept already."""
        return True

    def on_resume(self) -> None:
        """Back in front: the day may be another, the server may have news; a black glass is painted again."""
        Window.canvas.ask_update()
        self._after(shells.touched(self.shell, Shown()))
        if self.shell.account is not None:
            self.ask(SyncNow())

    def on_stop(self) -> None:
        """The end: what was asked is done first."""
        Window.unbind(on_keyboard=self._on_key, on_resize=self._resized, on_drop_file=self._dropped)
        self.leave()

    def take(self, event: Event) -> None:
        """An event, from any thread."""
        Clock.schedule_once(lambda _: self._after(shells.told(self.shell, event)))

    def tell(self, touch: Touch) -> None:
        """A touch on the screen in front."""
        self._after(shells.touched(self.shell, touch))

    def _after(self, outcome: tuple[Shell, tuple[Effect, ...]]) -> None:
        self.shell, effects = outcome
        for effect in effects:
            self.ask(effect)
        self._look(self.shell.settings)
        self._paint()

    def _look(self, settings: Settings) -> None:
        """Text size and language; every view is built anew when one changes (sizes are fixed when a widget is made)."""
        chosen = settings.text_size if settings.text_size > 1.0 else None
        system = self.glass.text if self.glass else 1.0
        density = self.glass.density if self.glass else float(Metrics.density)
        scale = theme.scale_for(density, system, chosen)
        looks = (scale.text, settings.language)
        if looks == self.looks:
            return
        self.looks = looks
        if self.glass is not None:
            Metrics.density = scale.density
        Metrics.fontscale = scale.text
        languages.speak(settings.language)
        self.views.clear()

    def _paint(self) -> None:
        front = self.shell.front
        if not front:
            return
        view = self.views.get(front) or self._built(front)
        if view.parent is not self.place:
            Window.release_all_keyboards()
            self.place.clear_widgets()
            self.place.add_widget(view)
        view.render(self.shell.state)
        self._bar()
        self._ask_her(self.shell.question)

    def _built(self, name: str) -> Screen:
        module = import_module(f"mobile.screens.{name}.view")
        view: Screen = getattr(module, VIEWS[name])(self.tell)
        self.views[name] = view
        return view

    def _bar(self) -> None:
        tabs = [list(tab) for tab in self.shell.tabs]
        if self.bar.tabs != tabs or self.bar.scale != Metrics.fontscale:
            self.bar.scale = Metrics.fontscale
            self.bar.tabs = []
            self.bar.tabs = tabs
        self.bar.here = self.shell.front
        self.bar.opacity = 1 if tabs else 0
        if not tabs:
            self.bar.height = 0

    def _ask_her(self, question: Question | None) -> None:
        if self.sheet is not None and self.sheet.question == question:
            return
        if self.sheet is not None:
            self.root_place.remove_widget(self.sheet)
            self.sheet = None
        if question is not None:
            self.sheet = Sheet(question, lambda yes: self.tell(Answered(yes)))
            self.root_place.add_widget(self.sheet)

    def _on_key(self, _window: object, key: int, *_: object) -> bool:
        if key != BACK_KEY:
            return False
        shell, effects, taken = shells.back(self.shell)
        if taken:
            self._after((shell, effects))
        elif self.glass is not None:
            to_background()
        # Taken in any case: Kivy would end the app, and a slip of the finger on a keyboard is no wish to leave.
        return True

    def _resized(self, *_: object) -> None:
        # Lists reckon their rows for a width: a turned phone has another.
        Clock.schedule_once(lambda _: self._paint(), 0)

    def _dropped(self, _window: object, name: bytes, *_: object) -> None:
        """A file dropped on the window of a computer, where there may be no file dialog."""
        path = Path(os.fsdecode(name))  # not every name is UTF-8
        if self.shell.front == "import_file" and path.is_file():
            self._after(shells.told(self.shell, FilePicked(path.name, path, path.stat().st_size)))

    def _inset(self) -> None:
        if self.glass is not None:
            self.frame.padding = (0, self.glass.top, 0, self.glass.bottom)
