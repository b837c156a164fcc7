"""Every reader over every kind of damage: a named problem in both languages, at most 10 s and 256 MB, never a trace.

The files are read in a process of their own, whose processor time and memory count and not the clock.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

import pytest

from shared.formats import FORMATS, HEAD_BYTES, gatt, named, recognise
from shared.problems import Problem
from tests.shared.formats import claims, damage
from tests.shared.formats.damage import NIGHTLY, Files
from tests.shared.formats.reading_apart import Apart, Batch, Read, Task
from tests.shared.formats.spelled import Spelled

# What is promised of one file.
SECONDS, MEGABYTES = 10.0, 256.0
# Bytes a second of a long file that is all damage, read to its end.
LEAST = 4_000_000
WRONG_NAMES = (
    "", "file", "photo.jpg", "export.xml", "export.zip", "data.json", "lines.ndjson", "table.csv", "DATA1.CSV",
    "walk.fit", "Health Connect.db", "notebook.txt", "Health Connect.zip", "samsunghealth.zip", "entries.json",
    "../../etc/passwd", "名前.exe",
)  # fmt: skip


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart() as process:
        yield process


def read(apart: Apart, of: str, files: Files) -> Batch:
    return apart.read(Task(of, damage.answers(of), [(name, Spelled(content)) for name, content in files]))


def test_every_format_is_in_the_matrix_with_samples_and_claims() -> None:
    assert [of for of in FORMATS if not damage.samples(of)] == []
    assert set(claims.CLAIMS) == set(FORMATS)


@pytest.mark.parametrize("of", FORMATS)
def test_cut_short_or_a_bit_turned_over(apart: Apart, of: str) -> None:
    """Either costs the whole file or the place that it hit; where there is a checksum, nothing changes unsaid."""
    sound = read(apart, of, damage.samples(of))
    assert sound.faults(SECONDS, MEGABYTES) == []
    cut, turned = read(apart, of, damage.cut_short(of)), read(apart, of, damage.bits_turned(of))
    assert cut.faults(SECONDS, MEGABYTES) == []
    assert turned.faults(SECONDS, MEGABYTES) == []
    whole = {each.name: each for each in sound.reads}
    unsaid = [each.name for each in cut.reads if _ends(of, each.name) and _says_nothing(each, whole)]
    unsaid += [each.name for each in turned.reads if _is_sealed(each.name) and _says_nothing(each, whole)]
    assert unsaid == []


def _ends(of: str, name: str) -> bool:
    """Whether a file of that kind shows that its end is missing. Lines, and rows of a table, may end anywhere."""
    kinds = (".xml", ".zip", ".fit", ".png", ".jpg", ".db", *(() if of == "orca" else (".json",)))
    return ": " not in name and name.partition(" cut at ")[0].endswith(kinds)


def _is_sealed(name: str) -> bool:
    """Whether a checksum is over all of it."""
    return ": " not in name and "mended" not in name and name.partition(" bit ")[0].endswith((".zip", ".fit"))


def _says_nothing(read: Read, whole: dict[str, Read]) -> bool:
    """Whether something else is found than in the whole file, and not a word about it."""
    sound = whole[max((name for name in whole if read.name.startswith(name)), key=len)]
    changed = read.end == "read" and read.print != sound.print
    return changed and not read.troubles - sound.troubles


@pytest.mark.parametrize("of", FORMATS)
def test_empty_or_of_another_kind(apart: Apart, of: str) -> None:
    nothing, other = read(apart, of, damage.empty()), read(apart, of, damage.of_other_kinds(of))
    assert nothing.faults(SECONDS, MEGABYTES) == []
    assert other.faults(SECONDS, MEGABYTES) == []
    assert [each.name for each in nothing.reads if each.found] == []


@pytest.mark.parametrize("of", FORMATS)
def test_claiming_two_gigabytes(apart: Apart, of: str) -> None:
    """Small files together, large ones alone, so that the memory of each is seen."""
    made = claims.CLAIMS[of]()
    assert len(made) >= 8
    large = {name: file for name, file in made.items() if file.size > 400_000}
    small = [(name, file) for name, file in made.items() if name not in large]
    faults = apart.read(Task(of, damage.answers(of), small)).faults(SECONDS, MEGABYTES)
    for name, file in large.items():
        # What is refused, is refused at once. What is read to its end takes the longer, the longer it is.
        batch = apart.read(Task(of, damage.answers(of), [(name, file)]))
        ends = [each.end for each in batch.reads]
        faults += batch.faults(max(SECONDS, file.size / LEAST) if ends == ["read"] else SECONDS, MEGABYTES)
    assert faults == []


@pytest.mark.parametrize("of", FORMATS)
def test_mislabelled(of: str) -> None:
    """By any name whatever a sample is known by its content, and a damaged one is never taken for two kinds."""
    for name, content in damage.samples(of):
        head = content[:HEAD_BYTES]
        assert {recognise(head, wrong) for wrong in WRONG_NAMES} == {of}, name
    for name, content in damage.bits_turned(of)[:: 1 if NIGHTLY else 10]:
        assert sum(named(each).recognises(content[:HEAD_BYTES], name) for each in FORMATS) <= 1, name


def test_what_devices_send_is_read_or_told() -> None:
    """Bluetooth: every length that the flags of a value claim, and every end that is missing."""
    made = random.Random(1)
    for short in gatt.DECODERS:
        for flags in range(256):
            for length in (0, 1, 2, 5, 9, 13, 20, 512):
                for filled in (bytes(length), b"\xff" * length, made.randbytes(length)):
                    with suppress(Problem):
                        gatt.decode(short, bytes([flags]) + filled)
