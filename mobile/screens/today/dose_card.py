"""Paints today's medicines: the part of the day that is now, open; the others one line each when they are done."""

from __future__ import annotations

from collections.abc import Callable

from mobile import theme
from mobile.screens.today.doses import NEEDED, DayDoses, Line, Part, parts
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card
from mobile.widgets.dose_row import DoseRow
from mobile.widgets.flow import Column
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from shared.doses import DoseState
from shared.languages import tr

Press = Callable[[str, str], None]


def dose_card(day: DayDoses, press: Press) -> Card:
    """All of today's medicines in one card."""
    card = Card(spacing=4)
    card.add_widget(Wrap(raw=tr("今日のお薬"), bold=True, size_sp=theme.HEADING))
    for part in parts(day):
        card.add_widget(_part(part, day, press))
    return card


def _part(part: Part, day: DayDoses, press: Press) -> Column:
    column = Column(spacing=2)
    folds = part.done or part.key == NEEDED
    if folds and part.key not in day.unfolded:
        column.add_widget(_folded(part, press))
        return column
    title = tr("{part}（いま）", part=part.title) if part.now else part.title
    column.add_widget(Wrap(raw=title, bold=True, ink=theme.MAIN))
    for line in part.lines:
        column.add_widget(_row(line, press))
        if line.key == day.opened:
            column.add_widget(_answers(line, press))
    if part.now and len(part.waiting) > 1:
        every = WideButton(said=tr("{part}のお薬をぜんぶ済みにする", part=part.title), icon_name="check")
        every.bind(on_release=lambda _: press("all_taken", part.key))
        column.add_widget(every)
    if folds:
        close = WideButton(said=tr("とじる"), look="plain")
        close.bind(on_release=lambda _: press("fold", part.key))
        column.add_widget(close)
    return column


def _folded(part: Part, press: Press) -> ListRow:
    taken = sum(line.state is DoseState.TAKEN for line in part.lines)
    if part.key == NEEDED:
        about, icon = tr("{n} 種類", n=len(part.lines)), "pill"
    elif taken == len(part.lines):
        about, icon = tr("{n} 種類とも済みました", n=taken), "check-circle"
    else:
        about, icon = (
            tr("{all} 種類のうち {n} 種類が済みました", all=len(part.lines), n=taken),
            "minus-circle-outline",
        )
    row = ListRow(icon_name=icon, title=part.title, about=about, leads=True)
    row.bind(on_release=lambda _: press("fold", part.key))
    return row


def _row(line: Line, press: Press) -> DoseRow:
    row = DoseRow(
        mark=line.mark,
        title=line.title,
        about=line.about,
        said=line.said,
        ticked=line.state is DoseState.TAKEN,
        says=f"more {line.key}",
    )
    row.bind(on_tick=lambda _: press("tick", line.key), on_more=lambda _: press("dose_more", line.key))
    return row


def _answers(line: Line, press: Press) -> Column:
    column = Column(spacing=6)
    offered = [("untick", tr("取り消す"), "undo")] if line.state else []
    if not line.due.open and line.state is not DoseState.TAKEN:
        others = {
            DoseState.LATER: ("later", tr("あとにする"), "clock-outline"),
            DoseState.SKIPPED: ("skip", tr("今回は使わない"), "minus-circle-outline"),
        }
        offered = [*(other for state, other in others.items() if state is not line.state), *offered]
    for what, said, icon in offered:
        button = WideButton(said=said, icon_name=icon)
        button.bind(on_release=lambda _, what=what: press(what, line.key))
        column.add_widget(button)
    if not offered:
        column.add_widget(Wrap(raw=tr("使ったら、薬の名前をさわってください。"), size_sp=theme.SMALL))
    return column
