"""The CSV files of a Samsung Health export that hold readings: whole columns at a time, odd rows by themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from shared.formats import Piece
from shared.formats.piles import texts
from shared.formats.samsung_words import SOURCE, Sheet, Taking, moments
from shared.formats.sheets import Sheet as Table
from shared.languages import tr
from shared.problems import Invalid, Problem

Row = Sequence[str]
TOTALS = ("steps", "distance", "floors")
_STEPS = (("steps", "count"), ("distance", "distance"))

# Type of file -> its streams and their columns. Distances are metres.
STREAMS: dict[str, tuple[tuple[str, str], ...]] = {
    "tracker.heart_rate": (("heart_rate", "heart_rate"),),
    "heart_rate": (("heart_rate", "heart_rate"),),
    "tracker.oxygen_saturation": (("spo2", "spo2"),),
    "oxygen_saturation": (("spo2", "spo2"),),
    "respiratory_rate": (("respiratory_rate", "average"),),
    "skin_temperature": (("skin_temperature", "temperature"),),
    "floors_climbed": (("floors", "floor"),),
    "tracker.floors_climbed": (("floors", "floor"),),
    "tracker.pedometer_step_count": _STEPS,
    "step_count": _STEPS,
}


def read_streams(table: Table, sheet: Sheet, taking: Taking) -> Iterator[Piece]:
    """Every row below the header; rows whose bins are read themselves are passed over."""
    places = [
        sheet.places.get(column, -1) for column in ("start_time", "end_time", "deviceuuid", "binning_data")
    ]
    first = 2
    for numbers, rows in table.batches():
        lines = [line for line, row in zip(numbers, rows, strict=True) if row][first:]
        kept = [row for row in rows if row][first:]
        first = max(0, first - len(rows))
        if places[3] >= 0 and taking.bins:
            pairs = zip(lines, kept, strict=True)
            pairs = [pair for pair in pairs if sheet.cell(pair[1], "binning_data") not in taking.bins]  # type: ignore[assignment]
            lines, kept = [line for line, _ in pairs], [row for _, row in pairs]
        if kept and not _at_once(sheet, kept, places, taking):
            for line, row in zip(lines, kept, strict=True):
                _one(sheet, row, tr("{name} {line} 行目", name=sheet.name, line=line).strip(), taking)
        if kept:
            taking.written_in_utc(sheet.name)
        yield from taking.piles.full()


def _at_once(sheet: Sheet, rows: Sequence[Row], places: list[int], taking: Taking) -> bool:
    """Take a batch by its columns; False, and nothing taken, where anything in it is not ordinary."""
    at, until, device, _ = places
    try:
        made = []
        apart: dict[str, list[Row]] = {}
        if device >= 0:
            for row in rows:
                apart.setdefault(row[device], []).append(row)
        else:
            apart[""] = list(rows)
        for uuid, theirs in apart.items():
            start = moments([row[at] for row in theirs])
            end = moments([row[until] for row in theirs]) if until >= 0 else start
            for stream, column in STREAMS[sheet.type]:
                place = sheet.places.get(column, -1)
                if place < 0 and stream == "distance":
                    continue
                written = [row[place] for row in theirs]
                value = array("d", map(float, written))
                if at < 0 or place < 0 or "_" in "".join(written) or min(value) < _least(stream):
                    return False
                made.append(((stream, f"{SOURCE} {uuid}".strip()[:100]), start, end, value))
        for of, start, end, value in made:
            taking.piles.extend(of, sheet.name, start, end, value)
    except (IndexError, ValueError, Invalid):
        return False
    return True


def _least(stream: str) -> float:
    """Below this a value is looked at by itself: a zero that is no measurement, a share written as a fraction."""
    if stream in TOTALS:
        return 0
    return 1.000001 if stream == "spo2" else 0.000001


def _one(sheet: Sheet, row: Row, where: str, taking: Taking) -> None:
    for stream, column in STREAMS[sheet.type]:
        try:
            value = sheet.number(row, column)
            if value is None and stream == "distance":
                continue
            if value is None or (not value and stream not in TOTALS):
                problem = Invalid("readings_placeholder", type="", count=0)
                taking.odd.add(sheet.type, problem, where, texts(row))
                continue
            share = stream == "spo2" and value <= 1
            add(sheet, row, (stream, float(value * 100 if share else value)), taking)
        except Problem as problem:
            taking.odd.add(sheet.type, problem, where, texts(row))


def add(sheet: Sheet, row: Row, told: tuple[str, float], taking: Taking) -> None:
    """One reading of a row, by itself."""
    stream, value = told
    if value < 0 and stream != "skin_temperature":
        raise Invalid("not_a_number")
    start = sheet.moment(row, "start_time")
    end = sheet.moment(row, "end_time") if sheet.cell(row, "end_time") else start
    taking.piles.add((stream, _source(sheet, row)), sheet.name, start, end, value)


def _source(sheet: Sheet, row: Row) -> str:
    """Samsung's own number of the device: steps of a phone and of a watch must not be added up."""
    return f"{SOURCE} {sheet.cell(row, 'deviceuuid')}".strip()[:100]
