"""Every reader against damaged files, led by what they reach in its code; the search itself against planted faults."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from array import array
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.formats import FORMATS, Found, Trouble
from shared.ids import new_id
from shared.problems import Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from tests.fuzz import faulty, promises
from tests.fuzz.insides import damaged
from tests.fuzz.marking import marked_copy
from tests.fuzz.promises import Broken
from tests.fuzz.readers import Reader, readers
from tests.fuzz.search import Searched, TooLong, Way, search, tries, watched

HOUSE = Path(__file__).parents[2]
FOUND = sorted((HOUSE / "tests" / "fuzz" / "found").glob("*/*"))
READERS = {reader.name: reader for reader in readers()}


# ---- every reader ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one search through all readers says, in a process of its own where they are imported with marks."""
    found = tmp_path_factory.mktemp("found")
    command = [sys.executable, "-m", "tests.fuzz", "--found", str(found)]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    return {row["reader"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", [*FORMATS, "gatt"])
def test_a_reader_keeps_its_promises(name: str, searched: dict[str, Any]) -> None:
    row = searched[name]
    assert not row["defects"], f"`python -m tests.fuzz {name}` keeps the input:\n{row['defects'][0]['trace']}"
    assert row["tries"] == READERS[name].tries
    assert row["branches"] > row["begun_with"] > 0


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_stays_mended(path: Path) -> None:
    with watched():
        READERS[path.parent.name].read(path.read_bytes())


def test_every_format_is_searched() -> None:
    assert set(READERS) == {*FORMATS, "gatt"}
    assert all(reader.seeds for reader in READERS.values())


# ---- the search itself -----------------------------------------------------------------------------------------------


def _zipped(entries: object) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("readme.txt", "nothing")
        made.writestr("days/entries.json", json.dumps(entries))
    return file.getvalue()


PLANTED = {
    "three_bytes": (bytes(range(60)), 5_000),
    "three_fields": (
        _zipped([{"value": value, "unit": "%"} for value in (96, 97, 98)]),
        6_000,
    ),
}


def _searched(name: str, seed: str, *, led: bool) -> Searched:
    copy, marks = marked_copy("tests.fuzz.faulty")
    raw, most = PLANTED[name]
    reader = Reader(name, (raw,), getattr(copy, name), most, damaged)
    return search(reader, marks, Way(seed, tries(most), led))


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("seed", ["one", "two"])
def test_a_planted_fault_is_found_and_only_by_marks(name: str, seed: str) -> None:
    led, blind = _searched(name, seed, led=True), _searched(name, seed, led=False)
    assert [sign.partition(" ")[0] for sign in led.defects] == ["Planted"]
    with pytest.raises(faulty.Planted):
        getattr(faulty, name)(next(iter(led.defects.values())).raw)
    assert blind.tries == led.tries
    assert not blind.defects


def test_the_same_search_again_is_the_same() -> None:
    one, again = (_searched("three_bytes", "again", led=True) for _ in range(2))
    assert [each.raw for each in one.defects.values()] == [each.raw for each in again.defects.values()]
    assert one.branches == again.branches


# ---- the promises ----------------------------------------------------------------------------------------------------

_AT = array("q", (1_763_422_200_000,))
_LATER = array("q", (1_763_422_260_000,))
_COLUMNS = [
    ("no_such_stream", _AT, _AT, array("d", (60.0,))),
    ("heart_rate", _LATER, _AT, array("d", (60.0,))),
    ("heart_rate", _AT, _AT, array("d", (float("nan"),))),
    ("heart_rate", _AT, _AT, array("d", (1e10,))),
    ("heart_rate", array("q", (-(2**62),)), _AT, array("d", (60.0,))),
    ("heart_rate", array("q"), array("q"), array("d")),
]


@pytest.mark.parametrize("columns", _COLUMNS)
def test_columns_that_cannot_be_break_a_promise(
    columns: tuple[str, array[int], array[int], array[float]],
) -> None:
    promises.readings(Readings("heart_rate", "watch", _AT, _LATER, array("d", (60.0,))))
    stream, start, end, value = columns
    with pytest.raises(Broken):
        promises.readings(Readings(stream, "watch", start, end, value))


def test_a_word_that_its_room_would_refuse_breaks_a_promise() -> None:
    vital = Vital(
        new_id(), "weight", datetime(2026, 11, 18, tzinfo=UTC), 540, Decimal("52.3"), device="scale"
    )
    promises.found(Found(vital, "weight|1", "line 1"))
    for odd in (
        replace(vital, reading=Decimal(-1)),
        replace(vital, device="\x1a"),
        replace(vital, note="あ" * 2001),
    ):
        with pytest.raises(Broken):
            promises.found(Found(odd, "weight|1", "line 1"))
    with pytest.raises(Broken):
        promises.found(Found(vital, "\ud800", "line 1"))


def test_another_answer_to_the_same_bytes_breaks_a_promise() -> None:
    word = Trouble("line 1", Unreadable("file_broken"))
    promises.same([word], [word])
    with pytest.raises(Broken):
        promises.same([word], [Trouble("line 2", Unreadable("file_broken"))])


def test_a_reading_without_end_is_stopped() -> None:
    with pytest.raises(TooLong), watched(most_seconds=0.05):
        sum(1 for _ in count())


def test_a_reading_that_takes_half_a_gigabyte_is_noticed() -> None:
    """Also by a process whose parent has had as much: what that one had is not counted."""
    taking = "from tests.fuzz.search import watched\nwith watched():\n    len(b'1' * (512 << 20))"
    parent = (
        f"import subprocess, sys\nlen(b'1' * (640 << 20))\nsubprocess.run([sys.executable, '-c', {taking!r}])"
    )
    for program in (taking, parent):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=False
        )
        assert done.stderr.splitlines()[-1].endswith("TooMuch")


@pytest.mark.parametrize("number", range(12))
def test_marks_change_nothing_that_a_module_does(number: int) -> None:
    copy, marks = marked_copy("tests.fuzz.faulty")
    marks.clear()
    assert copy.forks(number) == faulty.forks(number)
    assert marks.entered().bit_count() >= 3
