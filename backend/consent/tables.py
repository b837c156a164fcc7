"""Tables of consent: grants, the list of what is shared with whom, and the visitors' book."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import LocalTable, RecordTable


class GrantRow(RecordTable):
    """What the owner lets one account do. Words are kept as space-separated lists of names from `shared.consent`."""

    __tablename__ = "grants"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    to_account: Mapped[UUID]
    scopes: Mapped[str]
    rights: Mapped[str]
    purposes: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    granted_by: Mapped[UUID]
    number: Mapped[int]


class SharedRow(LocalTable):
    """Which records an account has a grant for: worklists start here, without asking every record."""

    __tablename__ = "shared_with"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]


class VisitRow(RecordTable):
    """The visitors' book. ``record_id`` is the id that was asked for, whether or not such a record exists."""

    __tablename__ = "visits"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[UUID]
    role: Mapped[str]
    scopes: Mapped[str]
    right: Mapped[str]
    purpose: Mapped[str]
    way: Mapped[str]
    allowed: Mapped[bool]
    reason: Mapped[str]
    grant_id: Mapped[UUID | None]

    __table_args__ = (Index("ix_visits_record_id_at", "record_id", "at"),)
