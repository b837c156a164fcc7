"""Files and scanned codes on their way to the server: kept here first, in sealed pieces, until the server has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from mobile.store.opening import Store
from mobile.store.rows import number_in
from shared import clock

PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Original:
    """``parts`` files that together are one import, ``size`` bytes in all, of which the server has ``sent``.

    ``refused``: the server's reason.
    """

    import_id: UUID
    record_id: UUID
    name: str
    parts: int
    size: int
    made_at: datetime
    refused: str = ""
    sent: int = 0


def keep_original(
    store: Store, record_id: UUID, import_id: UUID, name: str, parts: Iterable[BinaryIO]
) -> Original:
    """Seal ``parts`` into the store. Nothing is there to send until the last byte is kept; repeating it is harmless."""
    account, _ = store.inside()
    lock = store.begin_record(record_id, own=True).lock
    size = count = 0
    with store.writing() as db:
        db.execute("DELETE FROM pieces WHERE account = ? AND import_id = ?", (str(account), str(import_id)))
    for part, file in enumerate(parts):
        count += 1
        for n, plain in enumerate(_pieces(file)):
            place = (str(account), str(import_id), str(part), str(n))
            sealed = lock.seal(plain, "pieces", *place)
            # A piece a transaction: a large file must not make a reading wait for the pen.
            with store.writing() as db:
                db.execute(
                    "INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?)", (*place[:2], part, n, len(plain), sealed)
                )
            size += len(plain)
    original = Original(import_id, record_id, name, count, size, store.now())
    sealed_name = lock.seal(name.encode(), "originals", str(account), str(import_id))
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO originals VALUES (?, ?, ?, ?, ?, ?, 0, ?, NULL)",
            (
                str(account),
                str(record_id),
                str(import_id),
                clock.to_ms(original.made_at),
                count,
                size,
                sealed_name,
            ),
        )
    return original


def waiting(store: Store, record_id: UUID) -> list[Original]:
    """Originals that the server does not have yet, oldest first; those it refused too."""
    account, _ = store.inside()
    lock = store.begin_record(record_id, own=True).lock
    found = []
    for import_id, made_at, parts, size, sent, sealed_name, problem in store.rows(
        "SELECT import_id, made_at, parts, size, sent, sealed_name, sealed_problem FROM originals"
        " WHERE account = ? AND record_id = ? ORDER BY made_at, import_id",
        str(account),
        str(record_id),
    ):
        place = (str(account), str(import_id))
        name = store.unsealed(lock, sealed_name, "originals", *place).decode()
        refused = "" if problem is None else store.unsealed(lock, problem, "refusals", *place).decode()
        made = clock.from_ms(number_in(made_at))
        numbers = (number_in(parts), number_in(size))
        each = Original(UUID(str(import_id)), record_id, name, *numbers, made, refused, number_in(sent))
        found.append(each)
    return found


def find(store: Store, original: Original) -> Original:
    """The same original as it is now; as it was when it is not here any more."""
    here = waiting(store, original.record_id)
    return next((each for each in here if each.import_id == original.import_id), original)


def part_size(store: Store, original: Original, part: int) -> int:
    """How many bytes a part has."""
    account, _ = store.inside()
    ((size,),) = store.rows(
        "SELECT coalesce(sum(size), 0) FROM pieces WHERE account = ? AND import_id = ? AND part = ?",
        str(account),
        str(original.import_id),
        part,
    )
    return number_in(size)


def read_at(store: Store, original: Original, offset: int, most: int) -> bytes:
    """At most ``most`` bytes of an original of one part, from ``offset``."""
    skip = offset % PIECE_BYTES
    found = bytearray()
    for piece in read_part(store, original, 0, offset // PIECE_BYTES):
        found += piece
        if len(found) >= skip + most:
            break
    return bytes(found[skip : skip + most])


def read_part(store: Store, original: Original, part: int, first: int = 0) -> Iterator[bytes]:
    """The bytes of a part, a piece at a time, from the piece with number ``first``."""
    account, _ = store.inside()
    lock = store.begin_record(original.record_id, own=True).lock
    n = first
    while True:
        found = store.rows(
            "SELECT sealed FROM pieces WHERE account = ? AND import_id = ? AND part = ? AND n = ?",
            str(account),
            str(original.import_id),
            part,
            n,
        )
        if not found:
            return
        yield store.unsealed(
            lock, found[0][0], "pieces", str(account), str(original.import_id), str(part), str(n)
        )
        n += 1


def mark_kept(store: Store, original: Original, sent: int) -> None:
    """So many bytes of it are safe with the server."""
    account, _ = store.inside()
    with store.writing() as db:
        db.execute(
            "UPDATE originals SET sent = ? WHERE account = ? AND import_id = ?",
            (sent, str(account), str(original.import_id)),
        )


def mark_sent(store: Store, original: Original) -> None:
    """The server has it, so it need not be kept here any more."""
    account, _ = store.inside()
    with store.writing() as db:
        for table in ("pieces", "originals"):
            db.execute(
                f"DELETE FROM {table} WHERE account = ? AND import_id = ?",  # noqa: S608  one of our two tables
                (str(account), str(original.import_id)),
            )


def mark_refused(store: Store, original: Original, problem: str) -> None:
    """The server would not take it: it stays, with the reason, and is not sent again by itself."""
    account, _ = store.inside()
    lock = store.begin_record(original.record_id, own=True).lock
    sealed = lock.seal(problem.encode(), "refusals", str(account), str(original.import_id))
    with store.writing() as db:
        db.execute(
            "UPDATE originals SET sealed_problem = ? WHERE account = ? AND import_id = ?",
            (sealed, str(account), str(original.import_id)),
        )


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece
