"""Tables of costs: each line of a notice as one sealed thing, its versions, and which imports brought it."""

from __future__ import annotations

from backend.told import ThingImportRow, ThingRow, ThingVersionRow


class CostRow(ThingRow):
    """One line of a medical-expense notice; ``on`` is the first day of its month."""

    __tablename__ = "costs"


class CostVersionRow(ThingVersionRow):
    """A version of a line that is not shown (any more)."""

    __tablename__ = "cost_versions"
    shown_in = "costs"


class CostImportRow(ThingImportRow):
    """Which imports brought a line."""

    __tablename__ = "cost_imports"
    shown_in = "costs"
