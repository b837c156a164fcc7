"""The ``….binning_data.json`` files of a Samsung Health export: readings of one stretch, epoch milliseconds."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

from shared.formats import Piece
from shared.formats.piles import texts
from shared.formats.samsung_words import SOURCE, Taking
from shared.problems import Invalid, Unreadable
from shared.strict_json import whole_letters

# A real one holds an hour or a night; a list is held in memory as a whole.
MOST_BYTES = 8 * 1024**2

# Key -> stream. A bin with more than one of them gives a reading of each.
STREAMS = {
    "heart_rate": "heart_rate",
    "sdnn": "hrv",
    "rmssd": "hrv_rmssd",
    "spo2": "spo2",
    "respiratory_rate": "respiratory_rate",
    "skin_temperature": "skin_temperature",
}


def read_bins(raw: bytes, name: str, taking: Taking) -> Iterator[Piece]:
    """Every bin of one file."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("value_odd", name=name or "JSON")
    try:
        bins = json.loads(whole_letters(raw.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise Unreadable("file_broken") from error
    if not isinstance(bins, list):
        raise Unreadable("file_broken")
    keys = {key for each in bins if isinstance(each, dict) for key in each} & set(STREAMS)
    if not keys and bins:
        kind = next((each for each in name.split("/") if each.startswith("com.samsung.")), "binning_data")
        taking.odd.add(kind, Invalid("type_not_yet", type=kind, count=1), name)
        return
    for key in sorted(keys):
        if not _at_once(key, bins, name, taking):
            for each in bins:
                _one(key, each, name, taking)
    yield from taking.piles.full()


def _at_once(key: str, bins: list[Any], name: str, taking: Taking) -> bool:
    try:
        start = array("q", [each["start_time"] for each in bins])
        end = array("q", [each["end_time"] for each in bins])
        value = array("d", [each[key] for each in bins])
        if min(value) <= (1 if key == "spo2" else 0):
            return False
        taking.piles.extend((STREAMS[key], SOURCE), name, start, end, value)
    except (KeyError, TypeError, OverflowError, Invalid):
        return False
    return True


def _one(key: str, entry: Any, name: str, taking: Taking) -> None:
    """One bin by itself; a zero is no measurement."""
    try:
        value = entry.get(key)
        if value is None:
            return
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e9:
            raise Invalid("not_a_number")
        if value == 0:
            taking.odd.add(STREAMS[key], Invalid("readings_placeholder", type="", count=0), name)
            return
        start = entry["start_time"]
        end = entry.get("end_time", start)
        if not (isinstance(start, int) and isinstance(end, int)):
            raise Invalid("time_impossible", when=texts((start, end)))
        kept = float(value) * 100 if key == "spo2" and 0 < value <= 1 else float(value)
        if kept < 0 and key != "skin_temperature":
            raise Invalid("not_a_number")
        taking.piles.add((STREAMS[key], SOURCE), name, start, end, kept)
    except Invalid as problem:
        taking.odd.add(STREAMS[key], problem, name, _told(entry))
    except (KeyError, TypeError, OverflowError, AttributeError):
        taking.odd.add(STREAMS[key], Invalid("value_odd", name=key), name, _told(entry))


def _told(entry: object) -> str:
    return (
        texts(f"{key} {each}" for key, each in entry.items()) if isinstance(entry, dict) else str(entry)[:100]
    )
