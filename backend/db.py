"""The database: engine, the three kinds of table, and `transaction()`, the only commit of the house."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from select import select
from typing import IO, Any, ClassVar
from uuid import UUID

import psycopg
from sqlalchemy import (
    BigInteger,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    event,
    insert,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
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


_MANY = 20  # rows from which one statement for all of them is quicker


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


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all name the same columns. On PostgreSQL many of them travel as columns, in one statement.

    Measured on the days of a year: a third of the time of one message a row. Not COPY: that passes by row policies.
    """
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite" or len(rows) < _MANY:
        session.execute(insert(table), rows)
        return
    same: dict[str, list[Any]] = {}
    changing: dict[str, list[Any]] = {}
    for name in rows[0]:
        column = [row[name] for row in rows]
        (same if all(each is column[0] for each in column) else changing)[name] = column
    dialect = session.get_bind().dialect
    given: list[Any] = []

    def told(name: str, column: list[Any], form: str) -> str:
        kind = table.c[name].type
        process = kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
        given.append(process(column[0]) if name in same else [process(each) for each in column])
        return form.format(kind.compile(dialect))

    quoted = map(dialect.identifier_preparer.quote, (*same, *changing))
    chosen = [told(name, column, "%b::{}, ") for name, column in same.items()]
    unnested = [told(name, column, "%b::{}[]") for name, column in changing.items()]
    statement = (
        f"INSERT INTO {table.name} ({', '.join(quoted)})"  # noqa: S608  our own names of tables and columns
        f" SELECT {''.join(chosen)}each.* FROM unnest({', '.join(unnested)}) AS each"
    )
    session.connection().exec_driver_sql(statement, tuple(given))


def _as_it_is(value: Any) -> Any:
    return value


def _engine(url: str) -> Engine:
    # hide_parameters: what a statement carried is no business of a log.
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
        event.listen(engine, "checkout", _still_there)
        return engine
    engine = create_engine(
        url, connect_args={"timeout": 30}, pool_size=10, max_overflow=10, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """A connection that the server has closed meanwhile is not used: its end has come in, which is seen without asking.

    Asking every time (`pool_pre_ping`) is one more way there and back in each request.
    """
    if not select([connection], [], [], 0)[0]:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself; `_begin_sqlite` does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql(f"PRAGMA query_only={not writes:d}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
