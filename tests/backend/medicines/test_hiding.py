"""What she hides: gone from everything that others see, whatever it was called when she hid it; never from herself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.medicines import checking, dispensings, living, telling
from backend.records import records
from shared import clock
from shared.consent import Scope
from shared.drug_checks import name_key
from shared.ids import new_id
from shared.marks import Hiding, hiding_id
from shared.medicines import Medicine, Memo
from shared.sync import Word
from tests.backend.fresh import somebody
from tests.backend.medicines import cupboard
from tests.backend.medicines.cupboard import AMLODIPINE, CLARITHROMYCIN, NORVASC, SUVOREXANT, hiding, names
from tests.cast import Cast

ALL = [NORVASC.name, SUVOREXANT.name, AMLODIPINE.name, CLARITHROMYCIN.name]


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(cupboard.NOW):
        yield


def seen_by(cast: Cast, who: str) -> checking.Seen:
    with cast.house.database.transaction() as session:
        seen = checking.see(cast.open(session, getattr(cast, who)))
        assert seen.slips is not None  # opened while the transaction is
        assert seen.is_hiding in (True, False)
        return seen


def test_without_hidings_the_doctor_sees_what_she_sees(cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    for who in ("hanako", "sato"):
        seen = seen_by(cast, who)
        assert (names(seen.slips), seen.is_hiding) == (ALL, False)


def test_a_hidden_medicine_is_gone_for_others_with_the_notes_of_its_slip(cast: Cast) -> None:
    cupboard.fill(cast, hiding(SUVOREXANT))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    hers, his = seen_by(cast, "hanako"), seen_by(cast, "sato")
    assert (names(hers.slips), hers.is_hiding) == (ALL, False)
    assert (names(his.slips), his.is_hiding) == ([NORVASC.name, AMLODIPINE.name, CLARITHROMYCIN.name], True)
    assert [bool(each.notes) for each in his.slips] == [True, False, True]
    assert "ベルソムラ" not in repr(his.slips[1])


def test_texts_elsewhere_that_name_it_are_gone_too(cast: Cast) -> None:
    """Notes of other slips, cautions of other medicines, her memos: as far as the lists know its names."""
    warned_of = replace(AMLODIPINE, cautions=("スボレキサントと一緒に飲まない", "グレープフルーツに注意"))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        elsewhere = replace(cupboard.slip(1, warned_of), notes=(cupboard.NOTE, cupboard.OTHER_NOTE))
        cupboard.bring(record, elsewhere, cupboard.slip(2, SUVOREXANT))
        memos = [Memo(new_id(), "ベルソムラで眠れた"), Memo(new_id(), "よく歩いた")]
        cupboard.tell(record, *(cupboard.change(Word.MEMO, each) for each in memos), hiding(SUVOREXANT))
        assert len(living.memos(record)) == 2
    cast.lets_in(cast.sato, Scope.MEDICINES)
    (slip,) = seen_by(cast, "sato").slips
    assert (slip.notes, slip.medicines[0].cautions) == ((cupboard.OTHER_NOTE,), ("グレープフルーツに注意",))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.sato)
        assert [each.text for each in living.memos(record)] == ["よく歩いた"]
        told = [
            each.body or "" for each in telling.changes(record, 0, 10) + dispensings.changes(record, 0, 10)
        ]
    assert len(told) == 4
    assert not any("ベルソムラ" in body or "スボレキサント" in body for body in told)


def test_all_refills_and_makers_of_a_course_are_hidden_and_an_empty_slip_is_left_out(cast: Cast) -> None:
    cupboard.fill(cast, hiding(AMLODIPINE), hiding(SUVOREXANT))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert names(seen_by(cast, "sato").slips) == [CLARITHROMYCIN.name]


def test_shown_again_it_is_there_again(cast: Cast) -> None:
    cupboard.fill(cast, hiding(SUVOREXANT), hiding(SUVOREXANT, is_hidden=False, seconds=1))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    seen = seen_by(cast, "sato")
    assert (names(seen.slips), seen.is_hiding) == (ALL, False)


def test_what_was_hidden_by_its_name_alone_stays_hidden_when_a_list_knows_it(cast: Cast) -> None:
    """A drug list that was loaded after she hid it calls the course by its ingredients."""
    key = name_key(SUVOREXANT.name)
    cupboard.fill(cast, cupboard.change(Word.HIDING, Hiding(hiding_id(key), key, SUVOREXANT.name)))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert SUVOREXANT.name not in names(seen_by(cast, "sato").slips)


def test_lists_do_not_count_it(cast: Cast) -> None:
    def part() -> dict[str, object]:
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            return dict(records.read_glance(session, record.key).part(Scope.MEDICINES))

    cupboard.fill(cast)
    assert part() == {"last_on": "2026-03-03", "medicines": 1}
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.tell(record, hiding(NORVASC))
    assert part() == {"last_on": "2026-03-02", "medicines": 1}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from([CLARITHROMYCIN, SUVOREXANT, AMLODIPINE, NORVASC])), st.data())
def test_the_word_list_is_never_in_what_others_see(
    house: House, hidden: set[Medicine], data: st.DataObject
) -> None:
    """Whatever is hidden and however the medicines are spread over slips: no name of it is left."""
    her = somebody(house)
    every = [CLARITHROMYCIN, SUVOREXANT, AMLODIPINE, NORVASC]
    slips = [
        cupboard.slip(day, *data.draw(st.lists(st.sampled_from(every), unique=True, min_size=1)))
        for day in range(1, data.draw(st.integers(2, 4)))
    ]
    with her.record() as record:
        cupboard.bring(record, *slips)
        cupboard.tell(record, *(hiding(each) for each in hidden))
        other = replace(record, viewer=replace(record.viewer, account_id=cupboard.PHONE))
        seen = names(dispensings.medicine_list(other))
        # The two of amlodipine are one course.
        courses = [{AMLODIPINE.name, NORVASC.name}, {SUVOREXANT.name}, {CLARITHROMYCIN.name}]
        gone = {name for course in courses if course & {each.name for each in hidden} for name in course}
        assert seen == [name for name in names(dispensings.medicine_list(record)) if name not in gone]
