"""Medicines in a download of Mynaportal, recognised by the words of its keys alone.

No real file of this kind was seen. A day opens a slip, a name opens a medicine; what no word names is told, and kept in
the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from shared.codes import DRUG_SYSTEMS
from shared.formats import Found, Piece, Trouble
from shared.formats.myna_words import day, is_nothing
from shared.formats.rx_keys import id_of, medicine_ids, slip_key
from shared.formats.section_tree import Pair, Section
from shared.medicines import CodeSet, Dispensing, Medicine, Place, Stage, Usage
from shared.personal_numbers import masked
from shared.problems import Unreadable

_UNNAMED = UUID(int=0)
_LONGEST = 300
_NUMBER = re.compile(r"(\d{1,6})\s*(日分?|回分?)?", re.ASCII)
_CODES = (CodeSet.RECEIPT, CodeSet.YJ, CodeSet.GENERIC)

_DAY = re.compile(r"(調剤|処方|交付|投薬|診療)(等)?(年月日|日)")
_PHARMACY = re.compile(r"(調剤)?薬局(等)?(の)?(名|名称)?")
_CLINIC = re.compile(r"(処方)?(医療機関|病院|診療所)(等)?(の)?(名|名称)?")
_NAME = re.compile(r"(薬剤|医薬品|薬品|薬|お薬)(の)?(名|名称|銘柄名)")
_CODE = re.compile(r"(薬剤|医薬品|薬品)(の)?コード")
_DOSE = re.compile(r"(1日|1回)?(用量|分量|投与量)")
_UNIT = re.compile(r"(用量|分量)?(の)?単位(名)?")
_USAGE = re.compile(r"用法(名|名称)?|服用方法")
_AMOUNT = re.compile(r"(調剤|処方|投与)?(数量|日数|回数)")


@dataclass(slots=True)
class _Slip:
    """One day of medicines while its pairs are still being read."""

    on: date
    stage: Stage
    where: str
    pharmacy: Place | None = None
    clinic: Place | None = None
    medicines: list[Medicine] = field(default_factory=list)


class Portal:
    """The sections of one download that is about medicines."""

    def __init__(self, found: Sequence[Section], origin: str) -> None:
        self._found, self._origin = found, origin
        self._slip: _Slip | None = None
        self._means: tuple[tuple[re.Pattern[str], Callable[[Pair], bool]], ...] = (
            (_DAY, self._day),
            (_PHARMACY, self._place),
            (_CLINIC, self._place),
            (_NAME, self._name),
            (_CODE, self._code),
            (_DOSE, self._dose),
            (_UNIT, self._unit),
            (_USAGE, self._usage),
            (_AMOUNT, self._amount),
        )

    def pieces(self) -> Iterator[Piece]:
        """Each slip, and each pair that was not understood. First: that none of this is verified."""
        if self._found:
            yield Trouble(self._found[0].where, Unreadable("myna_medicines_unverified"))
        for section in self._found:
            for pair in section.pairs:
                before = self._slip
                if not self._understood(pair):
                    yield Trouble(pair.where, Unreadable("myna_pair", text=pair.key), pair.excerpt)
                if before is not None and before is not self._slip:
                    yield from self._done(before)
        if self._slip is not None:
            yield from self._done(self._slip)

    def _understood(self, pair: Pair) -> bool:
        if is_nothing(pair.value):
            return True
        key = re.sub(r"[（(].*", "", pair.key).replace("１", "1").strip()
        return any(means.fullmatch(key) and take(pair) for means, take in self._means)

    def _done(self, slip: _Slip) -> Iterator[Piece]:
        medicines = tuple(slip.medicines)
        if not medicines:
            yield Trouble(slip.where, Unreadable("rx_no_medicine"))
            return
        places = (place.name if place else "" for place in (slip.pharmacy, slip.clinic))
        key = slip_key("portal", medicines, slip.on.isoformat(), *places)
        ids = medicine_ids(key, medicines)
        word = Dispensing(
            id=id_of(key),
            dispensed_on=slip.on,
            medicines=tuple(replace(each, id=made) for each, made in zip(medicines, ids, strict=True)),
            pharmacy=slip.pharmacy,
            clinic=slip.clinic,
            origin=self._origin,
            stage=slip.stage,
            prescribed_on=slip.on if slip.stage is Stage.PRESCRIBED else None,
        )
        yield Found(word, key, slip.where)

    def _day(self, pair: Pair) -> bool:
        on = day(pair.value)
        if on is None:
            # What follows must not fall to the day before.
            self._slip = None
            return False
        prescribed = pair.key.startswith(("処方", "交付"))
        self._slip = _Slip(on, Stage.PRESCRIBED if prescribed else Stage.DISPENSED, pair.where)
        return True

    def _place(self, pair: Pair) -> bool:
        if self._slip is None:
            return False
        place = Place(masked(pair.value)[:_LONGEST])
        if _PHARMACY.match(pair.key):
            self._slip.pharmacy = place
        else:
            self._slip.clinic = place
        return True

    def _name(self, pair: Pair) -> bool:
        if self._slip is None:
            return False
        self._slip.medicines.append(Medicine(_UNNAMED, masked(pair.value)[:_LONGEST]))
        return True

    def _code(self, pair: Pair) -> bool:
        """Which system a code is of, its shape says: nine digits are of receipts, twelve characters YJ or generic."""
        fitting = [each for each in _CODES if DRUG_SYSTEMS[each].fits(pair.value)]
        return bool(fitting) and self._say(code_set=fitting[0], code=pair.value)

    def _dose(self, pair: Pair) -> bool:
        return self._say(dose=pair.value[:_LONGEST])

    def _unit(self, pair: Pair) -> bool:
        return self._say(dose_unit=pair.value[:_LONGEST])

    def _usage(self, pair: Pair) -> bool:
        return self._say_usage(text=masked(pair.value)[:_LONGEST])

    def _amount(self, pair: Pair) -> bool:
        found = _NUMBER.fullmatch(pair.value)
        if found is None:
            return False
        told = found[2] or ("日分" if "日数" in pair.key else "回分" if "回数" in pair.key else "")
        unit = told if not told or told.endswith("分") else f"{told}分"
        return self._say_usage(amount=int(found[1]), amount_unit=unit)

    def _say(self, **members: object) -> bool:
        """Something about the medicine named last."""
        if self._slip is None or not self._slip.medicines:
            return False
        self._slip.medicines[-1] = replace(self._slip.medicines[-1], **members)  # type: ignore[arg-type]
        return True

    def _say_usage(self, **members: object) -> bool:
        if self._slip is None or not self._slip.medicines:
            return False
        usage: Usage = replace(self._slip.medicines[-1].usage, **members)  # type: ignore[arg-type]
        return self._say(usage=usage)
