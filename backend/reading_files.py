"""`tomoni read`: what is in a file on the disk, without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared import formats
from shared.formats import HEAD_BYTES, Answers
from shared.formats import report as reports
from shared.problems import Invalid, Unreadable


def read(path: Path, zone: str, *, lines: bool) -> int:
    """Print what is in the file; 0 when something was read. Raises the problem otherwise."""
    _known_zone(zone)
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unreadable("file_not_opened", name=path.name, why=error.strerror or "") from error
    with file:
        name = formats.recognise(file.read(HEAD_BYTES), path.name)
        file.seek(0)
        pieces = formats.named(name).read(file, Answers(zone=zone))
        if lines:
            sys.stdout.writelines(line + "\n" for line in reports.lines(pieces))
        else:
            json.dump(reports.as_json(reports.report(name, pieces)), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
    return 0


def _known_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("zone_unknown", zone=zone) from error
