from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.medicines import CodeSet, Dispensing, Form, Medicine, Stage, Usage, Writer
from shared.periods import period
from shared.schedule import AtMeal, Days, Due, Pattern, Schedule, Slot, Time, due, schedule_of
from shared.usage_codes import amounts_in, days_in, schedule_in
from shared.usage_words import days_said, schedule_said

TERMINOLOGY = Path(__file__).parents[3] / "shared" / "data" / "terminology"
MONDAY = date(2026, 11, 23)
M, N, E, B, W = Slot.MORNING, Slot.NOON, Slot.EVENING, Slot.BEDTIME, Slot.WAKING
AFTER, BEFORE = AtMeal.AFTER, AtMeal.BEFORE


def at(*slots: Slot, meal: AtMeal | None = None) -> tuple[Time, ...]:
    return tuple(Time(slot, meal if slot in (M, N, E) else None) for slot in slots)


def amounts(*said: int | str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, said))


# ---- codes ----------------------------------------------------------------------------------------------------------

CODES = {
    "1013044400000000": at(M, N, E, meal=AFTER),
    "1012040400000000": at(M, E, meal=AFTER),
    "1011100000000000": at(B),
    "1011000090000000": at(W),
    "1014111100000000": at(M, N, E, B, meal=BEFORE),
    "1013055500000000": at(M, N, E, meal=AtMeal.TWO_HOURS_AFTER),
    "1011000600000000": at(M, meal=AtMeal.DURING),
    "2B62100900000000": at(M, B),
    "2H50B10000000000": at(W),
    "101514440P000000": (*at(M, N, meal=AFTER), Time(hour=15), *at(E, B, meal=AFTER)),
    "1033IPV000000000": (Time(hour=8), Time(hour=15), Time(hour=21)),
    "1031A00000000000": (Time(hour=0),),
}


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_the_times_of_a_day(code: str) -> None:
    found = schedule_in(code)
    assert found is not None
    assert (found.pattern, found.times, found.method) == (Pattern.TIMES, CODES[code], code[:2])


def test_a_code_says_how_often_or_when_needed() -> None:
    def said(code: str) -> tuple[object, ...]:
        found = schedule_in(code)
        assert found is not None
        return found.pattern, found.count, found.hours, found.event

    assert said("1022000000000000") == (Pattern.INTERVAL, (2, 2), (12, 12), "")
    assert said("2B84600000000000") == (Pattern.INTERVAL, None, (4, 6), "")
    assert said("2H73000000000000") == (Pattern.COUNT, (3, 3), None, "")
    assert said("2B71200000000000") == (Pattern.COUNT, (1, 2), None, "")
    assert said("1041480000000000") == (Pattern.COUNT, (1, 1), None, "空腹時")
    assert said("1050110000000000") == (Pattern.AS_NEEDED, None, None, "疼痛時")
    assert said("2B50810000000000") == (Pattern.AS_NEEDED, None, None, "かゆいとき")
    assert said("1050990000000000") == (Pattern.AS_NEEDED, None, None, "")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "101304440000000",  # 15 characters
        "1012044400000000",  # says two times, names three
        "101X000000000000",  # the count is left open
        "XX50110000000000",  # withdrawn by the ministry
        "1011000700000000",  # an unknown relation to the meal
        "1011000100000001",
        "1025000000000000",  # 24 hours are not five equal parts
        "105031Z000000000",
        "10130444000000００",
        "1033IIV000000000",  # one hour twice
    ],
)
def test_a_code_that_says_something_else_is_not_understood(code: str) -> None:
    assert schedule_in(code) is None


@given(st.text("0123456789ABHIPXZ", min_size=16, max_size=16) | st.text(max_size=20))
def test_any_code_is_understood_wholly_or_not_at_all(code: str) -> None:
    found = schedule_in(code)
    if found is not None and found.pattern is Pattern.TIMES:
        assert found.times
        assert len({time.key for time in found.times}) == len(found.times)
        assert list(found.times) == sorted(found.times, key=lambda time: time.order)


def test_supplements_say_the_days() -> None:
    assert days_in(()) == days_in(("V14NNNNN",)) == Days()
    assert days_in(("I1100000",)) == Days(cycle=(1, 1))
    assert days_in(("W0100100",)) == Days(weekdays=frozenset({0, 3}))
    assert days_in(("W1000001",)) == Days(weekdays=frozenset({6, 5}))
    assert days_in(("D0AK0000",)) == Days(month_days=(10, 20))
    assert days_in(("DCAKU000",)) == Days(month_days=(10, 20, 30), month=12)
    assert days_in(("D0148BFI", "D0MPT000")) == Days(month_days=(1, 4, 8, 11, 15, 18, 22, 25, 29))
    assert days_in(("CW100000",)) == Days(a_week=1)
    for unknown in ("W0000000", "W010010", "I0100000", "CM100000", "D0000000", "Q1234567", "I11"):
        assert days_in((unknown,)) is None, unknown
    assert days_in(("D1F00000", "DCF00000")) is None, "15 January and 15 December are not one rule here"


def test_supplements_say_uneven_amounts() -> None:
    assert amounts_in(("V14NNNNN", "V22NNNNN", "V31NNNNN"), 3) == amounts(4, 2, 1)
    assert amounts_in(("V21NNNNN", "V10.5NNN", "W0100100"), 2) == amounts("0.5", 1)
    assert amounts_in((), 3) == ()
    for wrong in (("V14NNNNN",), ("V14NNNNN", "V3NNNNNN"), ("V1XXNNNN", "V22NNNNN")):
        assert amounts_in(wrong, 2) is None


@pytest.mark.samples
def test_every_code_of_the_code_system_says_what_its_words_say() -> None:
    path = TERMINOLOGY / "CodeSystem-jp-medication-usage-jami-cs.json"
    if not path.exists():
        pytest.skip("the sample files are not here")
    concepts = json.loads(path.read_text("utf-8"))["concept"]
    assert len(concepts) == 54
    for concept in concepts:
        coded, said = schedule_in(concept["code"]), schedule_said(concept["display"])
        assert coded is not None, concept
        assert (coded.pattern, coded.times, coded.hours) == (said.pattern, said.times, said.hours), concept
        assert said.pattern is not Pattern.TEXT


@pytest.mark.samples
def test_every_supplement_of_the_code_system_is_understood() -> None:
    path = TERMINOLOGY / "CodeSystem-jp-medication-usage-jami-additional-cs.json"
    if not path.exists():
        pytest.skip("the sample files are not here")
    for concept in json.loads(path.read_text("utf-8"))["concept"]:
        assert days_in((concept["code"],)) not in (None, Days()), concept


# ---- words ----------------------------------------------------------------------------------------------------------

EACH = at(M, N, E, meal=AFTER)
TIMES = {
    "毎食後": EACH,
    "１日３回　毎食後": EACH,
    "【分３ 毎食後服用】": EACH,
    "分3食後": EACH,
    "一日三回食後": EACH,
    "3錠分3毎食後": EACH,
    "1回1錠1日3回毎食後7日分": EACH,
    "1日3回毎食後30分": EACH,
    "1日3回毎食前": at(M, N, E, meal=BEFORE),
    "１日３回毎食直前（食事を始める直前）": at(M, N, E, meal=AtMeal.JUST_BEFORE),
    "1日3回 食間": at(M, N, E, meal=AtMeal.BETWEEN),
    "1日3回 食後2時間": at(M, N, E, meal=AtMeal.TWO_HOURS_AFTER),
    "朝夕食後": at(M, E, meal=AFTER),
    "1日2回 朝・夕食後": at(M, E, meal=AFTER),
    "１日２回　朝夕食後　１回１錠　３日分": at(M, E, meal=AFTER),
    "分２　朝夕食後服用": at(M, E, meal=AFTER),
    "1日2回朝食後と夕食後": at(M, E, meal=AFTER),
    "1日1回 朝食後": at(M, meal=AFTER),
    "1日1回朝食前": at(M, meal=BEFORE),
    "1日1回朝食直後": at(M, meal=AtMeal.JUST_AFTER),
    "昼食後": at(N, meal=AFTER),
    "1日1回（夕食後） 4週間": at(E, meal=AFTER),
    "1日1回夕": at(E),
    "1日1回朝 コップ1杯の水で服用": at(M),
    "1日1回 就寝前": at(B),
    "ねる前": at(B),
    "寝る前": at(B),
    "眠前": at(B),
    "1日1回起床時": at(W),
    "1日2回（起床時・就寝前）": at(W, B),
    "1日4回 毎食後と就寝前": (*EACH, Time(B)),
    "1日2回朝食後・就寝前": (*at(M, meal=AFTER), Time(B)),
    "朝・昼・夕・就寝前": at(M, N, E, B),
    "1日1回 15時": (Time(hour=15),),
    "1日2回 8時、20時": (Time(hour=8), Time(hour=20)),
    "午後3時": (Time(hour=15),),
}


@pytest.mark.parametrize("words", TIMES)
def test_words_say_the_times_of_a_day(words: str) -> None:
    found = schedule_said(words)
    assert (found.pattern, found.times, found.text) == (Pattern.TIMES, TIMES[words], words)
    assert found.days.daily


NEEDED = {
    "頓用": "",
    "頓服 疼痛時": "疼痛時",
    "疼痛時": "疼痛時",
    "【腰痛時】": "腰痛時",
    "痛い時 1回1錠": "痛い時",
    "発熱時(38.5℃以上)": "発熱時",
    "不眠時 就寝前": "不眠時",
    "便秘時 1日1回就寝前": "便秘時",
    "痛い時 1日3回まで": "痛い時",
    "かゆい時に塗布": "かゆい時",
    "吐き気のある時": "吐き気のある時",
    "必要時": "",
    "適宜 塗布": "",
}


@pytest.mark.parametrize("words", NEEDED)
def test_words_say_when_it_is_needed(words: str) -> None:
    found = schedule_said(words)
    assert (found.pattern, found.event) == (Pattern.AS_NEEDED, NEEDED[words])


OFTEN = {
    "1日2回 患部に塗布": (2, 2),
    "1日1回腰に貼付": (1, 1),
    "1日3～4回うがい": (3, 4),
    "１日３回点眼": (3, 3),
    "1日1回 空腹時": (1, 1),
    "1日1回 入浴後 塗布": (1, 1),
    "1日2回食後": (2, 2),
}


@pytest.mark.parametrize("words", OFTEN)
def test_words_say_how_often(words: str) -> None:
    found = schedule_said(words)
    assert (found.pattern, found.count) == (Pattern.COUNT, OFTEN[words])


def test_words_say_every_so_many_hours() -> None:
    assert schedule_said("1日2回 12時間毎").hours == (12, 12)
    assert schedule_said("6時間ごと").hours == (6, 6)
    assert schedule_said("４〜６時間おき").hours == (4, 6)


DAYS = {
    "隔日 朝食後": Days(cycle=(1, 1)),
    "1日1回 朝食後 1日おき": Days(cycle=(1, 1)),
    "2日に1回 朝食後": Days(cycle=(1, 1)),
    "3日に1回 貼付": Days(cycle=(1, 2)),
    "2日おき 朝食後": Days(cycle=(1, 2)),
    "2週に1回": Days(cycle=(1, 13)),
    "21日内服7日休薬 1日1回朝食後": Days(cycle=(21, 7)),
    "1日1回朝食後 3投1休": Days(cycle=(3, 1)),
    "週1回 月曜 起床時": Days(weekdays=frozenset({0})),
    "１日１回　朝食後　１回１錠　（月曜日、木曜日）": Days(weekdays=frozenset({0, 3})),
    "1日1回朝食後(月・水・金)": Days(weekdays=frozenset({0, 2, 4})),
    "1日1回 朝食後 月水金": Days(weekdays=frozenset({0, 2, 4})),
    "毎週日曜日 朝食後": Days(weekdays=frozenset({6})),
    "週1回 起床時": Days(a_week=1),
    "毎月1日、15日 朝食後": Days(month_days=(1, 15)),
    "1日1回 朝食後 3日分": Days(),
    "1日1回朝食後 5日間": Days(),
}


@pytest.mark.parametrize("words", DAYS)
def test_words_say_the_days(words: str) -> None:
    found = schedule_said(words)
    assert (found.days, days_said(words)) == (DAYS[words], DAYS[words])
    assert found.pattern is not Pattern.TEXT


@pytest.mark.parametrize(
    "words",
    [
        "",
        "医師の指示通り",
        "患部に塗布",
        "1日1回朝食後または夕食後",
        "1日1回　朝昼夕食後",  # says one time, names three
        "1日2回毎食後",
        "1日2回 1日3回",
        "透析日のみ朝食後",
        "非透析日 1日1回朝食後",
        "1日3回 毎食後 痛い時",
        "1日2回朝夕食後 食べられない時は休む",
        "1日1回朝食後 月1回",
        "1日1回 8時30分",
        "週2回 月曜 朝食後",
        "朝食後 朝食前",
        "奇数日 朝食後",
        "漸減 朝食後",
        "朝食が食べられた日の朝",
    ],
)
def test_what_could_mean_two_things_stays_words(words: str) -> None:
    assert schedule_said(words).pattern is Pattern.TEXT


def test_words_say_uneven_amounts() -> None:
    assert schedule_said("1日3回毎食後（４錠－２錠－１錠）").amounts == amounts(4, 2, 1)
    assert schedule_said("1日2回 朝14単位 夕6単位").amounts == amounts(14, 6)
    assert schedule_said("朝食後2錠 夕食後1錠").amounts == amounts(2, 1)
    assert schedule_said("1日2回朝夕食後 1回1錠").amounts == ()
    assert schedule_said("1日3回毎食後（４錠－２錠）").amounts is None
    assert schedule_said("1日2回朝夕食後 不均等").amounts is None


@given(
    st.text(
        "一二三123１２３日回分毎朝昼夕食前後間就寝時週月火水木金土曜・、 ()（）錠隔おき頓痛い〜-", max_size=30
    )
)
def test_any_words_are_read_without_an_accident(words: str) -> None:
    found = schedule_said(words)
    assert found.text == words
    if found.pattern is Pattern.TIMES:
        assert len({time.key for time in found.times}) == len(found.times) > 0
        assert found.amounts in (None, ()) or len(found.amounts or ()) == len(found.times)
    if found.pattern is Pattern.COUNT:
        assert found.count
    schedule_of(Usage(words, form=Form.INTERNAL), words)


# ---- both -----------------------------------------------------------------------------------------------------------


def test_the_code_comes_first_and_the_words_fill_in() -> None:
    found = schedule_of(Usage("1日3回毎食後(月・木)", "1013044400000000"))
    assert found.times == EACH
    assert found.days == Days(weekdays=frozenset({0, 3}))
    assert schedule_of(Usage("毎食後", "9999999999999999")).times == EACH


def test_code_and_words_that_contradict_each_other_leave_the_words() -> None:
    assert schedule_of(Usage("1日2回朝夕食後", "1013044400000000")).pattern is Pattern.TEXT
    assert schedule_of(Usage("1日3回毎食前", "1013044400000000")).pattern is Pattern.TEXT
    assert schedule_of(Usage("1日3回朝昼夕", "1013044400000000")).times == EACH


def test_days_are_heard_in_notes_and_in_brackets_of_the_name() -> None:
    assert schedule_of(Usage("1日1回起床時", notes=("週1回 水曜日",))).days == Days(weekdays=frozenset({2}))
    assert schedule_of(Usage("1日1回起床時"), "アレンドロン酸錠35mg（週1回）").days == Days(a_week=1)
    assert schedule_of(Usage("1日1回起床時"), "メトトレキサート錠2mg").days == Days()
    assert schedule_of(Usage("1日1回朝食後", notes=("透析日に服用",))).days == Days(), "only days are heard"


def test_days_that_are_not_understood_leave_the_words() -> None:
    assert schedule_of(Usage("朝食後", "1011000400000000", extra_codes=("CM100000",))).pattern is Pattern.TEXT
    two = Usage("朝食後", "1011000400000000", notes=("隔日", "月・木曜"))
    assert schedule_of(two).pattern is Pattern.TEXT


def test_the_form_says_as_needed() -> None:
    found = schedule_of(Usage("1日3回 毎食後", form=Form.AS_NEEDED))
    assert (found.pattern, found.event) == (Pattern.AS_NEEDED, "1日3回 毎食後")


# ---- due ------------------------------------------------------------------------------------------------------------


def medicine(name: str, usage: Usage, dose: str = "3", unit: str = "錠") -> Medicine:
    return Medicine(uuid5(UUID(int=1), f"{name} {usage}"), name, dose, unit, usage=usage)


def slip(
    on: date, *medicines: Medicine, stage: Stage = Stage.DISPENSED, origin: str = "jahis_techo"
) -> Dispensing:
    names = " ".join(str(each.id) for each in medicines)
    return Dispensing(
        uuid5(UUID(int=2), f"{on} {stage} {names} {origin}"), on, medicines, origin=origin, stage=stage
    )


def daily(text: str, days: int = 7, **more: object) -> Usage:
    return Usage(text, form=Form.INTERNAL, amount=days, amount_unit="日分", **more)  # type: ignore[arg-type]


def lines(found: list[Due]) -> list[tuple[str, str, str]]:
    return [(each.name, each.slot, each.amount) for each in found]


def test_what_is_due_has_the_amount_of_one_time_in_the_order_of_the_day() -> None:
    slips = [
        slip(
            MONDAY,
            medicine("眠り", daily("就寝前"), "1"),
            medicine("三度", daily("毎食後"), "3"),
            medicine("朝前", daily("朝食前"), "0.5"),
            medicine("三分", daily("1日3回毎食後"), "1", "g"),
            medicine("湿布", Usage("1日2回貼付", form=Form.EXTERNAL), "14", "枚"),
            medicine("痛み", Usage("疼痛時", form=Form.AS_NEEDED, amount=10, amount_unit="回分"), "2"),
        )
    ]
    assert lines(due(slips, MONDAY)) == [
        ("朝前", "morning", "0.5"),
        ("三分", "morning", "1/3"),
        ("三度", "morning", "1"),
        ("三分", "noon", "1/3"),
        ("三度", "noon", "1"),
        ("三分", "evening", "1/3"),
        ("三度", "evening", "1"),
        ("眠り", "bedtime", "1"),
        ("湿布", "t1", ""),
        ("湿布", "t2", ""),
        ("痛み", "p", "2"),
    ]
    assert [each.open for each in due(slips, MONDAY)][-2:] == [False, True]


def test_it_is_due_on_its_days_only() -> None:
    slips = [
        slip(
            MONDAY,
            medicine("隔日", daily("隔日 朝食後", 2), "1"),
            medicine("月木", daily("朝食後", 2, extra_codes=("W0100100",)), "1"),
        )
    ]
    found = {day: [each.name for each in due(slips, MONDAY + timedelta(days=day))] for day in range(6)}
    assert found == {0: ["月木", "隔日"], 1: [], 2: ["隔日"], 3: ["月木"], 4: [], 5: []}
    assert due(slips, MONDAY - timedelta(days=1)) == []


def test_so_many_times_a_week_is_ticked_once_a_week() -> None:
    slips = [slip(MONDAY + timedelta(days=2), medicine("週", daily("週1回 起床時", 2), "1"))]
    days = [MONDAY + timedelta(days=each) for each in (2, 6, 7, 15, 16)]
    found = [[(each.on, each.slot) for each in due(slips, day)] for day in days]
    this, next_, after = ((MONDAY + timedelta(days=7 * week), "w1") for week in range(3))
    assert found == [[this], [this], [next_], [after], []]


def test_an_early_refill_is_due_once_and_two_lines_of_one_slip_both() -> None:
    usage = daily("朝食後", 30)
    first = slip(MONDAY, medicine("アムロジピン", usage, "1"))
    refill = slip(MONDAY + timedelta(days=20), medicine("アムロジピン", daily("朝食後", 28), "1"))
    day = MONDAY + timedelta(days=25)
    assert [each.dispensing for each in due([first, refill], day)] == [refill.id]
    assert [each.dispensing for each in due([first, refill], MONDAY)] == [first.id]
    both = slip(
        MONDAY, medicine("プレドニン", daily("朝食後"), "2"), medicine("プレドニン", daily("夕食後"), "1")
    )
    assert lines(due([both], MONDAY)) == [("プレドニン", "morning", "2"), ("プレドニン", "evening", "1")]
    twice = [both, slip(MONDAY, *both.medicines, origin="fhir_jp")]
    assert len(due(twice, MONDAY)) == 2


def test_a_prescription_is_due_only_where_nothing_was_handed_out() -> None:
    asked = slip(MONDAY, medicine("アムロジピン", daily("朝食後"), "1"), stage=Stage.PRESCRIBED)
    handed = slip(MONDAY, medicine("アムロジピン", daily("朝食後"), "1"))
    (only,) = due([asked], MONDAY)
    assert only.prescribed
    assert only.writer is Writer.CLINIC
    (one,) = due([asked, handed], MONDAY)
    assert (one.prescribed, one.dispensing) == (False, handed.id)


def test_a_prescription_that_was_never_filled_lapses() -> None:
    asked = slip(MONDAY, medicine("アムロジピン", daily("朝食後"), "1"), stage=Stage.PRESCRIBED)
    asked = replace(asked, valid_until=MONDAY + timedelta(days=3))
    assert [len(due([asked], MONDAY + timedelta(days=day))) for day in (3, 4)] == [1, 0]


def test_what_she_typed_has_no_end_until_she_says_one() -> None:
    usage = Usage("朝食後", form=Form.INTERNAL, single_dose="1", starts_on=MONDAY)
    typed = slip(MONDAY, medicine("ビタミン", usage, "1"), stage=Stage.STATED, origin="typed")
    (found,) = due([typed], MONDAY + timedelta(days=4000))
    assert (found.amount, found.writer) == ("1", Writer.PATIENT)
    ended = slip(MONDAY, medicine("V", Usage("朝", starts_on=MONDAY, ends_on=MONDAY)), stage=Stage.STATED)
    assert len(due([ended], MONDAY)) == 1
    assert due([ended], MONDAY + timedelta(days=1)) == []


def test_amounts_that_disagree_are_not_said() -> None:
    def amount(dose: str, text: str, *extra: str) -> str:
        return due([slip(MONDAY, medicine("A", daily(text, extra_codes=extra), dose))], MONDAY)[0].amount

    assert amount("3", "1日3回毎食後 1回1錠") == "1"
    assert amount("6", "1日3回毎食後 1回1錠") == ""
    assert amount("7", "毎食後（4錠-2錠-1錠）") == "4"
    assert amount("3", "毎食後（4錠-2錠-1錠）") == "", "the amounts are another medicine's of the same usage"
    assert amount("適量", "毎食後") == ""
    assert amount("3", "毎食後", "V14NNNNN") == "1", "supplements without their code are not read"


def test_the_unit_of_the_words_stays_with_their_number() -> None:
    drops = medicine("目薬", Usage("1日3回 1回2滴", form=Form.EXTERNAL), "1", "本")
    insulin = medicine("注射", Usage("1日2回 朝14単位 夕6単位", form=Form.INJECTION), "1", "筒")
    found = due([slip(MONDAY, drops, insulin)], MONDAY)
    assert [(each.amount, each.unit) for each in found] == [("14", "単位"), ("6", "単位"), *[("2", "滴")] * 3]


usages = st.sampled_from(sorted([*TIMES, *OFTEN, *DAYS, *NEEDED]))


@given(
    st.lists(st.tuples(usages, st.integers(1, 40), st.integers(0, 30)), max_size=4, unique=True),
    st.integers(-5, 60),
)
def test_each_line_of_a_day_has_a_slot_of_its_own(slips: list[tuple[str, int, int]], after: int) -> None:
    made = [
        slip(MONDAY + timedelta(days=start), medicine(f"{text} {days}", daily(text, days)))
        for text, days, start in slips
    ]
    day = MONDAY + timedelta(days=after)
    found = due(made, day)
    assert len({(each.medicine_id, each.on, each.slot) for each in found}) == len(found)
    for each in found:
        assert each.on <= day < each.on + timedelta(days=7)
        assert len(each.slot) <= 20


@given(usages, st.integers(1, 200))
def test_the_days_handed_out_are_the_days_it_is_due(text: str, days: int) -> None:
    usage = daily(text, days)
    schedule = schedule_of(usage)
    found = period(slip(MONDAY, medicine("A", usage)), medicine("A", usage), schedule)
    assert found.last is not None
    assert found.runs_out is not None
    assert found.first <= found.last < found.runs_out
    if schedule.pattern is not Pattern.AS_NEEDED and not schedule.days.a_week:
        due_on = [
            day
            for day in (found.first + timedelta(days=n) for n in range((found.runs_out - found.first).days))
            if schedule.days.on(day, found.first)
        ]
        assert len(due_on) == days
        assert due_on[-1] == found.last


def test_every_other_day_seven_times_lasts_thirteen_days() -> None:
    """The example of the e-prescription guide: 7日分（隔日投与）, 全日数 13."""
    usage = daily("1日3回 朝昼夕食後", extra_codes=("I1100000",))
    found = period(slip(MONDAY, medicine("A", usage)), medicine("A", usage), schedule_of(usage))
    assert found.last == MONDAY + timedelta(days=12)
    assert found.runs_out == MONDAY + timedelta(days=14)


def test_an_amount_beyond_reason_ends() -> None:
    usage = daily("月・木曜 朝食後", 999_999)
    late = Dispensing(UUID(int=9), date(9999, 12, 1), (medicine("A", usage),))
    assert period(late, late.medicines[0], schedule_of(usage)).runs_out == date.max


def test_parts_of_the_day() -> None:
    assert [Time(hour=hour).part for hour in (0, 3, 4, 8, 12, 15, 18, 21)] == [B, B, M, M, N, N, E, B]
    assert Time(W).part is M
    assert Schedule(Pattern.COUNT, count=(1, 2)).a_day == 2


# ---- additions and refills -------------------------------------------------------------------------------------------


def coded(name: str, code: str, usage: Usage, dose: str = "1") -> Medicine:
    made = medicine(name, usage, dose)
    return replace(made, code_set=CodeSet.PRICE_LIST if code else CodeSet.NONE, code=code)


def names_due(slips: list[Dispensing], after: int) -> list[str]:
    return [each.name for each in due(slips, MONDAY + timedelta(days=after), lambda _: "one course")]


def test_what_is_as_needed_hides_nothing_that_has_its_times() -> None:
    regular = coded("アセトアミノフェン錠200mg", "1141007F1063", daily("毎食後", 30), "3")
    needed = coded("カロナール錠200", "1141007F1063", Usage("疼痛時", form=Form.AS_NEEDED, amount=10))
    slips = [slip(MONDAY, regular), slip(MONDAY + timedelta(days=9), needed)]
    assert names_due(slips, 10) == [regular.name] * 3 + [needed.name]


@pytest.mark.parametrize("codes", [("3332001F1024", "3332001F2020"), ("", "")])
def test_an_addition_of_another_strength_hides_nothing(codes: tuple[str, str]) -> None:
    one = coded("ワルファリンK錠1mg「F」", codes[0], daily("朝食後", 28), "2")
    more = coded("ワルファリンK錠0.5mg「F」", codes[1], daily("朝食後", 28))
    slips = [slip(MONDAY, one), slip(MONDAY + timedelta(days=7), more)]
    assert names_due(slips, 6) == [one.name]
    assert sorted(names_due(slips, 7)) == sorted([one.name, more.name])
    found = due(slips, MONDAY + timedelta(days=7), lambda _: "one course")
    assert all(each.also == () for each in found), "a tick of the one is none of the other"


def test_two_strengths_of_two_clinics_on_one_day_are_two() -> None:
    one = coded("プレドニン錠5mg", "2456001F1310", daily("朝食後"))
    other = coded("プレドニゾロン錠1mg「旭化成」", "2456001F2014", daily("朝食後"))
    slips = [slip(MONDAY, one), slip(MONDAY, other, origin="fhir_jp")]
    assert sorted(names_due(slips, 0)) == sorted([one.name, other.name])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("アムロジピン錠5mg「トーワ」", "2171022F2347"),
        ("アムロジピン錠5mg「サワイ」", "2171022F2320"),
        ("ノルバスク錠5mg", "2171022F2029"),
        ("アムロジピン錠５ｍｇ「サワイ」", ""),
    ],
)
def test_a_refill_whatever_the_maker_is_due_once_and_knows_the_slip_before(name: str, code: str) -> None:
    first = coded("アムロジピン錠5mg「トーワ」", "2171022F2347", daily("朝食後", 30))
    refill = coded(name, code, daily("朝食後", 28))
    slips = [slip(MONDAY, first), slip(MONDAY + timedelta(days=20), refill)]
    (found,) = due(slips, MONDAY + timedelta(days=20), lambda _: "one course")
    assert (found.name, found.ids) == (name, (refill.id, first.id))


def test_two_lines_of_one_slip_have_ticks_of_their_own() -> None:
    first = [medicine("A", daily("朝食後", 30 + n), f"{n}") for n in (1, 2)]
    refill = [medicine("A", daily("朝食後", 40 + n), f"{n}") for n in (1, 2)]
    slips = [slip(MONDAY, *first), slip(MONDAY + timedelta(days=20), *refill)]
    found = {each.ids for each in due(slips, MONDAY + timedelta(days=20))}
    assert found == {(new.id, old.id) for new, old in zip(refill, first, strict=True)}


EXCEPTIONS = [
    "1日1回朝食後 日曜日以外",
    "1日1回朝食後 日曜を除く",
    "1日1回朝食後 土日は飲まない",
    "1日1回朝食後 月曜は半分",
    "1日1回朝食後 木曜から",
    "1日1回朝食後(土日除く)",
    "1日1回朝食後 血圧120以下なら飲まない",
    "1日1回朝食後 2週間後から",
    "1日1回朝食後 1日目2錠 2日目以降1錠",
    "1日1回朝食後 平日のみ",
]


@pytest.mark.parametrize("words", EXCEPTIONS)
def test_words_of_exception_are_not_read_as_the_days(words: str) -> None:
    assert days_said(words) is None
    assert schedule_said(words).pattern is Pattern.TEXT
    assert schedule_of(Usage(words, "1011000400000000")).pattern is Pattern.TEXT
    noted = Usage("1日1回朝食後", "1011000400000000", notes=(words,))
    assert schedule_of(noted).pattern is Pattern.TEXT


@pytest.mark.parametrize(
    "words",
    [
        "1日1回起床時 服用後30分は横にならない",
        "1日2回朝ならびに夕食後",
        "1日3回毎食後 よく振ってから服用",
        "1日2回朝夕食後 ピロリ除菌",
        "1日1回朝食後 アルコールと一緒に飲まない",
    ],
)
def test_words_about_the_manner_are_no_exception(words: str) -> None:
    assert days_said(words) == Days()
    assert schedule_said(words).pattern is Pattern.TIMES


def test_more_than_a_day_between_two_is_so_many_days_apart() -> None:
    patch = medicine("デュロテップMTパッチ", Usage("72時間毎に貼り替え", form=Form.EXTERNAL), "5", "枚")
    slips = [slip(MONDAY, patch)]
    assert [day for day in range(8) if due(slips, MONDAY + timedelta(days=day))] == [0, 3, 6]
    for words, cycle in {"48時間毎": (1, 1), "1日1回 72時間ごと": (1, 2), "168時間毎": (1, 6)}.items():
        found = schedule_said(words)
        assert (found.pattern, found.count, found.days) == (Pattern.COUNT, (1, 1), Days(cycle=cycle)), words
    assert schedule_said("24時間毎").a_day == 1
    for words in ("30時間毎", "48~72時間毎", "1日2回 48時間毎", "72時間毎 隔日", "124時間毎"):
        assert schedule_said(words).pattern is Pattern.TEXT, words
    assert Schedule(Pattern.INTERVAL, hours=(72, 72)).a_day is None
    assert Schedule(Pattern.INTERVAL, hours=(0, 0)).a_day is None


def test_the_hours_after_midnight_end_her_day() -> None:
    found = schedule_said("1日3回 3時、8時、就寝前")
    assert [time.key for time in found.times] == ["h8", "bedtime", "h3"]
    coded = schedule_in("1033DIV000000000")
    assert coded is not None
    assert [time.key for time in coded.times] == ["h8", "h21", "h3"]
    night = daily("3回", extra_codes=("V11NNNNN", "V22NNNNN", "V33NNNNN"), code="1033DIV000000000")
    assert schedule_of(night).amounts is None, "which is the first of such a day is not known"
    assert schedule_said("1日3回 0時、8時、16時 1錠-2錠-1錠").amounts is None


def test_never_another_number_than_the_words() -> None:
    def amount(dose: str, text: str, unit: str = "錠", **more: object) -> str:
        found = due([slip(MONDAY, medicine("A", daily(text, **more), dose, unit))], MONDAY)  # type: ignore[arg-type]
        return found[0].amount

    assert amount("1", "朝1錠") == "1"
    assert amount("6", "朝1錠") == ""
    assert amount("6", "朝1錠", "Ｔ") == ""
    assert amount("6", "朝食後に1錠") == ""
    assert amount("2", "朝1錠 夕1錠") == "1"
    assert amount("6", "朝1錠 夕1錠") == ""
    assert amount("6", "朝1錠 夕") == ""
    assert amount("3", "8時2錠 20時1錠") == "2"
    assert amount("4", "8時2錠 20時1錠") == ""
    assert amount("3", "毎食後1錠") == "1"
    assert amount("6", "1日3回食後1錠") == ""
    assert amount("3", "分3毎食後 3錠") == "1"
    for words in ("1回1~2錠 1日3回毎食後", "1回1錠~2錠 1日3回毎食後", "1日3回毎食後 1回 1・2錠"):
        assert amount("6", words) == "", words
    assert amount("6", "1日2回朝夕食後 1回1錠~2錠") == ""
    assert amount("6", "朝1~2錠") == ""
    assert amount("6", "1日2回朝夕食後 1回2錠", single_dose="3") == ""
    assert amount("6", "1日2回朝夕食後 1回20mg") == "3", "another unit is not compared"
    unsaid = medicine("B", Usage("1回1~2錠 1日3回毎食後"), "6")
    assert due([slip(MONDAY, unsaid)], MONDAY)[0].amount == "1~2"
