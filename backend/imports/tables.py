"""Tables of imports: the inbox, the original bytes in sealed pieces, and what was found, staged until it is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import RecordTable
from backend.seal import SealedBytes


class ImportRow(RecordTable):
    """One file (or set of scanned codes) that was handed in. ``sealed`` holds its name, question, answers, identity,
    counts and problem; ``digest`` is equal for equal bytes within this record."""

    __tablename__ = "imports"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[UUID]
    digest: Mapped[bytes]
    parts: Mapped[int]
    bytes: Mapped[int]
    state: Mapped[str]
    format: Mapped[str | None]
    percent: Mapped[int] = mapped_column(default=0)
    readings: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # taken out so far
    days: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # on so many different days
    rate: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # readings a second
    troubles: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]  # kept, or undone
    sealed: Mapped[SealedBytes]

    __table_args__ = (Index("ix_imports_record_id_received_at", "record_id", "received_at"),)


class PieceRow(RecordTable):
    """At most 1 MiB of an original, in the order ``part``, ``seq``. Pieces without an import are of a broken upload."""

    __tablename__ = "import_pieces"
    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    sealed: Mapped[SealedBytes]


class UploadRow(RecordTable):
    """A large file on its way, as far as it came: ``kept`` of ``size`` bytes. ``sealed`` holds its name, and the
    digest of what is kept."""

    __tablename__ = "import_uploads"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[UUID]
    size: Mapped[int]
    kept: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime]
    sealed: Mapped[SealedBytes]


class AnswerRow(RecordTable):
    """What the person answered about files of a format, remembered for the next one."""

    __tablename__ = "import_answers"
    format: Mapped[str] = mapped_column(primary_key=True)
    answered_at: Mapped[datetime]
    sealed: Mapped[SealedBytes]


class StagedRow(RecordTable):
    """Some words, or some troubles (``what``), that were found in a file, sealed together."""

    __tablename__ = "import_items"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)  # vital, dispensing, trouble
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int]  # the number of the first of them among all of this import
    count: Mapped[int]
    sealed: Mapped[SealedBytes]


class StagedDayRow(RecordTable):
    """Some days of a stream from a source (``source``: its number in this import), packed as the room of wearables
    packs them; ``day`` is the first of them."""

    __tablename__ = "import_days"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[str]
    source: Mapped[int]
    day: Mapped[int]
    sealed: Mapped[SealedBytes]
