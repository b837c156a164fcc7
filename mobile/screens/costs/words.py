"""What care cost, in words: yen, months, kinds of care, and the groups that a year is told apart by."""

from __future__ import annotations

from dataclasses import dataclass

from mobile import wording
from shared.cost_sums import CostSum, CostYear
from shared.costs import CareKind, Cost
from shared.finding_words import day_words
from shared.languages import tr

_ICONS = {
    CareKind.OUTPATIENT: "stethoscope",
    CareKind.INPATIENT: "hospital-building",
    CareKind.DENTAL: "stethoscope",
    CareKind.DENTAL_INPATIENT: "hospital-building",
    CareKind.PHARMACY: "pill",
    CareKind.HOME_NURSING: "home",
    CareKind.OTHER: "file-document",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A month, a place or a kind of care: its name, more about it, its sum and its lines."""

    key: str
    icon: str
    name: str
    about: str
    sum: CostSum
    costs: tuple[Cost, ...]


def groups_of(year: CostYear, view: str) -> tuple[Group, ...]:
    """The year by ``view``: month, place or kind."""
    if view == "place":
        return tuple(
            Group(
                f"{each.place} {each.kind_text}",
                icon_of(each.costs[0]),
                place_words(each.place),
                kind_words(each.costs[0]),
                each.sum,
                each.costs,
            )
            for each in year.places
        )
    if view == "kind":
        return tuple(
            Group(
                f"{each.kind} {each.kind_text}",
                icon_of(each.costs[0]),
                kind_words(each.costs[0]),
                "",
                each.sum,
                each.costs,
            )
            for each in year.kinds
        )
    return tuple(
        Group(each.month, "calendar", day_words(each.month), "", each.sum, each.costs) for each in year.months
    )


def view_options() -> list[tuple[str, str]]:
    """By what a year is told apart."""
    return [("month", tr("月ごと")), ("place", tr("場所ごと")), ("kind", tr("種類ごと"))]


def year_options(year: CostYear) -> list[tuple[str, str]]:
    """Every year that there is, newest first."""
    return [(str(each), day_words(str(each))) for each in year.years]


def yen_words(yen: int | None) -> str:
    """``1,240 円``; what the notice does not give is said to be so."""
    return tr("書かれていません") if yen is None else tr("{yen} 円", yen=f"{yen:,}")


def paid_words(found: CostSum) -> str:
    """What was paid for some lines; where none of them gives it, that."""
    return yen_words(None if found.lines == found.not_given else found.paid)


def count_words(found: CostSum) -> str:
    """How many lines, and how many of them give no amount paid."""
    some = 0 < found.not_given < found.lines
    missing = tr("うち {n} 件は額が書かれていません", n=found.not_given) if some else ""
    return wording.joined(tr("{n} 件", n=found.lines), missing)


def icon_of(cost: Cost) -> str:
    """The icon of its kind of care."""
    return _ICONS[cost.kind]


def place_words(place: str) -> str:
    """The name of a place; a notice may give none."""
    return place or tr("名前の書かれていないところ")


def kind_words(cost: Cost) -> str:
    """The kind of care; one that we do not know keeps the notice's own word."""
    known = {
        CareKind.OUTPATIENT: tr("医科外来"),
        CareKind.INPATIENT: tr("医科入院"),
        CareKind.DENTAL: tr("歯科外来"),
        CareKind.DENTAL_INPATIENT: tr("歯科入院"),
        CareKind.PHARMACY: tr("調剤（薬局）"),
        CareKind.HOME_NURSING: tr("訪問看護"),
    }
    return known.get(cost.kind) or cost.kind_text or tr("種類の書かれていないもの")


def line_words(cost: Cost, view: str) -> tuple[str, str]:
    """A line in the list of its month, place or kind: its name, and what stands under it but what all there share."""
    days = "" if cost.days is None else tr("{n} 日", n=cost.days)
    month, place, kind = day_words(cost.month), place_words(cost.place), kind_words(cost)
    if view == "place":
        return month, wording.joined(kind, days)
    return place, wording.joined(month if view == "kind" else kind, days)


def amount_lines(cost: Cost) -> list[tuple[str, str]]:
    """Who paid how much of a line, as the notice says it."""
    return [
        (tr("医療費の総額"), yen_words(cost.total)),
        (tr("保険が払った額（保険者の負担額）"), yen_words(cost.insurer)),
        (tr("その他の公費が払った額"), yen_words(cost.public)),
    ]


def origin_words(origin: str) -> str:
    """Where a line came from."""
    if origin == "mynaportal":
        return tr("マイナポータルの医療費通知から")
    return wording.origin_words(origin)


def notice_words() -> str:
    """What these amounts are, and what they are not."""
    return tr("これは通知に書かれた額です。領収書と違うことがあります。")


def offline_words() -> str:
    """That the form needs the network, and that nothing else here does."""
    return tr(
        "表を作るには、ネットワークが必要です。つながってから、もう一度お試しください。一覧はこのまま見られます。"
    )


def steps() -> tuple[str, ...]:
    """How a notice comes in. The way through the portal's own pages was not verified, so it is not told."""
    return (
        tr("1. マイナポータルで、「医療費通知情報」の CSV ファイルを受け取ります。"),
        tr("2. そのファイルを、この電話（またはパソコン）に保存します。"),
        tr("3. 下の「ファイルを取り込む」にふれて、そのファイルを選びます。"),
    )
