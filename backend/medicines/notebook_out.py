"""The medicine notebook on its way out: the record as JAHISTC text, and as QR codes for another app or a counter."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import segno

from backend.consent.opened import OpenRecord
from backend.findings import findings
from backend.medicines import living
from backend.medicines.checking import see
from backend.medicines.hiding import READ
from backend.records import records
from shared.consent import Right, Scope
from shared.formats import Identity, Word
from shared.formats.jahis_write import Written, qr_parts, write
from shared.problems import Unreadable

# Nobody holds a phone over more codes than this.
MOST_CODES = 16


@dataclass(frozen=True, slots=True)
class QrCode:
    """One code of a notebook: its place among all of them, and its picture as SVG, as wide as it is given room."""

    number: int
    total: int
    svg: str


def notebook(record: OpenRecord, since: date | None = None) -> Written:
    """What the viewer may see of the medicines as a notebook; of dispensings those since a day.

    Her findings (allergies, side effects, illnesses) go with it when she herself takes it out.
    """
    record.must(*READ)
    words: list[Word] = [slip for slip in see(record).slips if since is None or slip.dispensed_on >= since]
    words += living.memos(record)
    words += living.family_pharmacists(record)
    if record.by_owner and record.may(Scope.FINDINGS, Right.READ):
        words += [entry.thing for entry in findings.listing(record)]
    glance = records.read_glance(record.session, record.key)
    return write(Identity(glance.name, glance.name_kana, glance.sex, glance.born_on), words)


def codes(written: Written) -> list[QrCode]:
    """The notebook as QR codes; `Unreadable` ``notebook_codes_many`` says to take fewer days or the file."""
    parts = qr_parts(written.text)
    if len(parts) > MOST_CODES:
        raise Unreadable("notebook_codes_many", count=len(parts), most=MOST_CODES)
    return [QrCode(number, len(parts), _svg(part)) for number, part in enumerate(parts, start=1)]


def _svg(part: bytes) -> str:
    picture = io.BytesIO()
    code = segno.make(part, mode="byte", error="m", micro=False)
    code.save(picture, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, light="#fff")
    return picture.getvalue().decode()
