"""Paints receiving from a device: what to do in large letters, what arrived, the devices that are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.events import Arrived
from mobile.screens.receive.state import State, advice, device_lines, headline, status_lines, stream_lines
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.flow import Flow
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ReceiveView(Screen):
    """Touch once, then measure."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.stage, state.wrong))
        self.ids.wrong.said = state.wrong
        self.ids.actions.show((state.busy, state.ended is None), lambda: self._actions(state))
        key = (state.stage, state.arrived, state.streams, state.troubles, state.ended, state.devices)
        self.ids.inside.show(key, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        card = Card()
        card.add_widget(Wrap(raw=headline(state), bold=True, size_sp=theme.TITLE))
        if state.name or (state.ended and state.ended.name):
            name = state.name or (state.ended.name if state.ended else "")
            card.add_widget(Wrap(raw=name, ink=theme.SOFT_INK))
        if advice(state):
            card.add_widget(Wrap(raw=advice(state)))
        yield card
        for label, value in stream_lines(state):
            line = Card()
            line.add_widget(Wrap(raw=label, bold=True))
            line.add_widget(Fit(raw=value, size_sp=theme.FIGURE, bold=True))
            yield line
        for arrived in state.arrived:
            yield self._arrived(arrived)
        for trouble in state.troubles:
            yield Note(said=trouble, tone="notice")
        if not state.busy and state.ended is None and state.devices:
            yield from self._devices(state)

    def _arrived(self, arrived: Arrived) -> Card:
        vital = arrived.vital
        card = Card()
        when = wording.joined(
            wording.kind_name(vital.kind),
            wording.day_words(vital.local.date(), year=True),
            wording.clock_words(vital.local),
        )
        card.add_widget(Wrap(raw=when, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        number = Flow()
        number.add_widget(Fit(raw=wording.value_of(vital), size_sp=theme.NUMBER, bold=True))
        for beside in (wording.unit_of(vital.kind), wording.pulse_of(vital)):
            if beside:
                number.add_widget(Hug(raw=beside, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        card.add_widget(number)
        for line in status_lines(arrived):
            card.add_widget(Wrap(raw=line))
        if not arrived.same:
            not_hers = WideButton(said=tr("私の値ではない"), look="plain", icon_name="undo")
            not_hers.bind(on_release=lambda _: self.press("take_back", str(vital.id)))
            card.add_widget(not_hers)
        return card

    def _devices(self, state: State) -> Iterator[Widget]:
        yield Wrap(raw=tr("使ったことのある機器"), bold=True, size_sp=theme.HEADING)
        card = Card(spacing=0)
        for address, name, about in device_lines(state):
            row = ListRow(icon_name="heart-pulse", title=name, about=about, leads=True)
            row.bind(on_release=lambda _, address=address: self.press("forget", address))
            card.add_widget(row)
        yield card

    def _actions(self, state: State) -> Iterator[Widget]:
        if state.busy:
            yield self._button(WideButton(said=tr("やめる"), icon_name="close", look="stop"), "stop")
            return
        said = tr("受け取る") if state.ended is None else tr("もう一度 受け取る")
        yield self._button(MainButton(said=said, icon_name="download"), "receive")
        if state.ended is not None:
            yield self._button(WideButton(said=tr("終わる"), icon_name="check"), "back")
        else:
            yield self._button(WideButton(said=tr("手で入力する"), look="plain", icon_name="pencil"), "type")

    def _button(self, button: WideButton, what: str) -> WideButton:
        button.bind(on_release=lambda _: self.press(what))
        return button
