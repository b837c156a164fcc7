"""What is typed on the number pad: figures, when one is full, and the draft they make."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal

from shared.kinds import KINDS, Limits, Measure

# The wall time she may give instead of "now": hour and minute, typed on the same pad.
HOUR = Measure("hour", "時", "h", 0, Limits(refuse_above=Decimal(23)))
MINUTE = Measure("minute", "分", "min", 0, Limits(refuse_above=Decimal(59)))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number being typed for ``measure``, as text."""

    measure: Measure
    text: str = ""

    @property
    def value(self) -> Decimal | None:
        """The number, or None while there is none."""
        return Decimal(self.text) if self.text.strip(".") else None

    @property
    def full(self) -> bool:
        """Whether no further key could make a possible number: then it is the next one's turn.

        ``95`` is a full systolic pressure (95x is impossible), ``12`` is not (12x is usual).
        """
        if not self.text:
            return False
        if self.measure.decimals and "." not in self.text:
            return False
        if "." in self.text:
            return len(self.text.split(".")[1]) >= self.measure.decimals
        most = self.measure.limits.refuse_above
        if self.measure in (HOUR, MINUTE):
            return len(self.text) == 2 or (most is not None and int(self.text) * 10 > most)
        return most is not None and Decimal(self.text) * 10 > most


EMPTY_HOUR, EMPTY_MINUTE = Figure(HOUR), Figure(MINUTE)


def figures_of(kind: str) -> tuple[Figure, ...]:
    """The empty figures of a kind: three for blood pressure, else one."""
    return tuple(Figure(measure) for measure in KINDS[kind].measures)


def keyed(figure: Figure, key: str) -> Figure:
    """The figure after a key of the pad. A key that cannot belong there changes nothing."""
    text = figure.text
    if key == "back":
        return replace(figure, text=text[:-1])
    if key == ".":
        allowed = figure.measure.decimals and "." not in text
        return replace(figure, text=(text or "0") + ".") if allowed else figure
    whole, _, part = text.partition(".")
    if "." in text:
        return replace(figure, text=text + key) if len(part) < figure.measure.decimals else figure
    if figure.measure not in (HOUR, MINUTE) and whole == "0":
        whole = ""
    return replace(figure, text=whole + key) if len(whole) < _most_digits(figure.measure) else figure


def _most_digits(measure: Measure) -> int:
    most = measure.limits.refuse_above
    return len(str(int(most))) if most is not None else 4


@dataclass(frozen=True, slots=True)
class Draft:
    """What is kept of an unsaved form: its figures, its note, and when it was begun (ms UTC; None: not known)."""

    figures: tuple[Figure, ...]
    note: str = ""
    begun: int | None = None


def draft_text(draft: Draft) -> str:
    """The draft as text; empty where there is nothing to keep."""
    texts = [figure.text for figure in draft.figures]
    if not (any(texts) or draft.note):
        return ""
    return json.dumps({"figures": texts, "note": draft.note, "begun": draft.begun})


def from_draft(figures: tuple[Figure, ...], text: str) -> Draft:
    """The draft that ``text`` says; one that does not fit (an older app's) is left aside."""
    empty = Draft(figures)
    try:
        kept = json.loads(text or "{}")
        texts = kept.get("figures", [])
        if len(texts) != len(figures):
            return empty
        filled = tuple(replace(one, text=str(each)) for one, each in zip(figures, texts, strict=True))
        if any(figure.text and not _numeric(figure.text) for figure in filled):
            return empty
        begun = kept.get("begun")
        return Draft(filled, str(kept.get("note", "")), begun if isinstance(begun, int) else None)
    except (ValueError, AttributeError, TypeError):
        return empty


def _numeric(text: str) -> bool:
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()
