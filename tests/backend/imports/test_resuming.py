"""A large file comes in parts: whatever breaks off, whatever is sent twice, the original is the file, byte for byte."""

from __future__ import annotations

import io
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.imports import originals, uploads
from backend.imports.inbox import Handed
from backend.imports.originals import PIECE_BYTES
from backend.imports.tables import ImportRow
from backend.imports.uploads import Part, Upload
from backend.jobs import run_due
from shared import clock
from shared.ids import new_id
from shared.problems import Clash, Invalid, TooBig, Unreadable
from tests.backend.imports.desk import LIMIT, Desk, sample
from tests.backend.imports.test_api import Phone, hanako  # noqa: F401
from tests.backend.medicines.counting import questions
from tests.cast import Cast

# Five whole pieces and a bit, which no compression makes small.
LARGE = random.Random(4).randbytes(5 * PIECE_BYTES + 12_345)
SIZE = len(LARGE)


class Cut(io.BytesIO):
    """A body whose connection breaks after so many bytes."""

    def __init__(self, content: bytes, after: int) -> None:
        super().__init__(content[:after])

    def read(self, size: int | None = -1) -> bytes:
        some = super().read(size)
        if size and not some:
            raise Unreadable("bad_request")
        return some


def send(desk: Desk, import_id: UUID, at: int, body: io.BytesIO, **other: Any) -> Upload:
    with desk.record() as record:
        opened = record
    handed = Handed(import_id, other.get("name", "書き出したデータ.zip"), other.get("limit", LIMIT))
    return uploads.go_on(desk.house.database, opened, handed, Part(at, other.get("size", SIZE)), body)


def stands(desk: Desk, import_id: UUID) -> Upload:
    return desk.do(lambda record: uploads.stands(record, import_id))


def original(desk: Desk, import_id: UUID) -> bytes:
    with desk.record() as record:
        row = record.session.get_one(ImportRow, (record.id, import_id))
        key, upload_id, size = record.key, row.upload_id, row.bytes
    return originals.open_part(key, upload_id, 0, size, desk.house.database.transaction).read()


def test_a_file_in_parts_is_the_same_import_as_the_file_at_once(desk: Desk) -> None:
    at_once, in_parts = desk.upload(LARGE), new_id()
    kept = 0
    while kept < SIZE:
        kept = send(desk, in_parts, kept, io.BytesIO(LARGE[kept : kept + 2 * PIECE_BYTES])).kept
    found = stands(desk, in_parts)
    assert (found.kept, found.size, found.whole) == (SIZE, SIZE, True)
    assert original(desk, in_parts) == LARGE
    with desk.record() as record:
        rows = [record.session.get_one(ImportRow, (record.id, each)) for each in (at_once.id, in_parts)]
        assert rows[0].digest == rows[1].digest
        assert {row.bytes for row in rows} == {SIZE}
    assert desk.rows("import_uploads") == 0


def test_the_last_part_does_not_go_through_all_that_came_before(desk: Desk) -> None:
    import_id = new_id()
    send(desk, import_id, 0, io.BytesIO(LARGE[: 5 * PIECE_BYTES]))
    with questions(desk.house) as asked:
        assert send(desk, import_id, 5 * PIECE_BYTES, io.BytesIO(LARGE[5 * PIECE_BYTES :])).whole
    assert [each for each in asked if "FROM import_pieces" in each] == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4 * PIECE_BYTES), st.integers(0, 4 * PIECE_BYTES)), max_size=12))
def test_cut_anywhere_and_sent_again_it_is_whole_in_the_end(desk: Desk, cuts: list[tuple[int, int]]) -> None:
    import_id = new_id()
    for length, cut in cuts:
        at = stands(desk, import_id).kept
        if at == SIZE:
            break
        body = LARGE[at : at + length]
        with suppress(Unreadable):
            send(desk, import_id, at, Cut(body, cut) if cut < len(body) else io.BytesIO(body))
        now = stands(desk, import_id).kept
        received = min(cut, len(body))
        assert now == SIZE or now % PIECE_BYTES == 0
        # Every whole piece that came is kept, and never more than came.
        assert at + received // PIECE_BYTES * PIECE_BYTES <= now <= at + received
    at = stands(desk, import_id).kept
    if not stands(desk, import_id).whole:
        send(desk, import_id, at, io.BytesIO(LARGE[at:]))
    assert original(desk, import_id) == LARGE


def test_a_process_that_dies_between_the_last_byte_and_the_import_goes_on(
    desk: Desk, environment: dict[str, str], tmp_path: Path
) -> None:
    import_id, file, at_once = new_id(), tmp_path / "large", desk.upload(LARGE)
    file.write_bytes(LARGE)
    command = [sys.executable, "-m", "tests.backend.imports.dying", str(import_id), str(file)]
    assert subprocess.run(command, env=environment, check=False, timeout=120).returncode == -signal.SIGKILL
    half = stands(desk, import_id)
    assert (half.kept, half.whole) == (SIZE, False)
    assert send(desk, import_id, SIZE, io.BytesIO(b"")).whole
    assert original(desk, import_id) == LARGE
    with desk.record() as record:
        ids = import_id, at_once.id
        assert len({record.session.get_one(ImportRow, (record.id, each)).digest for each in ids}) == 1
    again = send(desk, import_id, 0, io.BytesIO(LARGE))
    assert again.whole
    assert desk.rows("imports") == 2


def test_the_same_bytes_twice_are_told_where_to_go_on(desk: Desk) -> None:
    import_id = new_id()
    send(desk, import_id, 0, io.BytesIO(LARGE[: 2 * PIECE_BYTES]))
    for at in (0, PIECE_BYTES, 3 * PIECE_BYTES):
        with pytest.raises(Clash) as clash:
            send(desk, import_id, at, io.BytesIO(LARGE[at:]))
        assert (clash.value.code, clash.value.words) == ("upload_elsewhere", {"kept": 2 * PIECE_BYTES})
    assert desk.rows("import_pieces") == 2


def test_two_requests_for_the_same_place_keep_it_once(desk: Desk) -> None:
    import_id = new_id()

    class Meanwhile(io.BytesIO):
        """While this body comes, another request brings the same bytes."""

        first = True

        def read(self, size: int | None = -1) -> bytes:
            if self.first:
                self.first = False
                send(desk, import_id, 0, io.BytesIO(LARGE[: 3 * PIECE_BYTES]))
            return super().read(size)

    with pytest.raises(Clash) as clash:
        send(desk, import_id, 0, Meanwhile(LARGE))
    assert clash.value.words == {"kept": 3 * PIECE_BYTES}
    send(desk, import_id, 3 * PIECE_BYTES, io.BytesIO(LARGE[3 * PIECE_BYTES :]))
    assert original(desk, import_id) == LARGE


def test_another_file_under_the_same_id_is_refused(desk: Desk) -> None:
    import_id = new_id()
    send(desk, import_id, 0, io.BytesIO(LARGE[:PIECE_BYTES]))
    others: tuple[dict[str, Any], ...] = ({"size": SIZE - 1}, {"name": "other.zip"})
    for other in others:
        with pytest.raises(Clash) as clash:
            send(desk, import_id, PIECE_BYTES, io.BytesIO(b""), **other)
        assert clash.value.code == "id_used_otherwise"
    send(desk, import_id, PIECE_BYTES, io.BytesIO(LARGE[PIECE_BYTES:]))
    with pytest.raises(Clash):
        send(desk, import_id, SIZE + 1, io.BytesIO(b""), size=SIZE + 1)


def test_more_than_the_limit_and_more_than_was_said_are_refused(desk: Desk) -> None:
    with pytest.raises(TooBig):
        send(desk, new_id(), 0, io.BytesIO(LARGE), limit=5_000_000)
    assert (desk.rows("import_uploads"), desk.rows("import_pieces")) == (0, 0)
    import_id = new_id()
    with pytest.raises(Invalid):
        send(desk, import_id, 0, io.BytesIO(LARGE), size=SIZE - 10)
    assert not stands(desk, import_id).whole


def test_an_empty_file_is_one_too(desk: Desk) -> None:
    import_id = new_id()
    assert send(desk, import_id, 0, io.BytesIO(b""), size=0).whole
    assert desk.find(import_id).bytes == 0


def test_two_files_at_once(desk: Desk) -> None:
    one, two = new_id(), new_id()
    other = bytes(reversed(LARGE))
    for at in range(0, SIZE, PIECE_BYTES):
        send(desk, one, at, io.BytesIO(LARGE[at : at + PIECE_BYTES]))
        send(desk, two, at, io.BytesIO(other[at : at + PIECE_BYTES]))
    assert (original(desk, one), original(desk, two)) == (LARGE, other)


def test_an_upload_that_nobody_goes_on_with_is_swept_after_a_day(desk: Desk) -> None:
    left, alive = new_id(), new_id()
    now = clock.now()
    for import_id in (left, alive):
        send(desk, import_id, 0, io.BytesIO(LARGE[: 2 * PIECE_BYTES]))
    with clock.held(now + uploads.SWEEP_AFTER / 2):
        send(desk, alive, 2 * PIECE_BYTES, io.BytesIO(LARGE[2 * PIECE_BYTES : 3 * PIECE_BYTES]))
    with clock.held(now + uploads.SWEEP_AFTER * 1.2):
        run_due(desk.house)
        assert (stands(desk, left).kept, stands(desk, alive).kept) == (0, 3 * PIECE_BYTES)
        assert desk.rows("import_pieces") == 3
    with clock.held(now + uploads.SWEEP_AFTER * 3):
        run_due(desk.house)
    assert (desk.rows("import_uploads"), desk.rows("import_pieces")) == (0, 0)


def test_what_became_an_import_is_never_swept(desk: Desk) -> None:
    import_id = new_id()
    send(desk, import_id, 0, io.BytesIO(LARGE))
    with clock.held(clock.now() + 3 * uploads.SWEEP_AFTER):
        run_due(desk.house)
    assert original(desk, import_id) == LARGE


@pytest.fixture
def door(cast: Cast) -> Callable[..., str]:
    def path(import_id: UUID, at: int, size: int, name: str = "a.xml") -> str:
        return f"/api/records/{cast.record}/uploads/{import_id}?offset={at}&size={size}&name={name}"

    return path


def test_the_doors_take_parts_and_give_the_import(
    hanako: Phone,  # noqa: F811
    door: Callable[..., str],
) -> None:
    import_id = new_id()
    raw = sample("apple_health/hanako_2026.xml")
    whole = raw + b" " * (2 * PIECE_BYTES)
    size = len(whole)
    put = hanako.client.put
    first = put(door(import_id, 0, size), data=whole[:PIECE_BYTES], headers=hanako.headers)
    assert first.get_json() == {"id": str(import_id), "kept": PIECE_BYTES, "size": size, "import": None}
    wrong = put(door(import_id, 0, size), data=whole[:PIECE_BYTES], headers=hanako.headers)
    assert (wrong.status_code, wrong.get_json()["problem"]) == (409, "upload_elsewhere")
    assert wrong.get_json()["words"] == {"kept": PIECE_BYTES}
    at = hanako.get(door(import_id, 0, 0).partition("?")[0]).get_json()
    assert (at["kept"], at["size"]) == (PIECE_BYTES, size)
    last = put(
        door(import_id, PIECE_BYTES, size), data=whole[PIECE_BYTES:], headers=hanako.headers
    ).get_json()
    assert (last["kept"], last["import"]["state"], last["import"]["bytes"]) == (size, "waiting", size)
    again = put(door(import_id, size, size), data=b"", headers=hanako.headers).get_json()
    assert again == last
    too_much = put(door(new_id(), 0, 10), data=b"x" * 11, headers=hanako.headers)
    assert (too_much.status_code, too_much.get_json()["field"]) == (422, "size")
    new = hanako.get(door(new_id(), 0, 0).partition("?")[0]).get_json()
    assert (new["kept"], new["size"], new["import"]) == (0, None, None)


def test_a_stranger_sends_and_learns_nothing(app: Flask, door: Callable[..., str]) -> None:
    for name in ("sato", "kato", "taro"):
        phone = Phone(app, name)
        path = door(new_id(), 0, 10)
        assert phone.client.put(path, data=b"x", headers=phone.headers).status_code == 404
        assert phone.get(path.partition("?")[0]).status_code == 404
