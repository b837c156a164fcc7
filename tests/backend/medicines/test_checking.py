"""The checks of a record as each viewer may know them: consent as a truth table, marks, and the one bit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.consent.opened import NotOpened
from backend.medicines import checking
from backend.medicines.checking import CheckedRecord
from backend.medicines.things import THINGS
from shared import clock
from shared.consent import Purpose, Right, Scope
from shared.drug_checks import HitKind
from shared.ids import new_id
from shared.problems import NotThere
from shared.sync import Word
from tests.backend.medicines import cupboard
from tests.backend.medicines.cupboard import AMLODIPINE, CLARITHROMYCIN, SUVOREXANT, hiding
from tests.cast import Cast

ALL_KINDS = {HitKind.CONTRAINDICATED, HitKind.ALLERGY, HitKind.DUPLICATE}


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(cupboard.NOW):
        yield


def checked(cast: Cast, who: str = "hanako") -> CheckedRecord:
    with cast.house.database.transaction() as session:
        return checking.checked(cast.open(session, getattr(cast, who)))


def warned(cast: Cast, who: str) -> bool:
    with cast.house.database.transaction() as session:
        return checking.warned(cast.open(session, getattr(cast, who)))


def kinds(found: CheckedRecord) -> set[HitKind]:
    return {hit.kind for hit in found.checked.hits}


def key_of(found: CheckedRecord, kind: HitKind) -> str:
    (key,) = {hit.key for hit in found.checked.hits if hit.kind is kind}
    return key


def test_she_sees_all_that_is_found(cast: Cast) -> None:
    finding = cupboard.fill(cast)
    found = checked(cast)
    assert kinds(found) == ALL_KINDS
    (allergy,) = [hit for hit in found.checked.hits if hit.kind is HitKind.ALLERGY]
    assert (allergy.finding, allergy.said, allergy.effect) == (finding.id, "クラリスロマイシン", "じんましん")
    assert (found.checked.medicines, found.checked.checked) == (3, 3)
    assert found.checked.version
    assert warned(cast, "hanako") is True


def test_what_she_typed_takes_part(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.bring(record, cupboard.slip(1, CLARITHROMYCIN))
        cupboard.tell(record, cupboard.change(Word.DISPENSING, cupboard.typed(SUVOREXANT)))
    assert kinds(checked(cast)) == {HitKind.CONTRAINDICATED}


@pytest.mark.parametrize("hidden", [False, True], ids=["open", "hidden"])
@pytest.mark.parametrize(
    "scopes",
    [
        (Scope.VITALS,),
        (Scope.FINDINGS,),
        (Scope.MEDICINES,),
        (Scope.MEDICINES, Scope.FINDINGS),
        (Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, Scope.FINDINGS),
    ],
    ids="+".join,
)
def test_what_a_doctor_may_know(cast: Cast, scopes: tuple[Scope, ...], hidden: bool) -> None:
    finding = cupboard.fill(cast, *([hiding(SUVOREXANT)] if hidden else []))
    cast.lets_in(cast.sato, *scopes)
    assert warned(cast, "sato") is True  # one bit, whatever else is shared
    if Scope.MEDICINES not in scopes:
        with pytest.raises(NotOpened):
            checked(cast, "sato")
        return
    found = checked(cast, "sato")
    assert kinds(found) == (ALL_KINDS - {HitKind.CONTRAINDICATED} if hidden else ALL_KINDS)
    assert found.checked.hidden_hits == (1 if hidden else 0)
    assert ("ベルソムラ" in repr(found)) is not hidden
    (allergy,) = [hit for hit in found.checked.hits if hit.kind is HitKind.ALLERGY]
    if Scope.FINDINGS in scopes:
        assert (allergy.finding, allergy.said) == (finding.id, "クラリスロマイシン")
    else:
        assert (allergy.finding, allergy.said, allergy.effect, allergy.source) == (None, "", "", "")
        assert str(finding.id) not in repr(found)
        assert "じんましん" not in repr(found)


def test_the_bit_needs_a_grant_that_reads_and_nothing_found_is_no_warning(cast: Cast) -> None:
    for who in (cast.sato, cast.mori):
        cast.lets_in(who, Scope.VITALS)
    assert warned(cast, "sato") is False
    cupboard.fill(cast, hiding(SUVOREXANT), hiding(CLARITHROMYCIN), hiding(AMLODIPINE))
    assert warned(cast, "sato") is True  # hidden or not: it says nothing else
    cast.lets_in(cast.kato, Scope.VITALS, rights=(Right.WRITE,))
    for stranger in ("kato", "kimura"):
        with pytest.raises(NotThere):
            warned(cast, stranger)


def test_a_purpose_that_was_not_let_in_has_no_bit_either(cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES, purposes=(Purpose.FOLLOW_UP,))
    with pytest.raises(NotThere):
        warned(cast, "sato")


# Marks ----------------------------------------------------------------------------------------------------------------


def mark(cast: Cast, who: str, key: str, reason: str = "承知", *, known: bool = True) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, getattr(cast, who))
        checking.mark(record, key, reason, cupboard.PHONE, known=known)


def test_a_mark_is_shown_with_who_and_why_to_both(cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    key = key_of(checked(cast), HitKind.DUPLICATE)
    mark(cast, "sato", key, "切り替え中")
    for who in ("hanako", "sato"):
        found = checked(cast, who)
        assert {each: (said.reason, said.author_id) for each, said in found.known.items()} == {
            key: ("切り替え中", cast.sato.id)
        }
        assert key not in {hit.key for hit in found.new}
        assert len(found.new) == 2


def test_said_again_it_changes_nothing_and_taken_back_it_returns(cast: Cast) -> None:
    cupboard.fill(cast)
    key = key_of(checked(cast), HitKind.DUPLICATE)
    mark(cast, "hanako", key)
    first = checked(cast).known[key]
    mark(cast, "hanako", key)
    assert checked(cast).known[key] == first
    mark(cast, "hanako", key, "やはり聞く", known=False)
    assert key in {hit.key for hit in checked(cast).new}
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        (thing,) = THINGS.shown(record, Word.HIT_MARK)
        assert [
            past.thing.reason for past in THINGS.versions(record, Word.HIT_MARK, thing.id) if past.thing
        ] == ["承知"]


def test_a_hit_returns_when_its_facts_change(cast: Cast) -> None:
    cupboard.fill(cast)
    key = key_of(checked(cast), HitKind.CONTRAINDICATED)
    mark(cast, "hanako", key)
    assert key in checked(cast).known
    stronger = cupboard.medicine("ベルソムラ錠20mg", "1190023F2020")
    with cast.house.database.transaction() as session:
        cupboard.bring(cast.open(session, cast.hanako), cupboard.slip(4, stronger, at=cupboard.HARBOUR))
    found = checked(cast)
    assert HitKind.CONTRAINDICATED in {hit.kind for hit in found.new}


def test_nobody_marks_a_hit_that_she_is_not_shown(cast: Cast) -> None:
    cupboard.fill(cast)
    key = key_of(checked(cast), HitKind.CONTRAINDICATED)
    with cast.house.database.transaction() as session:
        cupboard.tell(cast.open(session, cast.hanako), hiding(SUVOREXANT))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.VITALS)
    for who, marked in (("sato", key), ("sato", str(new_id())), ("hanako", "no such hit")):
        with pytest.raises(NotThere):
            mark(cast, who, marked)
    with pytest.raises(NotOpened):
        mark(cast, "mori", key)


def test_the_reason_at_a_hit_of_a_finding_is_only_for_who_may_read_findings(cast: Cast) -> None:
    cupboard.fill(cast)
    key = key_of(checked(cast), HitKind.ALLERGY)
    mark(cast, "hanako", key, "むかし発疹が出た")
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.MEDICINES, Scope.FINDINGS)
    assert checked(cast, "sato").known[key].reason == ""
    assert checked(cast, "mori").known[key].reason == "むかし発疹が出た"
