"""Paints the order of devices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.sources.state import State, about
from mobile.seen import SourceSeen
from mobile.widgets.buttons import MainButton
from mobile.widgets.card import Card, Note
from mobile.widgets.chip import Choice
from mobile.widgets.flow import Column, Flow
from mobile.widgets.labels import Wrap
from mobile.widgets.page import Screen
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class SourcesView(Screen):
    """Which device is believed first."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.message, state.wrong))
        self.ids.inside.show(state, lambda: self._inside(state))
        self.ids.actions.show((state.changed, state.saving), lambda: self._actions(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        yield Note(said=state.wrong, tone="stop")
        yield Note(said=state.message, tone="good")
        yield Wrap(
            raw=tr(
                "同じ時間を2つの機器が測ったときは、上にある機器の値を使います。数を足し合わせることはありません。"
            )
        )
        if state.loaded and not state.sources:
            yield Wrap(raw=tr("まだ機器の記録がありません。"), size_sp=theme.HEADING)
            yield Wrap(raw=tr("時計やアプリから書き出したファイルを取り込むと、ここに出ます。"))
        if state.sources:
            card = Card(spacing=dp(8))
            for place, source in enumerate(state.sources):
                card.add_widget(self._row(place, source))
            yield card
            later = tr("新しい機器は、いちばん下に入ります。")
            yield Wrap(raw=later, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _row(self, place: int, source: SourceSeen) -> Widget:
        words = Column(spacing=dp(2), pos_hint={"center_y": 0.5})
        words.add_widget(Wrap(raw=f"{place + 1}. {source.name}", bold=True))
        words.add_widget(Wrap(raw=about(source), size_sp=theme.SMALL, ink=theme.SOFT_INK))
        if not place:
            return words
        up = Choice(said=tr("1つ上へ"), pos_hint={"center_y": 0.5})
        up.bind(on_release=lambda _: self.press("up", str(place)))
        if sp(1) > dp(1.3):  # no name has room beside it in large letters
            under = Flow()
            under.add_widget(up)
            words.add_widget(under)
            return words
        row = BoxLayout(orientation="horizontal", size_hint_y=None, spacing=dp(8))
        row.add_widget(words)
        row.add_widget(up)
        words.bind(height=lambda _, height: setattr(row, "height", max(height, dp(theme.TOUCH))))
        row.height = max(words.height, dp(theme.TOUCH))
        return row

    def _actions(self, state: State) -> Iterator[Widget]:
        if state.changed:
            save = MainButton(said=tr("この順番にする"), icon_name="check", disabled=state.saving)
            save.bind(on_release=lambda _: self.press("save"))
            yield save
