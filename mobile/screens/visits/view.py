"""Paints the visitors' book."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.recycleview.views import RecycleDataViewBehavior
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.visits.state import State, only_options, visit_lines
from mobile.text import wrap_ja
from mobile.widgets import fonts
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Note
from mobile.widgets.flow import Column
from mobile.widgets.labels import Wrap
from mobile.widgets.page import Screen
from mobile.widgets.paint import Painted
from mobile.widgets.text_field import Choices
from shared.languages import tr


class VisitRow(RecycleDataViewBehavior, Painted, Column):
    """One visit; a refused one is tinted and says so."""

    who = StringProperty("")
    deed = StringProperty("")
    when = StringProperty("")
    refused = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.spacing, self.radius_dp = dp(2), 12
        self.name = Wrap(bold=True)
        self.did = Wrap(size_sp=theme.SMALL)
        self.at = Wrap(size_sp=theme.SMALL, ink=theme.SOFT_INK)
        for label in (self.name, self.did, self.at):
            self.add_widget(label)
        for name in ("who", "deed", "when", "refused"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.name.raw, self.did.raw, self.at.raw = self.who, self.deed, self.when
        self.fill = theme.rgba(theme.NOTICE if self.refused else theme.CARD)
        self.at.ink = theme.rgba(theme.ON_NOTICE if self.refused else theme.SOFT_INK)


Builder.load_file(str(Path(__file__).with_name("view.kv")))


class VisitsView(Screen):
    """Who opened what, and who was refused."""

    listed: object = None

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.ids.choices.show(
            (state.only, state.loaded, state.shown == (), state.wrong), lambda: self._top(state)
        )
        self.ids.actions.show(state.more, lambda: self._more(state))
        wide = self.width - dp(2 * theme.EDGE_SPACE)
        if self.listed == (wide, state.shown, state.offset_min):
            return
        self.listed = (wide, state.shown, state.offset_min)
        data = []
        for visit in state.shown:
            who, deed, when = visit_lines(state, visit)
            high = row_height(wide - dp(32), who, deed, when)
            refused = visit.outcome == "refused"
            data.append({"who": who, "deed": deed, "when": when, "refused": refused, "size": (wide, high)})
        self.ids.list.data = data

    def _top(self, state: State) -> Iterator[Widget]:
        yield Note(said=state.wrong, tone="stop")
        choices = Choices(options=only_options(), chosen=[state.only])
        choices.bind(on_choose=lambda _, key: self.choose("only", key))
        yield choices
        if state.loaded and not state.shown:
            yield Wrap(raw=tr("まだありません。"), ink=theme.SOFT_INK)

    def _more(self, state: State) -> Iterator[Widget]:
        if state.more:
            more = WideButton(said=tr("前の記録を見る"))
            more.bind(on_release=lambda _: self.press("more"))
            yield more


def row_height(wide: float, who: str, deed: str, when: str) -> float:
    """How high a line will be, from its words, before it is made."""
    inside = fonts.measured_room(wide)
    small, body = fonts.ruler(sp(theme.SMALL)), fonts.ruler(sp(theme.BODY), True)
    lines = sum(len(wrap_ja(text, inside, small)) for text in (deed, when))
    return float(len(wrap_ja(who, inside, body)) * body.height + lines * small.height + dp(4) + dp(18))
