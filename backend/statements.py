"""Statements that are made once and asked at every request: past SQLAlchemy, which takes longer to ask than the
database to answer, and together.

What is asked `soon`, or only told, waits on PostgreSQL until the first answer is needed, or the commit; then all of it
goes there and back once, in the order in which it was asked. SQLite is in this process: there each is done at once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, Table, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_LINE = "line"  # in ``session.info``, and in the ``info`` of the connection
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
        compiled: Any = made.compile(dialect=dialect, column_keys=list(columns) or None)
        self.text: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        self._given: list[tuple[str, Process]] = []
        self._fixed: dict[str, Any] = {}
        for name, bind in {name: bind for bind, name in compiled.bind_names.items()}.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._given.append((name, process))
            else:
                self._fixed[name] = process(bind.value) if process else bind.value
        found = list(made.exported_columns) if made.is_select or compiled.effective_returning else []
        self._back = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in found]
        self.is_asked = bool(found)
        self._row: Any = namedtuple("_row", [each.name for each in found], rename=True)  # type: ignore[misc]

    def params(self, given: Params) -> Any:
        """The parameters as the driver takes them."""
        told = {name: given[name] if turn is None else turn(given[name]) for name, turn in self._given}
        told |= self._fixed
        return told if self._order is None else [told[name] for name in self._order]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """What was found."""
        make, turns = self._row._make, self._back
        return [make([each if turn is None else turn(each) for turn, each in zip(turns, row, strict=True)])
                for row in rows]  # fmt: skip


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

    def run(self, connection: Any) -> Any:
        """Give it to a connection of the driver, or to a cursor."""
        if len(self.params) > 1:
            return connection.executemany(self.spoken.text, self.params)
        return connection.execute(self.spoken.text, self.params[0])

    def answered(self, cursor: Any) -> None:
        """The database has done it."""
        self._found = self.spoken.read(cursor.fetchall()) if self.spoken.is_asked else []


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
        self.connection.info[_LINE] = self

    def put(self, statement: Statement, rows: Sequence[Params]) -> Soon:
        """Ask or tell; on a near database it is done when this returns."""
        spoken = statement.spoken(self.dialect)
        asked = Soon(self, spoken, [spoken.params(row) for row in rows])
        self._heard(asked)
        if self.is_near:
            with self._wrapped(asked):
                asked.answered(asked.run(self.driver))
        else:
            self.waiting.append(asked)
        return asked

    def _heard(self, asked: Soon) -> None:
        """Whoever counts statements counts ours too."""
        self.is_speaking = True
        said = (self.connection, None, asked.spoken.text, asked.params, None, len(asked.params) > 1)
        self.connection.dispatch.before_cursor_execute(*said)
        self.is_speaking = False

    def send(self, *, commits: bool = False) -> None:
        """All that waits, in its order, and its answers; at the end the commit."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        with self._wrapped(waiting[0]):
            cursors = [self.driver.cursor() for _ in waiting]
            if len(waiting) == 1 and not commits and _is_begun(self.driver):
                waiting[0].answered(waiting[0].run(cursors[0]) or cursors[0])
                return
            with self.driver.pipeline() as pipeline, _gathered(self.driver, pipeline):
                for asked, cursor in zip(waiting, cursors, strict=True):
                    asked.run(cursor)
                if commits:
                    self.driver.execute("COMMIT", prepare=False)
            for asked, cursor in zip(waiting, cursors, strict=True):
                asked.answered(cursor)

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


@contextmanager
def _gathered(driver: Any, pipeline: Any) -> Iterator[None]:
    """The driver sends each statement on its own, though nobody waits for it: let all of them go with the last.

    It has no public word for that; the lock on its version and the tests of this file stand guard.
    """
    is_begun = _is_begun(driver)
    driver._start_query = pipeline._communicate_gen = lambda: iter(())
    try:
        if not is_begun:
            driver.execute(driver._get_tx_start_command(), prepare=False)
        yield
    finally:
        del driver._start_query, pipeline._communicate_gen


def _is_begun(driver: Any) -> bool:
    return bool(driver.info.transaction_status != TransactionStatus.IDLE)


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
        line: _Line | None = None if connection.invalidated else connection.info.pop(_LINE, None)
        if line is not None:
            line.waiting.clear()
