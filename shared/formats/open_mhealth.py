"""Open mHealth and IEEE 1752.1 data points: a list, one a line (NDJSON), or one alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Found, Piece, Trouble
from shared.formats.data_points import point_of, read_point
from shared.formats.gathered import MOST_AT_ONCE, Columns
from shared.formats.json_rows import Broken, rows
from shared.formats.json_tree import shown
from shared.formats.moments import Walls
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Open mHealth（IEEE 1752.1）"

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[?\s*\{")
_HEADER = re.compile(rb'"header"\s*:\s*\{')
_SCHEMA = re.compile(rb'"schema_id"\s*:\s*\{[^{}]*"name"\s*:\s*"[a-z]')
# Names of schemas that are counted apart; a file that names more has the rest under one.
_MOST_NAMES = 100
_MOST_TOLD = 1_000


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """JSON objects with a header that names the schema of their body."""
    return _BEGINNING.match(head) is not None and bool(_HEADER.search(head)) and bool(_SCHEMA.search(head))


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Every data point. `Unreadable` for a list that is cut or broken; points of a second person are not taken."""
    yield from _Points(asked.zone).read(file)


class _Points:
    """The points of one file."""

    def __init__(self, zone: str) -> None:
        self._walls = Walls(zone)
        self._columns = Columns()
        self._person = ""
        self._others: Counter[str] = Counter()
        self._not_hers = 0
        self._told = 0

    def read(self, file: BinaryIO) -> Iterator[Piece]:
        for at, tree in rows(file):
            where = tr("{number} 件目", number=at)
            try:
                yield from self._one(tree, where)
            except Problem as problem:
                if problem.code == "sources_many":
                    raise
                yield from self._trouble(problem, tree, where)
        yield from self._columns.take()
        yield from self._close()

    def _one(self, tree: object, where: str) -> Iterator[Piece]:
        point = point_of(tree)
        self._person = self._person or point.person
        if point.person not in ("", self._person):
            self._not_hers += 1
            return
        made = read_point(point, self._walls, where)
        if isinstance(made, Found):
            yield made
        elif self._columns.add((made.stream, made.source), made.start, made.end, made.value) is not None:
            yield from self._columns.take(where, MOST_AT_ONCE)

    def _trouble(self, problem: Problem, tree: object, where: str) -> Iterator[Trouble]:
        if problem.code == "type_not_yet" and len(self._others) < _MOST_NAMES:
            self._others[str(problem.words["type"])] += 1
            return
        self._told += 1
        if self._told <= _MOST_TOLD:
            excerpt = tree.excerpt if isinstance(tree, Broken) else str(tree)[:300]
            yield Trouble(where, problem, shown(excerpt))

    def _close(self) -> Iterator[Trouble]:
        """What was only counted."""
        everywhere = tr("ファイル全体")
        if self._told > _MOST_TOLD:
            more = self._told - _MOST_TOLD
            rest = Invalid("records_odd", type=LABEL, count=more, why=tr("読み取れない書き方"))
            yield Trouble(everywhere, rest)
        if self._not_hers:
            yield Trouble(everywhere, Unreadable("file_other_person", count=self._not_hers))
        for name, count in self._others.items():
            yield Trouble(everywhere, Invalid("type_not_yet", type=name, count=count))
