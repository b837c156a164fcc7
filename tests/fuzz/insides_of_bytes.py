"""Damage inside containers of bytes: a cell of a database, a field of FIT, a chunk of PNG; checksums made anew."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing

from shared.formats.garmin_fit import checksum
from tests.fuzz.damage import Damage

# ---- a database ------------------------------------------------------------------------------------------------------


def database(raw: bytes, damage: Damage) -> bytes:
    """One cell, column or table of a database another."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.deserialize(raw)
        names = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        filled = [
            name for name in names if database.execute(f"select 1 from {_quoted(name)} limit 1").fetchone()
        ]
        _change_table(database, damage.one_of(filled or names), damage)
        return database.serialize()


def _change_table(database: sqlite3.Connection, table: str, damage: Damage) -> None:
    columns = [row[1] for row in database.execute(f"pragma table_info({_quoted(table)})")]
    column, name = damage.one_of(columns), _quoted(table)
    way = damage.chance.randrange(16)
    if way == 0:
        database.execute(f"drop table {name}")
    elif way == 1:
        database.execute(f"alter table {name} drop column {_quoted(column)}")
    elif way == 2:
        database.execute(
            f"alter table {name} rename column {_quoted(column)} to {_quoted(damage.text(column))}"
        )
    elif way == 3:
        database.execute(f"delete from {name} where rowid = (select max(rowid) from {name})")
    elif way == 4:
        chosen = ", ".join(_quoted(each) for each in columns[1:])
        database.execute(f"insert into {name} ({chosen}) select {chosen} from {name} limit 3")
    else:
        rows = database.execute(f"select rowid, {_quoted(column)} from {name} limit 50").fetchall()
        rowid, known = damage.one_of(rows)
        value = damage.value(known) if not isinstance(known, bytes) else damage.bytes_once(known)
        if isinstance(value, list | dict) or damage.likely(0.05):
            value = damage.bytes_once(b"\x00\xff\x80 text")
        everywhere = " or 1" if damage.likely(0.2) else ""
        database.execute(
            f"update {name} set {_quoted(column)} = ? where rowid = ?{everywhere}", (value, rowid)
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# ---- FIT -------------------------------------------------------------------------------------------------------------


def fit(raw: bytes, damage: Damage) -> bytes:
    """One record of a FIT file another, its checksum right."""
    size = raw[0]
    body = raw[size:-2]
    if damage.likely(0.2):
        body = damage.bytes_once(body)
    else:
        records = list(_records(body))
        at = damage.below(len(records))
        way = damage.chance.randrange(8)
        if way == 0:
            del records[at]
        elif way == 1:
            records.insert(damage.below(len(records)), records[at])
        elif way == 2 and damage.others:
            other = damage.one_of(damage.others)
            records[at:at] = list(_records(other[other[0] : -2]))[:10] if other[8:12] == b".FIT" else []
        else:
            records[at] = _field(records[at], damage)
        body = b"".join(records)
    head = raw[:4] + struct.pack("<I", len(body)) + raw[8:12]
    head += struct.pack("<H", checksum(head)) if size == 14 else b""
    return head + body + struct.pack("<H", checksum(head + body))


def _field(record: bytes, damage: Damage) -> bytes:
    """A record with as many bytes, one field of it another."""
    at = damage.below(len(record))
    length = min(damage.one_of((1, 1, 2, 4)), len(record) - at)
    filled = damage.one_of((b"\x00", b"\xff", b"\x80", b"\x7f", b"\x01", damage.chance.randbytes(1))) * length
    return record[:at] + filled + record[at + length :]


def _records(body: bytes) -> Iterator[bytes]:
    lengths: dict[int, int] = {}
    at = 0
    while at < len(body):
        head = body[at]
        if head & 0x80:
            size = 1 + lengths.get(head >> 5 & 3, 0)
        elif head & 0x40:
            fields = body[at + 5]
            size = 6 + 3 * fields
            length = sum(body[at + 7 + 3 * each] for each in range(fields))
            if head & 0x20:
                more = body[at + size]
                length += sum(body[at + size + 2 + 3 * each] for each in range(more))
                size += 1 + 3 * more
            lengths[head & 15] = length
        else:
            size = 1 + lengths.get(head & 15, 0)
        yield body[at : at + size]
        at += size


# ---- PNG -------------------------------------------------------------------------------------------------------------


def png(raw: bytes, damage: Damage) -> bytes:
    """One chunk of a picture another, its checksum right."""
    chunks = []
    at = 8
    while at + 12 <= len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        chunks.append((raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]))
        at += 12 + length
    which = damage.below(len(chunks))
    kind, content = chunks[which]
    if kind == b"IDAT" and damage.likely(0.7):
        content = zlib.compress(damage.bytes_once(zlib.decompress(content)), 1)
    elif damage.likely(0.1):
        kind = damage.one_of(
            (b"iCCP", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"acTL", b"fdAT", b"PLTE", b"tRNS", b"IHDR")
        )
    else:
        content = damage.bytes_once(content)
    chunks[which] = (kind, content)
    return raw[:8] + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
