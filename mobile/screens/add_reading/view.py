"""Paints adding a reading: the figures, the pad, what may be added, and what was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.add_reading.digits import Figure
from mobile.screens.add_reading.state import State, offers_second, said_after
from mobile.screens.touches import Keyed, Touch
from mobile.widgets import device
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.flow import Column, Flow
from mobile.widgets.kind_list import kind_list
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.number_pad import Figure as FigurePlace
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared import units
from shared.kinds import KINDS
from shared.languages import tr
from shared.vitals import Session

Builder.load_file(str(Path(__file__).with_name("view.kv")))

# Three figures stand side by side: one word each.
_SHORT = {"systolic": "上", "diastolic": "下", "pulse": "脈拍"}


class AddReadingView(Screen):
    """The number pad first; nothing else is required. ``lies``: the phone lies on its side."""

    lies = BooleanProperty(False)

    def on_size(self, *_: object) -> None:
        """The phone was turned."""
        self.lies = self.width > self.height

    def key_height(self, height: float, lies: bool, head: float, figures: float, save: float) -> float:
        """How high a key may be so that the figures stay in sight; never less than a finger needs."""
        room = height - save - dp(36) - (0 if lies else head + figures + dp(24))
        return float(min(max((room - 3 * dp(8)) / 4, dp(theme.TOUCH)), dp(theme.KEY_HEIGHT)))

    def key(self, key: str) -> None:
        """A key of the pad."""
        self.tell(Keyed(key))

    def __init__(self, tell: Callable[[Touch], None]) -> None:
        super().__init__(tell)
        self.pad, self.save = self.ids["pad"].__self__, self.ids["save"].__self__

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.kind, state.choosing_kind, state.done, state.wrong))
        kind = wording.kind_name(state.kind)
        if state.choosing_kind:
            self.ids.head.title = tr("何を記録しますか")
        elif state.correcting:
            self.ids.head.title = tr("{kind}をなおす", kind=kind)
        else:
            self.ids.head.title = tr("記録しました") if state.done else tr("{kind}を記録", kind=kind)
        typing = not (state.done or state.choosing_kind)
        self.show_foot(typing)
        self.ids.wrong.said = state.wrong if typing else ""
        self.save.resting = state.saving
        self.ids.top.show(self._top_key(state), lambda: self._top(state))
        self._figures(state, typing)
        if typing and state.typed:
            self.pad.decimals = bool(state.typed[min(state.turn, len(state.typed) - 1)].measure.decimals)
        key = (
            typing,
            bool(state.saved),
            state.kind,
            state.more,
            state.session,
            state.meal,
            state.days_ago,
            state.note == "",
            _time(state),
        )
        self.ids.optional.show(
            (*key, state.turn if state.days_ago is not None else 0), lambda: self._optional(state, typing)
        )

    def _top_key(self, state: State) -> tuple[object, ...]:
        return (
            state.choosing_kind,
            state.done,
            state.saved,
            state.untold,
            state.kind,
            state.correcting is None,
        )

    def _top(self, state: State) -> Iterator[Widget]:
        if state.choosing_kind:
            yield kind_list(lambda kind: self.press("kind", kind))
        elif state.done:
            yield from self._done(state)
        elif state.saved:
            yield Wrap(raw=tr("2回目を測ってください。1〜2分あけて測ると正確です。"))

    def _done(self, state: State) -> Iterator[Widget]:
        card = Card()
        for vital in state.saved if state.kind == "blood_pressure" else state.saved[-1:]:
            line = Flow()
            line.add_widget(Fit(raw=wording.value_of(vital), size_sp=theme.FIGURE * 1.3, bold=True))
            line.add_widget(
                Hug(raw=wording.joined(_unit(vital.kind), wording.pulse_of(vital)), ink=theme.SOFT_INK)
            )
            card.add_widget(line)
        card.add_widget(Note(said=said_after(state), tone="good"))
        yield card
        yield Wrap(raw=wording.untold_words(state.untold), ink=theme.SOFT_INK)
        if offers_second(state):
            yield self._button(MainButton(said=tr("2回目を記録"), icon_name="plus"), "again")
            yield self._button(WideButton(said=tr("1回だけで終わる")), "finish")
        else:
            yield self._button(MainButton(said=tr("終わる"), icon_name="check"), "finish")
        yield self._button(WideButton(said=tr("ほかの測定"), look="plain"), "other")

    def _button(self, button: WideButton, what: str) -> WideButton:
        button.bind(on_release=lambda _: self.press(what))
        return button

    def _figures(self, state: State, typing: bool) -> None:
        grid = self.ids.figures
        shown = state.figures if typing else ()
        names = (state.kind, len(shown))
        if getattr(grid, "names", None) != names:
            grid.names = names
            grid.clear_widgets()
            grid.height = 0
            for at, figure in enumerate(shown):
                grid.add_widget(self._figure(at, figure, len(shown)))
        places = [column.place for column in reversed(grid.children)]
        for at, (place, figure) in enumerate(zip(places, shown, strict=True)):
            place.said, place.turn = figure.text, state.turn == at

    def _figure(self, at: int, figure: Figure, of: int) -> Column:
        column = Column(spacing=dp(4))
        name = figure.measure.name
        label = (
            tr(_SHORT[name])
            if of > 1
            else wording.bracketed(tr(figure.measure.label), tr(units.shown(figure.measure.unit)))
        )
        column.pos_hint = {"top": 1}
        column.bind(
            height=lambda *_: setattr(
                self.ids.figures, "height", max(one.height for one in self.ids.figures.children)
            )
        )
        column.add_widget(Fit(raw=label, bold=True, follow_width=True))
        column.place = FigurePlace()
        column.place.bind(on_release=lambda _: self.press("figure", str(at)))
        column.add_widget(column.place)
        if of > 1:
            small = tr("なくても可") if name == "pulse" else tr(units.shown(figure.measure.unit))
            column.add_widget(Fit(raw=small, size_sp=theme.SMALL, ink=theme.SOFT_INK, follow_width=True))
        return column

    def _optional(self, state: State, typing: bool) -> Iterator[Widget]:
        if not typing:
            return
        if state.kind == "blood_glucose":
            yield self._meals(state)
        if not state.more:
            said = tr("メモ・時刻") if state.kind != "blood_pressure" else tr("メモ・時刻・朝晩")
            yield self._button(WideButton(said=said, look="plain", icon_name="pencil"), "more")
            if state.correcting is None and not state.saved:
                other = WideButton(
                    said=tr("ほかの測定（体重・体温など）"), look="plain", icon_name="chevron-right"
                )
                yield self._button(other, "kinds")
            return
        if state.kind == "blood_pressure":
            yield self._sessions(state)
        if state.correcting is None:
            yield self._when(state)
            if state.days_ago is not None:
                yield self._time(state)
        note = TextField(
            question=tr("メモ（なくてもかまいません）"),
            text=state.note,
            lines=2,
            native=device.has_text_dialog(),
        )
        note.bind(on_typed=lambda _, text: self.write("note", text))
        note.bind(on_asked=lambda _: self.press("write_note"))
        yield note

    def _sessions(self, state: State) -> Choices:
        options = [(Session.MORNING.value, tr("朝")), (Session.EVENING.value, tr("晩"))]
        chosen = [state.session.value] if state.session else []
        choices = Choices(question=tr("朝・晩（選ばなければ時刻で決めます）"), options=options, chosen=chosen)
        choices.bind(on_choose=lambda _, key: self.choose("session", key))
        return choices

    def _meals(self, state: State) -> Choices:
        options = [(meal.value, wording.meal_words(meal)) for meal in wording.MEALS_OFFERED]
        chosen = [state.meal.value] if state.meal else []
        choices = Choices(question=tr("いつ測りましたか"), options=options, chosen=chosen)
        choices.bind(on_choose=lambda _, key: self.choose("meal", key))
        return choices

    def _when(self, state: State) -> Choices:
        options = [("now", tr("いま")), ("0", tr("今日")), ("1", tr("昨日")), ("2", tr("おととい"))]
        chosen = ["now" if state.days_ago is None else str(state.days_ago)]
        choices = Choices(question=tr("測った時"), options=options, chosen=chosen)
        choices.bind(on_choose=lambda _, key: self.choose("when", key))
        return choices

    def _time(self, state: State) -> Flow:
        """The hour and the minute, typed with the same pad."""
        flow = Flow(align="center")
        first = len(state.figures)
        for at, figure in ((first, state.hour), (first + 1, state.minute)):
            place = FigurePlace(size_hint_x=None, width=dp(110), said=figure.text, turn=state.turn == at)
            place.bind(on_release=lambda _, at=at: self.press("figure", str(at)))
            flow.add_widget(place)
            flow.add_widget(Hug(raw=tr(figure.measure.label), bold=True))
        return flow


def _time(state: State) -> tuple[str, str]:
    return state.hour.text, state.minute.text


def _unit(kind: str) -> str:
    return tr(units.shown(KINDS[kind].measure.unit))
