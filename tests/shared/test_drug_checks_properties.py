"""What holds of the checks whatever is taken: order, strangers, days, and being alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.drug_checks import Against, Checked, Hit, HitKind, Taken, check, taken_of
from shared.drug_knowledge import bundled
from shared.findings import Finding, FindingKind
from shared.medicines import Dispensing, Form, Place, Stage
from tests.shared.slips import CODES, HOSPITAL, TODAY, an_id, medicine, slip

FINDINGS = tuple(
    Finding(an_id(text), FindingKind.ALLERGY, text) for text in ("アスピリン", "クラリスロマイシン", "そば")
)
AGAINST = Against(FINDINGS, date(1948, 4, 12))
STRANGER = "ボナロン錠35"
names = st.sampled_from([name for name in CODES if name != STRANGER])
medicines = st.builds(
    medicine,
    names,
    st.none() | st.integers(1, 90),
    form=st.sampled_from((None, Form.INTERNAL, Form.AS_NEEDED, Form.EXTERNAL)),
    dose=st.sampled_from(("1", "2")),
)
places = st.none() | st.sampled_from((Place("なぎさ島診療所", "1234567", "38"), HOSPITAL))


@st.composite
def slips(draw: st.DrawFn) -> Dispensing:
    """One slip of up to three medicines within three months of today."""
    listed = draw(st.lists(medicines, min_size=1, max_size=3))
    made = slip(
        *listed,
        on=TODAY + timedelta(days=draw(st.integers(-90, 10))),
        clinic=draw(places),
        pharmacy=draw(places),
        origin=draw(st.sampled_from(("jahis_techo", "fhir_jp"))),
        stage=draw(st.sampled_from(Stage)),
    )
    return replace(made, id=draw(st.uuids()))


several = st.lists(slips(), max_size=6, unique_by=lambda each: each.id)


def run(found: Sequence[Taken], on: date = TODAY) -> Checked:
    return check(found, bundled(), AGAINST, on)


def said(checked: Checked) -> Counter[tuple[object, ...]]:
    return Counter(about(hit) for hit in checked.hits)


def about(hit: Hit) -> tuple[object, ...]:
    medicines = (hit.first, hit.second)
    return hit.kind, hit.rule, hit.key, *(each and each.name for each in medicines), hit.from_on, hit.until_on


@given(several, st.randoms())
def test_the_order_of_slips_makes_no_difference(given_slips: list[Dispensing], chance: object) -> None:
    shuffled = list(given_slips)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (run(taken_of(each, bundled())) for each in (given_slips, shuffled))
    assert [about(hit) for hit in one.hits] == [about(hit) for hit in other.hits]
    assert (one.medicines, one.unmatched) == (other.medicines, other.unmatched)
    assert [each.name for each in one.unchecked] == [each.name for each in other.unchecked]


@given(several)
def test_a_medicine_that_has_nothing_to_do_with_it_changes_no_hit(given_slips: list[Dispensing]) -> None:
    before = run(taken_of(given_slips, bundled()))
    after = run(taken_of([*given_slips, slip(STRANGER)], bundled()))
    assert said(after) == said(before)
    assert after.medicines == before.medicines + 1


@given(several, st.integers(-4000, 4000))
def test_moving_all_days_moves_the_answer(given_slips: list[Dispensing], by: int) -> None:
    moved = [replace(each, dispensed_on=each.dispensed_on + timedelta(days=by)) for each in given_slips]
    here = run(taken_of(given_slips, bundled()))
    there = run(taken_of(moved, bundled()), TODAY + timedelta(days=by))
    back = [
        replace(
            hit,
            from_on=hit.from_on and hit.from_on - timedelta(days=by),
            until_on=hit.until_on and hit.until_on - timedelta(days=by),
        )
        for hit in there.hits
    ]
    assert [about(hit) for hit in back] == [about(hit) for hit in here.hits]


@given(medicines, places)
def test_a_medicine_alone_never_hits_itself(one: object, place: Place | None) -> None:
    alone = run(taken_of([slip(one, clinic=place)], bundled()))  # type: ignore[arg-type]
    assert [hit for hit in alone.hits if hit.second is not None] == []
    assert {hit.kind for hit in alone.hits} <= {HitKind.ALLERGY}


@given(several)
def test_reading_everything_twice_finds_nothing_more(given_slips: list[Dispensing]) -> None:
    """The same slips from another kind of file: the check answers as if they had been read once."""
    handed_out = [replace(each, stage=Stage.DISPENSED, origin="jahis_techo") for each in given_slips]
    again = [replace(each, id=an_id(each.id), origin="orca") for each in handed_out]
    once = run(taken_of(handed_out, bundled()))
    twice = run(taken_of([*handed_out, *again], bundled()))
    assert said(twice) == said(once)
    assert twice.medicines == once.medicines


@given(several)
def test_every_key_is_one_hit(given_slips: list[Dispensing]) -> None:
    keys = Counter(hit.key for hit in run(taken_of(given_slips, bundled())).hits)
    assert [key for key, times in keys.items() if times > 1] == []
