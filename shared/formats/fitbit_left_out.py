"""Files of a Fitbit Takeout whose numbers would be something else in any stream of ours, and how many lines they hold.

Energy of the whole body is no energy of activity, minutes by effort (a strenuous one may count twice) are no minutes
of exercise, and how far the skin was from its usual temperature is no temperature.
"""

from __future__ import annotations

from shared.formats.zips import Stream

_CHUNK = 1 << 20
_ENTRY = b'"dateTime"'
_REASONS = {
    "calories": "energy_of_all",
    "active_minutes": "minutes_by_effort",
    "active_zone_minutes": "minutes_by_effort",
    "activity_level": "minutes_by_effort",
    "sedentary_minutes": "minutes_by_effort",
    "lightly_active_minutes": "minutes_by_effort",
    "moderately_active_minutes": "minutes_by_effort",
    "very_active_minutes": "minutes_by_effort",
    "time_in_heart_rate_zone": "minutes_by_effort",
    "time_in_heart_rate_zones": "minutes_by_effort",
    "device_temperature": "skin_deviation",
}


def reason(stem: str) -> str | None:
    """Why a file with that name (before its date) is left out; None for one that is only not read yet."""
    return _REASONS.get(stem.casefold().replace(" ", "_"))


def lines_of(stream: Stream, name: str) -> int:
    """How many entries a legacy list has, or rows a sheet has below its header."""
    if name.casefold().endswith(".json"):
        return _entries(stream)
    rows, last = 0, b"\n"
    while some := stream.read(_CHUNK):
        rows += some.count(b"\n")
        last = some[-1:]
    return max(0, rows + (last != b"\n") - 1)


def _entries(stream: Stream) -> int:
    found, rest = 0, b""
    while some := stream.read(_CHUNK):
        some = rest + some
        found += some.count(_ENTRY)
        rest = some[1 - len(_ENTRY) :]
    return found
