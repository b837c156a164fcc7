"""Our words become the text of a medicine notebook (JAHISTC08, from the patient to care staff), and its QR codes.

Source: JAHIS 技術文書 24-104 by way of formats/jahis-techo.md: order of records, 作成者, lengths in bytes, ■ for
letters that are not there, record 911. What the notebook cannot say is told, never left out silently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from shared.findings import Finding, FindingKind
from shared.formats import Identity, Trouble, Word
from shared.formats.jahis_fields import AUTHORS, FINDINGS, SEXES
from shared.formats.jahis_pen import Pen
from shared.formats.jahis_slips import dispensed
from shared.medicines import Author, Dispensing, FamilyPharmacist, Medicine, Memo, Stage
from shared.problems import Unreadable

__all__ = ["MOST_BYTES", "Written", "qr_parts", "write"]

# 出力区分 2: from the patient to care staff.
HEADER = "JAHISTC08,2"
# A QR code of version 40 and level M takes 2,331 bytes; phones read smaller ones better.
MOST_BYTES = 1800
_MOST_PARTS = 999
_END = "\r\n"

_FINDINGS = {kind: number for number, kind in FINDINGS.items()}
# Kinds that the notebook has no number for are said in words.
_SAID = {FindingKind.INFECTION: "感染症", FindingKind.IMMUNISATION: "予防接種"}
_BY = {author: number for number, author in AUTHORS.items()}
_SEX = {sex: number for number, sex in SEXES.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a notebook, and what it does not say as the record does (each with the thing it is about)."""

    text: str
    losses: tuple[Trouble, ...]

    @property
    def content(self) -> bytes:
        """As a file: CP932, lines ending in CRLF."""
        return self.text.encode("cp932")


def write(owner: Identity, words: Iterable[Word]) -> Written:
    """A notebook of ``owner`` that says ``words``, in the order of records of the specification.

    Measurements and costs are no part of a notebook. A prescription that nobody has dispensed yet is told as lost.
    """
    pen, things = Pen(), list(words)
    pen.about = owner.name
    born = owner.born_on.replace("-", "")
    name, kana = pen.name(owner.name, 40), pen.text(owner.name_kana, 40)
    pen.record(1, name, _SEX.get(owner.sex, ""), born, "", "", "", "", "", "", kana)
    for word in things:
        if isinstance(word, Finding):
            _finding(pen, word)
    _bought(pen, [word for word in things if isinstance(word, Dispensing) and word.stage is Stage.STATED])
    for word in things:
        if isinstance(word, Memo):
            _memo(pen, word)
    slips = [word for word in things if isinstance(word, Dispensing) and word.stage is not Stage.STATED]
    for slip in sorted(slips, key=lambda slip: slip.dispensed_on, reverse=True):
        pen.about = slip.dispensed_on.isoformat()
        if slip.stage is Stage.DISPENSED:
            dispensed(pen, slip)
        else:
            pen.lose("notebook_not_dispensed", "、".join(medicine.name for medicine in slip.medicines))
    for word in things:
        if isinstance(word, FamilyPharmacist):
            _pharmacist(pen, word)
    return Written(_END.join((HEADER, *pen.lines, "")), tuple(pen.losses))


def qr_parts(text: str, most: int = MOST_BYTES) -> list[bytes]:
    """The bytes of each QR code of a notebook, cut between records (911) where one code cannot take it all.

    `Unreadable` ``notebook_line_long`` names a record that no code of ``most`` bytes can take.
    """
    whole = text.encode("cp932")
    if len(whole) <= most:
        return [whole]
    header, *lines = (line.encode("cp932") + b"\r\n" for line in text.split(_END) if line)
    # The same notebook has the same number: codes that were printed twice are the same codes.
    data_id = int.from_bytes(hashlib.sha256(whole).digest()[:8]) % 10**14
    room = most - len(header) - len(_control(data_id, _MOST_PARTS, _MOST_PARTS))
    parts: list[bytes] = []
    for line in lines:
        if len(line) > room:
            raise Unreadable("notebook_line_long", text=line.decode("cp932")[:40], most=most)
        if parts and len(parts[-1]) + len(line) <= room:
            parts[-1] += line
        else:
            parts.append(line)
    if len(parts) > _MOST_PARTS:
        raise Unreadable("notebook_too_long", most=_MOST_PARTS)
    return [
        header + part + _control(data_id, len(parts), number) for number, part in enumerate(parts, start=1)
    ]


def _control(data_id: int, total: int, number: int) -> bytes:
    return f"911,{data_id:014},{total},{number}\r\n".encode()


def _finding(pen: Pen, finding: Finding) -> None:
    pen.about = finding.text
    text = pen.name(finding.text + _more(finding), 120)
    pen.record(2, _FINDINGS.get(finding.kind, "9"), text, _BY[finding.author])


def _more(finding: Finding) -> str:
    """What else is known of a finding, as the specification's examples have it: （発熱）（2011年～）."""
    since, until = _in_words(finding.since), _in_words(finding.until)
    about = (
        _SAID.get(finding.kind, ""),
        "疑い" if finding.suspected else "",
        finding.reaction,
        f"{since}～{until}" if since or until else "",
    )
    return "".join(f"（{each}）" for each in about if each)


def _in_words(day: str) -> str:
    return "".join(f"{int(each)}{unit}" for each, unit in zip(day.split("-"), "年月日", strict=False) if each)


def _bought(pen: Pen, slips: list[Dispensing]) -> None:
    medicines = [(slip.author, medicine) for slip in slips for medicine in slip.medicines]
    for number, (author, medicine) in enumerate(medicines, start=1):
        pen.about = medicine.name
        by = _BY[medicine.author if author is Author.UNKNOWN else author]
        days = pen.day(medicine.usage.starts_on), pen.day(medicine.usage.ends_on)
        pen.record(3, pen.name(medicine.name, 120), *days, by, str(number), pen.code(medicine.jan, 13))
        for each in medicine.components:
            kind = "2" if each.code else "1"
            pen.record(31, str(number), pen.name(each.name, 256), kind, pen.code(each.code, 20), by)
        _tell_unsaid(pen, medicine)


def _tell_unsaid(pen: Pen, medicine: Medicine) -> None:
    """Record 3 has no place for how much of it and how it is taken."""
    usage = medicine.usage
    unsaid = (medicine.dose + medicine.dose_unit, usage.text, medicine.code, *medicine.notes, *usage.notes)
    text = " ".join(filter(None, unsaid))
    if text:
        pen.lose("notebook_left_out", text)


def _memo(pen: Pen, memo: Memo) -> None:
    pen.about = memo.text
    for text in pen.texts(memo.text, 400):
        pen.record(4, text, pen.day(memo.on), _BY[memo.author])


def _pharmacist(pen: Pen, pharmacist: FamilyPharmacist) -> None:
    pen.about = pharmacist.name
    name, pharmacy = pen.name(pharmacist.name, 40), pen.text(pharmacist.pharmacy, 120)
    days = pen.day(pharmacist.starts_on), pen.day(pharmacist.ends_on)
    pen.record(701, name, pharmacy, pen.text(pharmacist.contact, 800), *days, _BY[pharmacist.author])
