"""Paints one warning of the medicine checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.medicines.state import coverage_of, tone
from mobile.screens.warning.state import State, reasons
from mobile.widgets import device
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Wrap
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared.drug_check_words import hit_words
from shared.drug_checks import Hit
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class WarningView(Screen):
    """What was found, and what to do: to ask."""

    note: TextField | None = None

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.key, state.marking))
        self.ids.head.title = tr("確認したいこと")
        key = (state.key, state.checks, state.marking, state.chosen, state.wrong)
        self.ids.inside.show(key, lambda: self._inside(state))
        if self.note is not None and state.marking:
            self.note.text = state.note

    def _inside(self, state: State) -> Iterator[Widget]:
        hit = state.hit
        if hit is None:
            said = tr("この注意は、いまのお薬の記録では出ていません。") if state.checks else ""
            yield Wrap(raw=said)
            return
        if state.marking:
            yield from self._marking(state)
            return
        yield from self._said(hit)
        yield from self._known(state)
        yield Wrap(raw=coverage_of(state.checks), size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _said(self, hit: Hit) -> Iterator[Widget]:
        words = hit_words(hit)
        yield Note(said=words.headline, tone=tone(hit))
        ask = Card(spacing=4)
        ask.add_widget(Wrap(raw=tr("どうすればよいか"), bold=True, ink=theme.MAIN))
        ask.add_widget(Wrap(raw=words.ask))
        yield ask
        card = Card(spacing=8)
        card.add_widget(Wrap(raw=tr("関わるお薬"), bold=True, ink=theme.MAIN))
        for each in words.medicines:
            card.add_widget(Wrap(raw=each))
        for each in words.about:
            card.add_widget(Wrap(raw=each, size_sp=theme.SMALL))
        card.add_widget(Wrap(raw=words.source, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        yield card

    def _known(self, state: State) -> Iterator[Widget]:
        if state.mark is not None:
            yield Note(said=tr("確認ずみ：{reason}", reason=state.mark.reason), tone="good")
            again = WideButton(said=tr("確認ずみを取り消す"), icon_name="undo", look="plain")
            again.bind(on_release=lambda _: self.press("again"))
            yield again
            return
        known = WideButton(said=tr("薬剤師や先生に確認した"), icon_name="check")
        known.bind(on_release=lambda _: self.press("known"))
        yield known

    def _marking(self, state: State) -> Iterator[Widget]:
        said = tr("確認ずみにすると、上のほうには出なくなります。お薬や量が変わると、また出ます。")
        yield Wrap(raw=said)
        choices = Choices(
            question=tr("どのように確認しましたか"),
            options=reasons(),
            chosen=[state.chosen] if state.chosen else [],
        )
        choices.bind(on_choose=lambda _, key: self.choose("reason", key))
        yield choices
        self.note = TextField(
            question=tr("名前や理由（なくてもかまいません）"),
            text=state.note,
            wrong=state.wrong,
            lines=2,
            native=device.has_text_dialog(),
        )
        self.note.bind(on_typed=lambda _, text: self.write("note", text))
        self.note.bind(on_asked=lambda _: self.press("write_note"))
        yield self.note
        keep = MainButton(said=tr("確認ずみにする"), icon_name="check")
        keep.bind(on_release=lambda _: self.press("keep"))
        yield keep
