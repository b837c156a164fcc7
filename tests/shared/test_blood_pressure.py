"""Home blood pressure: occasions, sessions, the two summaries, target and tone, against a slow reading of the rules."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.blood_pressure import (
    Mean,
    SetBy,
    Target,
    Tone,
    average_words,
    occasions,
    session_hours_words,
    session_words,
    target_text,
    tone,
    tone_words,
    whole,
)
from shared.home_pressure_summaries import (
    Difference,
    Standing,
    esh_summary,
    jsh_summary,
    standing_words,
    summary_name,
)
from shared.ids import new_id
from shared.languages import speaking
from shared.vitals import Session, Vital
from tests.shared.pressures import MONDAY, taken, wall

SUNDAY = MONDAY + timedelta(days=6)


# -- occasions


def test_two_readings_within_ten_minutes_are_one_occasion_and_their_mean() -> None:
    found = occasions(
        [taken(wall(0, "07:12"), 130, 80, pulse=66), taken(wall(0, "07:14"), 127, 77, pulse=63)]
    )
    assert [(each.session, each.day) for each in found] == [(Session.MORNING, MONDAY)]
    assert found[0].mean == Mean(Fraction(257, 2), Fraction(157, 2), Fraction(129, 2))
    assert found[0].mean.text == "129/79"


def test_exactly_ten_minutes_is_the_same_occasion_and_a_millisecond_more_is_not() -> None:
    first, last = taken(wall(0, "07:00"), 130, 80), taken(wall(0, "07:10"), 120, 70)
    later = taken(wall(0, "07:10") + timedelta(milliseconds=1), 120, 70)
    assert len(occasions([first, last])) == 1
    assert len(occasions([first, later])) == 2


def test_ten_minutes_count_from_the_first_reading_not_from_the_last() -> None:
    found = occasions([taken(wall(0, f"07:{minute:02}"), 130, 80) for minute in (0, 6, 12, 18)])
    assert [len(each.readings) for each in found] == [2, 2]


def test_third_and_later_readings_are_kept_and_not_counted() -> None:
    found = occasions([taken(wall(0, f"07:0{n}"), high, 80) for n, high in enumerate((150, 140, 120, 118))])
    assert [vital.pressure.systolic for vital in found[0].shown_only] == [120, 118]
    assert found[0].mean.systolic == 145


def test_a_single_reading_is_its_own_mean_and_a_missing_pulse_does_not_count() -> None:
    alone = occasions([taken(wall(0, "07:00"), 131, 82)])[0]
    assert alone.mean == Mean(Fraction(131), Fraction(82), None)
    pair = occasions([taken(wall(0, "07:00"), 131, 82), taken(wall(0, "07:01"), 131, 82, pulse=70)])[0]
    assert pair.mean.pulse == 70


@pytest.mark.parametrize(
    ("clock", "session", "day"),
    [
        ("03:59:59", Session.EVENING, -1),
        ("04:00", Session.MORNING, 0),
        ("11:59:59", Session.MORNING, 0),
        ("12:00", Session.OTHER, 0),
        ("17:59:59", Session.OTHER, 0),
        ("18:00", Session.EVENING, 0),
        ("23:59", Session.EVENING, 0),
        ("00:00", Session.EVENING, -1),
        ("01:30", Session.EVENING, -1),
    ],
)
def test_hours_and_the_day_that_starts_at_four(clock: str, session: Session, day: int) -> None:
    found = occasions([taken(wall(0, clock), 130, 80)])[0]
    assert (found.session, found.day) == (session, MONDAY + timedelta(days=day))


@pytest.mark.parametrize(
    ("clock", "label", "day"),
    [
        ("13:00", Session.MORNING, 0),
        ("03:30", Session.MORNING, 0),  # an early riser: this morning, not yesterday's
        ("16:00", Session.EVENING, 0),
        ("01:30", Session.EVENING, -1),
        ("07:00", Session.OTHER, 0),
        ("02:00", Session.OTHER, -1),
    ],
)
def test_her_own_label_wins(clock: str, label: Session, day: int) -> None:
    found = occasions([taken(wall(0, clock), 130, 80, session=label)])[0]
    assert (found.session, found.day) == (label, MONDAY + timedelta(days=day))


def test_the_first_label_of_an_occasion_is_its_label() -> None:
    labels = (None, Session.EVENING, Session.MORNING)
    found = occasions([taken(wall(0, f"12:0{n}"), 130, 80, session=label) for n, label in enumerate(labels)])
    assert found[0].session is Session.EVENING


def test_the_hour_is_the_hour_where_she_was() -> None:
    moment = wall(0, "07:00")
    at_home = taken(moment, 130, 80)
    in_london = taken(moment, 130, 80, offset_min=0)
    assert {each.session for each in occasions([at_home, in_london])} == {Session.MORNING}
    assert len(occasions([at_home, in_london])) == 2


def test_an_hour_that_comes_twice_in_autumn_stays_two_occasions() -> None:
    # 01:30 at +2:00 and, an hour later, 01:30 at +1:00: the wall says the same, the clock of the world does not.
    summer, winter = (taken(wall(0, "01:30"), 130, 80, offset_min=offset) for offset in (120, 60))
    found = occasions([winter, summer])
    assert [each.readings for each in found] == [(summer,), (winter,)]
    assert {each.day for each in found} == {MONDAY - timedelta(days=1)}


def test_another_kind_is_a_mistake_of_the_caller() -> None:
    weight = Vital(new_id(), "weight", taken(wall(0, "07:00"), 1, 1).taken_at, 540, Decimal(52))
    with pytest.raises(TypeError):
        _ = occasions([weight])[0].mean


# -- summaries


def week(mornings: int, evenings: int, morning: tuple[int, int], evening: tuple[int, int]) -> list[Vital]:
    """Mornings and evenings on the last days of the week up to Sunday, two equal readings each."""
    readings = []
    for count, hour, (systolic, diastolic) in ((mornings, "07", morning), (evenings, "21", evening)):
        for day in range(7 - count, 7):
            readings += [taken(wall(day, f"{hour}:0{n}"), systolic, diastolic) for n in (0, 1)]
    return readings


@pytest.mark.parametrize(
    ("mornings", "evenings", "standing"),
    [
        (5, 5, Standing.BELOW_REFERENCE),
        (4, 4, Standing.NOT_ENOUGH_DAYS),
        (5, 4, Standing.NOT_ENOUGH_DAYS),
        (4, 7, Standing.NOT_ENOUGH_DAYS),
        (0, 0, Standing.NOT_ENOUGH_DAYS),
    ],
)
def test_below_needs_five_days_of_both(mornings: int, evenings: int, standing: Standing) -> None:
    found = jsh_summary(occasions(week(mornings, evenings, (120, 70), (118, 68))), SUNDAY)
    assert found.standing is standing
    assert (found.morning.days, found.evening.days) == (mornings, evenings)


@pytest.mark.parametrize(
    ("morning", "evening", "standing"),
    [
        ((134, 84), (134, 84), Standing.BELOW_REFERENCE),
        ((135, 70), (120, 70), Standing.AT_OR_ABOVE_REFERENCE),
        ((120, 85), (120, 70), Standing.AT_OR_ABOVE_REFERENCE),
        ((120, 70), (135, 70), Standing.AT_OR_ABOVE_REFERENCE),
    ],
)
def test_either_session_and_either_number_is_enough(
    morning: tuple[int, int], evening: tuple[int, int], standing: Standing
) -> None:
    assert jsh_summary(occasions(week(5, 5, morning, evening)), SUNDAY).standing is standing


def test_four_days_are_never_judged_however_high() -> None:
    found = occasions(week(4, 4, (190, 110), (190, 110)))
    assert jsh_summary(found, SUNDAY).standing is Standing.NOT_ENOUGH_DAYS
    assert jsh_summary(found, SUNDAY).difference is None
    assert esh_summary(found, SUNDAY).standing is Standing.NOT_ENOUGH_DAYS
    assert standing_words(Standing.NOT_ENOUGH_DAYS).startswith("日数が足りません")


def test_esh_drops_the_first_measured_day_and_jsh_does_not() -> None:
    readings = week(4, 4, (120, 70), (130, 80))
    high = [taken(wall(1, "07:00"), 180, 100), taken(wall(1, "21:00"), 180, 100)]
    esh = esh_summary(occasions([*high, *readings]), SUNDAY)
    assert (esh.dropped_day, esh.days, esh.part.readings) == (MONDAY + timedelta(days=1), 5, 16)
    assert esh.part.mean == Mean(Fraction(125), Fraction(75), None)
    assert esh.standing is Standing.BELOW_REFERENCE
    jsh = jsh_summary(occasions([*high, *readings]), SUNDAY)
    assert jsh.morning.mean == Mean(Fraction(120 * 4 + 180, 5), Fraction(70 * 4 + 100, 5), None)


def test_the_names_never_let_the_two_be_mixed_up() -> None:
    found = occasions(week(5, 5, (120, 70), (118, 68)))
    names = summary_name(jsh_summary(found, SUNDAY)), summary_name(esh_summary(found, SUNDAY))
    assert names[0].startswith("JSH")
    assert names[1].startswith("ESH")


def test_missing_days_difference_and_counts() -> None:
    found = jsh_summary(occasions(week(5, 5, (131, 80), (121, 84))), SUNDAY)
    assert found.missing_days == (MONDAY, MONDAY + timedelta(days=1))
    assert (found.days, found.morning.readings, found.morning.occasions) == (5, 10, 5)
    assert found.difference == Difference(Fraction(10), Fraction(-4))
    assert (found.first_day, found.last_day) == (MONDAY, SUNDAY)


def test_a_mean_just_below_is_below_and_is_not_shown_as_the_reference() -> None:
    readings = [taken(wall(day, "07:00"), 135 if day > 2 else 134, 80) for day in range(7)]
    evenings = [taken(wall(day, "21:00"), 120, 70) for day in range(7)]
    found = jsh_summary(occasions(readings + evenings), SUNDAY)
    assert found.morning.mean is not None
    assert found.morning.mean.text == "134.5/80"
    assert found.standing is Standing.BELOW_REFERENCE


# -- a slow oracle, written from the rules and not from the code


def slow_sets(readings: Sequence[Vital]) -> list[tuple[str, date, list[tuple[int, int]]]]:
    """(session, day, counted pairs) of each occasion, by looking minute by minute."""
    waiting = sorted(readings, key=lambda vital: (vital.taken_at.timestamp(), str(vital.id)))
    found = []
    while waiting:
        limit = waiting[0].taken_at.timestamp() + 600
        together = [vital for vital in waiting if vital.taken_at.timestamp() <= limit]
        waiting = waiting[len(together) :]
        local = together[0].taken_at.replace(tzinfo=None) + timedelta(minutes=together[0].offset_min)
        minute = local.hour * 60 + local.minute
        name = "morning" if 240 <= minute <= 719 else "other" if 720 <= minute <= 1079 else "evening"
        labels = [vital.session.value for vital in together if vital.session]
        name = labels[0] if labels else name
        day = local.date()
        if minute < 240 and name != "morning":
            day -= timedelta(days=1)
        pairs = [(int(v.pressure.systolic), int(v.pressure.diastolic)) for v in together][:2]
        found.append((name, day, pairs))
    return found


def slow_jsh(readings: Sequence[Vital], last: date, session: str) -> tuple[int, Fraction | None]:
    """Days and exact systolic mean of a session in the 7 days up to ``last``."""
    days: dict[date, list[Fraction]] = defaultdict(list)
    for name, day, pairs in slow_sets(readings):
        if name == session and 0 <= (last - day).days <= 6:
            days[day].append(Fraction(sum(high for high, _ in pairs), len(pairs)))
    every = [mean for means in days.values() for mean in means]
    return len(days), sum(every, Fraction()) / len(every) if every else None


def slow_esh(readings: Sequence[Vital], last: date) -> tuple[int, Fraction | None]:
    """Measured days and exact diastolic mean of what is left without the first of them."""
    used = [each for each in slow_sets(readings) if each[0] != "other" and 0 <= (last - each[1]).days <= 6]
    days = sorted({day for _, day, _ in used})
    lows = [low for _, day, pairs in used if day != days[0] for _, low in pairs]
    return len(days), Fraction(sum(lows), len(lows)) if lows else None


READINGS = st.builds(
    lambda minute, second, pair, session, offset_min: taken(
        datetime.combine(MONDAY, datetime.min.time()) + timedelta(minutes=minute, seconds=second),
        pair[0],
        pair[1],
        session=session,
        offset_min=offset_min,
    ),
    # Many on a few edges of the hours, so that boundaries and neighbours are common.
    minute=st.one_of(
        st.integers(-3 * 1440, 11 * 1440),
        st.builds(
            lambda day, edge, near: day * 1440 + edge + near,
            st.integers(-2, 9),
            st.sampled_from([0, 240, 420, 720, 1080, 1260]),
            st.integers(-11, 11),
        ),
    ),
    second=st.sampled_from([0, 0, 1, 59]),
    pair=st.tuples(st.integers(100, 180), st.integers(50, 99)),
    session=st.sampled_from([None, None, None, Session.MORNING, Session.EVENING, Session.OTHER]),
    offset_min=st.sampled_from([540, 540, 540, 0, -570, 840]),
)


@given(st.lists(READINGS, max_size=40))
def test_occasions_and_summaries_against_the_slow_oracle(readings: list[Vital]) -> None:
    found = occasions(readings)
    counted = [
        [(int(v.pressure.systolic), int(v.pressure.diastolic)) for v in each.counted] for each in found
    ]
    seen = [(each.session.value, each.day, pairs) for each, pairs in zip(found, counted, strict=True)]
    assert seen == slow_sets(readings)
    jsh, esh = jsh_summary(found, SUNDAY), esh_summary(found, SUNDAY)
    for part, name in ((jsh.morning, "morning"), (jsh.evening, "evening")):
        assert (part.days, part.mean.systolic if part.mean else None) == slow_jsh(readings, SUNDAY, name)
        assert (part.standing is Standing.NOT_ENOUGH_DAYS) == (part.days < 5)
    assert (esh.days, esh.part.mean.diastolic if esh.part.mean else None) == slow_esh(readings, SUNDAY)


@given(st.lists(READINGS, max_size=25), st.randoms(use_true_random=False))
def test_the_order_in_which_readings_come_does_not_matter(
    readings: list[Vital], chance: random.Random
) -> None:
    shuffled = readings[:]
    chance.shuffle(shuffled)
    assert occasions(shuffled) == occasions(readings)


@given(st.lists(READINGS, max_size=25))
def test_every_reading_is_in_exactly_one_occasion(readings: list[Vital]) -> None:
    shown = [vital.id for each in occasions(readings) for vital in each.readings]
    assert sorted(shown) == sorted(vital.id for vital in readings)


# -- words, target, tone


@pytest.mark.parametrize(
    ("number", "shown"), [("127.4", 127), ("127.5", 128), ("128.5", 129), ("0.49999", 0)]
)
def test_means_are_shown_half_up(number: str, shown: int) -> None:
    assert whole(Fraction(number)) == shown


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "130/80 を記録しました。"),
        (2, "2回の平均は 128/78 です。"),
        (3, "はじめの2回の平均は 128/78 です。3回目からも残りますが、平均には入れません。"),
    ],
)
def test_the_phone_says_the_average(count: int, words: str) -> None:
    pairs = ((130, 80), (126, 76), (150, 90))
    readings = [taken(wall(0, f"07:0{n}"), *pairs[n]) for n in range(count)]
    assert average_words(occasions(readings)[0]) == words


def test_a_guideline_default_is_never_passed_off_as_her_doctors_word() -> None:
    words = target_text()
    for needed in ("125/75", "JSH2025", "75歳以上では議論", "主治医が決めた値ではありません"):
        assert needed in words
    with speaking("en"):
        assert "guideline default" in target_text()
        assert "disputed from 75; not set by your doctor" in target_text()
    hers = Target(Decimal(135), Decimal(80), SetBy.DOCTOR, "佐藤 先生")
    assert target_text(hers) == "目標 135/80 未満（佐藤 先生が決めた値です）"
    assert "議論" not in target_text(Target(Decimal(135), Decimal(80), SetBy.DOCTOR))


def test_the_hours_say_that_they_are_our_proposal() -> None:
    assert "ガイドラインの決まりではありません" in session_hours_words()


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (124, 74, Tone.WITHIN),
        (125, 74, Tone.ABOVE_TARGET),
        (124, 75, Tone.ABOVE_TARGET),
        (134, 84, Tone.ABOVE_TARGET),
        (135, 60, Tone.RAISED),
        (100, 85, Tone.RAISED),
    ],
)
def test_tones(systolic: int, diastolic: int, expected: Tone) -> None:
    assert tone(systolic, diastolic) is expected


@given(st.integers(60, 250), st.integers(30, 140), st.integers(100, 150), st.integers(60, 99))
def test_nothing_below_135_85_is_an_alarm_whatever_the_target(
    high: int, low: int, aim: int, other: int
) -> None:
    found = tone(high, low, Target(Decimal(aim), Decimal(other), SetBy.DOCTOR))
    if high < 135 and low < 85:
        assert found is not Tone.RAISED
    if high < aim and low < other:
        assert found is Tone.WITHIN


def test_a_target_upside_down_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="systolic"):
        Target(Decimal(75), Decimal(125))


def test_every_tone_standing_and_session_has_words_of_its_own() -> None:
    assert len({tone_words(each) for each in Tone}) == len(Tone)
    assert len({standing_words(each) for each in Standing}) == len(Standing)
    assert len({session_words(each) for each in Session}) == len(Session)
    assert "診断ではありません" in tone_words(Tone.RAISED)
    assert "診断ではありません" in standing_words(Standing.AT_OR_ABOVE_REFERENCE)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "text"),
    [
        ("134.6", "79.2", "134.6/79"),
        ("134.99", "84.96", "134.9/84.9"),
        ("135", "85", "135/85"),
        ("124.5", "74.5", "124.5/74.5"),
        ("128.5", "77.5", "129/78"),
        ("134.4", "84.4", "134/84"),
    ],
)
def test_a_mean_below_a_line_is_never_shown_as_on_it(systolic: str, diastolic: str, text: str) -> None:
    assert Mean(Fraction(systolic), Fraction(diastolic)).text == text
