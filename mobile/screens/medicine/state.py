"""One medicine, as values: how it is taken, how long it lasts, every slip of it, and whether others may see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from mobile import medicine_wording as words
from mobile import wording
from mobile.asks import HideCourse, LoadMedicines, WithdrawMedicine
from mobile.events import MedicinesLoaded, MedicineWithdrawn, SignedOut, Synced
from mobile.screens.touches import Answered, Asks, Back, Go, Happening, Pressed, Question, Shown
from shared.courses import Course, Piece
from shared.languages import tr
from shared.medicines import TYPED, is_unverified
from shared.schedule_words import days_words

RECENT = timedelta(days=180)
HIDE, WITHDRAW = "hide", "withdraw"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``asking``: hide, withdraw, or nothing. ``big``: the exchange number fills it."""

    key: str = ""
    courses: tuple[Course, ...] = ()
    on: date | None = None
    hidden: frozenset[str] = frozenset()
    asking: str = ""
    about: UUID | None = None  # the slip that is to be withdrawn
    big: bool = False

    @property
    def course(self) -> Course | None:
        """The medicine, if it is still there."""
        return next((each for each in self.courses if each.key == self.key), None)

    @property
    def is_hidden(self) -> bool:
        """Whether she hides it from those she shares with."""
        return self.key in self.hidden

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        course = self.course
        if course is None or not self.asking:
            return None
        if self.asking == WITHDRAW:
            text = tr("「{name}」の、自分で入力した記録を一覧から外します。", name=course.name)
            return Question(tr("この記録を取り消しますか"), text, tr("取り消す"), tr("残す"), takes_away=True)
        return Question(
            tr("このお薬をかくしますか"),
            hiding_words(course.name),
            tr("かくす"),
            tr("やめる"),
            takes_away=True,
        )


def hiding_words(name: str) -> str:
    """What the doctor will see, before she decides."""
    return tr(
        "「{name}」は、見せている先生の画面に出なくなります。先生には「見せていないお薬がある」ことだけが伝わります。"
        "飲み合わせの確認に関わるときは「確認することがある」とだけ出て、薬の名前は出ません。"
        "あとから診察するときのために、先生か薬剤師に口で伝えておくと安心です。",
        name=name,
    )


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about):
            return replace(state, key=about or state.key, asking="", big=False), (LoadMedicines(),)
        case MedicinesLoaded(courses=courses, on=on, hidden=hidden):
            return replace(state, courses=courses, on=on, hidden=hidden), ()
        case MedicineWithdrawn(id=gone) if gone == state.about:
            return replace(state, about=None), (LoadMedicines(),)
        case Synced(changed=True) if state.key:
            return state, (LoadMedicines(),)
        case Answered(yes=yes) if state.asking:
            return _answered(replace(state, asking=""), state.asking, yes)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _answered(state: State, asked: str, yes: bool) -> Step:
    course = state.course
    if not yes or course is None:
        return state, ()
    if asked == HIDE:
        return state, (HideCourse(course.key, course.name, hidden=True),)
    return state, (WithdrawMedicine(state.about),) if state.about else ()


def _pressed(state: State, what: str, which: str) -> Step:
    course = state.course
    match what:
        case "hide" if course is not None:
            return replace(state, asking=HIDE), ()
        case "show" if course is not None:
            return state, (HideCourse(course.key, course.name, hidden=False),)
        case "correct":
            return state, (Go("add_medicine", which),)
        case "withdraw":
            return replace(state, asking=WITHDRAW, about=UUID(which)), ()
        case "big":
            return replace(state, big=True), ()
        case "back" if state.big:
            return replace(state, big=False), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


@dataclass(frozen=True, slots=True)
class Number:
    """The 引換番号 for the counter, in fours, its last day, and how often it may be used."""

    number: str
    until: str
    refills: str


def number_of(course: Course, on: date) -> Number | None:
    """The exchange number of the newest prescription that is still valid; None where there is none."""
    for piece in reversed(course.pieces):
        slip = piece.dispensing
        if piece.prescribed and slip.exchange_number and (slip.valid_until is None or on <= slip.valid_until):
            until = wording.day_words(slip.valid_until, year=True) if slip.valid_until else ""
            refills = (
                tr("全部で {n} 回まで使えます（リフィル）", n=slip.refills) if (slip.refills or 1) > 1 else ""
            )
            said = tr("{day}まで使えます", day=until) if until else ""
            return Number(words.exchange_number_words(slip.exchange_number), said, refills)
    return None


def how(course: Course) -> list[str]:
    """How it is taken, with what the slip adds."""
    medicine = course.newest.medicine
    usage = medicine.usage
    days = days_words(course.newest.schedule.days)
    said = [words.taking_words(course.newest), days if usage.text and days not in usage.text else ""]
    return [
        each for each in (*said, *usage.notes, *usage.cautions, *medicine.notes, *medicine.cautions) if each
    ]


def lasts(course: Course, on: date) -> list[str]:
    """How long it lasts, its gaps of late, and what two places give at once now; the year shows the rest."""
    said = [words.remaining_words(course, on), words.runs_out_words(course, on)]
    said += [
        words.overlap_words(each) for each in course.overlaps if not each.days.last or each.days.last >= on
    ]
    said += [words.gap_words(each) for each in course.gaps if each.last and on - each.last <= RECENT][-2:]
    return [each for each in said if each]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip of the medicine: who wrote it (an icon), when, from whom, and what stands on it besides.

    ``typed`` is the id of a slip that she typed herself and may put right; empty for all others.
    """

    icon: str
    title: str
    about: str
    more: str
    typed: str = ""


def slips(course: Course) -> list[Slip]:
    """Every slip, newest first."""
    return [_slip(piece) for piece in reversed(course.pieces)]


def _slip(piece: Piece) -> Slip:
    slip = piece.dispensing
    given = piece.medicine.usage.amount
    days = tr("{n} 日分", n=given) if given and piece.medicine.usage.amount_unit in ("日分", "") else ""
    doctor = tr("医師：{name}", name=piece.medicine.clinic_doctor) if piece.medicine.clinic_doctor else ""
    doubt = tr("読み取り方は、実物でまだ確かめていません") if is_unverified(slip) else ""
    notes = (words.note_words(note) for note in slip.notes)
    more = [doctor, *notes, words.signature_words(slip), doubt]
    return Slip(
        words.writer_icon(piece.writer),
        wording.joined(wording.day_words(slip.dispensed_on, year=True), days),
        wording.joined(piece.medicine.name, words.from_words(piece)),
        "\n".join(each for each in more if each),
        str(slip.id) if slip.origin == TYPED else "",
    )
