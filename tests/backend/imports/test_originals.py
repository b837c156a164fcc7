from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from backend.imports import inbox, originals
from backend.imports.inbox import State
from backend.imports.originals import PIECE_BYTES
from backend.imports.tables import ImportRow, PieceRow
from backend.jobs import run_due
from shared import clock
from shared.ids import new_id
from shared.problems import Clash, TooBig
from tests.backend.imports.desk import Desk


def _stored(desk: Desk, upload: ImportRow, part: int, size: int) -> bytes:
    with desk.record() as record:

        @contextmanager
        def here() -> Iterator[Session]:
            yield record.session

        return originals.open_part(record.key, upload.upload_id, part, size, here).read()


def _row(desk: Desk, import_id: object) -> ImportRow:
    with desk.record() as record:
        return record.session.get_one(ImportRow, (record.id, import_id))


def test_the_original_is_kept_byte_for_byte_and_sealed(desk: Desk) -> None:
    plain = "血圧 ".encode("cp932") * 400_000 + random.Random(1).randbytes(1_500_000)
    row = _row(desk, desk.upload(plain).id)
    assert row.bytes == len(plain)
    assert _stored(desk, row, 0, len(plain)) == plain
    with desk.record() as record:
        pieces = record.session.query(PieceRow).all()
        assert sum(piece.size for piece in pieces) == len(plain)
        assert max(piece.size for piece in pieces) == PIECE_BYTES
        assert all(bytes(piece.sealed).find("血圧".encode("cp932")) < 0 for piece in pieces)


def test_an_original_is_read_like_any_file(desk: Desk) -> None:
    dice = random.Random(2)
    plain = dice.randbytes(2 * PIECE_BYTES + 12_345)
    row = _row(desk, desk.upload(plain).id)
    beside = io.BytesIO(plain)
    with desk.record() as record:

        @contextmanager
        def here() -> Iterator[Session]:
            yield record.session

        file = originals.open_part(record.key, row.upload_id, 0, len(plain), here)
        for _ in range(300):
            whence = dice.choice((io.SEEK_SET, io.SEEK_CUR, io.SEEK_END))
            offset = dice.randrange(len(plain)) if whence == io.SEEK_SET else dice.randrange(-9000, 9000)
            if whence == io.SEEK_CUR and beside.tell() + offset < 0:
                continue
            assert file.seek(offset, whence) == beside.seek(offset, whence)
            size = dice.choice((0, 1, 22, 70_000, PIECE_BYTES + 1))
            assert file.read(size) == beside.read(size)
            assert file.tell() == beside.tell()


def test_sending_the_same_file_again_changes_nothing(desk: Desk) -> None:
    first = desk.upload(b"x" * 100, b"y", import_id=new_id())
    for parts in ((b"x" * 100, b"y"), (b"y", b"x" * 100)):
        assert desk.upload(*parts, import_id=first.id) == first
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (1, 2)


@pytest.mark.parametrize("size", [3, 9 * PIECE_BYTES])
def test_the_same_id_for_other_bytes_is_a_clash_and_leaves_nothing(desk: Desk, size: int) -> None:
    first = desk.upload(b"abc")
    with pytest.raises(Clash) as clash:
        desk.upload(b"z" * size, import_id=first.id)
    assert clash.value.code == "id_used_otherwise"
    assert desk.rows("import_pieces") == 1
    assert desk.find(first.id) == first


@pytest.mark.parametrize("size", [1001, 20 * PIECE_BYTES])
def test_too_much_is_refused_and_nothing_of_it_is_stored(desk: Desk, size: int) -> None:
    with pytest.raises(TooBig):
        desk.upload(b"a" * size, limit=1000 if size < PIECE_BYTES else 15 * PIECE_BYTES)
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (0, 0)


def test_an_upload_that_breaks_off_leaves_nothing(desk: Desk) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 12 * PIECE_BYTES:
                raise ConnectionResetError
            return super().read(size)

    with desk.record() as record:
        opened = record
    handed = inbox.Handed(new_id(), "a", 10**9)
    with pytest.raises(ConnectionResetError):
        inbox.receive(desk.house.database, opened, handed, [Broken(bytes(20 * PIECE_BYTES))])
    assert (desk.rows("imports"), desk.rows("import_pieces")) == (0, 0)


def test_pieces_of_a_process_that_died_are_swept_away_the_next_day(desk: Desk) -> None:
    whole = desk.upload(random.Random(3).randbytes(9 * PIECE_BYTES))
    with desk.record() as record:
        row = record.session.get_one(ImportRow, (record.id, whole.id))
        record.session.delete(row)  # as if the process had died before the last transaction
    lost = desk.rows("import_pieces")
    assert lost == 9
    kept = desk.upload(random.Random(4).randbytes(9 * PIECE_BYTES))
    with clock.held(clock.now() + 2 * inbox._SWEEP_AFTER):
        run_due(desk.house)
    assert desk.rows("import_pieces") == 9
    assert desk.find(kept.id).state is State.REFUSED


def test_two_people_with_the_same_file_have_different_digests(desk: Desk) -> None:
    other = replace(desk.cast, hanako=desk.cast.kimura, record=desk.cast.other_record)
    one, two = desk.upload(b"same"), Desk(other).upload(b"same")
    assert _row(desk, one.id).digest != _row(Desk(other), two.id).digest
