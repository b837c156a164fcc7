"""Every reader that takes bytes from outside, with samples to start from. A format missing here fails a test."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.formats import (
    FORMATS,
    HEAD_BYTES,
    Answers,
    Ask,
    DayOrder,
    Found,
    Piece,
    Question,
    Said,
    Trouble,
    named,
)
from shared.formats.gatt import DECODERS, decode, temperature_type
from shared.formats.gatt_found import ClockSet, Reception, made
from shared.formats.gatt_numbers import wall_in
from shared.formats.gatt_records import answer_in
from shared.problems import Problem, Unreadable
from shared.vitals import Vital
from tests.formats_samples import SAMPLES
from tests.fuzz import promises
from tests.fuzz.damage import Damage
from tests.fuzz.insides import damaged

# Larger inputs are slow to try and show no more.
LARGEST = 64 * 1024
_KINDS_TOLD = 40
SEEDS = Path(__file__).parent / "seeds"

Damaging = Callable[[bytes, Damage], bytes]


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader. ``tries`` is its share of `make test`: how many inputs, so that the time hangs on no clock.

    ``read`` gives what is told of it in a few words (what a search also goes by), and raises what is a defect.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], frozenset[str]]
    tries: int
    damage: Damaging = damaged


def _seeds(name: str) -> tuple[bytes, ...]:
    """Our samples of a format, and what else its tests read that enters other branches."""
    paths = [path for path in (SAMPLES / name).glob("*") if not path.name.endswith(".expected.json")]
    return tuple(path.read_bytes() for path in [*sorted(paths), *sorted((SEEDS / name).glob("*"))])


# ---- formats ---------------------------------------------------------------------------------------------------------

_TOKYO = Said(zone="Asia/Tokyo", day_order=DayOrder.DAY_FIRST)
_ANSWERS = (
    Answers(said=_TOKYO),
    Answers(said=_TOKYO, sent_by_institution=True),
    Answers(zone="America/New_York", said=Said(zone="America/New_York", day_order=DayOrder.MONTH_FIRST)),
    Answers(),
)


def _told(name: str, raw: bytes) -> list[Piece]:
    """Everything read, with the refusal at its end as a trouble; answers by a digest of the bytes, always the same."""
    answers = _ANSWERS[zlib.crc32(raw) % len(_ANSWERS)]
    pieces: list[Piece] = []
    try:
        pieces.extend(named(name).read(io.BytesIO(raw), replace(answers, used=set())))
    except Question as question:
        json.dumps(question.facts, allow_nan=False).encode()
        said = _answered(question, answers)
        if said is not None:
            return _finished(name, raw, said)
        pieces.append(Trouble("", question))
    except Problem as refused:
        pieces.append(Trouble("", refused))
    return pieces


def _answered(question: Question, answers: Answers) -> Answers | None:
    """Where a sheet asks for its columns: what it suggests itself."""
    if question.ask is not Ask.COLUMNS:
        return None
    facts: dict[str, Any] = question.facts
    return replace(answers, said=replace(_TOKYO, columns={facts["key"]: tuple(facts["suggested"])}))


def _finished(name: str, raw: bytes, answers: Answers) -> list[Piece]:
    pieces: list[Piece] = []
    try:
        pieces.extend(named(name).read(io.BytesIO(raw), answers))
    except Problem as refused:
        pieces.append(Trouble("", refused))
    return pieces


def _format(name: str) -> Callable[[bytes], frozenset[str]]:
    def read(raw: bytes) -> frozenset[str]:
        head = raw[:HEAD_BYTES]
        for each in FORMATS if zlib.crc32(raw) % 16 == 0 else (name,):
            promises.recognised(each, named(each).recognises(head, "file"))
        pieces = _told(name, raw)
        promises.keep(name, pieces)
        if zlib.crc32(raw) % 4 == 1:
            promises.same(pieces, _told(name, raw))
        return frozenset(list(dict.fromkeys(map(_word, pieces)))[:_KINDS_TOLD])

    return read


def _word(piece: object) -> str:
    if isinstance(piece, Trouble):
        return f"trouble {getattr(piece.problem, 'code', '')}"
    if isinstance(piece, Found):
        return f"found {getattr(piece.word, 'kind', type(piece.word).__name__)}"
    return f"{type(piece).__name__} {getattr(piece, 'stream', '')}"


# ---- Bluetooth -------------------------------------------------------------------------------------------------------

_NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
_CLOCKS = (
    Reception("11:22:33:44:55:66", "UA-651BLE", _NOW, lambda _: 540),
    Reception("11:22:33:44:55:66", "UA-651BLE", _NOW, lambda _: 540, ahead=timedelta(hours=-7)),
    Reception(
        "11:22:33:44:55:66",
        "",
        _NOW,
        lambda moment: -240 if moment.month < 11 else -300,
        before=ClockSet(_NOW - timedelta(days=1), timedelta(hours=8)),
        site=4,
    ),
)


def _gatt(raw: bytes) -> frozenset[str]:
    """The first byte chooses the characteristic and the clock, the rest is its value."""
    chosen, value = raw[0] if raw else 0, raw[1:]
    characteristics = [*DECODERS, 0x2A08, 0x2A1D, 0x2A52]
    characteristic = characteristics[chosen % len(characteristics)]
    try:
        if characteristic in DECODERS:
            said = decode(characteristic, value)
            assert said is not None
            return frozenset(map(_heard, made(said, _CLOCKS[chosen // 16 % len(_CLOCKS)])))
        other: dict[int, Callable[[bytes], object]] = {
            0x2A08: wall_in,
            0x2A1D: temperature_type,
            0x2A52: answer_in,
        }
        return frozenset((type(other[characteristic](value)).__name__,))
    except Unreadable as refused:
        return frozenset((refused.code,))


def _heard(thing: object) -> str:
    if isinstance(thing, Problem):
        promises.trouble(Trouble("", thing))
        return thing.code
    if isinstance(thing, Vital):
        promises.word(thing)
        return thing.kind
    promises.readings(thing)  # type: ignore[arg-type]  # Readings, or a Broken
    return "readings"


def _gatt_seeds() -> tuple[bytes, ...]:
    rows = json.loads((SAMPLES / "gatt" / "vectors.json").read_text("utf-8"))
    places = {f"{number:04X}": at for at, number in enumerate(DECODERS)} | {"DateTime": len(DECODERS)}
    known = [
        bytes((places[row["kind"]],)) + bytes.fromhex(row["hex"]) for row in rows if row["kind"] in places
    ]
    longest = [
        bytes((at,)) + bytes(each) for at in range(len(DECODERS) + 3) for each in (b"\x00" * 20, b"\x1f" * 30)
    ]
    return (*known, *longest)


# ---- codes in pictures -----------------------------------------------------------------------------------------------


def _picture(raw: bytes, damage: Damage) -> bytes:
    """The picture damaged, or one of a code with damaged text."""
    if damage.likely(0.6):
        return damaged(raw, damage)
    import segno

    text = damaged(damage.one_of(_seeds("jahis_techo") + _seeds("jahis_rx")), damage)[:900]
    if damage.likely(0.2):
        return _code(segno.make(text or b" ", mode="byte", error="l", boost_error=False))
    parts = [text[at : at + 300] for at in range(0, len(text), 300)] or [b" "]
    at = damage.below(len(parts))
    head = (
        f"JAHISTC09,{damage.one_of((1, 2, 9))}\r\n911,{damage.below(99)},{len(parts)},{at + 1}\r\n".encode()
    )
    return _code(segno.make(head + parts[at], mode="byte", error="l", boost_error=False))


def _code(code: Any) -> bytes:
    file = io.BytesIO()
    code.save(file, kind="png", scale=2, border=4)
    return file.getvalue()


# ---- all -------------------------------------------------------------------------------------------------------------

# Inputs a reader is tried with in `make test`: not quite a second of the processor each.
_TRIES = {
    "jahis_techo": 200, "apple_health": 400, "jahis_rx": 500, "eprescription": 650, "mynaportal": 800,
    "fhir_jp": 320, "orca": 900, "qr_picture": 50, "health_connect": 1000, "fitbit": 1000,
    "samsung_health": 1200, "garmin_fit": 500, "withings": 700, "omron": 850, "tanita": 1100,
    "libreview": 900, "dexcom": 800, "nightscout": 1700, "open_mhealth": 800, "apple_ecg": 1200,
    "clinical_document": 900, "sheet": 450, "bundle": 280, "gatt": 6000,
}  # fmt: skip
_DAMAGES: dict[str, Damaging] = {"qr_picture": _picture}


def readers() -> Iterator[Reader]:
    """All of them."""
    for name in FORMATS:
        yield Reader(name, _seeds(name), _format(name), _TRIES.get(name, 300), _DAMAGES.get(name, damaged))
    yield Reader("gatt", _gatt_seeds(), _gatt, _TRIES["gatt"], lambda raw, damage: damage.bytes_once(raw))
