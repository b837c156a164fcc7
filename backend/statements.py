"""Statements that are made once and asked at every request: past SQLAlchemy, which takes longer to ask than the
database to answer, and together.

What is asked `soon`, or only told, waits on PostgreSQL until the first answer is needed, or the commit; then all of it
goes there and back once, in the order in which it was asked. SQLite is in this process: there each is done at once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Dialect, Engine, Table, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from backend.pipeline import BEGIN, BEGIN_READING, COMMIT, Prepared, Turn, doubt, exchange, heard, said

_LINE = "line"  # in ``session.info``, and in the ``info`` of the connection
TURN = "turn"  # in ``session.info``: the turn that is to be given to others while this one waits
Params = Mapping[str, Any]
Process = Callable[[Any], Any] | None


class Statement:
    """One statement; its parameters are the ``bindparam``s of it, or the ``columns`` of a bare INSERT."""

    def __init__(self, made: Any, columns: Sequence[str] = ()) -> None:
        self._made, self._columns = made, columns
        self._spoken: dict[str, _Spoken] = {}

    @classmethod
    def row_of(cls, table: Table, *, instead_of: str = "") -> Statement:
        """Inserts whole rows; each in place of the one, should there be one, with the same ``instead_of``."""
        made, names = insert(table), table.c.keys()  # PostgreSQL's own INSERT speaks SQLite's too
        if instead_of:
            others = {name: made.excluded[name] for name in names if name != instead_of}
            made = made.on_conflict_do_update(index_elements=[instead_of], set_=others)
        return cls(made, names)

    def soon(self, session: Session, params: Params) -> Soon:
        """Ask; the answer is there when it is needed."""
        return _line(session).put(self, [params])

    def rows(self, session: Session, params: Params) -> list[Any]:
        """Ask now: what was found, as named tuples."""
        return self.soon(session, params).rows()

    def tell(self, session: Session, *rows: Params) -> None:
        """Write, before anything that is asked later, and with the commit at the latest."""
        if rows:
            _line(session).put(self, rows)

    def spoken(self, dialect: Dialect) -> _Spoken:
        """As that kind of database wants it."""
        known = self._spoken.get(dialect.name)
        if known is None:
            known = self._spoken[dialect.name] = _Spoken(self._made, dialect, self._columns)
        return known


class _Spoken:
    """The text of a statement for one kind of database, and how values are turned for it and back."""

    def __init__(self, made: Any, dialect: Dialect, columns: Sequence[str]) -> None:
        is_near = dialect.name == "sqlite"
        if not is_near:
            dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        compiled: Any = made.compile(dialect=dialect, column_keys=list(columns) or None)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        turns = {name: _turned(bind, dialect, is_near=is_near) for name, bind in binds.items()}
        order: Sequence[str] = compiled.positiontup
        self.text: str = compiled.string
        self.prepared = Prepared(b"")
        if not is_near:
            kinds = tuple(said(_kind(binds[name].type, dialect))[0] for name in order)
            self.prepared = Prepared(self.text.encode(), kinds)
        fixed = {name: turns[name](bind.value) for name, bind in binds.items() if not bind.required}
        self._row = [fixed.get(name) for name in order]
        self._given = [(at, name, turns[name]) for at, name in enumerate(order) if name not in fixed]
        found = list(made.exported_columns) if made.is_select or compiled.effective_returning else []
        self._back = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in found]
        self.is_asked = bool(found)
        self._found: Any = namedtuple("_row", [each.name for each in found], rename=True)  # type: ignore[misc]
        self._heard: list[Callable[[bytes], Any]] = []

    def params(self, given: Params) -> list[Any]:
        """The parameters as the driver takes them."""
        row = self._row[:]
        for at, name, turn in self._given:
            row[at] = turn(given[name])
        return row

    def read(self, rows: Iterable[Iterable[Any]]) -> list[Any]:
        """What was found."""
        make, turns = self._found._make, self._back
        return [make([each if turn is None else turn(each) for turn, each in zip(turns, row, strict=True)])
                for row in rows]  # fmt: skip

    def read_wire(self, told: PGresult) -> list[Any]:
        """What was found, from the bytes of PostgreSQL."""
        if not self._heard:
            self._heard = [heard(told.ftype(at)) for at in range(told.nfields)]
        turns = list(enumerate(self._heard))
        return self.read(
            [None if (raw := told.get_value(row, at)) is None else turn(raw) for at, turn in turns]
            for row in range(told.ntuples)
        )


def _kind(kind: Any, dialect: Dialect) -> Any:
    """What a type is to the database."""
    kind = kind.dialect_impl(dialect)
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _turned(bind: Any, dialect: Dialect, *, is_near: bool) -> Callable[[Any], Any]:
    """How a value is turned for the driver; for PostgreSQL, into bytes."""
    process: Process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    turn = process or _as_it_is
    if is_near:
        return turn
    tell = said(_kind(bind.type, dialect))[1]
    if process is None:
        return lambda value: None if value is None else tell(value)

    def told(value: Any) -> bytes | None:
        value = turn(value)
        return None if value is None else tell(value)

    return told


def _as_it_is(value: Any) -> Any:
    return value


class Soon:
    """What was asked, and need not have been answered yet."""

    __slots__ = ("_found", "_line", "params", "spoken")

    def __init__(self, line: _Line, spoken: _Spoken, params: list[Any]) -> None:
        self._line, self.spoken, self.params = line, spoken, params
        self._found: list[Any] | None = None

    def rows(self) -> list[Any]:
        """What was found."""
        if self._found is None:
            self._line.send()
        assert self._found is not None, "the transaction in which this was asked is over"
        return self._found

    def run(self, driver: Any) -> None:
        """On a near database."""
        if len(self.params) > 1:
            driver.executemany(self.spoken.text, self.params)
            self._found = []
        else:
            cursor = driver.execute(self.spoken.text, self.params[0])
            self._found = self.spoken.read(cursor.fetchall()) if self.spoken.is_asked else []

    def answered(self, told: PGresult) -> None:
        """PostgreSQL has done it."""
        self._found = self.spoken.read_wire(told) if self.spoken.is_asked else []


class _Line:
    """The way to the database within one transaction."""

    def __init__(self, session: Session) -> None:
        self.connection: Connection = session.connection()
        self.transaction = _transaction(session)
        self.driver: Any = self.connection.connection.driver_connection
        self.dialect = self.connection.dialect
        self.is_near = self.dialect.name == "sqlite"
        self.waiting: list[Soon] = []
        self.is_speaking = False
        self.turn: Turn | None = session.info.get(TURN)
        # Beside `watch`, which need not hear of what it sends itself.
        self.is_overheard = len(self.connection.dispatch.before_cursor_execute) > (not self.is_near)
        self.connection.info[_LINE] = self

    def put(self, statement: Statement, rows: Sequence[Params]) -> Soon:
        """Ask or tell; on a near database it is done when this returns."""
        spoken = statement.spoken(self.dialect)
        asked = Soon(self, spoken, [spoken.params(row) for row in rows])
        self._heard(asked)
        if self.is_near:
            with self._wrapped(asked):
                asked.run(self.driver)
        else:
            self.waiting.append(asked)
        return asked

    def _heard(self, asked: Soon) -> None:
        """Whoever counts statements counts ours too."""
        if not self.is_overheard:
            return
        self.is_speaking = True
        said = (self.connection, None, asked.spoken.text, asked.params, None, len(asked.params) > 1)
        self.connection.dispatch.before_cursor_execute(*said)
        self.is_speaking = False

    def send(self, *, commits: bool = False) -> None:
        """All that waits, in its order, and its answers; at the end the commit."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        asked = [(each.spoken.prepared, row) for each in waiting for row in each.params]
        if self.driver.pgconn.transaction_status == TransactionStatus.IDLE:
            asked.insert(0, (BEGIN_READING if self.driver.read_only else BEGIN, ()))
        if commits:
            asked.append((COMMIT, ()))
        with self._wrapped(waiting[0]):
            results = exchange(self.driver, self.connection.info, asked, self.turn)
            told = len(results) - commits
            for each in reversed(waiting):
                each.answered(results[told - 1])
                told -= len(each.params)

    @contextmanager
    def _wrapped(self, asked: Soon) -> Iterator[None]:
        """Errors of the driver as SQLAlchemy tells them, without what was sent."""
        kind: Any = self.connection.dialect.dbapi
        try:
            yield
        except kind.Error as error:
            text, is_lost = asked.spoken.text, self.dialect.is_disconnect(error, self.driver, None)
            told = DBAPIError.instance(
                text, None, error, kind.Error, hide_parameters=True, dialect=self.dialect,
                connection_invalidated=is_lost,
            )  # fmt: skip
            if is_lost:
                self.connection.invalidate(error)
            raise told from error


def _line(session: Session) -> _Line:
    line: _Line | None = session.info.get(_LINE)
    if line is None or line.transaction is None or line.transaction is not _transaction(session):
        line = session.info[_LINE] = _Line(session)
    return line


def _transaction(session: Session) -> object:
    """A savepoint is one too: it begins when SQLAlchemy is next asked for the connection."""
    return session.get_nested_transaction() or session.get_transaction()


def finish(session: Session) -> None:
    """For `transaction()`, which commits next: what waits goes, and on PostgreSQL the commit with it."""
    session.flush()
    line: _Line | None = session.info.get(_LINE)
    if line is not None:
        line.send(commits=True)


def watch(engine: Engine) -> None:
    """What waits goes before any statement of SQLAlchemy's, and never after a rollback."""

    @event.listens_for(engine, "before_cursor_execute")
    def _send(connection: Connection, *_: object) -> None:
        line: _Line | None = connection.info.get(_LINE)
        if line is not None and not line.is_speaking:
            line.send()

    @event.listens_for(engine, "rollback")
    def _forget(connection: Connection) -> None:
        if connection.invalidated:
            return
        doubt(connection.info)
        line: _Line | None = connection.info.pop(_LINE, None)
        if line is not None:
            line.waiting.clear()

    @event.listens_for(engine, "rollback_savepoint")
    def _doubt(connection: Connection, *_: object) -> None:
        doubt(connection.info)

    @event.listens_for(engine, "reset")
    def _left(driver: Any, record: Any, _state: object) -> None:
        if driver.pgconn.transaction_status != TransactionStatus.IDLE:
            doubt(record.info)
