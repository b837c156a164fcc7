"""Vitals made in columns: the same, field by field, as those made one by one and as those that the class makes."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Found, Trouble
from shared.formats.measured import Beside, Clocks, Measured, YearMonthDay
from shared.formats.measured_rows import (
    Cells,
    Pressures,
    Stretch,
    by_row,
    looked_up,
    moments,
    moments_in,
    quickly,
)
from shared.formats.moments import Walls
from shared.formats.sheets import opened
from shared.problems import Invalid, Problem
from shared.vitals import BloodPressure, MeasuringStatus, Session, Vital

ZONES = ("Asia/Tokyo", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "Europe/London")
WAYS = (
    "{0:04}-{1:02}-{2:02}",
    "{2:02}/{1:02}/{0:04}",
    "{1:02}/{2:02}/{0:04}",
    "{0:04}年{1:02}月{2:02}日",
    "{2}.{1}.{0}",
)
days = st.tuples(st.integers(1899, 2060), st.integers(1, 13), st.integers(1, 32))
hours = st.sampled_from(["0:00", "7:05", "02:30", "23:59:59", "24:00", "x", ""])
cells = st.sampled_from(["120", "80", "64", "", "-", "x", "300", "12.5", " 99 ", "１２０"])


def clocks(way: str) -> Clocks:
    """Clocks whose days are written in that way."""
    names = [int(each[0]) for each in way.split("{")[1:]]

    def day_of(text: str) -> YearMonthDay:
        parts = "".join(each if each.isdigit() else " " for each in text).split()
        if len(parts) != 3:
            raise Invalid("time_impossible", when=text)
        found = dict(zip(names, map(int, parts), strict=True))
        return found[0], found[1], found[2]

    return Clocks(day_of)


def plainly(zone: str, day: YearMonthDay, hour: str) -> int | str:
    """The moment by the way that remembers nothing, in ms; or the code of what is wrong."""
    try:
        parts = [int(part) for part in hour.split(":")] if hour[:1].isdigit() else []
        if len(parts) < 2 or parts[0] > 23:
            raise Invalid("time_impossible", when=hour)
        ms = ((parts[0] * 60 + parts[1]) * 60 + (parts[2] if len(parts) > 2 else 0)) * 1000
        return Walls(zone).ms(*day, ms)
    except Problem as problem:
        return problem.code


@given(st.sampled_from(ZONES), st.sampled_from(WAYS), st.lists(st.tuples(days, hours), max_size=30))
def test_moments_of_a_column_are_those_of_walls(
    zone: str, way: str, rows: list[tuple[YearMonthDay, str]]
) -> None:
    mine = clocks(way)
    for _ in range(2):  # the second time everything is known
        found = moments(mine, zone, [way.format(*day) for day, _ in rows], [hour for _, hour in rows])
        told = [found.wrong[at].code if each is None else each[2] for at, each in enumerate(found.values)]
        assert told == [plainly(zone, day, hour) for day, hour in rows]
        for each in filter(None, found.values):
            assert each[0].timestamp() * 1000 == each[2]
            assert each[1] == Walls(zone).offset_min(each[2])


@pytest.mark.parametrize("way", WAYS[:3])
def test_a_month_that_was_read_has_no_more_days_than_it_has(way: str) -> None:
    mine = clocks(way)
    found = moments(mine, "Asia/Tokyo", [way.format(2026, 2, day) for day in (13, 28, 29, 30)], ["7:05"] * 4)
    assert list(found.wrong) == [2, 3]


@pytest.mark.parametrize("way", WAYS)
def test_each_day_of_a_hundred_years_is_that_day(way: str) -> None:
    mine, walls = clocks(way), Walls("America/New_York")
    for ordinal in range(date(1950, 1, 1).toordinal(), date(2050, 1, 1).toordinal(), 3):
        on = date.fromordinal(ordinal)
        day = (on.year, on.month, on.day)
        assert mine.moment("America/New_York", way.format(*day), "12:00")[2] == walls.ms(*day, 43_200_000)


@given(st.lists(st.tuples(st.sampled_from(ZONES), days), min_size=1, max_size=10))
def test_rows_of_several_zones(rows: list[tuple[str, YearMonthDay]]) -> None:
    zones, written = [zone for zone, _ in rows], [WAYS[0].format(*day) for _, day in rows]
    found = moments_in(clocks(WAYS[0]), zones, written, ["7:05"] * len(rows))
    told = [found.wrong[at].code if each is None else each[2] for at, each in enumerate(found.values)]
    assert told == [plainly(zone, day, "7:05") for zone, day in rows]


@given(st.lists(st.tuples(cells, cells, cells), max_size=20))
def test_pressures_of_a_column_are_those_of_single_rows(rows: list[tuple[str, str, str]]) -> None:
    mine, alone, empty = Pressures(Measured("x"), (("",),) * 3), Measured("x"), ("", "")
    columns = [[row[at] for row in rows] for at in range(3)]
    found = mine.read(*(mine.numbers(at, column) for at, column in enumerate(columns)))
    for at, row in enumerate(rows):
        made = found.values[at]
        if row[:2] == empty and at not in found.wrong:
            assert made is None
            continue
        try:
            one = alone.pressure(*row)
        except Problem:
            assert at in found.wrong
            assert made is None
        else:
            assert (made, type(made), hash(made)) == (one, BloodPressure, hash(one))


@given(st.lists(cells, max_size=20))
def test_a_column_of_values_is_looked_up_as_each_is_read(column: list[str]) -> None:
    measured = Measured("x")
    known: dict[str, Decimal | None] = {}

    def alone(cell: str) -> Decimal | str | None:
        try:
            return measured.value("weight", cell) if cell else None
        except Problem as problem:
            return problem.code

    for _ in range(2):
        found = looked_up(known, column, lambda cell: measured.value("weight", cell) if cell else None)
        told = [found.wrong[at].code if at in found.wrong else each for at, each in enumerate(found.values)]
        assert told == list(map(alone, column))


def as_told(piece: object) -> object:
    """A piece without its id, which is another each time."""
    if not isinstance(piece, Found):
        return piece
    assert isinstance(piece.word, Vital)
    return replace(piece.word, id=UUID(int=0)), piece.source_id, piece.where


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "52.3", "12.5"])] * 3), max_size=20),
    st.lists(st.sampled_from(["", "97"]), max_size=1),
)
def test_columns_with_gaps_are_the_same_quickly(rows: list[tuple[str, str, str]], odd: list[str]) -> None:
    measured = Measured("sheet")
    taken = moments(clocks(WAYS[0]), "Asia/Tokyo", ["2026-11-23"] * len(rows), ["7:05"] * len(rows))
    lines = (range(2, len(rows) + 2), rows)
    one, other = (Stretch(measured, lines, taken, [Beside(note)] * len(rows)) for note in ("", "晩"))
    known: dict[str, Decimal | None] = {}

    def reading(at: int) -> tuple[str, Cells[Decimal], list[str]]:
        column = [row[at] for row in rows]
        cells = looked_up(known, column, lambda cell: measured.value("weight", cell) if cell else None)
        return "weight", cells, column

    first, second, third = map(reading, range(3))
    quick = quickly((one, [first, second]), (other, [third]))
    assert quick is not None
    plain = by_row(
        one.troubles(), one.vitals(*first), one.vitals(*second), other.troubles(), other.vitals(*third)
    )
    assert list(map(as_told, quick)) == list(map(as_told, plain))
    first[1].wrong.update(dict.fromkeys(range(len(odd)), Invalid("not_a_number")))
    assert (quickly((one, [first])) is None) == bool(odd)


def test_what_is_made_in_columns_is_what_the_classes_make() -> None:
    measured = Measured("omron")
    taken = moments(clocks(WAYS[0]), "Asia/Tokyo", ["2026-11-23", "2026-13-01", "2026-11-24"], ["7:05"] * 3)
    beside = Beside("よく眠れた\x00", Session.MORNING, "HEM", frozenset({MeasuringStatus.MOVED}))
    stretch = Stretch(measured, ([5, 6, 7], [["a"], ["b"], ["c"]]), taken, [beside] * 3)
    known: dict[str, Decimal | None] = {}
    values = looked_up(known, ["52.3", "52.4", "x"], lambda cell: measured.value("weight", cell))
    found, broken, odd = by_row(stretch.troubles(), stretch.vitals("weight", values, ["52.3", "52.4", "x"]))
    moment = taken.values[0]
    assert moment is not None
    one = measured.found(("weight", Decimal("52.3"), "52.3"), moment, beside, 5)
    for each in (found, one):
        assert type(each) is Found
        assert isinstance(each.word, Vital)
        assert type(each.word) is Vital
        assert type(each.word.id) is UUID
        # Every field is there: one that the makers forgot would fail here.
        content = {field.name: getattr(each.word, field.name) for field in fields(Vital)}
        assert Vital(**content) == each.word
        assert hash(Found(each.word, each.source_id, each.where)) == hash(each)
        with pytest.raises(AttributeError):
            each.word.note = "x"  # type: ignore[misc]
    assert (found.source_id, found.where) == (one.source_id, one.where)  # type: ignore[union-attr]
    assert one.word.note == "よく眠れた\ufffd"  # type: ignore[union-attr]
    assert [(each.where, each.excerpt) for each in (broken, odd) if isinstance(each, Trouble)] == [
        ("6 行目", "b"),
        ("7 行目", "c"),
    ]


@given(st.lists(st.lists(st.sampled_from(["a", "b,c", 'q"', "", "1"]), min_size=1, max_size=4), max_size=8))
def test_a_column_of_a_sheet_holds_its_different_cells(rows: list[list[str]]) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text

    text = "day,b\n" + "\n".join(",".join(map(cell, row)) for row in rows)
    sheet = opened(io.BytesIO(text.encode()))
    for at in range(3):
        told = list(dict.fromkeys(row[at] for _, row in sheet.rows() if len(row) > at))
        found = dict.fromkeys(each for block in sheet.column(at) for each in block)
        assert [each for each in found if each] == [each for each in told if each]
