"""A notebook is never taken for a prescription, nor the reverse: all samples, and whatever stands in a first line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import FORMATS, HEAD_BYTES, named
from tests.formats_samples import SAMPLES

OURS = ("jahis_techo", "jahis_rx", "eprescription", "mynaportal")
SHARED = Path(__file__).parents[4] / "shared" / "data"
FILES = sorted(
    path for name in OURS for path in (SAMPLES / name).glob("*") if not path.name.endswith(".expected.json")
)


def claiming(head: bytes) -> list[str]:
    return [name for name in FORMATS if named(name).recognises(head[:HEAD_BYTES], "file")]


@given(st.sampled_from(FILES), st.sampled_from([b"", b"\xef\xbb\xbf", b"\r\n", b"\n\n"]))
def test_nobody_else_claims_a_sample_however_it_begins(path: Path, before: bytes) -> None:
    raw = path.read_bytes()
    before = b"" if raw.startswith(before or b"\xff") or path.suffix == ".xml" else before
    assert claiming(before + raw) == [path.parent.name]


@given(
    st.sampled_from(["JAHIS", "JAHISTC", "SJ", "jahis", "J", "わたしの情報"]),
    st.text(alphabet="0123456789TC, 1\r\n", max_size=6),
    st.binary(max_size=30),
)
def test_at_most_one_claims_a_first_line(word: str, more: str, rest: bytes) -> None:
    assert len(claiming((word + more).encode() + rest)) <= 1


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("JAHISTC08,1", "jahis_techo"),
        ("JAHISTC01", "jahis_techo"),
        ("JAHIS9", "jahis_rx"),
        ("JAHIS10", "jahis_rx"),
        ("JAHIS10,,,", "jahis_rx"),
        ("SJ1", "eprescription"),
        ("SJ1,,", "eprescription"),
        ("JAHISTC", None),
        ("JAHIS", None),
        ("JAHIS10TC", None),
        ("JAHIS101", None),
        ("SJ11", None),
        ("XJAHIS10", None),
    ],
)
def test_first_lines(line: str, name: str | None) -> None:
    assert claiming(f"{line}\r\n1,x\r\n".encode()) == ([name] if name else [])


@pytest.mark.samples
def test_the_printed_samples() -> None:
    if not SHARED.exists():
        pytest.skip("the sample files are not here")
    for path in sorted((SHARED / "jahis").glob("*.txt")):
        expected = {"JAHISTC": ["jahis_techo"], "JAHIS10": ["jahis_rx"]}
        assert claiming(path.read_bytes()) == expected.get(path.read_bytes()[:7].decode(), []), path.name
