"""Damage to bytes and text: flipped, cut, doubled, moved, and words of the reader put in."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

# What numbers, times and texts of files have stumbled over before.
ODD_TEXTS = (
    "", " ", "0", "-0", "-1", "1", "00", "0.98", "98", "1e400", "-1e400", "1e9", "1e-320", "NaN", "nan",
    "Infinity", "-inf", "9" * 20, "9" * 400, "-" + "9" * 19, "1_000", "１２０", "①", "²", "1,5", "1.5.5",
    "+5", "0x10", "２０２６年１１月１８日", "1900-01-01", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999+14:00", "2026-02-30", "2024-02-29", "2026-13-01", "2026-11-18T24:00:00",
    "2026-11-18T25:61:61", "2026-03-08 02:30:00", "2026-11-01 01:30:00", "2026-11-18T07:00:00+99:99",
    "2026-11-18T07:00:00-24:00", "01/02/03", "31/12/2026", "12/31/2026", "1970-01-01", "253402300799999",
    "-62135596800001", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "4294967295",
    "1763422200000", "null", "true", "\x00", "\ufeff", "\u2028", "\u3000", "\r", "\n", "\t", '"', "'", ",",
    ";", "|", "\x1a", "あ", "𠮷", "髙", "〜", "e\u0301", "あ" * 300, "い" * 999, "A" * 3000, "../../x", "LO", "Low",
    "High", "HI", "--", "-", "Asia/Tokyo", "Mars/Base", "UTC+9", "../etc",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_EDGES = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**63 - 1,
    2**64 - 1,
)


class Damage:
    """Draws from one stream of chance. ``words`` are texts that the reader knows, ``others`` inputs to take from.

    ``pairs``: what this input has, and what the reader wanted in its place (`Marks.pairs`).
    """

    def __init__(
        self, chance: random.Random, words: Sequence[bytes] = (), others: Sequence[bytes] = ()
    ) -> None:
        self.chance = chance
        self.words = words
        self.others = others
        self.pairs: Sequence[tuple[bytes, bytes]] = ()

    def one_of(self, things: Sequence[T]) -> T:
        """Any of them."""
        return things[self.chance.randrange(len(things))]

    def below(self, end: int) -> int:
        """A number from 0 to ``end`` - 1; small ones come oftener."""
        return (
            min(self.chance.randrange(end), self.chance.randrange(end))
            if self.chance.random() < 0.3
            else (self.chance.randrange(end))
        )

    def likely(self, part: float) -> bool:
        """True in ``part`` of all cases."""
        return self.chance.random() < part

    def text(self, known: str = "") -> str:
        """A text to stand where ``known`` stood."""
        way = self.chance.randrange(6)
        if way == 5 and known and self.pairs:
            return self.wanted(known.encode("utf-8", "replace")).decode("utf-8", "replace")
        if way == 0 and self.words:
            return self.one_of(self.words).decode("utf-8", "replace")
        if way == 1 and known:
            return self.bytes_once(known.encode("utf-8", "replace")).decode("utf-8", "replace")
        if way == 2 and (found := list(_NUMBER.finditer(known.encode("utf-8", "replace")))):
            spot = self.one_of(found)
            raw = known.encode("utf-8", "replace")
            return (raw[: spot.start()] + self.number(spot[0]) + raw[spot.end() :]).decode("utf-8", "replace")
        if way == 3:
            return known + self.one_of(ODD_TEXTS) if self.likely(0.5) else self.one_of(ODD_TEXTS) + known
        return self.one_of(ODD_TEXTS)

    def number(self, known: bytes) -> bytes:
        """Digits to stand where ``known`` stood."""
        way = self.chance.randrange(5)
        if way == 0:
            return str(float(known) * self.one_of((-1, 0.001, 0.5, 2, 10, 1000, 1e9, 1e20)))[:40].encode()
        if way == 1:
            return str(int(float(known[:15])) + self.one_of((-1, 1, 7, 60, 3600, 86400, 86_400_000))).encode()
        if way == 2:
            return known + known
        if way == 3:
            return str(self.one_of(_EDGES) * self.one_of((1, -1))).encode()
        return self.one_of(ODD_TEXTS).encode()

    def bytes_once(self, raw: bytes) -> bytes:
        """``raw`` damaged in one place, whatever it is."""
        if not raw:
            return self.one_of(self.words or (b"\x00",))
        at = self.below(len(raw))
        till = min(len(raw), at + 1 + self.below(1 + len(raw) // self.one_of((1, 4, 16, 64))))
        way = self.chance.randrange(12)
        if way < 2:
            other = raw[at] ^ 1 << self.chance.randrange(8) if way else self.chance.randrange(256)
            return raw[:at] + bytes((other,)) + raw[at + 1 :]
        if way == 2:
            return raw[:at] + (raw[till:] if self.likely(0.7) else b"")
        if way == 3:
            return raw[:till] + raw[at:till] * self.one_of((1, 1, 2, 20)) + raw[till:]
        if way < 6 and self.pairs:
            return self.wanted(raw)
        return self._put_in(raw, at, till)

    def wanted(self, raw: bytes) -> bytes:
        """``raw`` with something that the reader compared as the reader wanted it; unchanged where there is none."""
        for _ in range(10):
            have, want = self.one_of(self.pairs)
            spots = raw.count(have)
            if spots:
                at = -1
                for _ in range(1 + self.chance.randrange(min(spots, 20))):
                    at = raw.find(have, at + 1)
                return raw if at < 0 else raw[:at] + want + raw[at + len(have) :]
        return raw

    def _put_in(self, raw: bytes, at: int, till: int) -> bytes:
        way = self.chance.randrange(5)
        if way == 0 and self.words:
            word = self.one_of(self.words)
            return raw[:at] + word + raw[at + (len(word) if self.likely(0.6) else 0) :]
        if way == 1:
            size = self.one_of((1, 2, 4, 8))
            edge = self.one_of(_EDGES) & (1 << 8 * size) - 1
            return raw[:at] + edge.to_bytes(size, self.one_of(("little", "big"))) + raw[at + size :]
        if way == 2 and (spots := list(_NUMBER.finditer(raw[:20_000]))):
            spot = self.one_of(spots)
            return raw[: spot.start()] + self.number(spot[0]) + raw[spot.end() :]
        if way == 3 and self.others:
            other = self.one_of(self.others)
            start = self.below(len(other) or 1)
            return raw[:at] + other[start : start + 1 + self.below(200)] + raw[till:]
        return raw[:at] + self.one_of(ODD_TEXTS).encode("utf-8") + raw[at:]

    def value(self, known: object) -> object:
        """A value of JSON or of a database to stand where ``known`` stood."""
        way = self.chance.randrange(6)
        if way == 0:
            return self.one_of((None, True, False, [], {}, [[]], {"": None}, -0.0, 0, 1, -1))
        if way == 1:
            return self.one_of(_EDGES) * self.one_of((1, -1, 0.5, 1e30))
        if way == 2:
            return self.one_of((float("nan"), 1e400, 10**30, 1e18, "\ud800", "\u0000", "1" * 5000))
        if isinstance(known, int | float) and not isinstance(known, bool) and abs(known) < 1e300:
            return self._number(known)
        return self.text(
            known if isinstance(known, str) else json.dumps(known)[:200] if known is not None else ""
        )

    def _number(self, known: float) -> object:
        wanted = [want for have, want in self.pairs if have == str(known).encode()]
        if wanted and self.likely(0.4):
            with suppress(ValueError):
                return int(self.one_of(wanted))
        if self.likely(0.5):
            return known + self.one_of((-1, 1, 0.5, 1e-9))
        return known * self.one_of((-1, 0, 0.001, 2, 10, 1000, 1e9)) + self.one_of((0, 0, 1, 60, 3600))
