"""The database: engine, the three kinds of table, and `transaction()`, the only commit of the house."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, Engine, LargeBinary, MetaData, Uuid, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from backend.seal import SealedBytes
from shared import clock

try:
    import fcntl
except ImportError:  # Windows has no flock; there one process writes, and the thread lock is enough.
    fcntl = None  # type: ignore[assignment]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, kept as whole milliseconds since 1970: the same number on SQLite and PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy hands it
        """Refuses a moment without a zone."""
        return None if value is None else clock.to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy hands it
        """Always aware, in UTC."""
        return None if value is None else clock.from_ms(value)


class Sealed(TypeDecorator[bytes]):
    """A column that takes sealed bytes only: plain bytes are a TypeError, so nothing is stored open by accident."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002  SQLAlchemy hands it
        """Only what `seal.Key.seal` made may pass."""
        if value is not None and not isinstance(value, SealedBytes):
            raise TypeError("an open value for a sealed column")
        return value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> SealedBytes | None:  # noqa: ARG002  SQLAlchemy hands it
        """Still sealed; open it with the record's key."""
        return None if value is None else SealedBytes(value)


class Base(DeclarativeBase):
    """What all tables share: names of constraints, and how Python types are stored."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment(),
        UUID: Uuid(),
        SealedBytes: Sealed(),
        int: BigInteger(),
    }
    table_kind: ClassVar[str] = ""


class RecordTable(Base):
    """Belongs to one record: every key begins with ``record_id``, so the table can be spread over machines by it."""

    __abstract__ = True
    table_kind = "record"
    record_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-100)


class ReferenceTable(Base):
    """Small, the same for everybody, copied everywhere."""

    __abstract__ = True
    table_kind = "reference"


class LocalTable(Base):
    """Stays on one machine: accounts, refresh families, jobs."""

    __abstract__ = True
    table_kind = "local"


class Database:
    """One database: SQLite (embedded) or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        path = self.engine.url.database
        self._reading = self.engine.execution_options(writes=False, postgresql_readonly=True)
        self._one_writer = _OneWriter(Path(path)) if self.is_sqlite and path else None

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back if anything is raised. The only commit there is.

        ``writes=False`` lets SQLite serve many readers at once; writing in it is an error on both.
        """
        turn = self._one_writer.turn() if self._one_writer and writes else nullcontext()
        engine = self.engine if writes else self._reading
        with turn, Session(engine, expire_on_commit=False, close_resets_only=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


class _OneWriter:
    """Writers of one SQLite file queue here, in this process and between processes.

    SQLite's own busy handler sleeps in growing steps: throughput is fine, the slowest write is 20 to 30 times slower
    (measured). A lock that wakes the next writer at once costs ten lines.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".writer")
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._lock, self._path.open("wb") as file:
            _lock_file(file)
            yield


def _lock_file(file: IO[bytes]) -> None:
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file closes, or when the process dies


def _engine(url: str) -> Engine:
    # hide_parameters: what a statement carried is no business of a log.
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        url, connect_args={"timeout": 30}, pool_size=10, max_overflow=10, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself; `_begin_sqlite` does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql(f"PRAGMA query_only={not writes:d}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
