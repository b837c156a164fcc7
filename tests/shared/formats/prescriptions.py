"""Prescriptions as the tests of both formats write them."""

from __future__ import annotations

import io
import json
from pathlib import Path

from shared.formats import Answers, Found, Piece, Trouble, named
from shared.formats.report import as_json, lines, report
from shared.medicines import Dispensing, Medicine
from shared.problems import Problem

SAMPLES = Path(__file__).parents[2] / "formats" / "samples"
SHARED = Path(__file__).parents[4] / "shared" / "data"

HEAD = "1,1,3412345,34,しま診療所\r\n5,,,佐藤 健\r\n11,,山田 花子,ﾔﾏﾀﾞ ﾊﾅｺ\r\n12,2\r\n13,3230412\r\n51,5080310\r\n"
RP = "101,1,1,,28\r\n111,1,2,1011000400000000,１日１回朝食後,\r\n"
DRUG = "201,1,1,1,4,2171022F1010,アムロジピン錠５ｍｇ,1,1,錠\r\n"


def read(name: str, content: bytes | str, answers: Answers | None = None) -> list[Piece]:
    raw = content.encode("cp932") if isinstance(content, str) else content
    return list(named(name).read(io.BytesIO(raw), answers or Answers()))


def paper(lines_: str = HEAD + RP + DRUG, header: str = "JAHIS10") -> list[Piece]:
    """What the symbol of a paper prescription says."""
    return read("jahis_rx", f"{header}\r\n{lines_}")


def slips(pieces: list[Piece]) -> list[Dispensing]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, Dispensing)]


def medicines(pieces: list[Piece]) -> list[Medicine]:
    return [medicine for slip in slips(pieces) for medicine in slip.medicines]


def codes(pieces: list[Piece]) -> list[str]:
    """The problem code of each trouble."""
    return [p.problem.code for p in pieces if isinstance(p, Trouble) and isinstance(p.problem, Problem)]


def shown(pieces: list[Piece]) -> str:
    """Everything that anybody may come to see of them."""
    said = [f"{p.where} {p.text()} {p.excerpt}" for p in pieces if isinstance(p, Trouble)]
    return "\n".join([*said, *lines(iter(pieces)), json.dumps(as_json(report("x", iter(pieces))))])


def beside(sample: Path) -> object:
    """What is written down beside a sample."""
    return json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))


def found(name: str, sample: Path) -> object:
    """The same of what is read now."""
    pieces = read(name, sample.read_bytes())
    return {
        "report": as_json(report(name, iter(pieces))),
        "lines": [json.loads(line) for line in lines(iter(pieces))],
    }


def files(name: str) -> list[Path]:
    """The samples of a format."""
    return sorted(path for path in (SAMPLES / name).glob("*") if not path.name.endswith(".json"))
