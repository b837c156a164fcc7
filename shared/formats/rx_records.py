"""The records of a prescription become our words: whose it is, who wrote it, until when it is good, its medicines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from shared.formats import Identity, Piece, Trouble
from shared.formats.jahis_lines import Line, whole
from shared.formats.rx_departments import DEPARTMENTS
from shared.formats.rx_drafts import SlipDraft, found
from shared.formats.rx_groups import Groups, needed
from shared.formats.rx_lines import INSURANCE, Sheet, day, excerpt, partial_day
from shared.formats.rx_notes import asked_back, fitting, refilled, remaining_text
from shared.medicines import Author, DispensingNote, NoteKind, Signature
from shared.medicines_schema import SHORT
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable

_SEXES = {"1": "male", "2": "female"}
_SCORE_TABLES = {"": "1", "1": "1", "3": "3", "6": "6"}
_CODE = re.compile(r"[0-9A-Za-z]{7}", re.ASCII)
_EXCHANGE_NUMBER = re.compile(r"\d{16}", re.ASCII)
# 処方箋の使用期間は交付の日を含めて 4 日以内 (保険医療養担当規則 第20条), unless the doctor writes a day.
_DAYS_VALID = 4
_REPEATED = frozenset({81, 301, 302, 511})


class Prescription:
    """Takes the lines of one prescription in their order and gives what they say when it is closed."""

    def __init__(self, sheet: Sheet, origin: str, signature: Signature) -> None:
        self._sheet, self._origin, self._signature = sheet, origin, signature
        self._slip = SlipDraft()
        self._person: dict[str, str] = {}
        self._remaining = ""
        self._asides: list[Problem] = []
        self._seen: set[int] = set()
        self._groups = Groups(self._asides)
        self._records: dict[int, Callable[[Line], None]] = {
            1: self._clinic,
            2: self._address,
            3: self._phone,
            4: self._department,
            5: self._doctor,
            11: self._patient,
            12: self._sex,
            13: self._born,
            51: self._issued,
            52: self._valid_until,
            61: self._narcotic,
            62: self._remaining_checked,
            63: self._part,
            64: self._refills,
            81: self._remark,
            82: self._number,
            **self._groups.records,
        }
        if not sheet.version:
            self._records |= {301: self._told, 302: self._told, 511: self._asked_back, 521: self._refilled}
        self._known = frozenset(self._records) | INSURANCE

    def pieces(self) -> Iterator[Piece]:
        """Everything the sheet says: its person first, what was not understood, the prescription last."""
        for line in self._sheet.lines:
            self._take(line)
            yield from (self._trouble(line, problem) for problem in self._asides)
            self._asides.clear()
        yield from self._close()

    def _take(self, line: Line) -> None:
        try:
            number = whole(line.fields[0])
            if line.senseless or number is None:
                raise Unreadable("jahis_line_broken")
            if number in INSURANCE:
                return
            record = self._records.get(number)
            if record is None:
                raise Unreadable("jahis_record_kept", number=line.fields[0])
            if number < 100 and number not in _REPEATED and number in self._seen:
                raise Unreadable("jahis_line_twice")
            self._seen.add(number)
            record(line)
        except Problem as problem:
            self._asides.append(problem)

    def _close(self) -> Iterator[Piece]:
        if self._person:
            yield Identity(**self._person)
        header, slip, rps = self._sheet.header, self._slip, self._groups.rps
        if slip.issued_on is None:
            yield self._trouble(header, Unreadable("rx_no_issue_day"))
            return
        for number, rp in rps.items():
            if not rp.drugs:
                yield Trouble(rp.where, Unreadable("rx_group_empty", text=number))
        if not any(rp.drugs for rp in rps.values()):
            yield self._trouble(header, Unreadable("rx_no_medicine"))
            return
        if self._remaining:
            self._note(NoteKind.REMAINING, remaining_text(self._remaining, slip.issued_on), self._remaining)
        if slip.valid_until is None:
            slip.valid_until = slip.issued_on + timedelta(days=_DAYS_VALID - 1)
        elif slip.valid_until < slip.issued_on:
            # Which of the two days is wrong cannot be told: none is shown to count on.
            wrong = Unreadable("rx_valid_before_issue", text=slip.valid_until.isoformat())
            yield self._trouble(header, wrong)
            slip.valid_until = None
        yield found(slip, rps, self._origin, self._signature, header.where)

    def _trouble(self, line: Line, problem: Problem) -> Trouble:
        return Trouble(line.where, problem, excerpt(line, self._known))

    def _clinic(self, line: Line) -> None:
        kind, code = line.field(1), line.field(2)
        if kind not in _SCORE_TABLES or not _CODE.fullmatch(code) or len(line.field(3)) > SHORT:
            # Fields that stand elsewhere would make a clinic's name of its code.
            raise Unreadable("jahis_line_broken")
        slip = self._slip
        slip.score_table, slip.code = _SCORE_TABLES[kind], code
        slip.prefecture, slip.name = line.field(3), line.field(4)

    def _address(self, line: Line) -> None:
        if len(line.field(1)) > SHORT:
            raise Unreadable("jahis_line_broken")
        self._slip.postal_code, self._slip.address = line.field(1), line.field(2)

    def _phone(self, line: Line) -> None:
        self._slip.phone = needed(line, 1)

    def _department(self, line: Line) -> None:
        named = line.field(3) or (DEPARTMENTS.get(line.field(2).zfill(2), "") if line.field(1) == "2" else "")
        if not named:
            raise Unreadable("jahis_line_short")
        self._slip.department = named

    def _doctor(self, line: Line) -> None:
        self._slip.doctor = line.field(3) or needed(line, 2)

    def _patient(self, line: Line) -> None:
        # Field 1 is the clinic's own number of the person: not ours to keep.
        self._person |= {"name": line.field(2), "name_kana": line.field(3)}
        if not (line.field(2) or line.field(3)):
            raise Unreadable("jahis_line_short")

    def _sex(self, line: Line) -> None:
        if line.field(1) not in _SEXES:
            raise Unreadable("jahis_line_code", text=line.field(1))
        self._person["sex"] = _SEXES[line.field(1)]

    def _born(self, line: Line) -> None:
        born = partial_day(line.field(1))
        if not born:
            raise Unreadable("jahis_line_date", text=line.field(1))
        self._person["born_on"] = born

    def _issued(self, line: Line) -> None:
        self._slip.issued_on = _day(line)

    def _valid_until(self, line: Line) -> None:
        self._slip.valid_until = _day(line)

    def _narcotic(self, line: Line) -> None:  # noqa: ARG002  licence, address and telephone are the pharmacy's to see
        self._note(NoteKind.REMARK, "麻薬の処方箋")

    def _remaining_checked(self, line: Line) -> None:
        if line.field(1) not in ("1", "2"):
            raise Unreadable("jahis_line_code", text=line.field(1))
        self._remaining = line.field(1)

    def _part(self, line: Line) -> None:
        total, part = whole(line.field(1)), whole(line.field(2))
        if total is None or part is None or not 1 <= part <= total:
            raise Unreadable("jahis_line_broken")
        self._slip.split = f"{part}/{total}"
        self._note(NoteKind.REMARK, f"分割調剤 全{total}回のうち{part}回目")

    def _refills(self, line: Line) -> None:
        refills = whole(line.field(1))
        if refills is None or not 1 <= refills <= 99:
            raise Unreadable("jahis_line_number", text=line.field(1))
        self._slip.refills = refills

    def _remark(self, line: Line) -> None:
        self._note(NoteKind.REMARK, needed(line, 3))

    def _number(self, line: Line) -> None:
        if line.field(1) != "1" or not _EXCHANGE_NUMBER.fullmatch(line.field(2)):
            raise Unreadable("rx_exchange_number")
        self._slip.exchange_number = line.field(2)

    def _told(self, line: Line) -> None:
        """What the clinic tells the pharmacy: 301 to a medicine, 302 laboratory values."""
        told = masked("：".join(filter(None, line.fields[2:])))
        self._note(NoteKind.INFORMATION, told or needed(line, 2))

    def _asked_back(self, line: Line) -> None:
        self._add(*asked_back(line))

    def _refilled(self, line: Line) -> None:
        self._add(*refilled(line))

    def _add(self, note: DispensingNote, problems: list[Problem]) -> None:
        self._slip.notes.append(note)
        self._asides += problems

    def _note(self, kind: NoteKind, text: str, detail: str = "") -> None:
        told, problems = fitting(text)
        self._add(DispensingNote(kind, told, detail, author=Author.CARE_STAFF), problems)


def _day(line: Line) -> date:
    made = day(line.field(1))
    if made is None:
        raise Unreadable("jahis_line_date", text=line.field(1))
    return made
