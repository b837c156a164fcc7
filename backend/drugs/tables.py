"""Tables of drugs: the operator's lists, one row a version, and what pharmacists and clinics added."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import ReferenceTable


class DrugListRow(ReferenceTable):
    """One version of a list that the operator loaded: ``packed`` are its lines, ``digest`` tells them from others.

    It counts from ``valid_from`` until a later one does. Nothing in it is about a person.
    """

    __tablename__ = "drug_lists"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    valid_from: Mapped[date] = mapped_column(Date)
    loaded_at: Mapped[datetime]
    name: Mapped[str]  # of the file it came from
    digest: Mapped[bytes]
    rows: Mapped[int]
    packed: Mapped[bytes]

    __table_args__ = (Index("ix_drug_lists_kind_valid_from", "kind", "valid_from"),)


class DrugRuleRow(ReferenceTable):
    """A rule of a clinic or of the house as it stands now: ``said`` is the rule as JSON, signed with its author's name.

    What a rule says is told to everybody whose medicines are checked; it must not be about one person.
    """

    __tablename__ = "drug_rules"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    state: Mapped[str]
    said: Mapped[str]
    # The wording that was tried on the records before it was switched on, and by whom.
    previewed: Mapped[str | None]
    previewed_by: Mapped[UUID | None]


class DrugRuleStepRow(ReferenceTable):
    """Something that was done to a rule: written, tried, switched on, ended. Only ever added to."""

    __tablename__ = "drug_rule_steps"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("drug_rules.id"), index=True)
    step: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    said: Mapped[str]


class PairReviewRow(ReferenceTable):
    """What a pharmacist decided about a pair in a wording, and why. Only ever added to: the newest counts."""

    __tablename__ = "pair_reviews"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    pair: Mapped[str] = mapped_column(index=True)
    wording: Mapped[str]
    accepted: Mapped[bool]
    reason: Mapped[str]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
