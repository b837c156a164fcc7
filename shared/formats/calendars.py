"""Days as clinics' systems write them (FHIR, ORCA): with a time and offset, alone, or only a year or month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.formats.json_tree import Doubts, Node, shown
from shared.problems import Invalid, Unreadable

_WRITTEN = re.compile(
    r"(?P<day>(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-\d\d)?)?)"
    r"(?:T\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?P<zone>Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_UTC = ("Z", "+00:00", "-00:00")
_FIRST_YEAR = 1868


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which day a moment is on: the one of its own offset; of one in UTC, the day in the person's ``zone``."""

    zone: ZoneInfo

    def day(self, node: Node, doubts: Doubts) -> date | None:
        """The whole day that stands there; none where only a year or month does."""
        written = self.written(node, doubts)
        return date.fromisoformat(written) if len(written) == 10 else None

    def written(self, node: Node, doubts: Doubts) -> str:
        """The day as exact as it is known (``2024``, ``2024-05``, ``2024-05-10``); empty for what is no day."""
        if not node:
            return ""
        found = _WRITTEN.fullmatch(node.text)
        made = self._made(node.text, found) if found else ""
        if not made:
            doubts.add(Unreadable("file_date", text=shown(str(node.value) if node.text else "", 40)))
        return made

    def _made(self, text: str, found: re.Match[str]) -> str:
        written = found["day"]
        try:
            if found["zone"] in _UTC and len(written) == 10:
                moment = datetime.fromisoformat(text)
                written = moment.astimezone(self.zone).date().isoformat()
            first = date.fromisoformat(f"{written}-01-01"[:10] if len(written) == 4 else f"{written}-01"[:10])
        except (ValueError, OverflowError):
            return ""
        return written if first.year >= _FIRST_YEAR else ""


def zone_named(name: str) -> ZoneInfo:
    """The zone of that name. `Invalid` ``zone_unknown`` where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("zone_unknown", zone=name) from error
