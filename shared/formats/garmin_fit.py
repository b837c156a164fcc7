"""Garmin（FIT ファイル）: not read yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.problems import Unreadable

LABEL = "Garmin（FIT ファイル）"


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001
    """Not yet."""
    return False


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:  # noqa: ARG001
    """Not yet."""
    raise Unreadable("format_unknown")
    yield
