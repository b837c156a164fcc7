"""The records of one visit to a pharmacy: places and people, medicines with their usage, notes to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from shared.codes import DRUG_SYSTEMS, JAMI_USAGE
from shared.formats import Piece
from shared.formats.jahis_drafts import DispensingDraft, MedicineDraft, RpDraft, ended
from shared.formats.jahis_fields import (
    FORMS,
    INFORMATION,
    NOTES,
    NUMBER,
    Doubts,
    author,
    free,
    needed,
    rp,
    unnumbered,
)
from shared.formats.jahis_lines import Line, whole
from shared.medicines import Author, CodeSet, DispensingNote, NoteKind, Usage
from shared.problems import Unreadable

_GENERIC = DRUG_SYSTEMS[CodeSet.GENERIC].shape


class VisitRecords:
    """Takes the lines between one date (record 5) and the next; ``doubts`` is shared with the whole notebook."""

    def __init__(self, doubts: Doubts) -> None:
        self._doubts = doubts
        self._visit: DispensingDraft | None = None
        self.records: dict[str, Callable[[Line], Iterable[Piece]]] = {
            "11": self._pharmacy,
            "15": self._pharmacist,
            "51": self._clinic,
            "55": self._doctor,
            "201": self._medicine,
            "281": self._medicine_note,
            "291": self._medicine_caution,
            "301": self._usage,
            "311": self._usage_note,
            "391": self._usage_caution,
            **dict.fromkeys(NOTES, self._note),
        }

    def open(self, line: Line, on: date) -> None:
        """A visit begins."""
        self._visit = DispensingDraft(line.where, on, author(line, 2))

    def close(self) -> Iterator[Piece]:
        """The dispensing that was being read; what comes now belongs to none until the next date."""
        visit, self._visit = self._visit, None
        return iter(()) if visit is None else ended(visit)

    def _pharmacy(self, line: Line) -> Iterable[Piece]:
        visit = self._now()
        if visit.pharmacy is not None:
            raise Unreadable("jahis_line_twice")
        visit.pharmacy = self._doubts.place(line)
        return ()

    def _pharmacist(self, line: Line) -> Iterable[Piece]:
        visit, name = self._now(), needed(line, 1)
        if visit.pharmacist:
            raise Unreadable("jahis_line_twice")
        visit.pharmacist, visit.contact = name, line.field(2)
        return ()

    def _clinic(self, line: Line) -> Iterable[Piece]:
        visit, clinic = self._now(), self._doubts.place(line)
        visit.doctor = visit.department = ""
        visit.rps = {}
        visit.clinic = visit.clinic or clinic
        visit.other_clinic = None if clinic == visit.clinic else clinic
        return ()

    def _doctor(self, line: Line) -> Iterable[Piece]:
        visit = self._now()
        visit.doctor, visit.department = line.field(1), line.field(2)
        visit.rps = {}
        if not visit.doctor:
            raise Unreadable("jahis_line_short")
        return ()

    def _medicine(self, line: Line) -> Iterable[Piece]:
        visit, number, name = self._now(), rp(line), free(line, 2)
        dose = line.field(3)
        if dose and not NUMBER.fullmatch(dose):
            self._doubts.append(Unreadable("jahis_line_number", text=dose))
        code_set, code = self._doubts.drug_code(line)
        draft = MedicineDraft(
            line,
            rp=number,
            name=name,
            dose=dose,
            dose_unit=line.field(4),
            code_set=code_set,
            code=code,
            generic_name=line.field(8),
            generic_code=self._doubts.coded(line.field(9), line.field(10), _GENERIC),
            author=author(line, 7),
            doctor=visit.doctor,
            department=visit.department,
            clinic=visit.other_clinic,
        )
        if number not in visit.rps:
            visit.rps[number] = RpDraft()
            visit.all_rps.append(visit.rps[number])
        visit.rps[number].drugs.append(draft)
        return ()

    def _medicine_note(self, line: Line) -> Iterable[Piece]:
        self._group(line).drugs[-1].notes.append(free(line, 2))
        return ()

    def _medicine_caution(self, line: Line) -> Iterable[Piece]:
        self._group(line).drugs[-1].cautions.append(free(line, 2))
        return ()

    def _usage(self, line: Line) -> Iterable[Piece]:
        group = self._group(line)
        if group.usage is not None:
            raise Unreadable("jahis_line_twice")
        amount = whole(line.field(3))
        if amount is None and line.field(3):
            self._doubts.append(Unreadable("jahis_line_number", text=line.field(3)))
        form, group.route = FORMS.get(line.field(5), (None, None))
        if form is None and line.field(5):
            self._doubts.code(line.field(5))
        group.usage = Usage(
            text=unnumbered(line.field(2)),
            code=self._doubts.coded(line.field(6), line.field(7), JAMI_USAGE.shape),
            form=form,
            amount=amount,
            amount_unit=line.field(4),
        )
        return ()

    def _usage_note(self, line: Line) -> Iterable[Piece]:
        self._group(line).notes.append(free(line, 2))
        return ()

    def _usage_caution(self, line: Line) -> Iterable[Piece]:
        self._group(line).cautions.append(free(line, 2))
        return ()

    def _note(self, line: Line) -> Iterable[Piece]:
        visit, kind, text = self._now(), NOTES[line.fields[0]], free(line, 1)
        detail, on, by = "", None, author(line, 2)
        if kind is NoteKind.INFORMATION:
            detail, by = line.field(2), author(line, 3 if line.field(3) else 8)
            if detail not in INFORMATION:
                self._doubts.code(detail)
        elif kind is NoteKind.PATIENT:
            on, by = self._doubts.day(line, 2), Author.PATIENT
        visit.notes.append(DispensingNote(kind, text, detail, on, by))
        return ()

    def _now(self) -> DispensingDraft:
        if self._visit is None:
            raise Unreadable("jahis_no_dispensing")
        return self._visit

    def _group(self, line: Line) -> RpDraft:
        group = self._now().rps.get(rp(line))
        if group is None:
            raise Unreadable("jahis_unknown_rp", text=line.field(1))
        return group
