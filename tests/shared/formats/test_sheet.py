"""Sheets of unknown make: who claims them, what is asked, and what her answer makes of the rows."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Answers, Ask, DayOrder, Found, Question, Said, Trouble, named, sheet
from shared.formats.sheet_columns import Meaning, guessed, header_key, understood, words_of
from shared.formats.sheet_days import day_of, hour_of, looks_like_a_day, parted, session_of
from shared.formats.sheet_moments import Whens
from shared.languages import speaking
from shared.problems import Invalid, Problem, TooBig, Unreadable
from shared.vitals import BloodPressure, Session, Vital
from tests.formats_samples import SAMPLES
from tests.shared.formats.read_files import codes, expected, ours, pieces, told, words

OF = "sheet"
DIARY = "日付,時刻,最高血圧,最低血圧,脈拍\n"


def guessing(content: bytes, order: DayOrder | None = None, zone: str = "Asia/Tokyo") -> Answers:
    """The answers of a person who says yes to what is suggested."""
    with pytest.raises(Question) as asked:
        list(sheet.read(io.BytesIO(content), Answers()))
    facts = asked.value.facts
    assert isinstance(facts["suggested"], list)
    return Answers(said=Said(zone, order, {str(facts["key"]): tuple(facts["suggested"])}))


def found(text: str, order: DayOrder | None = None) -> list[Vital]:
    return words(pieces(OF, text.encode(), guessing(text.encode(), order)))


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    content = path.read_bytes()
    asked = guessing(content)
    assert told(OF, content, asked) == expected(path)["report"]
    sources = [
        f"{each.where}: {each.source_id}" for each in pieces(OF, content, asked) if isinstance(each, Found)
    ]
    assert sources == expected(path)["words"]


def test_it_claims_nothing_that_another_format_claims() -> None:
    for path in SAMPLES.glob("*/*"):
        if not path.name.endswith(".expected.json"):
            claimed = sheet.recognises(path.read_bytes()[:4096], path.name)
            assert claimed == (path.parent.name == OF), path.name


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "a,b\n1,2\n",  # no day
        "日付,メモ\n2026/11/23,元気\n",  # no number
        "2026/11/23,131\n2026/11/24,128\n",  # no names over the columns
        '{"date": "2026/11/23", "x": 1}\n',
        "<xml>,date\n2026/11/23,1\n",
        "日付\n2026/11/23\n",
        "",
        "日付,値\n" + "2026/11/23,131,1,1\n" * 5,
    ],
)
def test_what_is_no_table_of_measurements(text: str) -> None:
    assert not sheet.recognises(text.encode(), "x.csv")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_recognising_never_raises(head: bytes) -> None:
    sheet.recognises(head, "x")
    for name in ("omron", "tanita", "libreview", "dexcom"):
        named(name).recognises(head, "x")


def test_the_columns_are_asked_with_all_that_a_screen_shows() -> None:
    content = (DIARY + "2026/11/23,7:05,131,78,66\n").encode()
    assert sheet.recognises(content, "x")
    with pytest.raises(Question) as asked:
        list(sheet.read(io.BytesIO(content), Answers()))
    facts = asked.value.facts
    assert (asked.value.ask, asked.value.of) == (Ask.COLUMNS, OF)
    assert facts["header"] == ["日付", "時刻", "最高血圧", "最低血圧", "脈拍"]
    assert facts["rows"] == [["2026/11/23", "7:05", "131", "78", "66"]]
    assert facts["suggested"] == ["date", "time", "systolic", "diastolic", "pulse"]
    assert ["systolic", "上の血圧"] in facts["meanings"]  # type: ignore[operator]
    # Said once, remembered for the next file with the same names, however they are dressed.
    other = content.replace("最高血圧".encode(), " 最高血圧 ".encode()).replace(b"131", b"135")
    remembered = Answers(
        remembered={OF: Said("Asia/Tokyo", None, {str(facts["key"]): tuple(facts["suggested"])})}
    )
    (vital,) = words(pieces(OF, other, remembered))
    assert vital.reading == BloodPressure(Decimal(135), Decimal(78), Decimal(66))


@pytest.mark.parametrize(
    "said",
    [
        ("date", "time", "systolic", "diastolic"),  # a column short
        ("note", "time", "systolic", "diastolic", "pulse"),  # no day
        ("date", "time", "systolic", "systolic", "pulse"),  # twice the same
        ("date", "time", "blood", "diastolic", "pulse"),  # no such meaning
    ],
)
def test_an_answer_that_does_not_fit_is_asked_again(said: tuple[str, ...]) -> None:
    header = ["日付", "時刻", "最高血圧", "最低血圧", "脈拍"]
    content = (DIARY + "2026/11/23,7:05,131,78,66\n").encode()
    assert understood(said, 5) is None
    with pytest.raises(Question, match="asks_columns"):
        pieces(OF, content, Answers(said=Said("Asia/Tokyo", None, {header_key(header): said})))
    assert understood(("date", "", "systolic", "diastolic", "ignore"), 5) is not None


def test_the_zone_is_asked_before_anything_comes() -> None:
    content = (DIARY + "2026/11/23,7:05,131,78,66\n").encode()
    said = guessing(content).said
    with pytest.raises(Question) as asked:
        next(iter(sheet.read(io.BytesIO(content), Answers(said=Said(columns=said.columns)))))
    assert (asked.value.ask, asked.value.facts["samples"]) == (Ask.ZONE, ["2026/11/23"])


def test_a_row_of_morning_and_evening() -> None:
    text = "日付,測定時間(朝),最高血圧(朝),最低血圧(朝),脈拍(朝),測定時間(晩),最高血圧(晩),最低血圧(晩),脈拍(晩)\n"
    morning, evening = found(text + "2026/11/23,7:05,131,78,66,21:10,128,74,68\n")
    assert (morning.session, evening.session) == (Session.MORNING, Session.EVENING)
    assert (morning.local.isoformat(), evening.local.isoformat()) == (
        "2026-11-23T07:05:00+09:00",
        "2026-11-23T21:10:00+09:00",
    )
    (only,) = found(text + "2026/11/23,,,,,,128,74,\n")
    assert (only.session, only.local.hour, only.note) == (Session.EVENING, 21, "時刻の記録なし")


def test_the_hour_of_a_row_is_not_that_of_its_evening() -> None:
    text = "日時,最高血圧(朝),最低血圧(朝),最高血圧(晩),最低血圧(晩)\n2026/11/23 7:05,131,78,128,74\n"
    assert [vital.local.hour for vital in found(text)] == [7, 21]


def test_an_hour_that_is_not_written_is_said() -> None:
    (vital,) = found("日付,体重,メモ\n2026/11/23,52.3,元気\n")
    assert (vital.local.hour, vital.note) == (12, "元気 / 時刻の記録なし")
    (vital,) = found("日時,体重\n2026/11/23 7:05,52.3\n")
    assert (vital.local.hour, vital.note) == (7, "")


def test_units_are_chosen_by_the_column() -> None:
    text = (
        "Date,Time,Weight (lb),Temp (°F),Glucose (mmol/L),SpO2,HR\n2026-11-23,7:05,115.2,97.9,5.5,0.97,61\n"
    )
    assert {vital.kind: str(vital.reading) for vital in found(text)} == {
        "heart_rate": "61",
        "weight": "52.3",
        "body_temperature": "36.6",
        "spo2": "97",
        "blood_glucose": "99",
    }


def test_the_session_column_wins_over_the_hour() -> None:
    first, second = found("日付,区分,最高血圧,最低血圧\n2026/11/23,朝,131,78\n2026/11/23,就寝前,128,74\n")
    assert (first.session, second.session) == (Session.MORNING, Session.EVENING)


def test_the_order_of_day_and_month() -> None:
    open_ = "Date,Time,Weight\n04/05/2026,7:05,52.3\n06/05/2026,7:05,52.4\n"
    with pytest.raises(Question) as asked:
        found(open_)
    assert (asked.value.ask, asked.value.facts["samples"]) == (Ask.DAY_ORDER, ["04/05/2026", "06/05/2026"])
    assert [vital.local.month for vital in found(open_, DayOrder.DAY_FIRST)] == [5, 5]
    assert [vital.local.month for vital in found(open_, DayOrder.MONTH_FIRST)] == [4, 6]
    # A day beyond the 12th anywhere in the file says it for all.
    assert [vital.local.day for vital in found(open_ + "06/23/2026,7:05,52.4\n")] == [5, 5, 23]


def test_a_bad_row_does_not_lose_its_neighbours() -> None:
    text = DIARY + (
        "2026/11/21,7:05,131,78,66\nきのう,7:05,131,78,66\n2026/11/22,7:65,131,78,66\n"
        "2026/11/22,7:05,78,131,66\n2026/11/22,7:05,131,,66\n2026/11/22,7:05,131,78,66,9\n\n"
        '2026/11/23,7:05,128,"74\n2026/11/24,7:05,128\n2026/11/24,7:06,128,74\n'
    )
    content = text.encode()
    made = pieces(OF, content, guessing(content))
    assert [vital.local.day for vital in words(made)] == [21, 24]
    assert codes(made) == [
        "time_impossible",
        "time_impossible",
        "systolic_not_above_diastolic",
        "pressure_alone",
        "table_broken",
        "time_impossible",
        "pressure_alone",
    ]


def test_sheets_that_are_refused() -> None:
    wide = ",".join(f"c{each}" for each in range(70))
    with pytest.raises(TooBig, match="sheet_wide"):
        pieces(OF, f"{wide}\n{wide}\n".encode())
    with pytest.raises(Unreadable, match="format_unknown"):
        pieces(OF, DIARY.encode())


@given(st.text(alphabet='0123456789/年月日:,"\n漢R.', max_size=120), st.sampled_from(["utf-8", "cp932"]))
def test_mangled_rows_end_in_vitals_or_named_problems(rows: str, encoding: str) -> None:
    content = (DIARY + "2026/11/23,7:05,131,78,66\n").encode(encoding)
    said = guessing(content, DayOrder.DAY_FIRST)
    try:
        made = pieces(OF, content + rows.encode(encoding, "replace"), said)
    except Problem:
        return
    assert words(made)[0].reading == BloodPressure(Decimal(131), Decimal(78), Decimal(66))


# Days, hours, sessions


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/11/23", (2026, 11, 23)),
        ("2026-1-3", (2026, 1, 3)),
        ("2026年11月23日", (2026, 11, 23)),
        ("20261123", (2026, 11, 23)),
        ("令和8年11月23日", (2026, 11, 23)),
        ("令和元年5月1日", (2019, 5, 1)),
        ("R8.11.23", (2026, 11, 23)),
        ("H30/4/1", (2018, 4, 1)),
    ],
)
def test_days(text: str, day: tuple[int, int, int]) -> None:
    assert day_of(text, None) == day
    assert looks_like_a_day(text)


def test_no_days() -> None:
    for text in ("", "きのう", "11/23", "令和8年13月1日", "2026/11/23/1", "131"):
        with pytest.raises(Invalid):
            day_of(text, None)
        assert not looks_like_a_day(text)
    assert looks_like_a_day("25/11/2026")
    assert not looks_like_a_day("31/31/2026")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("7:05", "7:05:00"),
        ("07:05:33", "7:05:33"),
        ("7時5分", "7:05:00"),
        ("午後7時", "19:00:00"),
        ("午前12:10", "0:10:00"),
        ("7:05 PM", "7:05 PM"),
    ],
)
def test_hours(text: str, hour: str) -> None:
    assert hour_of(text) == hour


def test_days_with_hours_and_sessions() -> None:
    assert parted("2026/11/23 7:05") == ("2026/11/23", "7:05")
    assert parted("2026年11月23日午前7時") == ("2026年11月23日", "午前7時")
    assert parted("2026-11-23T07:05:00") == ("2026-11-23", "07:05:00")
    assert parted("2026/11/23") == ("2026/11/23", "")
    assert [session_of(each) for each in ("朝", "Evening", "昼", "")] == [
        Session.MORNING,
        Session.EVENING,
        Session.OTHER,
        None,
    ]
    for wrong in ("25時", "午後13時", "7", ""):
        with pytest.raises(Invalid):
            hour_of(wrong)
    with pytest.raises(Invalid):
        session_of("いつか")


# Columns


def test_guesses_in_both_languages() -> None:
    assert guessed(["Date", "Time", "SYS (mmHg)", "DIA (mmHg)", "Pulse", "Notes", "x"]) == (
        Meaning.DATE,
        Meaning.TIME,
        Meaning.SYSTOLIC,
        Meaning.DIASTOLIC,
        Meaning.PULSE,
        Meaning.NOTE,
        Meaning.IGNORE,
    )
    assert guessed(["朝 最高", "収縮期血圧（朝）", "体温", "室温", "体重", "体重"]) == (
        Meaning.MORNING_SYSTOLIC,
        Meaning.IGNORE,
        Meaning.BODY_TEMPERATURE,
        Meaning.IGNORE,
        Meaning.WEIGHT,
        Meaning.IGNORE,
    )


@pytest.mark.parametrize(
    "names",
    [
        "朝 上,朝 下,朝 脈,晩 上,晩 下,晩 脈",
        "朝(上),朝（下）,朝脈拍,夜(上),夜（下）,夜脈拍",
        "朝 最高,朝 最低,朝 脈,晩 最高,晩 最低,晩 脈",
        "朝・上(mmHg),朝・下 mmHg,朝・脈,夕・上(mmHg),夕・下 mmHg,夕・脈",
        "起床時上,起床時下,起床時脈,就寝前上,就寝前下,就寝前脈",
        "午前 最大,午前 最小,午前 脈,午後 最大,午後 最小,午後 脈",
    ],
)
def test_short_names_of_the_two_pressures_of_a_day(names: str) -> None:
    assert guessed(names.split(",")) == (
        Meaning.MORNING_SYSTOLIC,
        Meaning.MORNING_DIASTOLIC,
        Meaning.MORNING_PULSE,
        Meaning.EVENING_SYSTOLIC,
        Meaning.EVENING_DIASTOLIC,
        Meaning.EVENING_PULSE,
    )


def test_short_names_of_other_things_are_no_pressure() -> None:
    assert guessed(["最高", "最低"]) == (Meaning.SYSTOLIC, Meaning.DIASTOLIC)
    names = ["室温 最高", "気温(下)", "目標以上", "体温 最高", "血糖 最低", "地下", "最高の日"]
    assert {Meaning.SYSTOLIC, Meaning.DIASTOLIC}.isdisjoint(guessed(names))


@pytest.mark.parametrize("empty", ["", " ", "　", "-", "--", "―", "—", "ー "])
def test_a_pressure_of_which_one_number_is_missing_says_so(empty: str) -> None:
    text = f"日付,最高血圧,最低血圧,脈拍\n2026/11/18,134,{empty},\n2026/11/19,,82,66\n2026/11/20,{empty},{empty},66\n"
    read = pieces(OF, text.encode(), guessing(text.encode()))
    assert codes(read) == ["pressure_alone", "pressure_alone"]
    assert [(word.kind, word.reading) for word in words(read)] == [("heart_rate", Decimal(66))]


def test_a_cell_that_is_no_number_is_named() -> None:
    text = "日付,最高血圧,最低血圧,体重\n2026/11/18,134,なし,52.1\n2026/11/19,134,82,軽い\n"
    read = pieces(OF, text.encode(), guessing(text.encode()))
    problems = [each.problem for each in read if isinstance(each, Trouble)]
    assert [isinstance(each, Problem) and each.words for each in problems] == [
        {"label": "下の血圧", "cell": "なし"},
        {"label": "体重", "cell": "軽い"},
    ]
    assert [word.kind for word in words(read)] == ["weight", "blood_pressure"]


def test_every_meaning_has_its_english() -> None:
    with speaking("en"):
        said = [words_of(each) for each in Meaning]
    assert [each for each in said if not each.isascii()] == ["body temperature (°C)", "body temperature (°F)"]


def test_every_meaning_has_words() -> None:
    with speaking("ja"):
        assert len({words_of(each) for each in Meaning}) == len(Meaning)


def test_a_morning_that_cannot_be_read_does_not_lose_the_evening() -> None:
    header = "日付,測定時間(朝),最高血圧(朝),最低血圧(朝),測定時間(晩),最高血圧(晩),最低血圧(晩),体重\n"
    text = header + "2026/11/23,7:x5,131,82,21:05,125,78,52.4\n2026/11/24,7:x5,,,21:10,126,79,\n"
    made = pieces(OF, text.encode(), guessing(text.encode()))
    assert codes(made) == ["time_impossible"]
    assert sorted(vital.kind for vital in words(made)) == ["blood_pressure", "blood_pressure", "weight"]
    assert {vital.session for vital in words(made) if vital.kind == "blood_pressure"} == {Session.EVENING}


def test_days_with_hours_that_look_alike_are_not_mixed_up() -> None:
    whens = Whens("Asia/Tokyo", None)
    _, _, wrong = whens.parted(["2026/03/08 7:05 2026/03/09", "7:05 2026/03/09 8:05"])
    assert set(wrong) == {0, 1}
    for cells in (
        ["2026/03/08 7:05"] * 2,
        ["2026/03/08 7:05", "2026/03/08 午後7:05"],
        ["2026/03/08 午後7:05"],
    ):
        days, hours, wrong = whens.parted(cells)
        assert not wrong
        moments = whens.moments(days, [hour or "" for hour in hours])
        assert not moments.wrong
        assert [each and each[0].hour for each in moments.values] == [
            10 if "午後" in cell else 22 for cell in cells
        ]


def test_gaps_around_a_number_are_no_part_of_its_source() -> None:
    text = "日時,体重\n2026/11/23 7:05, 52.3 \n2026/11/23 7:06, 52.3\n"
    made = [each for each in pieces(OF, text.encode(), guessing(text.encode())) if isinstance(each, Found)]
    assert [each.source_id.rpartition("|")[0].rpartition("|")[2] for each in made] == ["52.3", "52.3"]


WHENS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["2026/3/8", "2026/03/08", "2026-11-01", "2026年11月1日", "２０２６/11/2", "2026/2/30", "11/23", ""]
    ),
    st.sampled_from([" ", "  ", "T", "　", ""]),
    st.sampled_from(["2:30", "02:30", "1:30:15", "７:05", "午後7時", "7:05 PM", "25:00", "-", ""]),
)
NUMBERS = st.sampled_from(
    ["", "-", "－", " ", "131", " 82", "66 ", "５２.3", "52.3", "0.97", "1,5", "300", "x"]
)
MEMOS = st.sampled_from(["", "-", " よく眠れた ", "薬"])


@given(
    st.lists(st.tuples(WHENS, *[NUMBERS] * 6, MEMOS), max_size=12),
    st.sampled_from(["Asia/Tokyo", "America/New_York"]),
)
def test_an_odd_row_changes_nothing_for_the_others(rows: list[tuple[str, ...]], zone: str) -> None:
    """A row that is none sends all of its block the plain way: it must give what the quick way gives."""
    header = "日時,最高血圧,最低血圧,脈拍,体重,体温,SpO2,メモ\n"
    good = "2026/11/01 1:30,131,82,66,52.3,36.5,97,\n"
    text = (
        header + good * 2 + "".join(",".join(cell.replace(",", ";") for cell in row) + "\n" for row in rows)
    )
    said = guessing((header + good).encode(), zone=zone)
    alone, beside = (
        [as_told(each) for each in pieces(OF, content.encode(), said)]
        for content in (text, f'{text}きのう,131,82,"66",52.3,36.5,97,\n')
    )
    assert beside[: len(alone)] == alone
    assert [each[0] for each in beside[len(alone) :]] == ["time_impossible"]


def as_told(piece: object) -> tuple[object, ...]:
    """A piece without its id; where it stood comes last."""
    if isinstance(piece, Trouble):
        problem = piece.problem
        assert isinstance(problem, Problem)
        return problem.code, piece.excerpt, piece.where
    assert isinstance(piece, Found)
    assert isinstance(piece.word, Vital)
    return replace(piece.word, id=UUID(int=0)), piece.source_id, piece.where
