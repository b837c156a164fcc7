"""The groups of a prescription: each RP with its form and usage (101 to 181), and its medicines (201 to 281)."""

from __future__ import annotations

import re
from collections.abc import Callable

from shared.codes import DRUG_SYSTEMS, JAMI_USAGE
from shared.formats.jahis_lines import Line, whole
from shared.formats.rx_drafts import DrugDraft, RpDraft
from shared.formats.rx_notes import fitting
from shared.medicines import CodeSet, Form, Route
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable

# 剤形区分 of record 101. 3 is 外用 here, where a medicine notebook means 屯服; 9 is not known, not 他.
_FORMS = {
    "1": (Form.INTERNAL, Route.ORAL),
    "2": (Form.AS_NEEDED, Route.ORAL),
    "3": (Form.EXTERNAL, Route.EXTERNAL),
    "4": (Form.INTERNAL_DROPS, Route.ORAL),
    "5": (Form.INJECTION, Route.INJECTION),
    "6": (Form.MATERIAL, Route.MATERIAL),
    "9": (None, None),
}
_UNITS = {Form.INTERNAL: "日分", Form.AS_NEEDED: "回分"}
_CODE_SETS = {
    "1": CodeSet.NONE,
    "2": CodeSet.RECEIPT,
    "3": CodeSet.PRICE_LIST,
    "4": CodeSet.YJ,
    "6": CodeSet.HOT,
    "7": CodeSet.GENERIC,
}
# 用法コード種別: 2 is JAMI's, 3 the list of the e-prescription service, written in the same sixteen characters.
_USAGE_CODED = ("2", "3")
_NO_USAGE_CODE = "0X0XXXXXXXXX0000"
_EXTRA_CODED, _SITE_CODED, _DRUG_EXTRA_CODED = "8", "9", "7"
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_EXTRA = re.compile(r"[0-9A-Z.]{8}", re.ASCII)
_SITE = re.compile(r"[0-9A-Z]{3}", re.ASCII)


class Groups:
    """Takes the lines of the groups in any order that names an RP before its medicines' details.

    ``asides`` takes what is wrong with a line that was read all the same; a line that was not read is raised.
    """

    def __init__(self, asides: list[Problem]) -> None:
        self._asides = asides
        self.rps: dict[int, RpDraft] = {}
        self.records: dict[int, Callable[[Line], None]] = {
            101: self._form,
            102: self._part,
            111: self._usage,
            181: self._usage_note,
            201: self._medicine,
            211: self._conversion,
            221: self._uneven,
            241: self._one_time,
            281: self._medicine_note,
        }

    def _form(self, line: Line) -> None:
        rp = self._rp(line)
        if rp.form is not None or rp.amount is not None:
            raise Unreadable("jahis_line_twice")
        if line.field(2) not in _FORMS:
            self._asides.append(Unreadable("jahis_line_code", text=line.field(2)))
        rp.form, rp.route = _FORMS.get(line.field(2), (None, None))
        if line.field(3):
            rp.notes.append(masked(line.field(3)))
        rp.amount = self._whole(line, 4)
        rp.amount_unit = _UNITS.get(rp.form, "調剤" if rp.amount == 1 else "") if rp.form else ""

    def _part(self, line: Line) -> None:
        """Filled in parts: the amount of this part counts, the whole is told beside it."""
        rp, part, total = self._known(line), self._whole(line, 2), self._whole(line, 3)
        if part is None:
            raise Unreadable("jahis_line_short")
        rp.amount = part
        if total is not None:
            rp.notes.append(self._told(f"分割調剤の総量 {total}{rp.amount_unit}"))

    def _usage(self, line: Line) -> None:
        rp = self._rp(line)
        if rp.text or rp.code:
            raise Unreadable("jahis_line_twice")
        code = line.field(3) if line.field(2) in _USAGE_CODED else ""
        if code and not JAMI_USAGE.fits(code):
            self._asides.append(Unreadable("jahis_line_code", text=code))
        elif code != _NO_USAGE_CODE:
            rp.code = code
        rp.text = masked(line.field(4))
        if not rp.text:
            self._asides.append(Unreadable("jahis_line_short"))
        if line.field(5) and not rp.code:
            rp.notes.append(self._told(f"1日{line.field(5)}回"))

    def _usage_note(self, line: Line) -> None:
        rp, kind = self._known(line), line.field(3)
        rp.notes.append(needed(line, 4))
        if kind == _EXTRA_CODED:
            rp.extra_codes += self._coded(line.field(5), _EXTRA)
        elif kind == _SITE_CODED:
            rp.site_code = next(iter(self._coded(line.field(6), _SITE)), "")

    def _medicine(self, line: Line) -> None:
        rp, place = self._rp(line), _place(line)
        if place in rp.drugs:
            raise Unreadable("jahis_line_twice")
        if line.field(3) not in ("", "1", "2", "3") or line.field(4) not in (*_CODE_SETS, "5", "8"):
            # Fields that stand elsewhere would make a dose of a code.
            raise Unreadable("jahis_line_broken")
        code_set, code = self._code(line)
        name, dose = line.field(6), line.field(7)
        if dose and not _NUMBER.fullmatch(dose):
            self._asides.append(Unreadable("jahis_line_number", text=dose))
        if not name:
            if not code:
                raise Unreadable("jahis_line_short")
            self._asides.append(Unreadable("rx_name_missing", text=code))
        drug = DrugDraft(name or code, dose, line.field(9), code_set, code, is_material=line.field(3) == "2")
        if line.field(3) == "3":
            drug.notes.append("保険外の薬")
        if line.field(8) == "2":
            drug.notes.append("用量は成分の量（力価）")
        rp.drugs[place] = drug

    def _code(self, line: Line) -> tuple[CodeSet, str]:
        code_set, code = _CODE_SETS.get(line.field(4), CodeSet.NONE), line.field(5)
        if not code:
            # A generic name without its code is a prescription by generic name all the same.
            if code_set not in (CodeSet.NONE, CodeSet.GENERIC):
                self._asides.append(Unreadable("jahis_code_missing"))
            return CodeSet.NONE, ""
        system = DRUG_SYSTEMS.get(code_set)
        if system is None or not system.fits(code):
            self._asides.append(Unreadable("jahis_line_code", text=f"{line.field(4)},{code}"))
            return CodeSet.NONE, ""
        return code_set, code

    def _conversion(self, line: Line) -> None:
        self._drug(line).notes.append(self._told(f"薬価の単位にする数 {needed(line, 3)}"))

    def _uneven(self, line: Line) -> None:
        drug = self._drug(line)
        amounts = [line.field(index) for index in range(3, 8)]
        if not amounts[0]:
            raise Unreadable("jahis_line_short")
        told = [f"{time}回目 {amount}" for time, amount in enumerate(amounts, 1) if amount]
        drug.notes.append(self._told("不均等：" + "、".join(told)))
        for index in range(8, 13):
            drug.extra_codes += self._coded(line.field(index), _EXTRA)

    def _one_time(self, line: Line) -> None:
        self._drug(line).single_dose = needed(line, 3)

    def _medicine_note(self, line: Line) -> None:
        drug, kind = self._drug(line), line.field(4)
        drug.notes.append(needed(line, 5))
        if kind == _DRUG_EXTRA_CODED:
            drug.extra_codes += self._coded(line.field(6), _EXTRA)

    def _told(self, words: str) -> str:
        told, problems = fitting(words)
        self._asides += problems
        return told

    def _coded(self, code: str, shape: re.Pattern[str]) -> list[str]:
        if not code:
            return []
        if shape.fullmatch(code):
            return [code]
        self._asides.append(Unreadable("jahis_line_code", text=code))
        return []

    def _whole(self, line: Line, index: int) -> int | None:
        text = line.field(index)
        number = whole(text)
        if number is None:
            self._asides.append(
                Unreadable("jahis_line_number", text=text) if text else Unreadable("jahis_line_short")
            )
        return number

    def _rp(self, line: Line) -> RpDraft:
        number = whole(line.field(1))
        if number is None:
            raise Unreadable("jahis_line_broken")
        return self.rps.setdefault(number, RpDraft(line.where))

    def _known(self, line: Line) -> RpDraft:
        rp = self.rps.get(whole(line.field(1)) or 0)
        if rp is None:
            raise Unreadable("jahis_unknown_rp", text=line.field(1))
        return rp

    def _drug(self, line: Line) -> DrugDraft:
        drug = self._known(line).drugs.get(_place(line))
        if drug is None:
            raise Unreadable("jahis_unknown_rp", text=f"{line.field(1)}-{line.field(2)}")
        return drug


def needed(line: Line, index: int) -> str:
    """The text of a field that must be there. Numbers that name a person (My Number, insurance) are masked."""
    text = masked(line.field(index))
    if not text:
        raise Unreadable("jahis_line_short")
    return text


def _place(line: Line) -> int:
    """The number of a medicine within its RP."""
    place = whole(line.field(2))
    if place is None:
        raise Unreadable("jahis_line_broken")
    return place
