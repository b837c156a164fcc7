"""The sample files of our own."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).parent / "formats" / "samples"


def sample(name: str) -> bytes:
    """The bytes of one of our samples, ``format/file``."""
    return (SAMPLES / name).read_bytes()
