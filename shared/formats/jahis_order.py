"""The order of raw parts of a medicine notebook (a QR code split in bytes), tried against its grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.problems import Unreadable

# Structured Append of a QR code numbers its symbols with four bits.
MOST_PARTS = 16
# An order that costs this much is not believed, even if no other is better.
_UNBELIEVABLE = 3
# Attaching a part this many times is enough to say that the order cannot be told.
_MOST_TRIES = 20_000

_MAGIC = b"JAHISTC"
_HEADER = re.compile(rb"JAHISTC\d\d(,[12]?)?,*\r?")
_START = re.compile(rb"(\d{1,3}),(?:(\d{1,3})(?=,))?")
_UNDEFINED = re.compile("[\x80\xa0\uf8f0-\uf8f3]")


def _shape(fields: str) -> re.Pattern[bytes]:
    """A line as the specification draws it: n text, N some text, d date, D a date, x code, a author, r RP number.

    Commas, returns and other control characters are never inside a two-byte character of CP932.
    """
    date = r"(?:\d{8}|[MTSHR]\d{6})"
    text = r"[^,\x00-\x1f]"
    letters = {
        "n": f"{text}*",
        "N": f"{text}+",
        "d": f"{date}?",
        "D": date,
        "x": r"[0-9A-Za-z.\-]*",
        "a": "[1289]",
        "r": r"\d{1,3}",
    }
    drawn = re.sub(r"\b[nNdDxar]\b", lambda found: letters[found[0]], fields)
    return re.compile(drawn.encode() + rb",*\r?")


_SHAPES = {
    1: _shape("1,N(,[12]?(,d(,n){0,7})?)?"),
    2: _shape("2,[1239],N,a"),
    3: _shape("3,N,d,d,a(,[0-9]{0,3}(,x)?)?"),
    31: _shape("31,r,N,[12]?,x,a"),
    4: _shape("4,N,d,a"),
    5: _shape("5,D,a"),
    11: _shape("11,N,x,[134]?,x,n,n,n,a"),
    15: _shape("15,N,n,a"),
    51: _shape("51,N,x,[134]?,x,a"),
    55: _shape("55,N,n,a"),
    201: _shape("201,r,N,[0-9.]{1,12},N,[12346],x,a(,n(,[12]?(,x)?)?)?"),
    281: _shape("281,r,N,a"),
    291: _shape("291,r,N,a"),
    301: _shape("301,r,n,[0-9]{1,3},N,([1-79]|10),[12]?,x,a"),
    311: _shape("311,r,N,a"),
    391: _shape("391,r,N,a"),
    401: _shape("401,N,a"),
    411: _shape("411,N(,n)*,a"),
    421: _shape("421,N,a"),
    501: _shape("501,N,a"),
    601: _shape("601,N,d"),
    701: _shape("701,N,n,n,d,d,a"),
    911: _shape("911,[0-9]+,r,r"),
}
# Where a record stands: before the visits (under 10), in a visit (10 to 20), after them.
_RANKS = {1: 1, 2: 2, 3: 3, 31: 3, 4: 4, 5: 10, 11: 11, 15: 12, 51: 13, 55: 14, 201: 15, 281: 15, 291: 15}
_RANKS |= {301: 15, 311: 15, 391: 15, 401: 20, 411: 20, 421: 20, 501: 20, 601: 20, 701: 30, 911: 40}
_PER_RP = (201, 281, 291, 301, 311, 391)


class _Place(NamedTuple):
    """Where in the grammar the reading is."""

    rank: int = 0
    rp: int = -1
    used: bool = True
    seen: frozenset[int] = frozenset()
    otc: frozenset[int] = frozenset()


class _Record(NamedTuple):
    """A line as far as the grammar looks at it: record number, and the number of its RP or OTC medicine."""

    number: int
    group: int


_NO_RECORD = _Record(-1, -1)


@dataclass(frozen=True, slots=True)
class _Shard:
    """A part cut into what completes the line before, whole lines, and the line it leaves open."""

    raw: bytes
    head: bytes
    whole: tuple[_Record, ...]
    tail: bytes | None


class _Trial(NamedTuple):
    """Some parts in an order, what it costs so far, and the bytes of the line left open."""

    order: tuple[int, ...] = ()
    cost: int = 0
    place: _Place = _Place()
    open: bytes = b""


def begins(part: bytes) -> bool:
    """Whether ``part`` can be the first: it starts with the header or with as much of it as it has."""
    return _MAGIC.startswith(part[: len(_MAGIC)])


def ordered(parts: Sequence[bytes]) -> bytes:
    """The parts (all different) joined in the one order that reads as a notebook.

    Several orders of one meaning count as one. `Unreadable` where none is believable, or two say different things.
    """
    if len(parts) > MOST_PARTS:
        raise Unreadable("jahis_too_many_parts")
    if not any(map(begins, parts)):
        raise Unreadable("jahis_header")
    shards = [_shard(part) for part in parts]
    best, found = _UNBELIEVABLE, b""
    meaning: object = None
    for trial in _orders(shards):
        joined = b"".join(parts[index] for index in trial.order)
        if trial.cost < best:
            best, found, meaning = trial.cost, joined, _meaning(joined)
        elif trial.cost == best and meaning is not None and _meaning(joined) != meaning:
            meaning = None
    if meaning is None:
        raise Unreadable("jahis_order_unclear")
    return found


def whole_notebook(raw: bytes) -> bool:
    """Whether ``raw`` reads as a notebook to its very end, as far as its grammar can tell."""
    lines = raw.rstrip(b"\x1a\r\n").split(b"\n")
    if not begins(raw):
        return False
    place, cost = _Place(), 0
    for line in lines:
        place, more = _seam(place, line)
        cost += more
    return cost < _UNBELIEVABLE


def _orders(shards: Sequence[_Shard]) -> Iterator[_Trial]:
    """Every order that is still believable at its end; `Unreadable` when there are too many to try."""
    tries = 0
    waiting = [_Trial()]
    while waiting:
        trial = waiting.pop()
        if len(trial.order) == len(shards):
            place, more = _seam(trial.place, trial.open.rstrip(b"\x1a"))
            if trial.cost + more + (not place.used) < _UNBELIEVABLE:
                yield trial._replace(cost=trial.cost + more + (not place.used))
            continue
        for index, shard in enumerate(shards):
            if index in trial.order or (not trial.order and not begins(shard.raw)):
                continue
            tries += 1
            if tries > _MOST_TRIES:
                raise Unreadable("jahis_order_unclear")
            longer = _attach(trial, index, shard)
            if longer.cost < _UNBELIEVABLE:
                waiting.append(longer)


def _attach(trial: _Trial, index: int, shard: _Shard) -> _Trial:
    order, line = (*trial.order, index), trial.open + shard.head
    if shard.tail is None:
        return trial._replace(order=order, open=line)
    place, more = _seam(trial.place, line)
    cost = trial.cost + more
    for record in shard.whole:
        if cost >= _UNBELIEVABLE:
            break
        place, more = _step(place, record)
        cost += more
    return _Trial(order, cost, place, shard.tail)


def _seam(place: _Place, line: bytes) -> tuple[_Place, int]:
    """Read a line that was put together: it must look like a line, and stand where such a line may stand."""
    if not line.strip(b"\r\n"):
        return place, 0
    if place.rank == 0:
        return _Place(rank=1), 0 if _HEADER.fullmatch(line) else 8
    record = _record(line)
    shape = _SHAPES.get(record.number)
    looks = 6 if shape is None else 0 if shape.fullmatch(line) and _written(line) else 3
    place, more = _step(place, record)
    return place, looks + more


def _step(place: _Place, record: _Record) -> tuple[_Place, int]:
    """Where ``record`` leads from ``place``, and what is odd about it standing there."""
    rank = _RANKS.get(record.number)
    if rank is None:
        return place, 8 if record is _NO_RECORD and place.rank == 0 else 0
    if record.number == 5:
        odd = (not place.used) + (3 if place.rank > 20 else 0)
        return place._replace(rank=10, rp=-1, used=True, seen=frozenset()), odd
    if rank < 10:
        return _before_visits(place, record, rank)
    odd = 4 if rank <= 20 and not 10 <= place.rank <= 20 else 0
    if record.number in _PER_RP:
        place, more = _step_rp(place, record)
        return place._replace(rank=max(rank, place.rank)), odd + more + (place.rank > rank)
    nested = record.number in (51, 55) and place.rank == 15
    odd += rank < place.rank and not nested
    odd += rank == place.rank and record.number in (11, 15)
    return place._replace(rank=rank if nested else max(rank, place.rank)), odd


def _before_visits(place: _Place, record: _Record, rank: int) -> tuple[_Place, int]:
    odd = 3 if place.rank >= 10 else int(rank < place.rank)
    if record.number == 3:
        return place._replace(rank=max(rank, place.rank), otc=place.otc | {record.group}), odd
    if record.number == 31 and record.group not in place.otc:
        odd += 4
    return place._replace(rank=max(rank, place.rank)), odd


def _step_rp(place: _Place, record: _Record) -> tuple[_Place, int]:
    """Lines of one RP stand together: its medicines, then one usage, then notes about the usage."""
    rp, same = record.group, record.group == place.rp
    if record.number == 201 and not same:
        odd = (not place.used) + (2 if rp in place.seen else 0)
        return place._replace(rp=rp, used=False, seen=place.seen | {rp}), odd
    if not same:
        return place, 4
    if record.number == 301:
        return place._replace(used=True), 2 if place.used else 0
    return place, 2 if record.number in (201, 281, 291) and place.used else 0


def _shard(raw: bytes) -> _Shard:
    lines = raw.split(b"\n")
    if len(lines) == 1:
        return _Shard(raw, raw, (), None)
    whole = tuple(_record(line) for line in lines[1:-1] if line.strip(b"\r"))
    return _Shard(raw, lines[0], whole, lines[-1])


def _record(line: bytes) -> _Record:
    found = _START.match(line)
    if found is None:
        return _NO_RECORD
    number, group = int(found[1]), found[2]
    if number == 3:
        fields = line.split(b",")
        group = fields[5] if len(fields) > 5 and fields[5].isdigit() else None
    return _Record(number, int(group) if group else -1)


def _written(line: bytes) -> bool:
    """Whether the letters of ``line`` are whole."""
    for encoding in ("cp932", "utf-8"):
        try:
            if not _UNDEFINED.search(line.decode(encoding)):
                return True
        except UnicodeDecodeError:
            continue
    return False


def _meaning(raw: bytes) -> object:
    """What a notebook says whatever the order of its visits, and of the RPs under one doctor."""
    opening: list[object] = []
    visits: list[tuple[bytes, list[object]]] = []
    doctor: tuple[bytes, bytes] = (b"", b"")
    groups: dict[int, list[bytes]] = {}
    for line in filter(None, (line.strip(b"\r\x1a") for line in raw.split(b"\n"))):
        record = _record(line)
        here = visits[-1][1] if visits else opening
        if record.number == 5:
            visits.append((line, []))
            doctor, groups = (b"", b""), {}
        elif record.number in _PER_RP:
            if record.group not in groups:
                groups[record.group] = []
                here.append((doctor, groups[record.group]))
            groups[record.group].append(line)
        elif record.number in (51, 55):
            doctor = (line, b"") if record.number == 51 else (doctor[0], line)
            groups = {}
            here.append(line)
        else:
            here.append(line)
    return sorted(map(repr, opening)), sorted((line, sorted(map(repr, said))) for line, said in visits)
