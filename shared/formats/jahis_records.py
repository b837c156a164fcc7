"""The records of a medicine notebook become our words: whose it is, findings, memos, medicines, dispensings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from shared.findings import Finding, FindingKind
from shared.formats import Found, Identity, Piece, Trouble
from shared.formats.jahis_drafts import ORIGIN, StatedDraft, stated
from shared.formats.jahis_fields import (
    COMPONENT,
    FINDINGS,
    JAN,
    SEXES,
    WIDTHS,
    Doubts,
    author,
    free,
    needed,
)
from shared.formats.jahis_keys import finding_key, id_of, memo_key, pharmacist_key
from shared.formats.jahis_lines import Line, split_of, whole
from shared.formats.jahis_visits import VisitRecords
from shared.medicines import Component, FamilyPharmacist, Memo
from shared.problems import Problem, Unreadable


class Notebook:
    """Takes the lines of one notebook in their order and gives what they say."""

    def __init__(self) -> None:
        self._known = False
        self._doubts = Doubts()
        self._visits = VisitRecords(self._doubts)
        self._stated: list[StatedDraft] = []
        self._newest: date | None = None
        self._records: dict[str, Callable[[Line], Iterable[Piece]]] = {
            "1": self._patient,
            "2": self._finding,
            "3": self._bought,
            "31": self._component,
            "4": self._memo,
            "5": self._dispensed_on,
            "701": self._pharmacist,
            "911": self._split,
            **self._visits.records,
        }

    def take(self, line: Line) -> Iterable[Piece]:
        """What is known after ``line``; a line that makes no sense is a `Trouble`, and reading goes on."""
        pieces: Iterable[Piece] = ()
        try:
            pieces = self._said(line)
        except Problem as problem:
            self._doubts.append(problem)
        if self._doubts:
            troubles = [Trouble(line.where, problem, line.excerpt) for problem in self._doubts]
            self._doubts.clear()
            return [*pieces, *troubles]
        return pieces

    def _said(self, line: Line) -> Iterable[Piece]:
        number = line.fields[0]
        record = self._records.get(number)
        if line.senseless or (record is None and whole(number) is None):
            raise Unreadable("jahis_line_broken")
        if record is None:
            raise Unreadable("jahis_record_kept", number=number)
        if len(line.fields) > WIDTHS[number] + 1 and any(line.fields[WIDTHS[number] + 1 :]):
            self._doubts.append(Unreadable("jahis_fields_more"))
        return record(line)

    def close(self) -> Iterator[Piece]:
        """The dispensing that was being read, and what she bought herself."""
        yield from self._visits.close()
        for draft in self._stated:
            yield from stated(draft, self._newest)
        self._stated = []

    def _patient(self, line: Line) -> Iterable[Piece]:
        # Address, telephone, emergency contact, blood type and weight are no words of ours yet: in the original alone.
        if self._known:
            raise Unreadable("jahis_line_twice")
        sex, born = SEXES.get(line.field(2)), self._doubts.day(line, 3)
        if not line.field(1):
            self._doubts.append(Unreadable("jahis_line_short"))
        if sex is None:
            self._doubts.code(line.field(2))
        self._known = True
        return (Identity(line.field(1), line.field(10), sex or "", born.isoformat() if born else ""),)

    def _finding(self, line: Line) -> Iterable[Piece]:
        kind, text = FINDINGS.get(line.field(1)), free(line, 2)
        if kind is None:
            self._doubts.code(line.field(1))
            kind = FindingKind.OTHER
        key = finding_key(kind, text)
        word = Finding(id_of(key), kind, text, author=author(line, 3), origin=ORIGIN)
        return (Found(word, key, line.where),)

    def _bought(self, line: Line) -> Iterable[Piece]:
        number, jan = line.field(5), line.field(6)
        if number and any(each.line.field(5) == number for each in self._stated):
            self._doubts.append(Unreadable("jahis_otc_number_twice", text=number))
        if jan and not JAN.fullmatch(jan):
            self._doubts.code(jan)
            jan = ""
        starts, ends = self._doubts.day(line, 2), self._doubts.day(line, 3)
        self._seen(starts, ends)
        self._stated.append(StatedDraft(line, free(line, 1), starts, ends, author(line, 4), jan))
        return ()

    def _component(self, line: Line) -> Iterable[Piece]:
        # The last one of that number: ingredients stand right behind their medicine.
        number, name = line.field(1), free(line, 2)
        draft = next((each for each in reversed(self._stated) if each.line.field(5) == number), None)
        if draft is None or not number:
            raise Unreadable("jahis_unknown_otc", text=number)
        draft.more.append(line)
        draft.components.append(Component(name, self._doubts.coded(line.field(3), line.field(4), COMPONENT)))
        return ()

    def _memo(self, line: Line) -> Iterable[Piece]:
        text, on = free(line, 1), self._doubts.day(line, 2)
        self._seen(on)
        key = memo_key(text, on)
        return (Found(Memo(id_of(key), text, on, author(line, 3)), key, line.where),)

    def _dispensed_on(self, line: Line) -> Iterable[Piece]:
        # Closed first: the lines under a date that makes no sense must not fall to the visit before.
        closed = list(self._visits.close())
        if not line.field(1):
            self._doubts.append(Unreadable("jahis_line_short"))
            return closed
        on = self._doubts.day(line, 1)
        self._seen(on)
        if on is not None:
            self._visits.open(line, on)
        return closed

    def _pharmacist(self, line: Line) -> Iterable[Piece]:
        starts, ends = self._doubts.day(line, 4), self._doubts.day(line, 5)
        key = pharmacist_key(needed(line, 1), line.field(2), starts)
        word = FamilyPharmacist(
            id_of(key), line.field(1), line.field(2), line.field(3), starts, ends, author(line, 6)
        )
        return (Found(word, key, line.where),)

    def _split(self, line: Line) -> Iterable[Piece]:
        if split_of(line) is None:
            raise Unreadable("jahis_line_broken")
        return ()

    def _seen(self, *days: date | None) -> None:
        for day in days:
            if day is not None and (self._newest is None or day > self._newest):
                self._newest = day
