"""One warning of the medicine checks, as values: what was found, whom to ask, and that it is known, with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mobile.asks import CheckMedicines, MarkHit, WriteText
from mobile.events import MedicinesChecked, SignedOut, TextWritten
from mobile.screens.touches import Asks, Back, Chose, Happening, Pressed, Shown, Wrote
from shared.drug_checks import Hit
from shared.languages import tr
from shared.marks import HitMark

NOTE = "warning.reason"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``marking``: she says that it is known; ``chosen`` and ``note`` are her reason."""

    key: str = ""
    checks: MedicinesChecked | None = None
    marking: bool = False
    chosen: str = ""
    note: str = ""
    wrong: str = ""

    @property
    def hit(self) -> Hit | None:
        """What was found, if it still is."""
        hits = self.checks.checked.hits if self.checks else ()
        return next((hit for hit in hits if hit.key == self.key), None)

    @property
    def mark(self) -> HitMark | None:
        """Her mark that it is known."""
        marks = self.checks.marks if self.checks else ()
        return next((mark for mark in marks if mark.key == self.key), None)

    @property
    def reason(self) -> str:
        """What is kept as the reason."""
        said = dict(reasons()).get(self.chosen, "") if self.chosen != "other" else ""
        return " ".join(filter(None, (said, self.note.strip())))


def reasons() -> list[tuple[str, str]]:
    """Reasons to choose from."""
    return [
        ("pharmacist", tr("薬剤師に確認した")),
        ("doctor", tr("先生に確認した")),
        ("other", tr("そのほか")),
    ]


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about):
            return State(key=about or state.key, checks=state.checks), (CheckMedicines(),)
        case MedicinesChecked():
            return replace(state, checks=event), ()
        case Chose(field="reason", key=key):
            return replace(state, chosen=key, wrong=""), ()
        case Wrote(field="note", text=text) | TextWritten(of="warning.reason", text=str(text)):
            return replace(state, note=text, wrong=""), ()
        case Pressed(what=what):
            return _pressed(state, what)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _pressed(state: State, what: str) -> Step:
    match what:
        case "known":
            return replace(state, marking=True), ()
        case "keep" if not state.reason:
            return replace(state, wrong=tr("だれに確認したか、またはその理由を入れてください。")), ()
        case "keep":
            asked = MarkHit(state.key, state.reason)
            return replace(state, marking=False, chosen="", note="", wrong=""), (asked,)
        case "again":
            return state, (MarkHit(state.key, state.mark.reason if state.mark else "", known=False),)
        case "write_note":
            return state, (WriteText(NOTE, tr("理由"), state.note),)
        case "back" if state.marking:
            return replace(state, marking=False, wrong=""), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()
