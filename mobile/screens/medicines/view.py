"""Paints the medicines: warnings on top, what she takes now, and the ways to everything else; no name is ever cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.medicine_wording import writer_icon
from mobile.screens.medicines.slips import medicine_lines, source_words, where_words
from mobile.screens.medicines.state import (
    LIST,
    PAST,
    State,
    Warned,
    coverage,
    past_about,
    rows,
    title,
    warnings,
)
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.languages import tr
from shared.medicines import Dispensing

Builder.load_file(str(Path(__file__).with_name("view.kv")))


def dispensing_card(dispensing: Dispensing) -> Card:
    """One visit to a pharmacy: the day, the places, each medicine in full, and where we have it from."""
    card = Card(spacing=4)
    card.add_widget(
        Wrap(raw=wording.day_words(dispensing.dispensed_on, year=True), bold=True, size_sp=theme.HEADING)
    )
    card.add_widget(Wrap(raw=where_words(dispensing), size_sp=theme.SMALL, ink=theme.SOFT_INK))
    for medicine in dispensing.medicines:
        name, how = medicine_lines(medicine)
        notes = " ".join((*medicine.usage.notes, *medicine.notes))
        card.add_widget(ListRow(icon_name="pill", title=name, about=how, more=notes))
    card.add_widget(Wrap(raw=source_words(dispensing), size_sp=theme.SMALL, ink=theme.SOFT_INK))
    return card


class MedicinesView(Screen):
    """What she takes, what was before, and each visit to a pharmacy."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.part,))
        self.ids.head.title, self.ids.head.leads_back = title(state), state.part != LIST
        self.show_foot(state.part == LIST)
        shown = (state.dispensings, state.courses, state.on, state.hidden)
        key = (state.loaded, state.part, shown, state.checks, state.known_open, state.most)
        self.ids.list.show(key, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        if not state.loaded:
            return
        if state.part == LIST:
            yield from self._list(state)
        elif state.part == PAST:
            yield from self._past(state)
        else:
            yield from self._slips(state)

    def _list(self, state: State) -> Iterator[Widget]:
        yield from self._warnings(state)
        if not state.courses:
            yield Wrap(raw=tr("お薬の記録はまだありません。"), size_sp=theme.HEADING)
            yield Wrap(raw=tr("薬局でもらう説明書の QR コードを写すと、ここに入ります。"), ink=theme.SOFT_INK)
        if state.current and state.on is not None:
            yield Wrap(raw=tr("いま使っているお薬（{n} 種類）", n=len(state.current)), bold=True)
            card = Card(spacing=0)
            for row in rows(state.current, state.on, state.hidden):
                line = ListRow(icon_name=row.icon, title=row.name, about=row.about, more=row.more, leads=True)
                line.bind(on_release=lambda _, key=row.key: self.press("course", key))
                card.add_widget(line)
            yield card
        if state.courses:
            yield Wrap(raw=coverage(state), size_sp=theme.SMALL, ink=theme.SOFT_INK)
        yield self._ways(state)
        if state.courses:
            said = tr(
                "これは薬局や病院の記録と、ご自分の入力を並べたものです。ここにないお薬があるかもしれません。飲み方を変えるときは、先生や薬剤師に相談してください。"
            )
            yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _warnings(self, state: State) -> Iterator[Widget]:
        for warned in warnings(state):
            yield self._warning(warned)
        known = warnings(state, known=True)
        if known:
            fold = WideButton(
                said=tr("確認ずみの注意（{n} 件）", n=len(known)), look="plain", icon_name="check"
            )
            fold.bind(on_release=lambda _: self.press("known"))
            yield fold
            if state.known_open:
                yield from map(self._warning, known)

    def _warning(self, warned: Warned) -> Card:
        card = Card(spacing=8)
        card.add_widget(Note(said=warned.said, tone=warned.tone))
        look = WideButton(said=tr("くわしく見る"), icon_name="chevron-right")
        look.bind(on_release=lambda _: self.press("warning", warned.key))
        card.add_widget(look)
        return card

    def _ways(self, state: State) -> Card:
        card = Card(spacing=0)
        ways = [
            ("plus", tr("薬を自分で入力する"), tr("市販の薬・サプリメントも"), "add_medicine"),
            ("qrcode", tr("お薬手帳を見せる"), tr("QR コードで、薬局やほかのアプリに渡す"), "notebook"),
            ("stethoscope", tr("アレルギー・副作用・病名"), "", "findings"),
        ]
        if state.courses:
            ways.append(("calendar", tr("1年のようす"), tr("どの薬を、いつからいつまで"), "medicine_year"))
        if state.past:
            ways.append(("history", tr("前に使っていたお薬"), tr("{n} 種類", n=len(state.past)), "past"))
        if state.dispensings:
            ways.append(("file-document", tr("お薬をもらった記録"), tr("薬局ごと・日付の順"), "slips"))
        for icon, said, about, what in ways:
            row = ListRow(icon_name=icon, title=said, about=about, leads=True)
            row.bind(on_release=lambda _, what=what: self.press(what))
            card.add_widget(row)
        return card

    def _past(self, state: State) -> Iterator[Widget]:
        card = Card(spacing=0)
        for course in state.past[: state.most]:
            icon = writer_icon(course.newest.writer)
            row = ListRow(icon_name=icon, title=course.name, about=past_about(course), leads=True)
            row.bind(on_release=lambda _, key=course.key: self.press("course", key))
            card.add_widget(row)
        yield card
        yield from self._more(len(state.past) - state.most)

    def _slips(self, state: State) -> Iterator[Widget]:
        for dispensing in state.dispensings[: state.most]:
            yield dispensing_card(dispensing)
        yield from self._more(len(state.dispensings) - state.most)

    def _more(self, left: int) -> Iterator[Widget]:
        if left > 0:
            more = WideButton(said=tr("もっと前を見る（あと {n} 件）", n=left))
            more.bind(on_release=lambda _: self.press("more"))
            yield more
