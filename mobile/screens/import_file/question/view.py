"""Paints what a file leaves open, and how far its reading is: big choices with examples from the file itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.import_file.questions import (
    NOTHING,
    answer_lines,
    column_values,
    meaning_label,
    order_options,
    remembered_words,
    samples_words,
    zone_options,
)
from mobile.screens.import_file.state import State
from mobile.screens.import_file.words import progress_words
from mobile.seen import FileQuestion, ImportState
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.progress import FillingBar
from shared.languages import tr

Press = Callable[..., None]


def progress(seen: ImportState) -> Iterator[Widget]:
    """The percentage large, a bar, and what was taken out so far."""
    yield Fit(raw=f"{seen.percent} %", size_sp=theme.NUMBER, bold=True)
    yield FillingBar(percent=seen.percent)
    for line in progress_words(seen):
        yield Wrap(raw=line)


def question(state: State, press: Press) -> Iterator[Widget]:
    """What is asked, and the answers to touch."""
    seen = state.current
    if seen is None or seen.question is None:
        yield from _zones(FileQuestion("zone", ""), press)  # a server that does not say what it asks
        return
    asked = seen.question
    if asked.ask == "columns":
        yield from _columns(state, asked, press)
        return
    if asked.ask == "day_order":
        yield from _orders(asked, press)
    else:
        yield from _zones(asked, press)


def changing(state: State, press: Press) -> Iterator[Widget]:
    """The same choices at the preview, where she wants another answer than the file was read with."""
    seen = state.current
    answer = next((each for each in seen.answered if each.of == state.changing), None) if seen else None
    if answer is None:
        return
    yield Wrap(raw=tr("「{kind}」の読み方を変えます", kind=answer.of_label), bold=True)
    asked = FileQuestion("zone", answer.of, zone=answer.zone)
    if answer.zone:
        yield from _zones(asked, press)
    if answer.day_order:
        yield from _orders(asked, press)


def answered(seen: ImportState, press: Press) -> Iterator[Widget]:
    """With which answers the file was read; each can be changed until it is kept."""
    for answer in seen.answered:
        card = Card()
        for line in answer_lines(answer):
            card.add_widget(Wrap(raw=line))
        if answer.remembered:
            about = tr("前に教えていただいた答えを使いました。")
            card.add_widget(Wrap(raw=about, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        if seen.state == "previewed" and (answer.zone or answer.day_order):
            button = WideButton(said=tr("読み方を変える"), icon_name="pencil")
            button.bind(on_release=lambda _, of=answer.of: press("change", of))
            card.add_widget(button)
        yield card


def remembered(state: State, press: Press) -> Iterator[Widget]:
    """Her answers about other files; a touch asks whether to forget one."""
    if not state.remembered:
        return
    yield Wrap(raw=tr("おぼえている答え"), bold=True, size_sp=theme.HEADING)
    card = Card(spacing=0)
    for answer in state.remembered:
        row = ListRow(
            icon_name="history",
            title=answer.of_label,
            about=remembered_words(answer),
            more=tr("さわると、忘れてよいか確かめます"),
        )
        row.leads = True
        row.bind(on_release=lambda _, of=answer.of: press("forget", of))
        card.add_widget(row)
    yield card


def _zones(asked: FileQuestion, press: Press) -> Iterator[Widget]:
    yield Wrap(raw=tr("このファイルの時刻は、どこの時刻ですか"), bold=True, size_sp=theme.HEADING)
    yield Wrap(raw=asked.message)
    if asked.samples:
        yield Note(said=samples_words(asked), tone="plain")
    for n, (zone, said) in enumerate(zone_options(asked.zone or "Asia/Tokyo")):
        button = MainButton(said=said) if n == 0 else WideButton(said=said)
        button.bind(on_release=lambda _, zone=zone: press("zone", zone))
        yield button


def _orders(asked: FileQuestion, press: Press) -> Iterator[Widget]:
    yield Wrap(raw=tr("このファイルの日付は、どちらの読み方ですか"), bold=True, size_sp=theme.HEADING)
    yield Wrap(raw=asked.message)
    if asked.samples:
        yield Note(said=samples_words(asked), tone="plain")
    for order, said in order_options(asked):
        button = WideButton(said=said)
        button.bind(on_release=lambda _, order=order: press("day_order", order))
        yield button


def _columns(state: State, asked: FileQuestion, press: Press) -> Iterator[Widget]:
    if state.column is not None:
        yield from _meanings(state.column, state.columns, asked, press)
        return
    yield Wrap(raw=asked.message, bold=True)
    yield Wrap(raw=tr("列にさわると、読み方を変えられます。"), ink=theme.SOFT_INK)
    card = Card(spacing=0)
    for n, (header, meaning) in enumerate(zip(asked.header, state.columns, strict=False)):
        row = ListRow(
            icon_name="check-circle" if meaning else "minus-circle-outline",
            title=header or tr("{n} 番目の列", n=n + 1),
            about=meaning_label(asked, meaning),
            more=column_values(asked, n),
            leads=True,
        )
        row.bind(on_release=lambda _, n=n: press("column", str(n)))
        card.add_widget(row)
    yield card


def _meanings(column: int, chosen: tuple[str, ...], asked: FileQuestion, press: Press) -> Iterator[Widget]:
    header = asked.header[column] if column < len(asked.header) else ""
    title = tr("「{header}」の列は何ですか", header=header or column + 1)
    yield Wrap(raw=title, bold=True, size_sp=theme.HEADING)
    if values := column_values(asked, column):
        yield Note(said=tr("この列の値：{values}", values=values), tone="plain")
    for meaning, said in ((NOTHING, tr("読まない")), *asked.meanings):
        button = MainButton(said=said) if meaning == chosen[column] else WideButton(said=said)
        button.bind(on_release=lambda _, meaning=meaning: press("meaning", meaning))
        yield button
