"""The e-prescription (電子処方箋): the CSV ``SJ1``, bare or inside the XML that was signed.

Sources: 記録条件仕様 処方編 by way of public clients of the service (formats/eprescription.md). Not verified, and
told so at the preview: the XML around the CSV, and the CSV of what was dispensed (調剤編), which is read as the lines
of a medicine notebook with 511 and 521 beside them, since its published tables are those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece, Trouble
from shared.formats.rx_dispensed import dispensed, is_dispensed
from shared.formats.rx_lines import LIMIT_MB, Sheet, has_service_header, sheets_of
from shared.formats.rx_sheets import People, prescription
from shared.formats.rx_xml import is_xml, looks_like, opened
from shared.medicines import Signature
from shared.problems import TooBig, Unreadable

__all__ = ["LABEL", "ORIGIN", "read", "recognises"]

LABEL = "電子処方箋"
ORIGIN = "eprescription"


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the content decides
    """Whether the first line is SJ1, or XML begins that holds such a CSV."""
    return has_service_header(head) or looks_like(head)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Each prescription and each dispensing in ``file``, with the state of its signature as ``asked`` says.

    Raises `Unreadable` for wrong letters, XML that is broken or refused, or XML without any CSV; `TooBig`.
    """
    raw = file.read(LIMIT_MB * 1024 * 1024 + 1)
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    csvs, signature = [raw], Signature.NONE
    if is_xml(raw):
        document = opened(raw)
        csvs = document.csvs
        signature = asked.signature
        if signature is Signature.UNCHECKED and not document.signed:
            signature = Signature.NONE
        if not csvs:
            raise Unreadable("rx_no_csv")
        yield Trouble("XML", Unreadable("rx_xml_unverified"))
    people = People()
    for csv in dict.fromkeys(csvs):
        for sheet in sheets_of(csv):
            yield from people.pass_on(_sheet(sheet, signature), sheet.header.where)


def _sheet(sheet: Sheet, signature: Signature) -> Iterator[Piece]:
    if is_dispensed(sheet):
        return dispensed(sheet, ORIGIN, signature)
    return prescription(sheet, ORIGIN, signature)
