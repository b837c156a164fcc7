"""Sealed values open in their own place only; nothing personal lies open anywhere."""

from __future__ import annotations

import secrets as random
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import StatementError

from backend.consent import grants
from backend.db import Database, Sealed
from backend.house import House
from backend.imports import inbox
from backend.records.tables import GlanceRow
from backend.seal import Key, KeyRing, SealBroken
from backend.vitals import measurements
from backend.vitals.tables import VitalRow
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.vitals import Vital
from tests.backend.doors import knocking
from tests.backend.people import pressure, weight
from tests.cast import PASSWORD, RECORD, Cast
from tests.formats_samples import sample

OWNER, OTHER = UUID(int=1), UUID(int=2)


def ring(*versions: int) -> KeyRing:
    """A ring with such versions of the master key; a version has the same key in every ring of this run."""
    return KeyRing({version: _MASTERS[version] for version in versions}, b"l" * 32)


_MASTERS = {version: random.token_bytes(32) for version in range(4)}


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_opens_in_its_place(plain: bytes, row: str) -> None:
    key = Key(OWNER, b"k" * 32)
    sealed = key.seal("vitals.sealed", row, plain)
    assert key.open("vitals.sealed", row, sealed) == plain
    assert key.seal("vitals.sealed", row, plain) != sealed  # a fresh nonce each time


def test_a_moved_or_changed_value_does_not_open() -> None:
    key = Key(OWNER, b"k" * 32)
    sealed = key.seal("vitals.sealed", OWNER, b"131/78")
    places = [
        (key, "vitals.sealed", OTHER),
        (key, "vitals.note", OWNER),
        (Key(OTHER, b"k" * 32), "vitals.sealed", OWNER),
        (Key(OWNER, b"q" * 32), "vitals.sealed", OWNER),
    ]
    for other, column, row in places:
        with pytest.raises(SealBroken):
            other.open(column, row, sealed)
    for nth in range(len(sealed)):
        changed = sealed[:nth] + bytes([sealed[nth] ^ 1]) + sealed[nth + 1 :]
        with pytest.raises(SealBroken):
            key.open("vitals.sealed", OWNER, changed)
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            key.open("vitals.sealed", OWNER, sealed[:end])


def test_a_wrapped_key_opens_for_its_owner_by_its_master_only() -> None:
    old = ring(1)
    key, wrapped = old.new_key(OWNER)
    assert ring(1, 2).open_key(OWNER, wrapped).secret == key.secret
    for house_ring, owner, some in [
        (old, OTHER, wrapped),
        (ring(2), OWNER, wrapped),
        (ring(1, 2), OWNER, b"\x00\x02" + wrapped[2:]),
        (old, OWNER, wrapped[:-1] + bytes([wrapped[-1] ^ 1])),
        *((old, OWNER, wrapped[:end]) for end in range(len(wrapped))),
    ]:
        with pytest.raises(SealBroken):
            house_ring.open_key(owner, some)
    _, newer = ring(1, 2).new_key(OWNER)
    assert newer[:2] == b"\x00\x02"


def test_digests_of_two_records_do_not_meet() -> None:
    one, other = Key(OWNER, b"k" * 32), Key(OTHER, b"q" * 32)
    assert one.digest("vital source", "a") == one.digest("vital source", "a")
    assert (
        len({one.digest("vital source", "a"), one.digest("day", "a"), other.digest("vital source", "a")}) == 3
    )


def test_a_key_does_not_show_itself() -> None:
    assert "k" * 32 not in repr(Key(OWNER, b"k" * 32))


def test_a_sealed_column_takes_no_open_bytes(cast: Cast) -> None:
    row = {
        "record_id": RECORD,
        "id": new_id(),
        "kind": "weight",
        "taken_at": clock.now(),
        "edited_at": clock.now(),
    }
    row |= {"device": new_id(), "author_id": new_id(), "sealed": b"52.4", "number": 1}
    with cast.house.database.transaction() as session, pytest.raises(StatementError, match="open value"):
        session.execute(insert(VitalRow), [row])
    with pytest.raises(StatementError, match="open value"), cast.house.database.transaction() as session:
        session.merge(GlanceRow(record_id=RECORD, sealed=b"{}", updated_at=clock.now()))
    assert Sealed().process_bind_param(None, None) is None  # type: ignore[arg-type]


def test_a_row_moved_to_another_record_does_not_open(cast: Cast) -> None:
    vital = pressure()
    with cast.house.database.transaction() as session:
        measurements.note(cast.open(session, cast.hanako), vital, clock.now(), new_id())
    with cast.house.database.transaction() as session:
        move = text("UPDATE vitals SET record_id = :other WHERE record_id = :mine")
        kind = session.get_bind().dialect.name
        ids = (cast.other_record, RECORD) if kind != "sqlite" else (cast.other_record.hex, RECORD.hex)
        assert session.execute(move, {"other": ids[0], "mine": ids[1]}).rowcount == 1  # type: ignore[attr-defined]
    with cast.house.database.transaction() as session:
        moved = cast.open(session, cast.kimura, cast.other_record)
        with pytest.raises(SealBroken):
            measurements.history(moved)


# Canaries -------------------------------------------------------------------------------------------------------------

NOTE = "きのうの夜は胸がどきどきした"
TYPED = Decimal("57.3")


def _everything(house: House) -> bytes:
    """Every byte that is kept: the files of SQLite, or every row of every table of PostgreSQL, raw and as text."""
    database = house.database
    if database.is_sqlite:
        path = Path(database.engine.url.database or "")
        return b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
    return _rows(database)


def _rows(database: Database) -> bytes:
    found: list[bytes] = []
    with database.transaction(writes=False) as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                for value in row:
                    found += (
                        [bytes(value)] if isinstance(value, bytes | memoryview) else [str(value).encode()]
                    )
    return b"\0".join(found)


def _lived(app: Flask, cast: Cast) -> list[str]:
    """The cast does what it does; what of it may never lie open."""
    hanako = knocking(app, cast.hanako)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        first = pressure(187, 103, note=NOTE)
        for nth, vital in enumerate((first, pressure(186, 102, id=first.id, note=NOTE), weight(str(TYPED)))):
            measurements.note(record, vital, clock.now(), UUID(int=nth + 1), confirmed=True)
    for name in ("jahis_techo/hanako_pharmacy.txt", "apple_health/hanako_2026.xml"):
        import_id = new_id()
        headers = {"Idempotency-Key": str(import_id)}
        path = f"/api/records/{RECORD}/imports"
        answer = hanako.ask("POST", f"{path}?name=ひみつの名前.dat", data=sample(name), headers=headers)
        assert answer.status_code == 201, answer.json
        assert hanako.post(f"{path}/{import_id}/keep").status_code == 200
    cast.lets_in(cast.sato, Scope.VITALS, Scope.MEDICINES)
    knocking(app, cast.sato).get("/api/records")
    knocking(app, cast.kato).get(f"/api/records/{RECORD}/vitals")
    with cast.house.database.transaction() as session:
        seen: list[Vital] = measurements.history(cast.open(session, cast.hanako))
        assert len(seen) > 2
        assert grants.list_grants(cast.open(session, cast.hanako))
        assert inbox.inbox(cast.open(session, cast.hanako))
    return [
        "山田", "花子", "ヤマダ", "佐藤", "加藤", "木村", "1948-04-12", "hanako@example.jp", "example.jp", PASSWORD,
        NOTE,
        "どきどき", "57.3", "187", "アムロジピン", "錠剤", "ひみつの名前", "JAHISTC", "HKQuantityType", "Apple Watch",
    ]  # fmt: skip


def test_nothing_personal_lies_open_in_the_database(app: Flask, cast: Cast) -> None:
    words = _lived(app, cast)
    kept = _everything(cast.house)
    assert (
        "なぎさ島診療所".encode() in kept
    )  # a facility's name is public: this search does find what lies open
    assert len(kept) > 10_000
    found = [
        f"{word} as {coding}"
        for word in words
        for coding in ("utf-8", "utf-16-le", "cp932")
        if word.encode(coding) in kept and not _by_chance(word, kept)
    ]
    assert found == []


def _by_chance(word: str, kept: bytes) -> bool:
    """Three digits stand in any pile of bytes; they count only between quotes or beside the other pressure."""
    if not word.isdecimal():
        return False
    return f'"{word}"'.encode() not in kept and b"187/103" not in kept


def test_files_beside_the_database_are_sealed_too(app: Flask, cast: Cast) -> None:
    words = _lived(app, cast)
    home = cast.house.settings.data_dir
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for word in (each for each in words if not each.isdecimal()):
        assert word.encode() not in kept
        assert word.encode("cp932") not in kept
