"""How the phone says things about medicines: who wrote them, how long they last, how they are taken."""

from __future__ import annotations

from datetime import date

from mobile import wording
from shared.courses import Course, Overlap, Piece, Stretch
from shared.languages import tr
from shared.medicines import Dispensing, DispensingNote, NoteKind, Signature, Writer
from shared.schedule import Pattern, amount_at
from shared.schedule_words import days_words, time_words

_ICONS = {
    Writer.PHARMACY: "store",
    Writer.CLINIC: "hospital-building",
    Writer.PORTAL: "card-account-details",
    Writer.PATIENT: "pencil",
}


def writer_icon(writer: Writer) -> str:
    """An icon for who wrote it; never without its words."""
    return _ICONS[writer]


def writer_words(writer: Writer) -> str:
    """Who wrote it."""
    return {
        Writer.PHARMACY: tr("薬局の記録"),
        Writer.CLINIC: tr("病院・診療所の記録"),
        Writer.PORTAL: tr("マイナポータルの記録"),
        Writer.PATIENT: tr("自分で入力"),
    }[writer]


def from_words(piece: Piece) -> str:
    """Who wrote it, the pharmacy, and who prescribed it."""
    clinic = tr("処方：{clinic}", clinic=piece.clinic) if piece.clinic else ""
    return wording.joined(writer_words(piece.writer), piece.pharmacy, clinic)


def taking_words(piece: Piece) -> str:
    """How it is taken: the words of the slip, else what its code says; and the amount of one time."""
    medicine, schedule = piece.medicine, piece.schedule
    said = medicine.usage.text
    if not said and schedule.pattern is Pattern.TIMES:
        said = "・".join(map(time_words, schedule.times))
    days = days_words(schedule.days) if not medicine.usage.text else ""
    amount, unit = amount_at(medicine, schedule)
    once = tr("1回 {amount}", amount=f"{amount}{unit}") if amount and not schedule.amounts else ""
    return wording.joined(said, days, "" if schedule.single else once)


def remaining_words(course: Course, on: date) -> str:
    """For how many days it lasts, and until when; nothing where nobody wrote an end."""
    left = course.remaining(on)
    if all(piece.prescribed for piece in course.pieces):
        return tr("処方せんの記録です。薬局で受け取るまでは、手元にないことがあります。")
    if left is None or course.last is None:
        return tr("続けているお薬です") if course.last is None else ""
    if left == 0:
        return tr("{day}までの分でした", day=wording.day_words(course.last, year=True))
    until = wording.day_words(course.last, year=course.last.year != on.year)
    return tr("あと{n}日分（{day}まで）", n=left, day=until)


def runs_out_words(course: Course, on: date) -> str:
    """On which day there is none left, said early enough to see the doctor."""
    handed_out = any(not piece.prescribed for piece in course.pieces)
    if course.runs_out is None or not handed_out or not course.remaining(on):
        return ""
    day = wording.day_words(course.runs_out, year=course.runs_out.year != on.year)
    return tr("{day}に足りなくなる見込みです（書かれた日数から計算）", day=day)


def stretch_words(days: Stretch) -> str:
    """``11月1日（土）〜11月28日（金）``, with the years."""
    first = wording.day_words(days.first, year=True)
    return (
        tr("{first}〜{last}", first=first, last=wording.day_words(days.last, year=True))
        if days.last
        else tr("{first}から", first=first)
    )


def gap_words(gap: Stretch) -> str:
    """Days for which nothing was handed out, as a fact and no reproach."""
    return tr("{days}：{n}日分の記録がありません", days=stretch_words(gap), n=gap.days)


def overlap_words(overlap: Overlap) -> str:
    """Two places, the same days."""
    one, other = overlap.places
    return tr(
        "{days}：{one}と{other}の両方から出ています。薬剤師に聞いてください。",
        days=stretch_words(overlap.days),
        one=one,
        other=other,
    )


def note_words(note: DispensingNote) -> str:
    """A note of a slip, with what it is about."""
    about = {
        NoteKind.CAUTION: tr("注意"),
        NoteKind.INFORMATION: tr("病院からのお知らせ"),
        NoteKind.REMAINING: tr("残っている薬"),
        NoteKind.REMARK: tr("備考"),
        NoteKind.PATIENT: tr("自分のメモ"),
    }[note.kind]
    return tr("{about}：{text}", about=about, text=note.text)


def signature_words(slip: Dispensing) -> str:
    """What is known of the signature of an electronic prescription; nothing of what is never signed."""
    return {
        Signature.NONE: tr("電子署名なし") if slip.origin == "eprescription" else "",
        Signature.VALID: tr("電子署名：確かめられました"),
        Signature.UNTRUSTED: tr("電子署名：内容は変わっていませんが、署名した人は確かめられません"),
        Signature.INVALID: tr("電子署名：正しくありません。薬局か病院に確かめてください"),
        Signature.UNCHECKED: tr("電子署名：まだ確かめていません"),
    }[slip.signature]


def exchange_number_words(number: str) -> str:
    """A 16 digit 引換番号 in fours, for reading aloud; any other as it is."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if number.isdigit() else number
