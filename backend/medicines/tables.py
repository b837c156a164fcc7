"""Tables of medicines: each dispensing with its medicines as one sealed thing, and what she tells of them herself."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes
from backend.told import ThingImportRow, ThingRow, ThingVersionRow


class DispensingRow(RecordTable):
    """One dispensing; ``sealed`` is None once it was withdrawn. It is never edited: the pharmacy wrote it."""

    __tablename__ = "dispensings"
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    dispensed_on: Mapped[date] = mapped_column(Date)
    author_id: Mapped[UUID]
    sealed: Mapped[SealedBytes | None]
    number: Mapped[int]
    source_key: Mapped[bytes]

    __table_args__ = (
        Index("ix_dispensings_record_id_number", "record_id", "number"),
        Index("ix_dispensings_record_id_source", "record_id", "source_key", unique=True),
    )


class DispensingImportRow(RecordTable):
    """Which imports brought a dispensing; undoing one leaves what another brought too."""

    __tablename__ = "dispensing_imports"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    dispensing_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(["record_id", "dispensing_id"], ["dispensings.record_id", "dispensings.id"]),
        Index("ix_dispensing_imports_record_id_dispensing_id", "record_id", "dispensing_id"),
    )


class MedicineThingRow(ThingRow):
    """A thing about medicines that is told: a typed dispensing, a dose, a hiding, a mark, a memo, her pharmacist."""

    __tablename__ = "medicine_things"


class MedicineThingVersionRow(ThingVersionRow):
    """A version of a told thing about medicines that is not shown (any more)."""

    __tablename__ = "medicine_thing_versions"
    shown_in = "medicine_things"


class MedicineThingImportRow(ThingImportRow):
    """Which imports brought a told thing about medicines."""

    __tablename__ = "medicine_thing_imports"
    shown_in = "medicine_things"
