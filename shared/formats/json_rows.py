"""JSON that is a long list of things: a list, one thing a line (NDJSON), or one thing alone; read a piece at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, NoReturn

from shared.problems import Unreadable
from shared.strict_json import whole_letters

_CHUNK = 1 << 20
# No single thing of those that are read here is longer.
MOST_ELEMENT = 1 << 22
_GAP = re.compile(r"[ \t\r\n]*")


class Broken:
    """Something that is no JSON; of NDJSON the lines beside it are whole. ``cut``: the text ended within it."""

    def __init__(self, excerpt: str, *, cut: bool) -> None:
        self.excerpt = excerpt
        self.cut = cut


def rows(file: BinaryIO) -> Iterator[tuple[int, object]]:
    """Each thing with its number from 1; numbers with a point as Decimal.

    `Unreadable` for a list that is broken or cut anywhere, and for a file that never was JSON.
    """
    yield from _Rows(file).read()


class _Rows:
    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._scan = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant).raw_decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._number = 0

    def read(self) -> Iterator[tuple[int, object]]:
        first = self._skip()
        if not first:
            raise Unreadable("file_empty")
        if first == "[":
            self._at += 1
            yield from self._list()
        elif first == "{":
            yield from self._lines()
        else:
            raise Unreadable("file_broken")

    def _list(self) -> Iterator[tuple[int, object]]:
        if self._skip() != "]":
            while True:
                found = self._one()
                if isinstance(found, Broken):
                    raise Unreadable(
                        "file_cut_short" if found.cut else "file_broken", where=str(self._number)
                    )
                yield self._number, found
                mark = self._skip()
                self._at += 1
                if mark == "]":
                    break
                if mark != ",":
                    raise Unreadable("file_broken" if mark else "file_cut_short", where=str(self._number))
                self._skip()
        else:
            self._at += 1
        if self._skip():
            raise Unreadable("file_broken", where=str(self._number))

    def _lines(self) -> Iterator[tuple[int, object]]:
        while self._skip():
            found = self._one()
            if isinstance(found, Broken):
                if self._number == 1:
                    raise Unreadable("file_broken", where="1")
                self._next_line()
            yield self._number, found

    def _one(self) -> object:
        """The next thing, or `Broken` where none stands."""
        self._number += 1
        while True:
            try:
                begins = self._at
                found, self._at = self._scan(self._text, begins)
                if self._text.find("\\u", begins, self._at) >= 0:
                    found, _ = self._scan(whole_letters(self._text[begins : self._at]), 0)
                return found
            except RecursionError as error:
                raise Unreadable("file_broken", where=str(self._number)) from error
            except (ValueError, ArithmeticError) as error:
                if self._ended or len(self._text) - self._at > MOST_ELEMENT:
                    excerpt, _, _ = self._text[self._at : self._at + 200].partition("\n")
                    return Broken(excerpt, cut=self._ended and _is_cut(error, len(self._text)))
                self._fill(len(self._text) - self._at)

    def _skip(self) -> str:
        """The next letter that is no gap, empty at the end."""
        while True:
            found = _GAP.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._fill(0)

    def _next_line(self) -> None:
        while True:
            cut = self._text.find("\n", self._at)
            if cut >= 0 or self._ended:
                self._at = cut + 1 if cut >= 0 else len(self._text)
                return
            self._at = len(self._text)
            self._fill(0)

    def _fill(self, least: int) -> None:
        raw = self._file.read(max(_CHUNK, least))
        try:
            more = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise Unreadable("encoding_wrong", where=str(self._number)) from error
        self._text = self._text[self._at :] + more
        self._at = 0
        self._ended = not raw


def _is_cut(error: Exception, length: int) -> bool:
    """Whether the parser ran out of text, rather than met something wrong in it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= length - 1 or error.msg.startswith("Unterminated")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
