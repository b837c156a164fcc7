"""`tomoni read`: what is in a file on the disk, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared import formats
from shared.formats import HEAD_BYTES, Answers, DayOrder, Said
from shared.formats import report as reports
from shared.formats.sound import sound
from shared.problems import Invalid, Unreadable

# Whose zone a file is read in where nobody says another.
_ZONE = "Asia/Tokyo"


def read(path: Path, said: Said, *, lines: bool) -> int:
    """Print what is in the file; 0 when something was read. Raises the problem otherwise, a `Question` where the file
    leaves open what ``said`` does not say."""
    zone = said.zone or _ZONE
    _known_zone(zone)
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unreadable("file_not_opened", name=path.name, why=error.strerror or "") from error
    with file:
        name = formats.recognise(file.read(HEAD_BYTES), path.name)
        file.seek(0)
        pieces = sound(formats.named(name).read(file, Answers(zone=zone, said=said)))
        if lines:
            sys.stdout.writelines(line + "\n" for line in reports.lines(pieces))
        else:
            json.dump(reports.as_json(reports.report(name, pieces)), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
    return 0


def said_in(zone: str | None, day_order: str | None, columns: Sequence[str]) -> Said:
    """What the command line says; ``columns`` are ``KEY=MEANING,MEANING,...`` with the key that the question gave."""
    told = {}
    for each in columns:
        key, _, meanings = each.rpartition("=")
        told[key] = tuple(meaning.strip() for meaning in meanings.split(","))
    return Said(zone, DayOrder(day_order) if day_order else None, told)


def _known_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("zone_unknown", zone=zone) from error
