"""Tables of wearables: who sends readings, what was delivered, the days as packed chunks, and their summaries.

Days are whole numbers since 1970-01-01: UTC days for chunks, the person's own days for summaries.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes
from backend.told import ThingImportRow, ThingRow, ThingVersionRow


class StreamSourceRow(RecordTable):
    """A device or app that readings come from. ``digest`` finds it by name; the least ``priority`` is the best."""

    __tablename__ = "stream_sources"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    sealed: Mapped[SealedBytes]
    priority: Mapped[int]

    __table_args__ = (UniqueConstraint("record_id", "digest"),)


class DeliveryRow(RecordTable):
    """One import or post that brought readings. ``number`` is its short name inside the chunks."""

    __tablename__ = "deliveries"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    kind: Mapped[str]
    received_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("record_id", "id"),)


class DeliverySpanRow(RecordTable):
    """From which day to which a delivery brought readings of a stream and source: where undoing has to look."""

    __tablename__ = "delivery_spans"
    number: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[int]
    last_day: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["record_id", "number"], ["deliveries.record_id", "deliveries.number"]),
        ForeignKeyConstraint(["record_id", "source_id"], ["stream_sources.record_id", "stream_sources.id"]),
    )


class WearableDayRow(RecordTable):
    """One chunk: the readings of a stream from a source that start on a UTC day. ``size``: bytes of ``sealed``."""

    __tablename__ = "wearable_days"
    stream: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    size: Mapped[int]
    # Before the long column: a year's chart reads these without walking past the readings.
    extremes: Mapped[SealedBytes]
    sealed: Mapped[SealedBytes]

    __table_args__ = (
        ForeignKeyConstraint(["record_id", "source_id"], ["stream_sources.record_id", "stream_sources.id"]),
    )


class DaySummaryRow(RecordTable):
    """What a day of the person's came to. A day that lost all its readings stays, with a count of 0, for the phones.

    ``edited_at`` only ever moves forward for one day, so that phones take the newer one by the rule for all words.
    """

    __tablename__ = "day_summaries"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    stream: Mapped[str] = mapped_column(primary_key=True)
    local_day: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    number: Mapped[int]
    edited_at: Mapped[datetime]
    sealed: Mapped[SealedBytes]

    __table_args__ = (Index("ix_day_summaries_record_id_number", "record_id", "number"),)


class RecordingRow(ThingRow):
    """A workout or an electrocardiogram; ``on`` is the local day of its start."""

    __tablename__ = "recordings"


class RecordingVersionRow(ThingVersionRow):
    """A version of a recording that is not shown (any more)."""

    __tablename__ = "recording_versions"
    shown_in = "recordings"


class RecordingImportRow(ThingImportRow):
    """Which imports brought a recording."""

    __tablename__ = "recording_imports"
    shown_in = "recordings"
