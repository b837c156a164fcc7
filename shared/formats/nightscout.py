"""Nightscout: entries of a glucose sensor as its server gives them (``entries.json``).

``sgv`` is a sensor's reading, ``mbg`` one of a finger, both always in mg/dL; ``date`` is a moment in ms. ``utcOffset``
is nought for most uploaders wherever the person lives: then the offset of her zone is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO

from shared import clock, units
from shared.formats import Answers, Found, Piece, Trouble
from shared.formats.gathered import LAST_MS, MOST_AT_ONCE, Columns, checked
from shared.formats.json_rows import Broken, rows
from shared.formats.json_tree import shown
from shared.formats.moments import Walls
from shared.ids import new_id
from shared.problems import Invalid, Problem, Unreadable
from shared.stream_limits import EARLIEST_MS
from shared.streams import MOST
from shared.vitals import Vital

LABEL = "Nightscout"
ORIGIN = "nightscout"

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[?\s*\{")
_ENTRY = re.compile(rb'"(?:sgv|mbg)"\s*:\s*\d')
_DATE = re.compile(rb'"date"\s*:\s*\d{12,13}\b')
# Below this a number is the sensor's code for a fault, as Nightscout itself shows them (from memory, unverified).
_FAULTS_BELOW = 13
_MOST_TOLD = 200
_MOST_NAMES = 100


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """JSON objects with a sensor's value and a moment under Nightscout's names."""
    return _BEGINNING.match(head) is not None and bool(_ENTRY.search(head)) and bool(_DATE.search(head))


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Every entry. `Unreadable` for a list that is cut or broken."""
    walls, columns = Walls(asked.zone), Columns()
    others: Counter[str] = Counter()
    troubles = 0
    for at, entry in rows(file):
        try:
            yield from _entry(entry, at, walls, columns, others)
        except Problem as problem:
            if problem.code == "sources_many":
                raise
            troubles += 1
            if troubles <= _MOST_TOLD:
                yield Trouble(f"entries {at}", problem, _excerpt(entry))
    yield from columns.take("entries")
    if troubles > _MOST_TOLD:
        others["sgv"] += troubles - _MOST_TOLD
    for name, count in others.items():
        yield Trouble("entries", Invalid("type_not_yet", type=name, count=count))


def _entry(entry: object, at: int, walls: Walls, columns: Columns, others: Counter[str]) -> Iterator[Piece]:
    if not isinstance(entry, dict):
        raise Unreadable("file_part_broken")
    kind = entry.get("type")
    if kind == "sgv" or (kind is None and "sgv" in entry):
        if _sensor(entry, columns):
            yield from columns.take("entries", MOST_AT_ONCE)
    elif kind == "mbg":
        yield _finger(entry, at, walls)
    else:
        others[shown(str(kind), 40) if len(others) < _MOST_NAMES else "?"] += 1


def _sensor(entry: dict[str, object], columns: Columns) -> bool:
    value = _value(entry.get("sgv"))
    if value < _FAULTS_BELOW:
        raise Unreadable("device_said_error")
    at = _moment(entry)
    return columns.add(("blood_glucose", _device(entry)), at, at, value) is not None


def _finger(entry: dict[str, object], number: int, walls: Walls) -> Found | Trouble:
    at, value, device = _moment(entry), _value(entry.get("mbg")), _device(entry)
    told = entry.get("utcOffset")
    fits = isinstance(told, int) and not isinstance(told, bool) and told and abs(told) <= 14 * 60
    offset = told if fits and isinstance(told, int) else walls.offset_min(at)
    exact = units.exact(value)
    vital = Vital(new_id(), "blood_glucose", clock.from_ms(at), offset, exact, device=device, origin=ORIGIN)
    return checked(vital, f"nightscout|mbg|{at}|{exact}|{device}", f"entries {number}")


def _value(found: object) -> float:
    if isinstance(found, str):
        found = units.exact(found)
    if isinstance(found, bool) or found is None:
        raise Invalid("not_a_number")
    try:
        made = float(found)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid("not_a_number") from error
    if not 0 <= made <= MOST:
        raise Invalid("not_a_number")
    return made


def _moment(entry: dict[str, object]) -> int:
    found = entry.get("date")
    if isinstance(found, int) and not isinstance(found, bool) and EARLIEST_MS <= found <= LAST_MS:
        return found
    written = entry.get("dateString")
    try:
        made = datetime.fromisoformat(str(written))
        if made.tzinfo is not None and 1900 < made.year < 9000:
            at = clock.to_ms(made.astimezone(UTC))
            if at >= EARLIEST_MS:
                return at
    except ValueError:
        pass
    raise Invalid("time_impossible", when=shown(str(found if written is None else written), 40))


def _device(entry: dict[str, object]) -> str:
    found = entry.get("device")
    return _plain(found[:300]) if isinstance(found, str) else "Nightscout"


@lru_cache(maxsize=256)
def _plain(device: str) -> str:
    return shown(device.strip(), 100) or "Nightscout"


def _excerpt(entry: object) -> str:
    if isinstance(entry, Broken):
        return shown(entry.excerpt)
    if isinstance(entry, dict):
        return shown(" ".join(f"{name}={entry.get(name)}" for name in ("type", "date", "sgv", "mbg")))
    return shown(str(entry)[:200])
