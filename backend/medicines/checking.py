"""The checks of a record: everything is looked at, and each viewer is told what she may see of what was found.

The check itself always uses all medicines and all findings, for safety. Of a hit with a hidden medicine others learn
only that it exists; of one that comes from a finding, only that it does, unless they may read findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cached_property
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.drugs.knowing import knowledge_now
from backend.findings.findings import FINDINGS
from backend.medicines.hiding import READ, Curtain, curtain, hidden_keys
from backend.medicines.slips import all_slips
from backend.medicines.things import THINGS
from backend.records import records
from backend.told import Entry, Merged
from shared import clock
from shared.blood_pressure import day_of
from shared.consent import Right, Scope
from shared.drug_checks import Against, Checked, Hit, HitKind, check, for_others, taken_of
from shared.drug_knowledge import Knowledge
from shared.drug_recent import recent
from shared.marks import HitMark, hit_mark_id
from shared.medicines import Dispensing
from shared.problems import NotThere
from shared.sync import Word, stamp

_WARNINGS: Part = (Scope.WARNINGS, Right.READ)


@dataclass(frozen=True, slots=True)
class Mark:
    """A hit was marked as known: why, by whom and when."""

    reason: str
    author_id: UUID
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """What a viewer may know of the checks: the answer, and by key the hits that somebody marked as known.

    ``silent`` are keys of hits that come from a finding which this viewer may not read.
    """

    checked: Checked
    known: Mapping[str, Mark]
    silent: frozenset[str] = frozenset()

    @property
    def new(self) -> Sequence[Hit]:
        """The hits that nobody has marked."""
        return [hit for hit in self.checked.hits if hit.key not in self.known]


@dataclass(frozen=True)
class Seen:
    """All medicines of a record opened once, for a page that lists, checks and follows them."""

    record: OpenRecord
    everything: Sequence[Dispensing]
    curtain: Curtain

    @cached_property
    def slips(self) -> Sequence[Dispensing]:
        """What this viewer may see, newest day first."""
        return self.curtain.shown(self.everything)

    @cached_property
    def is_hiding(self) -> bool:
        """Whether a medicine is left out of it."""
        return _count(self.slips) < _count(self.everything)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the house knows of medicines now."""
        return knowledge_now(self.record.session)


def _count(slips: Sequence[Dispensing]) -> int:
    return sum(len(slip.medicines) for slip in slips)


def see(record: OpenRecord) -> Seen:
    """Open all medicines of the record once, in a few queries however many there are."""
    record.must(*READ)
    return Seen(record, all_slips(record, READ), curtain(record))


def checked(record: OpenRecord, seen: Seen | None = None) -> CheckedRecord:
    """What the checks find today, as far as this viewer may know it."""
    record.must(*READ)
    seen = seen or see(record)
    found = _checked(record, seen.everything, seen.knowledge, READ)
    if not record.by_owner:
        found = for_others(found)
    silent: frozenset[str] = frozenset()
    if not record.may(Scope.FINDINGS, Right.READ):
        silent = frozenset(hit.key for hit in found.hits if hit.finding is not None)
        found = _without_findings(found)
    keys = {hit.key for hit in found.hits}
    marks: list[Entry[HitMark]] = THINGS.entries(record, Word.HIT_MARK)
    known = {
        entry.thing.key: Mark(_reason(entry.thing, silent, seen.curtain), entry.author_id, entry.edited_at)
        for entry in marks
        if entry.thing.known and entry.thing.key in keys
    }
    return CheckedRecord(found, known, silent)


def _reason(mark: HitMark, silent: frozenset[str], drawn: Curtain) -> str:
    """Why it is known, unless that names what this viewer may not see."""
    return "" if mark.key in silent or drawn.names_it(mark.reason) else mark.reason


def warned(record: OpenRecord) -> bool:
    """The one bit that comes with every right to read: whether the checks found anything, marked or not."""
    record.must(*_WARNINGS)
    knowledge = knowledge_now(record.session)
    return bool(_checked(record, all_slips(record, _WARNINGS), knowledge, _WARNINGS).hits)


def mark(record: OpenRecord, key: str, reason: str, device: UUID, *, known: bool = True) -> Merged:
    """Mark a hit that the viewer is shown as known, or as not known any more; her name stands at it.

    Whoever may read the medicines may leave a mark: it changes nothing of what was dispensed, hides nothing, and the
    hit comes back when its facts change.
    """
    record.must(*READ)
    if key not in {hit.key for hit in checked(record).checked.hits}:
        raise NotThere
    record.next_number()  # the record's lock comes before the look
    row = THINGS.row(record, Word.HIT_MARK, hit_mark_id(key))
    thing = HitMark(hit_mark_id(key), key, reason, known)
    if row is not None and THINGS.find(record, Word.HIT_MARK, thing.id) == thing:
        moment, device = row.edited_at, row.device  # said again, the same way: nothing changes
    else:
        moment = stamp(clock.now(), None if row is None else row.edited_at)
    return THINGS.tell(record, THINGS.change_of(Word.HIT_MARK, thing, moment, device), needs=Right.READ)


def _checked(record: OpenRecord, slips: Sequence[Dispensing], knowledge: Knowledge, asked: Part) -> Checked:
    on = today(record.timezone)
    taken = taken_of(recent(slips, knowledge, on), knowledge, hidden_keys(record, asked))
    findings = FINDINGS.shown(record, Word.FINDING, asked=asked)
    born_on = None
    with suppress(ValueError):
        born_on = date.fromisoformat(records.read_glance(record.session, record.key).born_on)
    return check(taken, knowledge, Against(tuple(findings), born_on), on)


def today(zone: tzinfo) -> date:
    """Her day, which begins at 04:00 as on her phone: what she takes after midnight belongs to the evening."""
    local = clock.now().astimezone(zone)
    return day_of(local.date(), local.time())


def _without_findings(found: Checked) -> Checked:
    """For who may not read findings: that one stands against a medicine, but not which, nor whose words they are."""
    hits = tuple(_without_finding(hit) if hit.finding is not None else hit for hit in found.hits)
    return replace(found, hits=hits, unmatched=())


def _without_finding(hit: Hit) -> Hit:
    silent = replace(hit, finding=None, said="", condition="")
    return replace(silent, effect="", source="") if hit.kind is HitKind.ALLERGY else silent
