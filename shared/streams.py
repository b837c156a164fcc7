"""Readings: columns of a stream, as devices give them; ten million heart rates are never ten million objects."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

# Comparators of a reading: a sensor that says "Low" gave a bound, not a number.
EXACT, BELOW, ABOVE = 0, -1, 1
# More than anything that we know is ever measured as, in whatever unit (a limit of ours): only a broken device or file
# says more, and the sums of a day would no longer be numbers that a database and a phone can hold.
MOST = 1e9
# What nobody sees in a name: controls, halves of letters, marks without width, and those that turn the writing around.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def source_named(name: str) -> str:
    """The name of a device or app as it is kept, whoever tells it: what nobody sees in it is gone; empty for none."""
    return _UNSEEN.sub("", name).strip()


@dataclass(frozen=True, slots=True)
class Readings:
    """Columns of one stream from one source, equally long.

    ``start`` and ``end``: array('q'), milliseconds UTC (equal for an instant). ``value``: array('d') in the unit of
    the stream (`kinds.STREAMS`), as given, never rounded. ``comparator``: array('b') of EXACT/BELOW/ABOVE, or empty
    when all are exact. ``source`` names the device or app. ``where`` says where in the file they stood.
    """

    stream: str
    source: str
    start: array[int]
    end: array[int]
    value: array[float]
    comparator: array[int] = field(default_factory=lambda: array("b"))
    where: str = ""

    def __post_init__(self) -> None:
        if not (
            len(self.start) == len(self.end) == len(self.value)
            and len(self.comparator) in (0, len(self.start))
        ):
            raise ValueError("columns of different lengths")

    def __len__(self) -> int:
        return len(self.start)
