"""Tables of records: the record with its wrapped key and change counter, and its sealed glance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes


class RecordRow(RecordTable):
    """One record. ``change_number`` is the number of its newest transaction that changed something a phone hears of."""

    __tablename__ = "records"
    owner_id: Mapped[UUID] = mapped_column(index=True)
    wrapped_key: Mapped[bytes]
    zone: Mapped[str]
    change_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class GlanceRow(RecordTable):
    """What lists show of a record, as one sealed row written in the transaction that changes it."""

    __tablename__ = "glances"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    sealed: Mapped[SealedBytes]
    updated_at: Mapped[datetime]
