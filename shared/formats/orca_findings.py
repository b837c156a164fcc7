"""What an ORCA has written about a patient: illnesses, contraindications noted by hand, and its own check of medicines.

From memory, not verified: the letters of outcomes, and that Insurance_Disease marks a name that is there for the claim
only. Such a name is told and not kept: it may say what nobody has.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.codes import FINDING_SYSTEMS
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.formats import Found, Piece, Trouble
from shared.formats.calendars import Calendar
from shared.formats.clinic_keys import UNNAMED, found_finding, id_of
from shared.formats.json_tree import Doubts, Node
from shared.formats.orca_answers import Answer
from shared.formats.orca_medicines import ORIGIN
from shared.languages import tr
from shared.medicines import Author, Memo
from shared.medicines_schema import LONG
from shared.problems import Unreadable

SAID_BY = "診療所（ORCA）"
# 未コード化傷病名: written in words only.
_UNCODED = "0000999"
_SUSPECTED_MODIFIER = "ZZZ8002"  # の疑い


def diseases(answer: Answer, calendar: Calendar) -> Iterator[Piece]:
    """The illnesses, each a diagnosis."""
    if answer.body.at("Information_Overflow").text.casefold() == "true":
        yield Trouble(answer.where, Unreadable("orca_overflow"))
    for node in answer.body.each("Disease_Information"):
        doubts = Doubts(answer.where)
        name, more = doubts.text(node.at("Disease_Name")), doubts.text(node.at("Disease_Supplement_Name"))
        doubts.name = name
        if not name:
            doubts.add(Unreadable("finding_unnamed"))
        elif node.at("Insurance_Disease").text.casefold() == "true":
            doubts.add(Unreadable("orca_for_insurance", name=name))
        else:
            yield found_finding(
                _diagnosis(node, f"{name}（{more}）" if more else name, calendar, doubts), answer.where
            )
        yield from doubts.tell()


def _diagnosis(node: Node, text: str, calendar: Calendar, doubts: Doubts) -> Finding:
    codes = [each.at("Disease_Single_Code").text for each in node.each("Disease_Single")]
    names = [code for code in codes if not code.startswith("ZZZ") and code != _UNCODED]
    system = FINDING_SYSTEMS[FindingCodeSet.RECEIPT_DISEASE]
    # A name made of two has no one code.
    code = names[0] if len(names) == 1 and system.fits(names[0]) else ""
    until = calendar.written(node.at("Disease_EndDate"), doubts)
    outcome = node.at("Disease_OutCome").text
    if outcome and not until:
        outcomes = {"F": tr("治った"), "C": tr("中止"), "S": tr("ほかの病気に移った"), "D": tr("亡くなった")}
        doubts.add(Unreadable("orca_outcome", name=text, outcome=outcomes.get(outcome, outcome[:20])))
    return Finding(
        id=UNNAMED,
        kind=FindingKind.DIAGNOSIS,
        text=doubts.fitting(text),
        code_set=FindingCodeSet.RECEIPT_DISEASE if code else FindingCodeSet.NONE,
        code=code,
        since=calendar.written(node.at("Disease_StartDate"), doubts),
        until=until,
        author=Author.CARE_STAFF,
        said_by=SAID_BY,
        suspected="S" in node.at("Disease_SuspectedFlag").text or _SUSPECTED_MODIFIER in codes,
        origin=ORIGIN,
    )


def noted_contraindications(answer: Answer) -> Iterator[Piece]:
    """What somebody at the clinic wrote down as 禁忌: of what kind it is, nobody says."""
    doubts = Doubts(answer.where)
    person = answer.body.at("Patient_Information")
    for name in ("Contraindication1", "Contraindication2"):
        text = doubts.text(person.at(name), LONG - 3).strip(" 　")
        if text:
            finding = Finding(
                id=UNNAMED,
                kind=FindingKind.OTHER,
                text=f"禁忌：{text}",
                author=Author.CARE_STAFF,
                said_by=SAID_BY,
                origin=ORIGIN,
            )
            yield found_finding(finding, answer.where)
    yield from doubts.tell()


def checked(answer: Answer) -> Iterator[Piece]:
    """Pairs that the clinic's own system says must not meet: a memo each, beside the medicines, for her and the doctor.

    They are neither a finding about her nor a check of ours; which of the two names comes first means nothing.
    """
    doubts = Doubts(answer.where)
    contents = {
        each.at("Symptom_Code").text: (
            doubts.text(each.at("Symptom_Content")),
            doubts.text(each.at("Symptom_Detail")),
        )
        for each in answer.body.each("Symptom_Information")
    }
    pairs: dict[tuple[str, ...], list[str]] = {}
    for medicine in answer.body.each("Medical_Information"):
        name = doubts.text(medicine.at("Medication_Name"))
        for other in medicine.each("Medical_Info"):
            other_name = doubts.text(other.at("Contra_Name"))
            if name and other_name:
                said = pairs.setdefault(tuple(sorted((name, other_name))), [])
                said += contents.get(other.at("Interact_Code").text, ())
    for (one, another), said in pairs.items():
        yield _memo(one, another, list(dict.fromkeys(filter(None, said))), answer)
    yield from doubts.tell()


def _memo(one: str, another: str, said: list[str], answer: Answer) -> Found:
    begin = f"診療所の ORCA による確認：「{one}」と「{another}」は併用禁忌とされています。"
    end = "薬は自分でやめずに、薬剤師か医師に聞いてください。"
    about = "\n".join(said)[: LONG - len(begin) - len(end) - 2]
    memo_id, key = id_of("contraindication", one, another, about)
    text = "\n".join(filter(None, (begin, about, end)))
    return Found(Memo(memo_id, text[:LONG], None, Author.CARE_STAFF), key, answer.where)
