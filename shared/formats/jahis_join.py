"""The parts of a medicine notebook become one: split between records (911), or a QR code split between bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.formats.jahis_lines import Line, Part, Split, has_header, parts_of
from shared.formats.jahis_order import MOST_PARTS, begins, ordered, whole_notebook
from shared.problems import Unreadable


def join(parts: Sequence[bytes], *, in_order: bool = False) -> bytes:
    """The bytes of the whole notebook from its parts, scanned in any order and perhaps more than once.

    Parts split between records say themselves which they are (911). Parts split between bytes do not: their order is
    found by trying, or is the given one when ``in_order`` (the person scanned them one after the other). A part that
    was scanned twice counts once. `Unreadable` says what is missing, mixed or unclear.
    """
    pieces = list(dict.fromkeys(bytes(part) for part in parts if part))
    if not pieces:
        raise Unreadable("file_empty")
    if all(map(has_header, pieces)):
        return _join_marked(pieces)
    if sum(map(has_header, pieces)) > 1:
        raise Unreadable("jahis_parts_mixed")
    if len(pieces) > MOST_PARTS:
        raise Unreadable("jahis_too_many_parts")
    joined = b"".join(pieces) if in_order else ordered(pieces)
    if not has_header(joined):
        raise Unreadable("jahis_header")
    return joined


def progress(parts: Sequence[bytes]) -> tuple[int, int | None]:
    """How many parts are here, and of how many; None while that cannot be told (parts split between bytes).

    Bytes that read as a notebook to the end count as all of it: a cut exactly between two records can deceive.
    """
    pieces = list(dict.fromkeys(bytes(part) for part in parts if part))
    if pieces and all(map(has_header, pieces)):
        marks = _marks(pieces)
        if marks:
            return len(marks), next(iter(marks.values()))[0].total
    if not any(map(begins, pieces)):
        return len(pieces), None
    try:
        joined = join(pieces)
    except Unreadable as problem:
        if problem.code in ("jahis_order_unclear", "jahis_header"):
            return len(pieces), None
        raise
    return len(pieces), len(pieces) if whole_notebook(joined) else None


def one_notebook_each(parts: Iterable[Part]) -> list[Part]:
    """The notebooks among ``parts`` of one file, those split by 911 put together; a missing part is `Unreadable`."""
    whole: list[Part] = []
    split: dict[str, dict[int, Part]] = {}
    for part in parts:
        if part.split is None or part.split.total == 1:
            whole.append(part)
            continue
        siblings = split.setdefault(part.split.data_id, {})
        if not siblings:
            whole.append(part)
        before = siblings.setdefault(part.split.part, part)
        if _texts(before) != _texts(part) or _total(before) != part.split.total:
            raise Unreadable("jahis_parts_mixed")
    for siblings in split.values():
        _all_there([part.split for part in siblings.values() if part.split])
    return [_together(part, split) for part in whole]


def _together(part: Part, split: dict[str, dict[int, Part]]) -> Part:
    if part.split is None or part.split.total == 1:
        return part
    siblings = split[part.split.data_id]
    lines: tuple[Line, ...] = ()
    for number in sorted(siblings):
        lines += tuple(line for line in siblings[number].lines if line.fields[0] != "911")
    return replace(siblings[1], lines=lines)


def _join_marked(pieces: Sequence[bytes]) -> bytes:
    """Parts that each have a header: one notebook as it is, or all parts of one split by 911."""
    marks = _marks(pieces)
    if not marks:
        return pieces[0]
    _all_there([split for split, _ in marks.values()])
    first = pieces[0] if len(marks) == 1 else marks[1][1]
    header, _, _ = first.lstrip(b"\r\n").partition(b"\n")
    lines = [header.rstrip(b"\r")]
    for number in sorted(marks):
        lines += _body(marks[number][1])
    return b"\r\n".join(lines) + b"\r\n"


def _marks(pieces: Sequence[bytes]) -> dict[int, tuple[Split, bytes]]:
    """The 911 of each part by its number; empty for one notebook without any."""
    marks: dict[int, tuple[Split, bytes]] = {}
    for piece in pieces:
        splits = [part.split for part in parts_of(piece)]
        split = splits[0]
        if len(pieces) == 1 and (split is None or len(splits) > 1):
            return {}
        if split is None or len(splits) > 1:
            raise Unreadable("jahis_parts_mixed")
        first = next(iter(marks.values()))[0] if marks else split
        before = marks.setdefault(split.part, (split, piece))
        alike = _body(before[1]) == _body(piece)
        if (first.data_id, first.total) != (split.data_id, split.total) or not alike:
            raise Unreadable("jahis_parts_mixed")
    return marks


def _body(piece: bytes) -> list[bytes]:
    """The lines of a part without its header and its 911."""
    lines = [line.strip(b"\r\x1a") for line in piece.split(b"\n")]
    return [line for line in filter(None, lines) if not has_header(line) and not line.startswith(b"911,")]


def _all_there(splits: Sequence[Split]) -> None:
    total, have = splits[0].total, len(splits)
    if have < total:
        raise Unreadable("jahis_part_missing", total=total, have=have, missing=total - have)


def _texts(part: Part) -> list[str]:
    return [line.text for line in part.lines]


def _total(part: Part) -> int:
    return part.split.total if part.split else 1
