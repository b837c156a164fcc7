"""Which format a file is of: one alone claims each of our samples, by the first bytes and not by the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.formats import FORMATS, HEAD_BYTES, named, recognise
from shared.problems import Unreadable
from tests.formats_samples import SAMPLES

# Bluetooth devices speak; no file of theirs is ever imported.
SPOKEN = {"gatt"}
FILES = sorted(
    path
    for path in SAMPLES.glob("*/*")
    if not path.name.endswith(".expected.json") and path.parent.name not in SPOKEN
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{FILES.index(path)}")
def test_one_format_alone_claims_a_sample(path: Path) -> None:
    head = path.read_bytes()[:HEAD_BYTES]
    assert [name for name in FORMATS if named(name).recognises(head, "file")] == [path.parent.name]


def test_every_format_has_samples() -> None:
    assert {path.parent.name for path in FILES} == set(FORMATS)


def test_what_nobody_claims_is_said() -> None:
    with pytest.raises(Unreadable) as refused:
        recognise(b"hello", "export.xml")
    assert refused.value.code == "format_unknown"
