from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adherence import Adherence, adherence
from shared.courses import Course, Stretch, courses, plan_of
from shared.doses import Dose, DoseState, dose_id
from shared.drug_knowledge import bundled
from shared.medicines import CodeSet, Dispensing, Form, Medicine, Place, Stage, Usage
from shared.schedule import tick_of

MONDAY = date(2026, 11, 23)
SHIMA, MINATO = Place("しま薬局", "1234567", "34"), Place("みなと薬局", "7654321", "34")
CLINIC, HOSPITAL = Place("なぎさ島診療所", "1111111", "34"), Place("みなと総合病院", "2222222", "34")
AMLODIPINE = ("アムロジピン錠5mg「トーワ」", "2171022F2347")


def day(after: int) -> date:
    return MONDAY + timedelta(days=after)


def line(
    named: tuple[str, str] = AMLODIPINE, usage: str = "朝食後", days: int = 28, dose: str = "1"
) -> Medicine:
    name, code = named
    made = Usage(usage, form=Form.INTERNAL, amount=days, amount_unit="日分")
    ident = uuid5(UUID(int=1), f"{named} {usage} {days} {dose}")
    return Medicine(ident, name, dose, "錠", CodeSet.PRICE_LIST if code else CodeSet.NONE, code, usage=made)


def slip(
    after: int, *medicines: Medicine, at: Place = SHIMA, by: Place = CLINIC, origin: str = "jahis_techo"
) -> Dispensing:
    ident = uuid5(UUID(int=2), f"{after} {at} {by} {origin} {[each.id for each in medicines]}")
    own = tuple(replace(each, id=uuid5(ident, str(each.id))) for each in medicines)
    return Dispensing(ident, day(after), own, pharmacy=at, clinic=by, origin=origin)


def of(slips: Iterable[Dispensing], on: date = MONDAY) -> list[Course]:
    return courses(slips, bundled(), on)


def test_refills_are_one_course_whatever_the_maker() -> None:
    other = ("アムロジピン錠5mg「サワイ」", "2171022F2320")
    (found,) = of([slip(28, line(other)), slip(0, line())])
    assert found.name == other[0]
    assert found.names == (other[0], AMLODIPINE[0])
    assert found.ingredients == {"アムロジピン"}
    assert (found.first, found.last, found.runs_out) == (day(0), day(55), day(56))
    assert found.gaps == ()
    assert found.overlaps == ()
    assert [found.remaining(day(after)) for after in (0, 28, 55, 56, 90)] == [56, 28, 1, 0, 0]
    assert found.spans() == (Stretch(day(0), day(55)),)
    assert [found.current(day(after)) for after in (-1, 0, 55, 56)] == [True, True, True, False]


def test_days_without_medicine_are_a_gap() -> None:
    (found,) = of([slip(0, line()), slip(38, line())])
    assert found.gaps == (Stretch(day(28), day(37)),)
    assert found.gaps[0].days == 10
    assert found.spans() == (Stretch(day(0), day(27)), Stretch(day(38), day(65)))


def test_every_other_day_has_no_gaps() -> None:
    (found,) = of([slip(0, line(usage="隔日 朝食後", days=14))])
    assert found.spans() == (Stretch(day(0), day(27)),)
    assert found.last == day(26)


def test_the_same_medicine_from_another_pharmacy_overlaps() -> None:
    (found,) = of([slip(0, line()), slip(20, line(), at=MINATO, by=HOSPITAL)])
    (overlap,) = found.overlaps
    assert overlap.days == Stretch(day(20), day(27))
    assert overlap.places == ("しま薬局", "みなと薬局")
    assert of([slip(0, line()), slip(20, line())])[0].overlaps == (), (
        "an early refill at the same place is none"
    )
    assert of([slip(0, line()), slip(28, line(), at=MINATO)])[0].overlaps == ()


def test_a_dispensing_read_from_two_files_is_one_piece() -> None:
    (found,) = of([slip(0, line()), slip(0, line(), origin="fhir_jp")])
    assert len(found.pieces) == 1


def test_a_prescription_that_was_filled_is_no_piece_of_its_own() -> None:
    asked = replace(slip(0, line(), origin="eprescription"), stage=Stage.PRESCRIBED, pharmacy=None)
    (found,) = of([asked, slip(1, line())])
    assert [piece.prescribed for piece in found.pieces] == [False]
    (waiting,) = of([asked])
    assert waiting.newest.prescribed
    assert waiting.newest.clinic == "なぎさ島診療所"


def test_an_old_prescription_that_nobody_filled_is_not_taken() -> None:
    asked = replace(slip(0, line()), stage=Stage.PRESCRIBED, pharmacy=None, valid_until=day(3))
    (found,) = of([asked])
    assert found.current(day(3))
    assert not found.current(day(4))


def test_tablets_and_eye_drops_are_two_courses_and_current_ones_come_first() -> None:
    drops = Medicine(
        UUID(int=5),
        "チモロール点眼液0.5%",
        "1",
        "本",
        usage=Usage("1日2回点眼", form=Form.EXTERNAL, amount=1, amount_unit="本"),
    )
    past = ("オロパタジン錠5mg", "4490025F2016")
    found = of([slip(-60, line(past, days=7)), slip(0, line(), drops)], on=day(1))
    assert [course.name for course in found] == [drops.name, AMLODIPINE[0], past[0]]
    assert found[0].remaining(day(1)) is None, "nobody wrote for how many days"
    assert [course.current(day(1)) for course in found] == [True, True, False]


def test_what_she_typed_without_an_end_never_runs_out() -> None:
    usage = Usage("朝食後", form=Form.INTERNAL, single_dose="1", starts_on=MONDAY)
    typed = Dispensing(
        UUID(int=8),
        MONDAY,
        (Medicine(UUID(int=9), "ビタミンC", usage=usage),),
        origin="typed",
        stage=Stage.STATED,
    )
    (found,) = of([typed])
    assert (found.last, found.runs_out, found.remaining(MONDAY)) == (None, None, None)
    assert found.current(day(4000))
    assert found.spans() == (Stretch(MONDAY, None),)
    assert found.spans()[0].days is None


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=8), st.integers(0, 400)
)
def test_bars_and_gaps_never_touch_and_hold_every_piece(slips: list[tuple[int, int]], on: int) -> None:
    made = [
        slip(start, line(days=days), by=replace(CLINIC, name=f"院{n}", code=""))
        for n, (start, days) in enumerate(slips)
    ]
    (course,) = of(made, day(on))
    spans = course.spans()
    for one, gap, other in zip(spans, course.gaps, spans[1:], strict=False):
        assert one.last is not None
        assert gap.last is not None
        assert gap.first == one.last + timedelta(days=1)
        assert other.first == gap.last + timedelta(days=1)
        assert (gap.days or 0) > 0
    assert len(course.gaps) == len(spans) - 1
    for piece in course.pieces:
        assert any(
            span.first <= piece.period.first
            and piece.period.last
            and span.last
            and piece.period.last <= span.last
            for span in spans
        )
    remaining = course.remaining(day(on))
    assert remaining is not None
    assert remaining >= 0


# ---- adherence ------------------------------------------------------------------------------------------------------


def dose(medicine: Medicine, after: int, slot: str = "morning", state: DoseState = DoseState.TAKEN) -> Dose:
    return Dose(
        dose_id(medicine.id, day(after), slot),
        medicine.id,
        day(after),
        slot,
        state,
        datetime(2026, 11, 23, tzinfo=UTC),
    )


def figures(slips: list[Dispensing], doses: Iterable[Dose] = (), first: int = 0, last: int = 89) -> Adherence:
    (found,) = adherence(of(slips), doses, day(first), day(last))
    return found


def test_days_covered_count_from_the_first_dispensing() -> None:
    found = figures([slip(10, line(days=30)), slip(50, line(days=30))])
    assert (found.covered, found.days, found.percent_covered) == (60, 80, 75)


def test_an_early_refill_begins_when_the_one_before_is_used_up() -> None:
    found = figures([slip(0, line(days=30)), slip(20, line(days=30))])
    assert (found.covered, found.days) == (60, 90)


def test_one_dispensing_alone_says_nothing_of_days() -> None:
    found = figures([slip(0, line(days=30))])
    assert (found.days, found.percent_covered) == (0, None)
    assert found.due == 30


def test_doses_taken_of_doses_due() -> None:
    one = slip(0, line(usage="朝夕食後", days=2, dose="2"))
    (medicine,) = one.medicines
    doses = [
        dose(medicine, 0),
        dose(medicine, 0, "evening", DoseState.SKIPPED),
        dose(medicine, 1, "morning", DoseState.LATER),
        dose(medicine, 5),  # not due any more
        dose(line(), 0),
    ]
    found = figures([one], doses)
    assert (found.taken, found.skipped, found.due, found.percent_taken) == (1, 1, 4, 25)


def test_as_needed_is_never_due() -> None:
    usage = Usage("疼痛時", form=Form.AS_NEEDED, amount=10, amount_unit="回分")
    assert adherence(of([slip(0, replace(line(), usage=usage))]), (), day(0), day(30)) == []


def test_a_window_is_two_days_in_their_order() -> None:
    with pytest.raises(ValueError, match="window"):
        adherence([], (), day(1), day(0))


slips_made = st.lists(st.tuples(st.integers(-60, 120), st.integers(1, 60)), min_size=1, max_size=6)


@given(slips_made, st.integers(0, 60), st.integers(0, 60))
def test_never_more_than_all(slips: list[tuple[int, int]], first: int, length: int) -> None:
    made = [
        slip(start, line(days=days), by=replace(CLINIC, name=f"院{n}", code=""))
        for n, (start, days) in enumerate(slips)
    ]
    doses = [dose(each.medicines[0], after) for each in made for after in range(0, 130, 3)]
    for found in adherence(of(made), doses, day(first), day(first + length)):
        assert 0 <= found.covered <= found.days <= length + 1
        assert 0 <= found.taken + found.skipped <= found.due <= length + 1


def test_a_dose_ticked_before_its_refill_came_is_one_dose_and_taken() -> None:
    weekly = ("メトトレキサート錠2mg「あゆみ」", "3999016F1013")
    first = slip(0, line(weekly, usage="週1回 起床時", days=4))
    refill = slip(24, line(weekly, usage="週1回 起床時", days=2))
    found = figures([first, refill], [dose(first.medicines[0], 21, "w1")], first=21, last=27)
    assert (found.taken, found.due) == (1, 1)
    late = figures([first, refill], [dose(first.medicines[0], 21, "w1")], first=24, last=27)
    assert (late.taken, late.due) == (1, 1)
    daily = [slip(0, line(days=28)), slip(20, line(days=30))]
    found = figures(daily, [dose(daily[0].medicines[0], 20)], first=20, last=20)
    assert (found.taken, found.due) == (1, 1)


def test_a_dose_ticked_before_a_better_file_came_is_not_offered_again() -> None:
    by_hand = slip(0, line(), line(("ミカルディス錠40mg", "2149042F2021")), origin="qr_notes")
    stated = replace(by_hand, stage=Stage.STATED)
    handed = slip(0, line(), line(("ミカルディス錠40mg", "2149042F2021")))
    prescribed = replace(slip(0, line(), origin="eprescription"), stage=Stage.PRESCRIBED, pharmacy=None)
    for before in (stated, prescribed):
        ticked = dose(before.medicines[0], 3)
        both = plan_of([before, handed], bundled()).due(day(3))
        found = {
            each.name: tick_of(each, {(ticked.medicine_id, ticked.on, ticked.slot): ticked}) for each in both
        }
        assert found.pop(AMLODIPINE[0]) is ticked
        assert set(found.values()) == {None}, "the tick of one medicine is no tick of another"
