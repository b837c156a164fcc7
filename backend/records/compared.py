"""What an import would do to a record: how much is new, the same, or changed at its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """Counts of an import's things against what the record holds."""

    new: int = 0
    same: int = 0
    changed: int = 0

    def __add__(self, other: Compared) -> Compared:
        return Compared(self.new + other.new, self.same + other.same, self.changed + other.changed)
