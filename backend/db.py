"""The database: engine, the three kinds of table, and `transaction()`, the only commit of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from select import select
from typing import Any, ClassVar
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

from backend import statements
from backend.one_writer import OneWriter
from backend.pipeline import Turn
from backend.seal import SealedBytes
from shared import clock

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


MANY = 20  # rows from which one statement for all of them is quicker


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
        self._turn = Turn()
        self._one_writer = OneWriter(Path(path), self.engine) if self.is_sqlite and path else None

    @contextmanager
    def transaction(self, *, writes: bool = True, is_small: bool = False) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back if anything is raised. The only commit there is.

        ``writes=False`` lets SQLite serve many readers at once; writing in it is an error on both. ``is_small`` lets
        those that wait on SQLite at the same time share one commit; each of them is durable when it returns.
        """
        with self._session(writes=writes, is_small=is_small) as session:
            try:
                yield session
                statements.finish(session)
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def small(self) -> AbstractContextManager[None]:
        """Around something small and its one transaction: those of this process go one at a time, but for waiting."""
        return nullcontext() if self.is_sqlite else self._turn

    @contextmanager
    def _session(self, *, writes: bool, is_small: bool) -> Iterator[Session]:
        if self._one_writer is None or not writes:
            with Session(
                self.engine if writes else self._reading, expire_on_commit=False, close_resets_only=False
            ) as session:
                session.info[statements.TURN] = self._turn if self._turn.is_mine else None
                yield session
        elif is_small:
            with (
                self._one_writer.share() as shared,
                Session(shared, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            ):
                yield session
        else:
            with (
                self._one_writer.turn(),
                Session(self.engine, expire_on_commit=False, close_resets_only=False) as session,
            ):
                yield session

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all name the same columns. Many of them are turned for the database column by column.

    On PostgreSQL they travel so too, in one statement.

    Measured on the days of a year: a third of the time of one message a row. Not COPY: that passes by row policies.
    """
    if len(rows) < MANY:
        if rows:
            session.execute(insert(table), rows)
        return
    dialect = session.get_bind().dialect
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    same = {name: all(each is column[0] for each in column) for name, column in columns.items()}
    turned: dict[str, list[Any]] = {}
    for name, column in columns.items():
        turn = table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
        turned[name] = [turn(column[0])] * len(rows) if same[name] else list(map(turn, column))
    if dialect.name == "sqlite":
        quoted = ", ".join(map(dialect.identifier_preparer.quote, turned))
        statement = f"INSERT INTO {table.name} ({quoted}) VALUES ({', '.join('?' * len(turned))})"  # noqa: S608  our own
        session.connection().exec_driver_sql(statement, list(zip(*turned.values(), strict=True)))
        return
    names = sorted(turned, key=lambda name: not same[name])
    quoted = ", ".join(map(dialect.identifier_preparer.quote, names))
    kinds = {name: table.c[name].type.compile(dialect) for name in names}
    chosen = "".join(f"%b::{kinds[name]}, " for name in names if same[name])
    unnested = ", ".join(f"%b::{kinds[name]}[]" for name in names if not same[name])
    statement = (
        f"INSERT INTO {table.name} ({quoted})"  # noqa: S608  our own names of tables and columns
        f" SELECT {chosen}each.* FROM unnest({unnested}) AS each"
    )
    given = tuple(turned[name][0] if same[name] else turned[name] for name in names)
    session.connection().exec_driver_sql(statement, given)


def _as_it_is(value: Any) -> Any:
    return value


def _engine(url: str) -> Engine:
    # hide_parameters: what a statement carried is no business of a log.
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
        event.listen(engine, "checkout", _still_there)
        statements.watch(engine)
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
    driver = connection.connection.driver_connection
    if connection.info.get("writes", True) is not writes:
        driver.execute(f"PRAGMA query_only={not writes:d}")
        connection.info["writes"] = writes
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
