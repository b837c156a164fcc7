"""Today's medicines, as values: by the part of the day, the part that is now first, each with what was ticked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from mobile import wording
from mobile.asks import TickDose
from mobile.events import DueLoaded
from mobile.medicine_wording import writer_words
from shared import clock
from shared.doses import Dose, DoseState
from shared.languages import tr
from shared.schedule import AS_NEEDED_SLOT, Due, Slot, Time, tick_of
from shared.schedule_words import amount_words, slot_words, time_words

WEEK, UNTIMED, NEEDED = "week", "untimed", "needed"
_PARTS = (Slot.MORNING, Slot.NOON, Slot.EVENING, Slot.BEDTIME)
_MARKS = {
    None: "circle-outline",
    DoseState.TAKEN: "check-circle",
    DoseState.SKIPPED: "minus-circle-outline",
    DoseState.LATER: "clock-outline",
}


@dataclass(frozen=True, slots=True)
class DayDoses:
    """What is due on one day, and what was ticked. ``opened``: the line whose other answers are shown.

    ``unfolded`` are parts that she opened again after they were done.
    """

    now: datetime
    offset_min: int
    due: tuple[Due, ...] = ()
    doses: tuple[Dose, ...] = ()
    opened: str = ""
    unfolded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine at one time. ``mark`` is the icon before it, ``said`` what was ticked in words."""

    key: str
    due: Due
    state: DoseState | None
    mark: str
    title: str
    about: str
    said: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day. ``now``: it is this part's turn. ``done``: nothing in it waits."""

    key: str
    title: str
    lines: tuple[Line, ...]
    now: bool
    done: bool

    @property
    def waiting(self) -> tuple[Due, ...]:
        """What was not ticked yet, or put off."""
        return tuple(line.due for line in self.lines if line.state in (None, DoseState.LATER))


def loaded(before: DayDoses | None, event: DueLoaded) -> DayDoses:
    """The day as it was loaded; what she opened stays open."""
    fresh = DayDoses(event.now, event.offset_min, event.due, event.doses)
    return fresh if before is None else replace(fresh, opened=before.opened, unfolded=before.unfolded)


def key_of(due: Due) -> str:
    """What names a line."""
    return f"{due.medicine_id} {due.on.isoformat()} {due.slot}"


def parts(day: DayDoses) -> list[Part]:
    """The parts of the day that have anything: now first, then what comes, then what was; the rest at the end."""
    local = clock.at_offset(day.now, day.offset_min)
    turn = _PARTS.index(Time(hour=local.hour).part)
    ticked = {(dose.medicine_id, dose.on, dose.slot): dose for dose in day.doses}
    found = []
    for slot in (*_PARTS[turn:], *_PARTS[:turn]):
        of_part = [due for due in day.due if due.time and due.time.part is slot and not _weekly(due)]
        found.append(_part(slot.value, slot_words(slot), of_part, ticked, now=slot is _PARTS[turn]))
    rest = [due for due in day.due if due.time is None and not due.open and not _weekly(due)]
    found.append(_part(UNTIMED, tr("時刻の決まっていないお薬"), rest, ticked))
    found.append(_part(WEEK, tr("今週のうちに"), [due for due in day.due if _weekly(due)], ticked))
    needed = [_needed(due, day.doses) for due in day.due if due.open]
    found.append(Part(NEEDED, tr("必要なときのお薬"), tuple(needed), now=False, done=False))
    return [part for part in found if part.lines]


def _weekly(due: Due) -> bool:
    return due.slot.startswith("w") and due.slot[1:2].isdigit()


Ticked = dict[tuple[UUID, date, str], Dose]


def _part(key: str, title: str, due: Sequence[Due], ticked: Ticked, *, now: bool = False) -> Part:
    lines = tuple(_line(each, tick_of(each, ticked)) for each in due)
    done = all(line.state in (DoseState.TAKEN, DoseState.SKIPPED) for line in lines)
    return Part(key, title, lines, now, done)


def _line(due: Due, dose: Dose | None) -> Line:
    state = dose.state if dose else None
    when = time_words(due.time) if due.time else due.words
    more = tr("処方せんから。手元にないときは、薬局で受け取ってからです。") if due.prescribed else ""
    about = wording.joined(when, amount_words(due), writer_words(due.writer))
    return Line(
        key_of(due),
        due,
        state,
        _MARKS[state],
        due.name,
        "\n".join(filter(None, (about, more))),
        said_words(dose),
    )


def said_words(dose: Dose | None) -> str:
    """What was ticked."""
    if dose is None:
        return ""
    return {
        DoseState.TAKEN: tr("済みました"),
        DoseState.SKIPPED: tr("今回は使いませんでした"),
        DoseState.LATER: tr("あとにします"),
    }[dose.state]


def _needed(due: Due, doses: Iterable[Dose]) -> Line:
    """As needed: every time of taking is a dose of its own, numbered in the order of the day."""
    taken = [dose for dose in doses if _is_time_of(dose, due)]
    said = tr("今日 {n} 回", n=len(taken)) if taken else ""
    next_one = replace(due, slot=f"{AS_NEEDED_SLOT}{_next(taken)}")
    mark = "plus" if not taken else "check-circle"
    about = wording.joined(due.words, amount_words(due), writer_words(due.writer))
    return Line(key_of(due), next_one, DoseState.TAKEN if taken else None, mark, due.name, about, said)


def _is_time_of(dose: Dose, due: Due) -> bool:
    numbered = dose.slot.startswith(AS_NEEDED_SLOT) and dose.slot[1:].isdigit()
    return numbered and dose.on == due.on and dose.medicine_id in due.ids


def _next(taken: Sequence[Dose]) -> int:
    return max((int(dose.slot[1:]) for dose in taken), default=0) + 1


Ticking = tuple[DayDoses, tuple[TickDose, ...]]


def pressed(day: DayDoses, what: str, which: str) -> Ticking | None:
    """A touch on the medicines of today; None when it is none of theirs."""
    if what == "fold":
        return replace(day, unfolded=day.unfolded ^ {which}), ()
    if what == "all_taken":
        due = next((part.waiting for part in parts(day) if part.key == which), ())
        return day, (TickDose(due, DoseState.TAKEN),) if due else ()
    line = next(_with_key(day, which), None)
    if line is None:
        return None
    if what == "dose_more":
        return replace(day, opened="" if day.opened == which else which), ()
    closed = replace(day, opened="")
    match what:
        case "tick" if line.due.open:
            return closed, (TickDose((line.due,), DoseState.TAKEN),)
        case "tick":
            state = DoseState.TAKEN if line.state in (None, DoseState.LATER) else None
            return closed, (TickDose((line.due,), state),)
        case "skip" | "later":
            state = DoseState.SKIPPED if what == "skip" else DoseState.LATER
            return closed, (TickDose((line.due,), state),)
        case "untick":
            return closed, (TickDose((_last(line, day),), None),)
        case _:
            return None


def _with_key(day: DayDoses, key: str) -> Iterator[Line]:
    return (line for part in parts(day) for line in part.lines if line.key == key)


def _last(line: Line, day: DayDoses) -> Due:
    """The dose that is taken back: of what is taken as needed, the last time."""
    if not line.due.open:
        return line.due
    taken = [dose for dose in day.doses if _is_time_of(dose, line.due)]
    return replace(line.due, slot=f"{AS_NEEDED_SLOT}{max(_next(taken) - 1, 1)}")
