"""Android Health Connect: the scheduled export ``Health Connect.zip``, or the SQLite database in it.

Layout and traps: formats/wearables.md sections 1 and 3. The schema is Android's own, but no database of a real
person was at hand: everything here is read by the names of columns, and what is absent is simply not there.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Protocol

from shared.formats import Answers, Piece
from shared.formats.health_connect_tables import Database
from shared.formats.moments import Walls
from shared.formats.zips import Zip, first_names
from shared.languages import tr
from shared.problems import Unreadable

LABEL = "ヘルスコネクト（Android）"

_MAGIC = b"SQLite format 3\x00"
_INSIDE = "health_connect_export.db"
# Up to this size the database is read from memory; above it stands in a file without a name while it is read.
IN_MEMORY = 32 * 1024**2
# Ten years of a watch are about 500 MB; a larger database is refused before it fills the disk.
MOST_BYTES = 2 * 1024**3
_CHUNK = 1 << 20
# No row that we read is longer, even with the picture of its app.
_MOST_CELL = 4_000_000
# Steps of SQLite's machine for each byte of a file; an honest row takes fewer than one.
_STEPS_A_BYTE = 20
_STEPS_AT_ONCE = 1_000_000
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM)
# What SQLite says of the insides of rows whose pages are good: theirs to be told one by one.
_ABOUT_VALUES = re.compile(
    r"(?:NULL|NUMERIC|TEXT|non-\w+) value in|CHECK constraint|number of rows|row \d+ missing"
)
# What SQLite says of a damaged file; of a schema, or a message of its own, that is no text.
_STUMBLES = (sqlite3.Error, UnicodeError, MemoryError)


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """By the letters every SQLite file begins with; in a zip by the name of its one member."""
    if head.startswith(b"PK\x03\x04"):
        return any(each.rpartition("/")[2] == _INSIDE for each in first_names(head))
    return head.startswith(_MAGIC)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the database that has a word of ours. An `Unreadable` means that nothing of it can be trusted."""
    source, size = _database_of(file)
    walls = Walls(asked.zone)
    connection = _connected(source, size)
    with closing(connection):
        try:
            if source is file:
                _check_pages(connection)
            yield from Database(connection, walls, size).pieces()
        except _STUMBLES as error:
            raise Unreadable("file_broken") from error


def _database_of(file: BinaryIO) -> tuple[_Source, int]:
    """The bytes of the database from their beginning, and how many they are."""
    file.seek(0)
    head = file.read(4)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not head:
        raise Unreadable("file_empty")
    if head != b"PK\x03\x04":
        return file, _fitting(size)
    opened = Zip(file)
    for member in opened.members:
        if member.name.rpartition("/")[2] == _INSIDE:
            return opened.open(member), _fitting(member.size)
    raise Unreadable("zip_refused", why=tr("中に {name} がありません", name=_INSIDE))


def _fitting(size: int) -> int:
    if size > MOST_BYTES:
        raise Unreadable("zip_refused", why=tr("広げると大きくなりすぎます"))
    return size


def _connected(source: _Source, size: int) -> sqlite3.Connection:
    head = source.read(100)
    _check_head(head, size)
    try:
        made = _in_memory(head, source) if size <= IN_MEMORY else _in_a_file(head, source)
    except _STUMBLES as error:
        raise Unreadable("file_broken") from error
    try:
        _harden(made, size)
    except _STUMBLES as error:
        made.close()
        raise Unreadable("file_broken") from error
    return made


def _check_head(head: bytes, size: int) -> None:
    """Whether this begins as a database does, and has all the pages it speaks of."""
    if not head.startswith(_MAGIC):
        raise Unreadable("format_unknown")
    if len(head) < 100:
        raise Unreadable("file_cut_short", where=f"{len(head)} byte")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    # The count is only meant where the two counters of changes agree.
    if head[24:28] == head[92:96] and page * pages > size:
        raise Unreadable("file_cut_short", where=f"{size} / {page * pages} byte")


def _in_memory(head: bytes, source: _Source) -> sqlite3.Connection:
    content = bytearray(_without_log(head))
    while some := source.read(_CHUNK):
        content += some
        if len(content) > IN_MEMORY:
            raise Unreadable("file_broken")
    connection = sqlite3.connect(":memory:")
    if not hasattr(connection, "deserialize"):  # a phone's SQLite may be built without it
        connection.close()
        return _in_a_file(bytes(content[:100]), _Rest(bytes(content[100:])))
    try:
        connection.deserialize(bytes(content))
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class _Rest:
    """Bytes that were read already, given once more."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int, /) -> bytes:  # noqa: ARG002
        """All of them, then nothing."""
        given, self._content = self._content, b""
        return given


def _in_a_file(head: bytes, source: _Source) -> sqlite3.Connection:
    """A connection to a file that only its owner may read and that has no name any more when this returns."""
    handle, name = tempfile.mkstemp(prefix="tomoni-", suffix=".db")
    path = Path(name)
    try:
        written = 0
        with os.fdopen(handle, "wb") as file:
            file.write(_without_log(head))
            while some := source.read(_CHUNK):
                written += file.write(some)
                if written > MOST_BYTES:
                    raise Unreadable("file_broken")
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        # SQLite opens a file when it is first asked, and must have done so before the name goes.
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection
    finally:
        path.unlink(missing_ok=True)


def _without_log(head: bytes) -> bytes:
    """The head as of a database without a write-ahead log: the export has none, and memory knows none."""
    return head[:18] + b"\x01\x01" + head[20:]


def _harden(connection: sqlite3.Connection, size: int) -> None:
    """Let a stranger's database be read and do nothing: no functions, no views, no endless loops, no long cells."""
    for pragma in (
        "query_only = ON",
        "ignore_check_constraints = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA cache_size = -8000")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    left = [1 + _STEPS_A_BYTE * size // _STEPS_AT_ONCE]

    def step() -> int:
        left[0] -= 1
        return int(left[0] < 0)

    connection.set_progress_handler(step, _STEPS_AT_ONCE)
    connection.text_factory = _text
    connection.execute("SELECT name FROM sqlite_master").fetchone()
    connection.set_authorizer(_allowed)


def _check_pages(connection: sqlite3.Connection) -> None:
    """Refuse a database whose pages do not fit together: rows would be missing without a word.

    A zip has checksums that tell as much. A value that was changed within its row cannot be told in either way.
    """
    try:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        if error.sqlite_errorcode in _DAMAGE:
            raise
        return  # the pages were found good; a column that would be computed was refused
    if said != "ok" and not _ABOUT_VALUES.match(said):
        raise Unreadable("file_broken")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


# Reading columns and counting rows is all that is needed.
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in _READING or (action == sqlite3.SQLITE_FUNCTION and second == "count"):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in ("table_info", "quick_check"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
