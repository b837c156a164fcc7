"""Rows of told things, which a room makes its three tables from: what is shown, every other version, who brought it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes


class ThingRow(RecordTable):
    """A thing as it is shown. ``sealed`` is None once it was withdrawn; the last values stay in its versions.

    ``on`` is the day it belongs to, where it has one. ``source_key`` is the digest of the source id under which an
    import brought it; None when none did.
    """

    __abstract__ = True
    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("records.record_id"), primary_key=True, sort_order=-100
    )
    word: Mapped[str] = mapped_column(primary_key=True, sort_order=-99)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-98)
    on: Mapped[date | None] = mapped_column(Date)
    edited_at: Mapped[datetime]
    device: Mapped[UUID]
    author_id: Mapped[UUID]
    sealed: Mapped[SealedBytes | None]
    number: Mapped[int]
    source_key: Mapped[bytes | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:  # noqa: N805  SQLAlchemy hands over the class
        name = cls.__tablename__
        return (
            Index(f"ix_{name}_record_id_word", "record_id", "word", "on"),
            Index(f"ix_{name}_record_id_number", "record_id", "number"),
            Index(f"ix_{name}_record_id_source", "record_id", "source_key"),
        )


class ThingVersionRow(RecordTable):
    """A version that is not shown (any more). ``shown_in`` names the table of the room's `ThingRow`."""

    __abstract__ = True
    shown_in: ClassVar[str]
    word: Mapped[str] = mapped_column(primary_key=True, sort_order=-99)
    thing_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-98)
    version: Mapped[int] = mapped_column(primary_key=True, sort_order=-97)
    edited_at: Mapped[datetime]
    device: Mapped[UUID]
    author_id: Mapped[UUID]
    sealed: Mapped[SealedBytes | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[ForeignKeyConstraint, ...]:  # noqa: N805
        return (_to_the_thing(cls.shown_in),)


class ThingImportRow(RecordTable):
    """Which imports brought a thing; undoing one leaves what another brought too."""

    __abstract__ = True
    shown_in: ClassVar[str]
    import_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    word: Mapped[str] = mapped_column(primary_key=True, sort_order=-98)
    thing_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-97)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[ForeignKeyConstraint | Index, ...]:  # noqa: N805
        name = f"ix_{cls.__tablename__}_record_id_thing"
        return (_to_the_thing(cls.shown_in), Index(name, "record_id", "word", "thing_id"))


def _to_the_thing(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["record_id", "word", "thing_id"], [f"{table}.record_id", f"{table}.word", f"{table}.id"]
    )
