"""Telling: what a phone says about medicines, each word under its own rules, and what lists show of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.medicines.checking import Seen, checked, see
from backend.medicines.hiding import READ, curtain_for_others
from backend.medicines.slips import all_slips
from backend.medicines.tables import DispensingRow
from backend.medicines.things import THINGS
from backend.records import records
from backend.records.placed import Key, Placed, placed
from backend.told import Merged
from shared import strict_json
from shared.consent import Right, Scope
from shared.doses import Dose
from shared.marks import HitMark
from shared.medicines import TYPED, Author, Dispensing, Memo, NoteKind, Signature, Stage
from shared.personal_numbers import refuse_my_number
from shared.problems import Clash, Invalid, NotAllowed
from shared.sync import Change, Word

WORDS = (Word.DISPENSING, Word.DOSE, Word.HIDING, Word.HIT_MARK, Word.MEMO, Word.FAMILY_PHARMACIST)
# What others hear. What she hides is nobody else's business, not even by its key.
_FOR_OTHERS = tuple(word for word in WORDS if word is not Word.HIDING)
# After these the glance may be another.
SHOWN_IN_LISTS = (Word.DISPENSING, Word.HIDING)
_WRITE: Part = (Scope.MEDICINES, Right.WRITE)
_HANDS = (Stage.STATED, Stage.DISPENSED)
_HERS = (Author.PATIENT, Author.UNKNOWN)
_OF_PRESCRIPTIONS = ("prescribed_on", "prescription_id", "exchange_number", "valid_until", "refills")
_MADE_OF_CONTENT = 5
# Members that a person writes into.
_TEXTS = ("name", "text", "note", "notes", "cautions", "reason", "clinic_doctor", "department", "pharmacist")


def tell(record: OpenRecord, change: Change) -> Merged:
    """Merge one told version; problems are raised before anything is written.

    Whoever tells several calls `refresh` once at the end.
    """
    record.must(*_WRITE)
    if change.word == Word.HIDING and not record.by_owner:
        raise NotAllowed("not_allowed")
    if change.word == Word.DISPENSING:
        _check_typed(record, change)
    if change.body is not None:
        _refuse_numbers(strict_json.loads(change.body.encode()))
    return THINGS.tell(record, change)


def _refuse_numbers(members: object, field: str = "") -> None:
    """A My Number that somebody typed into a text is refused; ids and codes are no texts."""
    if isinstance(members, dict):
        for name, value in members.items():
            _refuse_numbers(value, str(name))
    elif isinstance(members, list):
        for value in members:
            _refuse_numbers(value, field)
    elif isinstance(members, str) and field in _TEXTS:
        refuse_my_number(members, field)


def _check_typed(record: OpenRecord, change: Change) -> None:
    """A slip that she typed: never one that a file brought, nor one that claims to come from somebody else."""
    if record.session.get(DispensingRow, (record.id, change.id)) is not None:
        raise Clash("id_used_otherwise")
    if change.body is None:
        return
    typed: Dispensing = THINGS.spelling(Word.DISPENSING).thing(change.body)
    if typed.origin != TYPED:
        raise Invalid("invalid_fields", field="origin")
    if typed.author is not Author.PATIENT:
        raise Invalid("invalid_fields", field="author")
    if typed.stage not in _HANDS:
        raise Invalid("invalid_fields", field="stage")
    if (claimed := next(_claimed(typed), None)) is not None:
        raise Invalid("invalid_fields", field=claimed)


def _claimed(typed: Dispensing) -> Iterator[str]:
    """Members by which a typed slip would look like a prescription, a signed one, or somebody else's words."""
    yield from (name for name in _OF_PRESCRIPTIONS if getattr(typed, name))
    if typed.signature is not Signature.NONE:
        yield "signature"
    if any(note.kind is not NoteKind.PATIENT or note.author not in _HERS for note in typed.notes):
        yield "notes"
    if any(medicine.author not in _HERS for medicine in typed.medicines):
        yield "medicines"


def refresh(record: OpenRecord) -> None:
    """What lists show: the day of the newest slip and how many medicines it had, without what she hides."""
    record.must(*_WRITE)
    slips = curtain_for_others(record, _WRITE).shown(all_slips(record, _WRITE))
    part: dict[str, object] = {}
    if slips:
        part = {"last_on": slips[0].dispensed_on.isoformat(), "medicines": len(slips[0].medicines)}
    records.refresh_glance(record.session, record.key, Scope.MEDICINES, part)


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Told things whose change number is over ``after``, or is that and past ``key``, in order; for sync.

    To others what is about a hidden medicine is told as withdrawn, so that no page is shorter for it.
    """
    record.must(*READ)
    if record.by_owner:
        return THINGS.changes(record, after, limit, WORDS, key)
    told = THINGS.changes(record, after, limit, _FOR_OTHERS, key)
    return [
        placed(seen, each.number, each.key)
        for seen, each in zip(_for_others(record, told), told, strict=True)
    ]


def _for_others(record: OpenRecord, told: Sequence[Change]) -> Iterator[Change]:
    seen = see(record)
    # While she hides something, a dose whose slip is not here may be one of that: it waits for its slip.
    shown = {each.id for one in seen.slips for each in one.medicines}
    may_see_mark = _marks(record, seen) if any(change.word == Word.HIT_MARK for change in told) else None
    for change in told:
        if change.body is None:
            yield change
            continue
        thing = THINGS.spelling(change.word).thing(change.body)
        match thing:
            case Dispensing():
                yield with_slip(record, change, seen.curtain.open_part(thing))
            case Dose() if seen.curtain.keys and thing.medicine_id not in shown:
                yield _gone(record, change)
            case Memo() if seen.curtain.names_it(thing.text):
                yield _gone(record, change)
            case HitMark() if may_see_mark is not None and not may_see_mark(thing):
                yield _gone(record, change)
            case Dose() if seen.curtain.names_it(thing.note):
                yield _with(change, replace(thing, note=""))
            case HitMark() if seen.curtain.names_it(thing.reason):
                yield _with(change, replace(thing, reason=""))
            case _:
                yield change


def _marks(record: OpenRecord, seen: Seen) -> Callable[[HitMark], bool]:
    """Which marks others may see: where something is hidden or kept from them, only those of hits that they see."""
    if not seen.curtain.keys and record.may(Scope.FINDINGS, Right.READ):
        return lambda _: True
    shown = checked(record, seen)
    keys = {hit.key for hit in shown.checked.hits} - shown.silent
    return lambda mark: mark.key in keys


def with_slip(record: OpenRecord, change: Change, part: Dispensing | None) -> Change:
    """A told slip as somebody may see it: in part, or as withdrawn."""
    record.must(*READ)
    return _gone(record, change) if part is None else _with(change, part)


def _with(change: Change, thing: Dispensing | Dose | HitMark) -> Change:
    return replace(change, body=THINGS.spelling(change.word).body(thing))


def _gone(record: OpenRecord, change: Change) -> Change:
    """What somebody may not see, as withdrawn.

    An id that is made of the content (uuid5) tells it to whoever tries all contents: it goes by another name.
    """
    if change.id.version != _MADE_OF_CONTENT:
        return replace(change, body=None)
    named = record.key.digest("kept back", f"{change.word}|{change.id}")
    return replace(change, id=UUID(bytes=named), body=None)
