"""What is known about her on this phone: noting, correcting, withdrawing, listing, and names while she types."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from mobile import account
from mobile.asks import LoadFindings, LoadFindingVersions, SaveFinding, SuggestNames, WithdrawFinding
from mobile.deeds import Phone, do
from mobile.deeds.recording import dispensings
from mobile.events import (
    Event,
    FindingSaved,
    FindingsLoaded,
    FindingVersionsLoaded,
    FindingWithdrawn,
    NamesSuggested,
)
from mobile.seen import FindingVersion, KeptFinding, Name
from mobile.store import bodies, drafts, telling, things
from mobile.store.rows import Thing
from mobile.store.things import Written
from shared import allergens, clock
from shared.drug_knowledge import Knowledge
from shared.findings import Finding, FindingCodeSet, FindingKind, check, in_order
from shared.findings_schema import finding_from, finding_members
from shared.languages import tr
from shared.medicines import CodeSet, Medicine
from shared.sync import Change, Word

MOST_NAMES = 12
_OF_MEDICINES = (FindingKind.ALLERGY, FindingKind.SIDE_EFFECT)


@do.register
def load_findings(_asked: LoadFindings, phone: Phone) -> list[Event]:
    """All that is not withdrawn."""
    return [FindingsLoaded(kept_findings(phone, account.own_record(phone.store)))]


@do.register
def load_finding_versions(asked: LoadFindingVersions, phone: Phone) -> list[Event]:
    """The shown version first, then every other, newest first."""
    record_id = account.own_record(phone.store)
    shown = things.find(phone.store, record_id, Word.FINDING, asked.id)
    others = things.versions(phone.store, record_id, Word.FINDING, asked.id)
    first = [] if shown is None else [_version(phone, shown.change, shown=True)]
    rest = (_version(phone, each, shown=False) for each in others)
    return [FindingVersionsLoaded(asked.id, (*first, *rest))]


@do.register
def save_finding(asked: SaveFinding, phone: Phone) -> list[Event]:
    """Checked by the rules that the server has too."""
    finding = finding_from(finding_members(asked.finding))
    check(finding, phone.now())
    with phone.store.writing():
        record_id = account.own_record(phone.store)
        before = things.find(phone.store, record_id, Word.FINDING, finding.id)
        body = bodies.finding_body(finding, before.change.body if before else None)
        things.note(phone.store, record_id, Written(Word.FINDING, finding.id, body))
        if asked.form:
            drafts.keep(phone.store, asked.form, "")
    return [FindingSaved(finding, telling.count_untold(phone.store)[0])]


@do.register
def withdraw_finding(asked: WithdrawFinding, phone: Phone) -> list[Event]:
    """The version before stays and can be seen."""
    things.note(phone.store, account.own_record(phone.store), Written(Word.FINDING, asked.id, None))
    return [FindingWithdrawn(asked.id, telling.count_untold(phone.store)[0])]


@do.register
def suggest_names(asked: SuggestNames, phone: Phone) -> list[Event]:
    """Her own medicines, then what the lists have; nothing is taken unless she touches it."""
    found: dict[str, Name] = {}
    for name in _names(asked, phone):
        found.setdefault(name.text, name)
        if len(found) == MOST_NAMES:
            break
    return [NamesSuggested(asked.kind, asked.text, tuple(found.values()))]


def kept_findings(phone: Phone, record_id: UUID) -> tuple[KeptFinding, ...]:
    """The findings of a record that this app can read, allergies first."""
    found = things.of_word(phone.store, record_id, Word.FINDING)
    counts = things.version_counts(phone.store, record_id, Word.FINDING)
    kept = (_kept(each, counts.get(each.change.id, 0)) for each in found)
    return tuple(in_order((each for each in kept if each is not None), lambda each: each.finding))


def _names(asked: SuggestNames, phone: Phone) -> Iterator[Name]:
    text = asked.text.strip()
    medicines = _her_medicines(phone, text) if asked.kind in _OF_MEDICINES else iter(())
    if asked.kind is FindingKind.SIDE_EFFECT or text:
        yield from islice(medicines, 4 if asked.kind is FindingKind.ALLERGY else 6)
    if not text:
        return
    if asked.kind is FindingKind.ALLERGY:
        today = clock.at_offset(phone.now(), phone.offset_min).date()
        for line in allergens.search(text, today, MOST_NAMES // 2):
            yield Name(line.name, FindingCodeSet.JFAGY, line.code, tr("食べ物や身の回りのもの"))
    if asked.kind in _OF_MEDICINES:
        yield from _medicines(text, phone.knowing.now(phone.store))


def _her_medicines(phone: Phone, text: str) -> Iterator[Name]:
    wanted = allergens.folded(text)
    for dispensing in dispensings(phone, account.own_record(phone.store)):
        for medicine in dispensing.medicines:
            if wanted in allergens.folded(medicine.name):
                yield _of_medicine(medicine, phone.knowing.now(phone.store))


def _of_medicine(medicine: Medicine, knowledge: Knowledge) -> Name:
    about = tr("あなたのお薬から")
    text = _with_ingredients(medicine.name, knowledge.of(medicine).ingredients)
    if medicine.code_set is CodeSet.YJ and medicine.code:
        return Name(text, FindingCodeSet.YJ, medicine.code, about)
    return Name(text, about=about)


def _medicines(text: str, knowledge: Knowledge) -> Iterator[Name]:
    ingredient = knowledge.ingredient(text)
    if ingredient:
        yield Name(ingredient, about=tr("薬の成分"))
    for product in knowledge.search(text, MOST_NAMES):
        yield Name(_with_ingredients(product.name, (product.ingredient,)), about=tr("薬"))


def _with_ingredients(name: str, ingredients: frozenset[str] | tuple[str, ...]) -> str:
    """The name of a medicine with what is in it: another brand of the same ingredient does the same harm."""
    missing = [each for each in sorted(ingredients) if each and each not in name]
    return f"{name} [{'、'.join(missing)}]" if missing else name


def _kept(thing: Thing, versions: int) -> KeptFinding | None:
    finding = _finding_in(thing.change)
    return None if finding is None else KeptFinding(finding, thing.told, thing.refused, versions)


def _version(phone: Phone, change: Change, *, shown: bool) -> FindingVersion:
    return FindingVersion(_finding_in(change), change.edited_at, change.device == phone.store.device, shown)


def _finding_in(change: Change) -> Finding | None:
    return None if change.body is None else bodies.finding_in(change.body)
