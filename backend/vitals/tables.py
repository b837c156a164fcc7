"""Tables of vitals: the shown version of each measurement, and every other version that ever was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes


class VitalRow(RecordTable):
    """A measurement as it is shown. ``sealed`` is None once it was withdrawn; the last values stay in its versions.

    ``source_key`` is the digest of the source id under which an import brought it or found it; None when none did.
    """

    __tablename__ = "vitals"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    taken_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    device: Mapped[UUID]
    author_id: Mapped[UUID]
    sealed: Mapped[SealedBytes | None]
    number: Mapped[int]
    source_key: Mapped[bytes | None]

    __table_args__ = (
        Index("ix_vitals_record_id_kind", "record_id", "kind", "taken_at"),
        Index("ix_vitals_record_id_number", "record_id", "number"),
        Index("ix_vitals_record_id_source", "record_id", "source_key"),
    )


class VitalVersionRow(RecordTable):
    """A version that is not shown (any more): what was corrected, and what lost against another phone's edit."""

    __tablename__ = "vital_versions"
    vital_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    edited_at: Mapped[datetime]
    device: Mapped[UUID]
    author_id: Mapped[UUID]
    sealed: Mapped[SealedBytes | None]

    __table_args__ = (ForeignKeyConstraint(["record_id", "vital_id"], ["vitals.record_id", "vitals.id"]),)


class VitalImportRow(RecordTable):
    """Which imports brought a measurement; undoing one leaves what another brought too."""

    __tablename__ = "vital_imports"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    vital_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(["record_id", "vital_id"], ["vitals.record_id", "vitals.id"]),
        Index("ix_vital_imports_record_id_vital_id", "record_id", "vital_id"),
    )


class PressureMonthRow(RecordTable):
    """The shown blood pressures of one UTC month as sealed columns: a chart of five years opens sixty rows.

    ``month`` counts months since year 0. Written in the transaction that changes a reading of the month.
    """

    __tablename__ = "pressure_months"
    month: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[SealedBytes]

    __table_args__ = (ForeignKeyConstraint(["record_id"], ["records.record_id"]),)
