"""Files read for tests: what a format makes of bytes, and the expectations beside our samples."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from shared.formats import Answers, Found, Piece, Said, Trouble, named
from shared.formats.report import as_json, lines, report
from shared.problems import Unreadable
from shared.streams import Readings

SAMPLES = Path(__file__).parents[2] / "formats" / "samples"
PUBLIC = Path(__file__).parents[4] / "shared" / "data" / "wearables"
TOKYO = Answers(said=Said(zone="Asia/Tokyo"))


def pieces(of: str, content: bytes, asked: Answers = TOKYO) -> list[Piece]:
    """Everything the format finds in ``content``."""
    return list(named(of).read(io.BytesIO(content), asked))


def told(of: str, content: bytes, asked: Answers = TOKYO) -> dict[str, Any]:
    """The report of ``content`` as JSON, as `tomoni read` prints it."""
    return as_json(report(of, named(of).read(io.BytesIO(content), asked)))


def in_full(of: str, content: bytes, asked: Answers = TOKYO) -> dict[str, Any]:
    """The report and every line of what was found, as the expectations beside our samples have them."""
    found = pieces(of, content, asked)
    return {
        "report": as_json(report(of, iter(found))),
        "lines": [json.loads(line) for line in lines(iter(found))],
    }


def ours(of: str) -> list[Path]:
    """Our own samples of a format."""
    return sorted(path for path in (SAMPLES / of).glob("*") if not path.name.endswith(".expected.json"))


def expected(path: Path) -> Any:
    """What stands in the expectation beside a sample."""
    return json.loads(path.with_name(path.stem + ".expected.json").read_text(encoding="utf-8"))


def words(found: list[Piece]) -> list[Any]:
    """The words that were found."""
    return [piece.word for piece in found if isinstance(piece, Found)]


def codes(found: list[Piece]) -> list[str]:
    """The codes of the troubles."""
    return [getattr(piece.problem, "code", "") for piece in found if isinstance(piece, Trouble)]


def readings(found: list[Piece], stream: str) -> list[tuple[int, int, float]]:
    """Every reading of a stream: start, end, value."""
    made = []
    for piece in found:
        if isinstance(piece, Readings) and piece.stream == stream:
            made += list(zip(piece.start, piece.end, piece.value, strict=True))
    return made


def refusal(of: str, content: bytes) -> str:
    """The code of the problem for which the whole of ``content`` is refused; empty where it is read."""
    try:
        pieces(of, content)
    except Unreadable as refused:
        return refused.code
    return ""
