"""Answers of a clinic's ORCA (日医標準レセプトソフト) as a file: medicines, illnesses, and whose they are.

Read are patientgetv2, diseasegetv2, prescriptionv2, medicinenotebookv2 and contraindicationcheckv2, in JSON or XML2,
alone or one after the other as `tomoni orca pull` keeps them. Insurance numbers are in most of them; they are never
looked at. Verified with the published fixtures only, not with an ORCA of our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Identity, Piece, Trouble
from shared.formats.calendars import Calendar, zone_named
from shared.formats.json_tree import Doubts, Node
from shared.formats.orca_answers import LIMIT_MB, Answer, answers_in, looks_like_answers
from shared.formats.orca_findings import checked, diseases, noted_contraindications
from shared.formats.orca_medicines import dispensings
from shared.personal_numbers import masked
from shared.problems import Unreadable

LABEL = "診療所の ORCA（日レセ）"

_SEXES = {"1": "male", "2": "female"}
# Where each answer says about whom it is.
_PEOPLE = (("Patient_Information",), ("Disease_Infores",), ("Patient",))


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """By the result that every answer of an ORCA begins with."""
    return looks_like_answers(head)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in ``file``, answer by answer. `Unreadable` where it is broken, or the only answer says no."""
    calendar = Calendar(zone_named(asked.zone))
    answers = answers_in(file.read(LIMIT_MB * 1024 * 1024 + 1))
    if len(answers) == 1:
        _refuse_without_content(answers[0])
    whose: Identity | None = None
    for answer in answers:
        identity = identity_of(answer)
        if identity is not None and whose is not None and not _same(identity, whose):
            yield Trouble(answer.where, Unreadable("file_other_person", count=1))
            continue
        if identity is not None and whose is None:
            whose = identity
            yield identity
        yield from _content(answer, calendar)


def identity_of(answer: Answer) -> Identity | None:
    """About whom an answer is."""
    person = next((found for names in _PEOPLE if (found := answer.body.at(*names)).at("BirthDate")), Node())
    name = masked(person.at("WholeName").text or person.at("Name").text)
    if not name:
        return None
    kana = person.at("WholeName_inKana").text or person.at("KanaName").text
    return Identity(
        name=name[:200],
        name_kana=masked(kana)[:200],
        sex=_SEXES.get(person.at("Sex").text, ""),
        born_on=Calendar(zone_named("Asia/Tokyo")).written(person.at("BirthDate"), Doubts("")),
    )


def _content(answer: Answer, calendar: Calendar) -> Iterator[Piece]:
    if not answer.went_well:
        yield Trouble(answer.where, answer.problem())
        return
    if warning := answer.warning():
        yield warning
    match answer.kind:
        case "notebook" | "prescription":
            yield from dispensings(answer, calendar)
        case "diseases":
            yield from diseases(answer, calendar)
        case "contraindications":
            yield from checked(answer)
        case "patient":
            yield from noted_contraindications(answer)
        case "people":
            yield Trouble(answer.where, Unreadable("orca_many_people"))
        case _:
            yield Trouble(answer.where, Unreadable("orca_unknown"))


def _refuse_without_content(answer: Answer) -> None:
    """A file of one answer that holds nothing for a record is refused with its reason."""
    if not answer.went_well:
        raise answer.problem()
    if answer.kind == "people":
        raise Unreadable("orca_many_people")
    if answer.kind == "other":
        raise Unreadable("orca_unknown")


def _same(one: Identity, another: Identity) -> bool:
    return (one.name, one.born_on) == (another.name, another.born_on)
