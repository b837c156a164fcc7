"""The pen that writes the records of a medicine notebook, and remembers what it could not write as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from shared.formats import Trouble
from shared.formats.jahis_letters import BLOT, cut, sayable
from shared.problems import Problem

_CODE = re.compile(r"[0-9A-Za-z.\-]*", re.ASCII)
# A loss is told with as much of the text as a screen can show.
_SHOWN = 60
_NOTE_BYTES = {281: 100, 291: 400, 311: 100, 391: 400}


class Pen:
    """Takes fields, gives lines. ``about`` says in words which thing is being written."""

    def __init__(self) -> None:
        self.about = ""
        self.lines: list[str] = []
        self.losses: list[Trouble] = []

    def record(self, number: int, *fields: str) -> None:
        """One line; empty fields at its end stand there too, as in the specification's examples."""
        self.lines.append(",".join((str(number), *fields)))

    def text(self, text: str, most: int) -> str:
        """A field of text (N) of at most ``most`` bytes."""
        said, rest = cut(self._said(text), most)
        if rest:
            self.lose("notebook_cut", text)
        return said

    def name(self, text: str, most: int) -> str:
        """A field of text that must say something: the blot where nothing of it can be said."""
        said = self.text(text, most)
        if not said:
            self.lose("notebook_letters", text)
        return said or BLOT

    def notes(self, number: int, rp: str, notes: Iterable[str], by: str) -> None:
        """Notes to a medicine (281, 291) or to a usage (311, 391)."""
        for note in notes:
            for text in self.texts(note, _NOTE_BYTES[number]):
                self.record(number, rp, text, by)

    def texts(self, text: str, most: int) -> list[str]:
        """A text in as many fields as it needs: a note that is too long becomes two notes."""
        made, rest = [], self._said(text)
        while rest:
            said, rest = cut(rest, most)
            made.append(said)
        return made

    def code(self, code: str, most: int) -> str:
        """A field of letters, digits, points and hyphens (X, 9); anything else is left out and told."""
        if len(code) <= most and _CODE.fullmatch(code):
            return code
        self.lose("notebook_left_out", code)
        return ""

    def day(self, on: date | None) -> str:
        """A day, the same in every era; empty for none."""
        return "" if on is None else on.isoformat().replace("-", "")

    def lose(self, code: str, text: str) -> None:
        """Something is not written as it is."""
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        self.losses.append(Trouble(self.about, Problem(code, text=shown), text))

    def _said(self, text: str) -> str:
        said, lost = sayable(text)
        if lost:
            self.lose("notebook_letters", text)
        return said
