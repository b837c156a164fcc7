"""The medical-expense notice (医療費通知情報): one cost for each line, held against the sums that it gives itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from shared.costs import CareKind, Cost
from shared.formats import Found, Piece, Trouble
from shared.formats.myna_words import is_nothing, month, yen
from shared.formats.rx_keys import id_of, key_of, plain
from shared.formats.section_tree import Pair, Section
from shared.problems import Unreadable

LINES = "医療費情報明細"

_KINDS = {
    "医科外来": CareKind.OUTPATIENT,
    "医科入院": CareKind.INPATIENT,
    "歯科外来": CareKind.DENTAL,
    "歯科入院": CareKind.DENTAL_INPATIENT,
    "調剤": CareKind.PHARMACY,
    "訪問看護": CareKind.HOME_NURSING,
}
_MONTH, _KIND, _DAYS, _PLACE = "診療年月", "診療区分", "日数", "医療機関等名称"
# Keys with and without 円, and half-width parentheses, are the same key.
_AMOUNTS: dict[str, Callable[[Cost], int | None]] = {
    "医療費の総額": lambda cost: cost.total,
    "保険者の負担額": lambda cost: cost.insurer,
    "その他の公費の負担額": lambda cost: cost.public,
    "窓口相当負担額": lambda cost: cost.paid,
}
_KNOWN = frozenset({_MONTH, _KIND, _DAYS, _PLACE, *_AMOUNTS})
_PERIOD = "期間"
_LONGEST = 300


class Notice:
    """The sections of one notice."""

    SUMS: ClassVar = frozenset({"医療費の合計", "年間の合計"})
    HEADINGS: ClassVar = SUMS | {LINES}

    def __init__(self, found: Sequence[Section], origin: str) -> None:
        self._found, self._origin = found, origin
        self._costs: list[Cost] = []
        self._seen: Counter[str] = Counter()

    def pieces(self) -> Iterator[Piece]:
        """Each line, what of it was not understood, and where the notice's own sums are others."""
        for section in self._found:
            if section.heading == LINES:
                for record in section.records():
                    yield from self._line({_name(key): pair for key, pair in record.items()})
        for section in self._found:
            if section.heading in self.SUMS:
                yield from self._sums(section)

    def _line(self, record: Mapping[str, Pair]) -> Iterator[Piece]:
        first = next(iter(record.values()))
        yield from (
            Trouble(pair.where, Unreadable("myna_pair", text=pair.key), pair.excerpt)
            for key, pair in record.items()
            if key not in _KNOWN
        )
        said = {key: pair.value for key, pair in record.items()}
        of_month, kind_text = month(said.get(_MONTH, "")), said.get(_KIND, "")
        if not of_month:
            excerpt = " ".join(pair.excerpt for pair in record.values())
            yield Trouble(first.where, Unreadable("myna_month", text=said.get(_MONTH, "")), excerpt[:200])
            return
        amounts: list[int | None] = []
        for key in (_DAYS, *_AMOUNTS):
            amount = yen(said.get(key, ""))
            if amount is None and not is_nothing(said.get(key, "")):
                pair = record[key]
                yield Trouble(pair.where, Unreadable("myna_amount", text=pair.value), pair.excerpt)
            amounts.append(amount)
        days = amounts[0] if amounts[0] is None or 0 <= amounts[0] <= 9999 else None
        about = (kind_text[:_LONGEST], said.get(_PLACE, "")[:_LONGEST])
        yield self._found_cost(of_month, about, (days, *amounts[1:]), first.where)

    def _found_cost(
        self, of_month: str, about: tuple[str, str], amounts: tuple[int | None, ...], where: str
    ) -> Found:
        kind_text, place = about
        days, total, insurer, public, paid = amounts
        same = key_of("cost", of_month, plain(kind_text), plain(place), *amounts)
        # Two lines of one file that say the same are two; the same two in the next notice are the same two.
        self._seen[same] += 1
        key = key_of("cost", same, self._seen[same])
        kind = _KINDS.get(plain(kind_text), CareKind.OTHER)
        cost = Cost(
            id_of(key),
            of_month,
            kind,
            kind_text[:100],
            days,
            place,
            total,
            insurer,
            public,
            paid,
            self._origin,
        )
        self._costs.append(cost)
        return Found(cost, key, where)

    def _sums(self, section: Section) -> Iterator[Trouble]:
        for record in section.records():
            said = {_name(key): pair for key, pair in record.items()}
            first, last = _period(said[_PERIOD].value if _PERIOD in said else "")
            within = [cost for cost in self._costs if first <= cost.month <= last]
            for name, amount_of in _AMOUNTS.items():
                if name not in said:
                    continue
                pair, counted = said[name], sum(amount_of(cost) or 0 for cost in within)
                told = yen(pair.value)
                if told is None and not is_nothing(pair.value):
                    yield Trouble(pair.where, Unreadable("myna_amount", text=pair.value), pair.excerpt)
                elif told is not None and told != counted:
                    differs = Unreadable(
                        "myna_sum",
                        heading=section.heading,
                        name=name,
                        told=f"{told:,}",
                        counted=f"{counted:,}",
                    )
                    yield Trouble(pair.where, differs, pair.excerpt)


def _period(text: str) -> tuple[str, str]:
    """The first and last month of ``2025年1月～2025年10月``; everything where it says none."""
    ends = [month(part) for part in text.replace("〜", "～").replace("~", "～").split("～")]
    first, last = ends[0], ends[-1]
    return (first, last) if first and last else ("", "9999-12")


def _name(key: str) -> str:
    """A key without the unit behind it."""
    return key.replace("(", "（").partition("（")[0].strip()
