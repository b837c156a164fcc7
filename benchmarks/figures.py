"""A figure beside its limit: what each benchmark gives, and how `make bench` prints them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``limit`` is what it must stay below, or (``at_least``) reach; None: only compared."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether it keeps its limit; None without one."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        """As it is printed."""
        mark = {None: "      ", True: "  ok  ", False: " MISS "}[self.holds]
        bound = "" if self.limit is None else f"   limit {'≥' if self.at_least else '≤'} {self.limit:,g}"
        return f"{mark} {self.name:<58} {self.value:>14,.2f} {self.unit:<12}{bound}"


def hand_over(figures: Iterable[Figure]) -> None:
    """Print figures for people, or (``--json``) for the run of all benchmarks."""
    for figure in figures:
        print(json.dumps(asdict(figure)) if "--json" in sys.argv else figure.line(), flush=True)
