"""Files of clinics (FHIR, ORCA) with anything anywhere: read or told, never a crash, and nothing unfit is handed on."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import electrocardiogram_from, electrocardiogram_members
from shared.findings import Finding
from shared.findings_schema import finding_from, finding_members
from shared.formats import FORMATS, Answers, Found, Identity, Piece, Trouble, named
from shared.medicines import Dispensing, Memo
from shared.medicines_schema import dispensing_from, dispensing_members, memo_from, memo_members
from shared.problems import Invalid, Problem
from shared.streams import Readings
from shared.vitals import Vital, problems
from shared.vitals_schema import vital_from, vital_members
from tests.formats_samples import SAMPLES

TREES = [
    ("fhir_jp", SAMPLES / "fhir_jp" / "hanako_prescription.json"),
    ("fhir_jp", SAMPLES / "fhir_jp" / "hanako_clins.json"),
    ("orca", SAMPLES / "orca" / "hanako_contraindications.json"),
]
FILES = sorted(
    (folder, path)
    for folder in ("fhir_jp", "orca")
    for path in (SAMPLES / folder).iterdir()
    if not path.name.endswith(".expected.json")
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "あ" * 2000,
            "#",
            "Patient/",
            "2026-02-30",
            "9" * 400,
            "1e400",
            "NaN",
            "{}",
            "\u2028",
        ]
    ),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(
        st.sampled_from(("coding", "text", "value", "reference", "code")), st.text(max_size=5), max_size=3
    ),
)


TRAVELS: dict[type, tuple[Any, Any]] = {
    Dispensing: (dispensing_members, dispensing_from),
    Finding: (finding_members, finding_from),
    Memo: (memo_members, memo_from),
    Vital: (vital_members, vital_from),
    Electrocardiogram: (electrocardiogram_members, electrocardiogram_from),
}


def read(name: str, raw: bytes) -> list[Piece]:
    return list(named(name).read(io.BytesIO(raw), Answers()))


def told_or_fit(name: str, raw: bytes) -> None:
    """The file is refused with a sentence, or all of what it gives is fit."""
    try:
        pieces = read(name, raw)
    except Problem as problem:
        pieces = [Trouble("", problem)]
    fit(pieces)


def fit(pieces: list[Piece]) -> None:
    """Every word travels and comes back as it is; every trouble can be told."""
    for piece in pieces:
        if isinstance(piece, Trouble):
            assert piece.text()
            assert len(piece.excerpt) <= 1000
        elif isinstance(piece, Found):
            word = piece.word
            if isinstance(word, Dispensing):
                assert word.medicines
            if isinstance(word, Vital):
                assert not any(isinstance(problem, Invalid) for problem in problems(word))
            written, back = TRAVELS[type(word)]
            assert back(json.loads(json.dumps(written(word)))) == word
        elif isinstance(piece, Readings):
            assert len(piece.start) == len(piece.end) == len(piece.value) > 0
            assert all(isfinite(value) for value in piece.value)
        else:
            assert isinstance(piece, Identity)


def places(tree: object) -> Iterator[tuple[object, Any]]:
    """Every place in a tree: what holds it, and its name or number there."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, child in children:
        yield tree, name
        yield from places(child)


@pytest.mark.parametrize(("name", "path"), TREES, ids=lambda each: Path(each).stem)
@given(data=st.data())
def test_anything_anywhere_in_the_tree(name: str, path: Path, data: st.DataObject) -> None:
    tree = copy.deepcopy(json.loads(path.read_text("utf-8")))
    for _ in range(data.draw(st.integers(1, 4))):
        found = list(places(tree))
        if not found:
            break
        holder, at = data.draw(st.sampled_from(found))
        assert isinstance(holder, dict | list)
        deed = data.draw(st.sampled_from(("replace", "remove", "wrap", "swap")))
        if deed == "remove":
            del holder[at]
        elif deed == "wrap":
            holder[at] = [holder[at]]
        elif deed == "swap":
            other, there = data.draw(st.sampled_from(found))
            holder[at] = copy.deepcopy(other[there])
        else:
            holder[at] = data.draw(ODD)
    told_or_fit(name, json.dumps(tree, ensure_ascii=False).encode())


@pytest.mark.parametrize(("name", "path"), FILES, ids=lambda each: Path(each).name)
@given(data=st.data())
def test_any_damage_to_the_bytes(name: str, path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        damage = data.draw(st.sampled_from(("change", "cut", "insert", "drop")))
        if damage == "cut":
            del raw[at + 1 :]
        elif damage == "drop":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif damage == "insert":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        else:
            raw[at] = data.draw(st.integers(0, 255))
        if not raw:
            return
    told_or_fit(name, bytes(raw))


@given(head=st.binary(max_size=60), which=st.sampled_from(FILES))
def test_at_most_one_format_claims_a_damaged_file(head: bytes, which: tuple[str, Path]) -> None:
    beginning = head + which[1].read_bytes()[:4000]
    claiming = [name for name in FORMATS if named(name).recognises(beginning, which[1].name)]
    assert set(claiming) <= {which[0]} or len(claiming) == 1


@pytest.mark.parametrize(("name", "path"), TREES[:2], ids=lambda each: Path(each).stem)
def test_one_bad_member_loses_no_neighbour(name: str, path: Path) -> None:
    """Whatever one medicine or finding is replaced by, all others are still there."""
    tree = json.loads(path.read_text("utf-8"))
    whole = {_known_by(each) for each in read(name, path.read_bytes()) if isinstance(each, Found)}
    names = {one for each in whole for one in each}
    for at, entry in enumerate(tree["entry"]):
        if entry["resource"]["resourceType"] not in ("MedicationRequest", "AllergyIntolerance", "Condition"):
            continue
        broken = {"resourceType": entry["resource"]["resourceType"], "status": 5}
        oddities: tuple[object, ...] = (None, 3, [], broken)
        for odd in oddities:
            changed = copy.deepcopy(tree)
            changed["entry"][at]["resource"] = odd
            left = read(name, json.dumps(changed).encode())
            still = {one for each in left if isinstance(each, Found) for one in _known_by(each)}
            assert len(names - still) <= 1


def _known_by(found: Found) -> tuple[str, ...]:
    word = found.word
    if isinstance(word, Dispensing):
        return tuple(medicine.name for medicine in word.medicines)
    assert isinstance(word, Finding)
    return (word.text,)
