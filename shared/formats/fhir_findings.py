"""Allergies, diagnoses and vaccinations of a FHIR file: AllergyIntolerance, Condition, Immunization.

What was refuted or written by mistake is told and not kept. An age or a range is no day: it is told, and computed into
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from shared.findings import Finding, FindingKind
from shared.formats import Piece
from shared.formats.calendars import Calendar
from shared.formats.clinic_keys import UNNAMED, found_finding
from shared.formats.fhir_codes import CodedFinding, extension, finding, words
from shared.formats.fhir_people import People
from shared.formats.fhir_sheaf import Resource
from shared.formats.fhir_slips import ORIGIN
from shared.formats.json_tree import Doubts, Node, plain, shown
from shared.languages import tr
from shared.medicines import Author
from shared.medicines_schema import SHORT
from shared.problems import Problem, Unreadable

TYPES = ("AllergyIntolerance", "Condition", "Immunization")
_SUSPECTED = ("unconfirmed", "presumed", "provisional", "differential")
_OVER = ("inactive", "resolved", "remission")
# Where each type names who says so, the nearest to the person first.
_SAID_BY = ("asserter", "recorder")


class Findings:
    """Reads the findings of one sheaf."""

    def __init__(self, people: People, calendar: Calendar) -> None:
        self._people = people
        self._calendar = calendar

    def take(self, resource: Resource) -> Iterator[Piece]:
        """One finding, and what was not understood of it."""
        doubts = Doubts(resource.where)
        try:
            yield found_finding(self._finding(resource, doubts), resource.where, _identifiers(resource.node))
        except Problem as problem:
            doubts.add(problem, doubts.name)
        yield from doubts.tell()

    def _finding(self, resource: Resource, doubts: Doubts) -> Finding:
        node = resource.node
        coded = _coded(resource, doubts)
        doubts.name = coded.text
        if not coded.text:
            doubts.name = _notes(node, doubts)
            raise Unreadable("finding_unnamed")
        suspected = _look_at_status(node, doubts)
        return Finding(
            id=UNNAMED,
            kind=_kind(resource),
            text=coded.text,
            code_set=coded.code_set,
            code=coded.code,
            since=self._since(node, doubts),
            until=self._calendar.written(
                node.at("abatementDateTime") or node.at("abatementPeriod", "end"), doubts
            ),
            author=self._author(resource),
            said_by=self._said_by(resource, doubts),
            reaction=_reaction(node, doubts),
            suspected=suspected,
            noted_on=self._noted_on(node, doubts),
            origin=ORIGIN,
        )

    def _since(self, node: Node, doubts: Doubts) -> str:
        dated = node.at("onsetDateTime") or node.at("onsetPeriod", "start") or node.at("occurrenceDateTime")
        if dated:
            return self._calendar.written(dated, doubts)
        age, vague = node.at("onsetAge"), node.at("onsetString") or node.at("occurrenceString")
        said = doubts.text(vague)
        if number := plain(doubts.number(age.at("value"))):
            said = (
                tr("{number} 歳", number=number)
                if age.at("code").text in ("a", "")
                else f"{number} {age.at('unit').text}"
            )
        if said:
            doubts.add(Unreadable("since_no_day", name=doubts.name, said=shown(said, 100)))
        return ""

    def _noted_on(self, node: Node, doubts: Doubts) -> date | None:
        return self._calendar.day(node.at("recordedDate") or node.at("recorded"), doubts)

    def _author(self, resource: Resource) -> Author:
        """She says so only where the file names her; what is said without a name is the institution's."""
        said = self._people.author((resource.node.at(name) for name in _SAID_BY), resource)
        return Author.CARE_STAFF if said is Author.UNKNOWN else said

    def _said_by(self, resource: Resource, doubts: Doubts) -> str:
        node = resource.node
        who = [node.at(name) for name in _SAID_BY] + [each.at("actor") for each in node.each("performer")]
        who = [each for each in who if each]
        names = [self._people.practitioner(each, resource, doubts) for each in who]
        places = [place.name for place in self._people.places(iter(who), resource, doubts)]
        place = next(iter(places), "") or self._people.wrote_the_document(doubts)
        said = " ".join(filter(None, [place, next(filter(None, names), "")]))
        return doubts.fitting(said, SHORT)


def _coded(resource: Resource, doubts: Doubts) -> CodedFinding:
    """What was found: an allergy without a name by its reaction's substance, a diagnosis with its modifiers."""
    node = resource.node
    concept = node.at("vaccineCode") if resource.type == "Immunization" else node.at("code")
    coded = finding(concept, doubts)
    if resource.type == "AllergyIntolerance" and not coded.text:
        substances = (finding(each.at("substance"), doubts) for each in node.each("reaction"))
        return next((each for each in substances if each.text), coded)
    if resource.type == "Condition" and coded.text and not doubts.text(concept.at("text")):
        ends = [
            words(extension(concept, f"JP_Condition_Disease{end}Modifier").at("valueCodeableConcept"), doubts)
            for end in ("Prefix", "Postfix")
        ]
        return CodedFinding(doubts.fitting(f"{ends[0]}{coded.text}{ends[1]}"), coded.code_set, coded.code)
    return coded


def _kind(resource: Resource) -> FindingKind:
    if resource.type == "Condition":
        return FindingKind.DIAGNOSIS
    if resource.type == "Immunization":
        return FindingKind.IMMUNISATION
    node = resource.node
    by_medicine = any(each.text == "medication" for each in node.each("category"))
    intolerance = node.at("type").text == "intolerance"
    return FindingKind.SIDE_EFFECT if intolerance and by_medicine else FindingKind.ALLERGY


def _look_at_status(node: Node, doubts: Doubts) -> bool:
    """Whether it is only suspected. What is not so, or was never given, raises; what is over is told."""
    not_kept = {
        "refuted": tr("そうではないと確かめたもの"),
        "entered-in-error": tr("まちがいで書かれたもの"),
        "not-done": tr("していないもの"),
    }
    over = {
        "inactive": tr("いまは落ち着いている"),
        "resolved": tr("治った"),
        "remission": tr("よくなっている"),
    }
    verified, clinical = _status(node.at("verificationStatus")), _status(node.at("clinicalStatus"))
    for said in (*verified, node.at("status").text):
        if said in not_kept:
            raise Unreadable("status_not_kept", name=doubts.name, status=not_kept[said])
    for said in clinical:
        if said in over and not node.at("abatementDateTime"):
            doubts.add(Unreadable("status_over", name=doubts.name, status=over[said]))
    return any(said in _SUSPECTED for said in verified)


def _status(concept: Node) -> list[str]:
    return [coding.at("code").text for coding in concept.each("coding")] or [concept.text]


def _reaction(node: Node, doubts: Doubts) -> str:
    """What happened: the manifestations, then what was noted beside it."""
    said = [
        words(manifestation, doubts)
        for reaction in node.each("reaction")
        for manifestation in reaction.each("manifestation")
    ]
    said += [doubts.text(reaction.at("description")) for reaction in node.each("reaction")]
    said.append(_notes(node, doubts))
    together = "、".join(dict.fromkeys(filter(None, said)))
    return doubts.fitting(together)


def _notes(node: Node, doubts: Doubts) -> str:
    return "、".join(filter(None, (doubts.text(each.at("text")) for each in node.each("note"))))


def _identifiers(node: Node) -> list[str]:
    """The business identifiers, with the institution that gave them where that is said."""
    place = extension(node, "JP_eCS_InstitutionNumber").at("valueIdentifier", "value").text
    return [
        f"{place}|{each.at('system').text}|{each.at('value').text}"
        for each in node.each("identifier")
        if each.at("value").text
    ]
