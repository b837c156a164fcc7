"""Paints what care cost: the year with its sum and what it is made of, the lines of a part of it, one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.costs.state import State
from mobile.screens.costs.words import (
    Group,
    amount_lines,
    count_words,
    icon_of,
    kind_words,
    line_words,
    notice_words,
    origin_words,
    paid_words,
    place_words,
    steps,
    view_options,
    year_options,
    yen_words,
)
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices
from shared.cost_sums import CostSum, CostYear
from shared.costs import Cost
from shared.finding_words import day_words
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class CostsView(Screen):
    """A year, a part of it, or one line."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.part, state.group_key, bool(state.costs), state.message, state.wrong))
        self.ids.head.title = self._title(state)
        on_year = state.part == "year"
        self.ids.wrong.said = state.wrong if on_year else ""
        self.ids.message.said = state.message if on_year else ""
        self.ids.inside.show(state, lambda: self._inside(state))

    def _title(self, state: State) -> str:
        if state.part == "group" and state.group is not None:
            return state.group.name
        return tr("1 件の医療費") if state.part == "one" else tr("医療費")

    def _inside(self, state: State) -> Iterator[Widget]:
        if state.part == "one" and state.looked_at is not None:
            yield from self._one(state.looked_at)
        elif state.part == "group" and state.group is not None:
            yield from self._group(state.group, state.view)
        elif state.loaded and not state.costs:
            yield from self._none()
        elif state.year is not None:
            yield from self._year(state, state.year)

    # -- nothing yet

    def _none(self) -> Iterator[Widget]:
        yield Wrap(raw=tr("まだ医療費の記録はありません。"), size_sp=theme.HEADING)
        card = Card()
        card.add_widget(Wrap(raw=tr("医療費通知の入れ方"), bold=True))
        for said in steps():
            card.add_widget(Wrap(raw=said))
        yield card
        said = tr(
            "マイナポータルの画面は変わることがあります。わからないときは、マイナポータルの案内を見るか、ご家族に聞いてください。"
        )
        yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        take_in = MainButton(said=tr("ファイルを取り込む"), icon_name="import")
        take_in.bind(on_release=lambda _: self.press("import"))
        yield take_in

    # -- a year

    def _year(self, state: State, year: CostYear) -> Iterator[Widget]:
        if len(year.years) > 1:
            years = Choices(options=year_options(year), chosen=[str(year.year)])
            years.bind(on_choose=lambda _, key: self.choose("year", key))
            yield years
        yield self._sum(year)
        yield Note(said=notice_words())
        views = Choices(options=view_options(), chosen=[state.view])
        views.bind(on_choose=lambda _, key: self.choose("view", key))
        yield views
        yield self._groups(state.groups)
        said = tr("診療を受けた月で集めています。")
        yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        yield self._tax_form(state)

    def _sum(self, year: CostYear) -> Card:
        card = Card()
        said = tr("{year}に窓口で払った額", year=day_words(str(year.year)))
        card.add_widget(Wrap(raw=said, bold=True))
        self._large(card, year.sum)
        if year.sum.total:
            card.add_widget(Wrap(raw=tr("医療費の総額"), size_sp=theme.SMALL, ink=theme.SOFT_INK))
            card.add_widget(Wrap(raw=yen_words(year.sum.total), bold=True))
        return card

    def _large(self, card: Card, found: CostSum) -> None:
        amount = Fit(raw=paid_words(found), size_sp=theme.NUMBER, bold=True)
        card.bind(width=lambda *_: setattr(amount, "limit", card.width - card.padding[0] * 2))
        card.add_widget(amount)
        card.add_widget(Wrap(raw=count_words(found), size_sp=theme.SMALL, ink=theme.SOFT_INK))

    def _groups(self, groups: tuple[Group, ...]) -> Card:
        card = Card(spacing=0)
        for group in groups:
            row = _Amount(
                icon_name=group.icon,
                title=group.name,
                amount=paid_words(group.sum),
                about=group.about,
                more=count_words(group.sum),
            )
            row.bind(on_release=lambda _, group=group: self.press("group", group.key))
            card.add_widget(row)
        return card

    def _tax_form(self, state: State) -> Card:
        card = Card()
        card.add_widget(Wrap(raw=tr("税の申告に使うとき"), bold=True))
        said = tr(
            "「医療費控除の明細書」の下書きを、表計算ソフトで開けるファイル（CSV）で保存します。税務署の様式や領収書と見くらべてください。"
        )
        card.add_widget(Wrap(raw=said))
        network = tr("つながっているときに作れます。このファイルには鍵がかかりません。")
        card.add_widget(Wrap(raw=network, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        keep = WideButton(said=tr("下書きを保存する"), icon_name="download", resting=state.busy)
        keep.bind(on_release=lambda _: self.press("save"))
        card.add_widget(keep)
        return card

    # -- a part of it, and one line

    def _group(self, group: Group, view: str) -> Iterator[Widget]:
        head = Card()
        head.add_widget(Wrap(raw=tr("窓口で払った額"), bold=True))
        self._large(head, group.sum)
        yield head
        card = Card(spacing=0)
        for cost in group.costs:
            title, about = line_words(cost, view)
            row = _Amount(icon_name=icon_of(cost), title=title, amount=yen_words(cost.paid), about=about)
            row.bind(on_release=lambda _, cost=cost: self.press("open", str(cost.id)))
            card.add_widget(row)
        yield card
        yield Note(said=notice_words())

    def _one(self, cost: Cost) -> Iterator[Widget]:
        card = Card()
        card.add_widget(Wrap(raw=place_words(cost.place), bold=True, size_sp=theme.TITLE))
        card.add_widget(Wrap(raw=kind_words(cost), ink=theme.SOFT_INK))
        card.add_widget(Wrap(raw=tr("{month}に受けた診療", month=day_words(cost.month))))
        if cost.days is not None:
            card.add_widget(Wrap(raw=tr("日数：{n} 日", n=cost.days)))
        card.add_widget(Wrap(raw=tr("窓口で払った額（窓口相当負担額）"), bold=True))
        card.add_widget(Wrap(raw=yen_words(cost.paid), bold=True, size_sp=theme.FIGURE))
        yield card
        rest = Card()
        for name, amount in amount_lines(cost):
            rest.add_widget(Wrap(raw=name, size_sp=theme.SMALL, ink=theme.SOFT_INK))
            rest.add_widget(Wrap(raw=amount, bold=True))
        yield rest
        yield Wrap(raw=origin_words(cost.origin), size_sp=theme.SMALL, ink=theme.SOFT_INK)
        yield Note(said=notice_words())


class _Amount(ListRow):
    """A row with an amount of money right under its name; smaller rather than broken over two lines."""

    def __init__(self, amount: str, **words: object) -> None:
        self.amount = Fit(raw=amount, bold=True, size_sp=theme.HEADING, ink=theme.rgba(theme.MAIN))
        super().__init__(leads=True, **words)
        self.lines.add_widget(self.amount, 2)
        self.lines.bind(width=lambda _, width: setattr(self.amount, "limit", width))
        self.head.bold = False
