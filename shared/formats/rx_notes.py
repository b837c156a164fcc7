"""Notes of a prescription or of what was dispensed for it: asked back (511), refilled (521), left over (62)."""

from __future__ import annotations

from datetime import date

from shared.formats.jahis_lines import Line, whole
from shared.formats.rx_lines import day
from shared.medicines import Author, DispensingNote, NoteKind
from shared.medicines_schema import LONG
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable

# Flag 2 of record 62 means something else from this day on (e-prescription service, table 11).
_REMAINING_CHANGED = date(2026, 6, 1)

Noted = tuple[DispensingNote, list[Problem]]


def fitting(told: str) -> tuple[str, list[Problem]]:
    """Our words around a line's, as long as a note may be; what is cut off is told, and the medicines are kept."""
    return told[:LONG], [Unreadable("jahis_line_broken")] if len(told) > LONG else []


def asked_back(line: Line) -> Noted:
    """511, what the pharmacist asked the doctor. Its fields are not verified: all that is text is kept."""
    words = [text for text in line.fields[1:] if text and whole(text) is None]
    if not words:
        raise Unreadable("jahis_line_short")
    told, problems = fitting("疑義照会：" + masked(" ".join(words)))
    return _remark(told), problems


def refilled(line: Line) -> Noted:
    """521: how many times, whether that was the last (1), and the day of the next."""
    problems: list[Problem] = []
    if whole(line.field(1)) is None or line.field(2) not in ("1", "2"):
        raise Unreadable("jahis_line_broken")
    next_on = day(line.field(3))
    if line.field(3) and next_on is None:
        problems.append(Unreadable("jahis_line_date", text=line.field(3)))
    told = f"リフィル {line.field(1)}回目"
    if line.field(2) == "1":
        told += "（これで終わり）"
    elif next_on is not None:
        told += f"、次は {next_on.isoformat()}"
    return _remark(told), problems


def remaining_text(flag: str, issued_on: date) -> str:
    """What the pharmacy does about medicine that is left over, as the flag says."""
    if flag == "1":
        return "残薬があれば、医療機関に確かめてから調剤"
    if issued_on < _REMAINING_CHANGED:
        return "残薬があれば、医療機関に情報提供"
    return "残薬があれば、減らして調剤し、医療機関に情報提供"


def _remark(text: str) -> DispensingNote:
    return DispensingNote(NoteKind.REMARK, text, author=Author.CARE_STAFF)
