"""The symbols of a split prescription become one: bytes joined as scanned, held against the order of its lines.

The specification writes records in the order of their numbers, those of an RP after those of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from shared.formats.jahis_lines import Line, whole
from shared.formats.rx_lines import has_jahis_header, sheets_of
from shared.problems import Unreadable

# Structured Append of a 2D symbol numbers its parts with four bits.
MOST_PARTS = 16
# With more parts than this, only neighbours are tried the other way round.
_ALL_ORDERS = 5

_Place = tuple[int, ...]


def join(parts: Sequence[bytes]) -> bytes:
    """The bytes of a prescription whose symbols were scanned one after the other; each scanned twice counts once.

    A symbol may end inside a character: bytes are joined, never texts. The one with the header comes first, the others
    follow as they were scanned. `Unreadable` where another order reads as well: none is guessed.
    """
    pieces = list(dict.fromkeys(bytes(part) for part in parts if part))
    first = [piece for piece in pieces if has_jahis_header(piece)]
    if not first:
        raise Unreadable("rx_header")
    if len(first) > 1:
        raise Unreadable("rx_parts_mixed")
    if len(pieces) > MOST_PARTS:
        raise Unreadable("jahis_too_many_parts")
    rest = [piece for piece in pieces if piece is not first[0]]
    joined = first[0] + b"".join(rest)
    odd = _oddities(joined)
    for other in _other_orders(rest) if odd else ():
        otherwise = first[0] + b"".join(other)
        if otherwise != joined and _oddities(otherwise) <= odd:
            raise Unreadable("jahis_order_unclear")
    return joined


def _other_orders(rest: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    if len(rest) <= _ALL_ORDERS:
        yield from permutations(rest)
        return
    for at in range(len(rest) - 1):
        yield [*rest[:at], rest[at + 1], rest[at], *rest[at + 2 :]]


def _oddities(raw: bytes) -> int:
    """How many lines stand where the specification writes none, or begin as none does; many for wrong letters."""
    try:
        (sheet,) = sheets_of(raw)
    except (Unreadable, ValueError):
        return len(raw)
    places = [_place(line) for line in sheet.lines]
    known = [place for place in places if place]
    return len(places) - len(known) + sum(one > two for one, two in pairwise(known))


def _place(line: Line) -> _Place:
    """Where a line belongs; empty for one that belongs nowhere."""
    numbers = [whole(field) for field in line.fields[:3]]
    number = numbers[0]
    if number is None or line.senseless:
        return ()
    if number < 100:
        return (0, number)
    if len(numbers) < 3 or numbers[1] is None or numbers[2] is None:
        return ()
    # 101 to 181 are about the RP itself, 201 to 281 about its first medicine, its second, and so on.
    return (1, numbers[1], 0, number) if number < 200 else (1, numbers[1], numbers[2], number)
