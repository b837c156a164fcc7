"""Tables of findings: the shown version of each, every other version that ever was, and which imports brought it."""

from __future__ import annotations

from backend.told import ThingImportRow, ThingRow, ThingVersionRow


class FindingRow(ThingRow):
    """A finding as it is shown. Its day is not kept in clear: the list is short and is sorted once it is open."""

    __tablename__ = "findings"


class FindingVersionRow(ThingVersionRow):
    """A version that is not shown (any more)."""

    __tablename__ = "finding_versions"
    shown_in = "findings"


class FindingImportRow(ThingImportRow):
    """Which imports brought a finding."""

    __tablename__ = "finding_imports"
    shown_in = "findings"
