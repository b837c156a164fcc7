"""What phones tell of medicines: each word under its own rules, and what others hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from backend.medicines import checking, dispensings, telling
from backend.medicines.things import THINGS
from backend.told import Outcome
from shared import clock
from shared.consent import Right, Scope
from shared.doses import DoseState
from shared.ids import new_id
from shared.medicines import Author, Memo, Stage
from shared.problems import Clash, Invalid, NotAllowed, Problem
from shared.sync import Change, Word
from tests.backend.medicines import cupboard
from tests.backend.medicines.counting import questions
from tests.backend.medicines.cupboard import AMLODIPINE, SUVOREXANT, change, dose, hiding, known, names, typed
from tests.cast import Cast


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(cupboard.NOW):
        yield


def refused(cast: Cast, told: Change, who: str = "hanako") -> Problem:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        viewer = getattr(cast, who).viewer
        with pytest.raises(Problem) as problem:
            telling.tell(replace(record, viewer=viewer), told)
        return problem.value


def test_what_she_types_is_listed_corrected_and_withdrawn(cast: Cast) -> None:
    cupboard.fill(cast)
    mine = typed(cupboard.medicine("カルシウムのサプリ", ""))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.tell(record, change(Word.DISPENSING, mine))
        assert dispensings.medicine_list(record)[0] == mine  # of the 4th: the newest
        other = replace(mine, medicines=(AMLODIPINE,))
        cupboard.tell(record, change(Word.DISPENSING, other, 1))
        assert names(dispensings.medicine_list(record)[:1]) == [AMLODIPINE.name]
        cupboard.tell(record, Change(Word.DISPENSING, mine.id, clock.now(), new_id(), None))
        assert len(dispensings.medicine_list(record)) == 4
        gone = replace(change(Word.DISPENSING, other, 2), body=None)
        cupboard.tell(record, gone)
        assert len(dispensings.medicine_list(record)) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"origin": "jahis_techo"}, "origin"),
        ({"origin": ""}, "origin"),
        ({"author": Author.CARE_STAFF}, "author"),
        ({"author": Author.UNKNOWN}, "author"),
        ({"stage": Stage.PRESCRIBED}, "stage"),
    ],
)
def test_nobody_types_what_somebody_else_wrote(cast: Cast, wrong: dict[str, object], field: str) -> None:
    problem = refused(cast, change(Word.DISPENSING, replace(typed(AMLODIPINE), **wrong)))  # type: ignore[arg-type]
    assert isinstance(problem, Invalid)
    assert problem.field == field


@pytest.mark.parametrize("body", [True, False], ids=["over it", "withdrawn"])
def test_what_a_file_brought_is_neither_overwritten_nor_withdrawn_by_a_phone(cast: Cast, body: bool) -> None:
    brought = cupboard.slip(1, AMLODIPINE)
    with cast.house.database.transaction() as session:
        cupboard.bring(cast.open(session, cast.hanako), brought)
    told = change(Word.DISPENSING, typed(SUVOREXANT, id=brought.id))
    assert isinstance(refused(cast, told if body else replace(told, body=None)), Clash)
    with cast.house.database.transaction() as session:
        assert dispensings.medicine_list(cast.open(session, cast.hanako)) == [brought]


def test_a_my_number_is_refused_wherever_she_types(cast: Cast) -> None:
    for told in (
        change(Word.MEMO, Memo(new_id(), "マイナンバー 123456789018")),
        change(Word.DISPENSING, typed(cupboard.medicine("1234-5678-9018", ""))),
    ):
        assert refused(cast, told).code == "my_number_typed"


def test_only_she_hides(cast: Cast) -> None:
    assert isinstance(refused(cast, hiding(SUVOREXANT), "mori"), NotAllowed)


def test_a_dose_ticked_twice_is_one_and_the_last_tick_wins(cast: Cast) -> None:
    ticks = [dose(AMLODIPINE), dose(AMLODIPINE), dose(AMLODIPINE, state=DoseState.SKIPPED)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        outcomes = [
            telling.tell(record, change(Word.DOSE, tick, seconds)).outcome
            for tick, seconds in zip(ticks, (0, 0, 1), strict=True)
        ]
        assert outcomes == [Outcome.KEPT, Outcome.SAME, Outcome.KEPT]
        assert THINGS.shown(record, Word.DOSE) == [ticks[2]]


def test_a_nurse_who_may_write_tells_memos_and_doses(cast: Cast) -> None:
    cast.lets_in(cast.mori, Scope.MEDICINES, rights=(Right.WRITE,))
    with cast.house.database.transaction() as session:
        part = (Scope.MEDICINES, Right.WRITE)
        record = cast.house.opener.open_record(session, cast.mori.viewer, cast.record, *part)
        memo = Memo(new_id(), "朝は ふらつきあり")
        telling.tell(record, change(Word.MEMO, memo))
        telling.tell(record, change(Word.DOSE, dose(AMLODIPINE)))
        telling.refresh(record)


# What others hear -----------------------------------------------------------------------------------------------------


def heard(cast: Cast, who: str) -> dict[str, list[Change]]:
    """What sync tells of the room, by word."""
    found: dict[str, list[Change]] = {}
    with cast.house.database.transaction() as session:
        record = cast.open(session, getattr(cast, who))
        for each in dispensings.changes(record, 0, 100) + telling.changes(record, 0, 100):
            found.setdefault(each.word, []).append(each)
    return found


def test_others_hear_doses_and_marks_never_hidings_and_nothing_of_what_is_hidden(cast: Cast) -> None:
    cupboard.fill(cast)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        keys = [hit.key for hit in checking.checked(record).checked.hits]
        marks = [change(Word.HIT_MARK, known(key, f"理由 {nth}")) for nth, key in enumerate(keys)]
        doses = [change(Word.DOSE, dose(each)) for each in (AMLODIPINE, SUVOREXANT)]
        mine = change(Word.DISPENSING, typed(SUVOREXANT))
        cupboard.tell(record, *marks, *doses, mine)
    cast.lets_in(cast.sato, Scope.MEDICINES, Scope.FINDINGS)
    hers, his = heard(cast, "hanako"), heard(cast, "sato")
    assert hers == his
    with cast.house.database.transaction() as session:
        cupboard.tell(cast.open(session, cast.hanako), hiding(SUVOREXANT))
    hers, his = heard(cast, "hanako"), heard(cast, "sato")
    assert hers[Word.HIDING]
    assert Word.HIDING not in his
    # As many as before, so that no page is cut short: what is hidden is told as withdrawn.
    assert {word: len(told) for word, told in his.items()} == {
        word: len(told) for word, told in hers.items() if word != Word.HIDING
    }
    assert [each.body is None for each in his[Word.DOSE]].count(True) == 1
    assert [each.body is None for each in his[Word.HIT_MARK]].count(True) == 1  # that of the pair with it
    assert [each.body is None for each in his[Word.DISPENSING]].count(True) == 1  # the typed one
    told = " ".join(each.body or "" for some in his.values() for each in some)
    assert "ベルソムラ" not in told
    assert str(SUVOREXANT.id) not in told


def test_a_dose_without_its_slip_waits_while_something_is_hidden(cast: Cast) -> None:
    """Nobody knows yet whose dose it is: it may be one of what she hides."""
    cupboard.fill(cast, change(Word.DOSE, dose(cupboard.medicine("知らない薬", ""))))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert [each.body is None for each in heard(cast, "sato")[Word.DOSE]] == [False]
    with cast.house.database.transaction() as session:
        cupboard.tell(cast.open(session, cast.hanako), hiding(SUVOREXANT))
    assert [each.body is None for each in heard(cast, "sato")[Word.DOSE]] == [True]
    assert [each.body is None for each in heard(cast, "hanako")[Word.DOSE]] == [False]


def test_marks_at_hits_of_findings_are_for_who_may_read_findings(cast: Cast) -> None:
    cupboard.fill(cast)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        keys = {hit.kind: hit.key for hit in checking.checked(record).checked.hits}
        cupboard.tell(record, *(change(Word.HIT_MARK, known(key)) for key in keys.values()))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.MEDICINES, Scope.FINDINGS)
    for who, withheld in (("sato", 1), ("mori", 0), ("hanako", 0)):
        told = heard(cast, who)[Word.HIT_MARK]
        assert (len(told), [each.body for each in told].count(None)) == (3, withheld)


def test_what_a_doctor_hears_costs_the_same_number_of_questions(cast: Cast) -> None:
    """The list, its checks and what sync tells: as many questions for one slip as for sixty."""
    cupboard.fill(cast, hiding(SUVOREXANT))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    few = _questions(cast)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for day in range(1, 29):
            cupboard.bring(record, cupboard.slip(day, cupboard.medicine(f"薬{day}", "2171022F1010")))
            cupboard.tell(record, change(Word.DOSE, dose(AMLODIPINE, day=day)))
    assert _questions(cast) == few


def _questions(cast: Cast) -> int:
    with cast.house.database.transaction() as session, questions(cast.house) as asked:
        record = cast.open(session, cast.sato)
        seen = checking.see(record)
        checking.checked(record, seen)
        dispensings.changes(record, 0, 1000)
        telling.changes(record, 0, 1000)
        assert seen.slips
    return len(asked)
