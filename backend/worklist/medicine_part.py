"""The medicines of a record as a doctor reads them: what the checks found, what is taken now, what came before.

A part of the record's page shows what matters in four minutes; a page of its own the year, the days covered and every
slip with where it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.findings import findings
from backend.medicines import checking, living
from backend.medicines.checking import CheckedRecord, Mark, Seen
from backend.worklist import wording
from shared.adherence import Adherence, adherence
from shared.consent import Right, Scope
from shared.courses import Course, Piece, courses
from shared.drug_check_words import (
    HitWords,
    Reader,
    coverage_words,
    exists_words,
    hidden_words,
    hit_words,
    undecided_words,
    unmatched_words,
)
from shared.drug_checks import HitKind
from shared.drug_recent import recent
from shared.languages import tr
from shared.medicines import Dispensing, FamilyPharmacist, Memo, Writer
from shared.medicines import writer as who_wrote

ADHERENCE_DAYS = 90
YEAR_DAYS = 365
_KINDS = {
    HitKind.CONTRAINDICATED: "併用禁忌",
    HitKind.ALLERGY: "アレルギー・副作用",
    HitKind.DUPLICATE: "同じ成分",
    HitKind.RULE: "確認の決まり",
}
_WRITERS = {
    Writer.PHARMACY: "薬局の記録",
    Writer.CLINIC: "医療機関の記録",
    Writer.PORTAL: "マイナポータルの記録",
    Writer.PATIENT: "ご本人の入力",
}


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One hit in words, and who marked it as known."""

    key: str
    kind: HitKind
    words: HitWords
    mark: Mark | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Medicines:
    """What the record's page shows of medicines. ``warning`` alone is set where they are not shared.

    ``past`` are the courses of the last two years that are over; ``is_empty``: there is no record of any medicine.
    """

    shared: bool
    warning: str = ""
    hits: Sequence[ShownHit] = ()
    known: Sequence[ShownHit] = ()
    limits: Sequence[str] = ()
    current: Sequence[Course] = ()
    past: Sequence[Course] = ()
    hiding: bool = False
    is_empty: bool = False

    @property
    def authors(self) -> set[UUID]:
        """Who marked hits as known."""
        return {hit.mark.author_id for hit in self.known if hit.mark}


@dataclass(frozen=True, slots=True)
class MedicinePage:
    """The page of the medicines alone: besides what the record's page has, a year, its figures, every slip."""

    part: Medicines
    first: date
    today: date
    timeline: Sequence[Course]
    adherence: Sequence[Adherence]
    seen: Seen
    memos: Sequence[Memo]
    pharmacists: Sequence[FamilyPharmacist]


def medicines(record: OpenRecord) -> Medicines:
    """The part of the record's page."""
    record.must(Scope.MEDICINES, Right.READ)
    return _part(record, checking.see(record))


def unshared(record: OpenRecord) -> Medicines:
    """Of medicines that are not shared: only whether the checks found anything."""
    record.must(Scope.WARNINGS, Right.READ)
    return Medicines(shared=False, warning=exists_words() if checking.warned(record) else "")


def page(record: OpenRecord) -> MedicinePage:
    """Everything of medicines that this viewer may see."""
    record.must(Scope.MEDICINES, Right.READ)
    seen, today = checking.see(record), checking.today(record.timezone)
    part = _part(record, seen)
    first = today - timedelta(days=YEAR_DAYS - 1)
    every = [*part.current, *part.past]
    since = today - timedelta(days=ADHERENCE_DAYS)
    until = today - timedelta(days=1)
    return MedicinePage(
        part=part,
        first=first,
        today=today,
        timeline=[each for each in every if each.last is None or each.last >= first],
        adherence=adherence(part.current, living.doses(record, since), since, until),
        seen=seen,
        # A memo may name any medicine: where one is hidden, the memos go with it.
        memos=[] if seen.is_hiding else living.memos(record),
        pharmacists=living.family_pharmacists(record),
    )


def _part(record: OpenRecord, seen: Seen) -> Medicines:
    today = checking.today(record.timezone)
    found = checking.checked(record, seen)
    # The pages show a year; another one before it tells a gap from a beginning. Ten years would take ten times as long.
    lately = recent(seen.slips, seen.knowledge, today - timedelta(days=2 * YEAR_DAYS))
    every = courses(lately, seen.knowledge, today)
    current = [course for course in every if course.current(today)]
    shown = [_shown(hit.key, found) for hit in found.checked.hits]
    return Medicines(
        shared=True,
        hits=[hit for hit in shown if hit.mark is None],
        known=[hit for hit in shown if hit.mark is not None],
        limits=_limits(record, found),
        current=current,
        past=every[len(current) :],
        hiding=seen.is_hiding,
        is_empty=not seen.slips,
    )


def _shown(key: str, found: CheckedRecord) -> ShownHit:
    hit = next(each for each in found.checked.hits if each.key == key)
    return ShownHit(key, hit.kind, hit_words(hit, Reader.STAFF), found.known.get(key), key in found.silent)


def _limits(record: OpenRecord, found: CheckedRecord) -> list[str]:
    checked = found.checked
    said = [hidden_words(checked.hidden_hits)] if checked.hidden_hits else []
    said.append(coverage_words(checked))
    if checked.unmatched and record.may(Scope.FINDINGS, Right.READ):
        said.append(unmatched_words(checked, [entry.thing for entry in findings.listing(record)]))
    return [each for each in [*said, undecided_words(checked)] if each]


def kind(hit: ShownHit) -> str:
    """What sort of hit it is."""
    return tr(_KINDS[hit.kind])


def writer(piece: Piece) -> str:
    """Who wrote it, told apart in words."""
    return tr(_WRITERS[piece.writer])


def slip_writer(slip: Dispensing) -> str:
    """The same of a whole slip."""
    return tr(_WRITERS[who_wrote(slip)])


def left(course: Course, today: date) -> str:
    """How long it lasts: days left and the first day without, or that nobody wrote an end; and a prescription."""
    waiting = [piece for piece in course.pieces if piece.prescribed]
    said = [_lasts(course, today)] if len(waiting) < len(course.pieces) else []
    return " · ".join(said + [_valid(piece) for piece in waiting[-1:]])


def _lasts(course: Course, today: date) -> str:
    days = course.remaining(today)
    if days is None or course.runs_out is None:
        return tr("終わりの日の記載なし")
    if days == 0:
        return tr("{day}に終わり", day=wording.day(course.runs_out))
    return tr("あと{n}日（{day}からなし）", n=days, day=wording.day(course.runs_out))


def _valid(piece: Piece) -> str:
    until = piece.dispensing.valid_until
    if until is None:
        return tr("処方せん（受け取りの記録なし）")
    return tr("処方せん（{day}まで有効、受け取りの記録なし）", day=wording.day(until))


def places(piece: Piece) -> str:
    """Who prescribed it and who handed it out."""
    doctor = " ".join(filter(None, (piece.medicine.department, piece.medicine.clinic_doctor)))
    prescribed = " ".join(filter(None, (piece.clinic, doctor)))
    said = [tr("処方 {who}", who=prescribed)] if prescribed else []
    if piece.pharmacy:
        said.append(tr("調剤 {who}", who=piece.pharmacy))
    return " · ".join(said)


def gaps(course: Course, today: date) -> str:
    """Days without it between refills in the last year, and days that two pharmacies handed out for."""
    since = today - timedelta(days=YEAR_DAYS)
    empty = sum(gap.days or 0 for gap in course.gaps if gap.last is not None and gap.last >= since)
    said = [tr("この1年に手元になかった日 {n}日", n=empty)] if empty else []
    said += [
        tr("{one}と{two}で重なりあり", one=overlap.places[0], two=overlap.places[1])
        for overlap in course.overlaps
        if overlap.days.last is None or overlap.days.last >= since
    ]
    return " · ".join(dict.fromkeys(said))
