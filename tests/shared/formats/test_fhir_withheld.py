"""未告知 and 未提供: an institution that sends such a file is refused; in a file of hers nothing of them is seen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Found, Piece, Trouble
from shared.problems import Unreadable
from tests.shared.formats.fhir_files import (
    Json,
    allergy,
    bundle,
    codes,
    condition,
    dispensings,
    findings,
    read,
    request,
    tagged,
)

SECRET = "まだ伝えていない病名"


def seen(pieces: list[Piece]) -> str:
    """Everything that a person, or a log, could see of what was read."""
    shown = repr(pieces)
    for piece in pieces:
        if isinstance(piece, Trouble):
            shown += piece.where + piece.text() + piece.excerpt
        elif isinstance(piece, Found):
            shown += piece.where + repr(piece.word)
    return shown


TAGS: list[Any] = [
    tagged("UNINFORMED"),
    tagged("UNDELIVERED"),
    tagged("uninformed "),
    {"tag": [{"code": "LTS"}, {"code": "UNINFORMED"}]},
    {"tag": [{"display": "未告知"}]},
    {"tag": {"code": "UNDELIVERED"}},
    {"security": [{"code": "UNINFORMED"}]},
    {"tag": [{"system": "http://example.jp/other", "code": "UNINFORMED"}]},
    [{"tag": [{"code": "UNINFORMED"}]}],
]


@pytest.mark.parametrize("meta", TAGS, ids=range(len(TAGS)))
def test_it_is_counted_and_nothing_of_it_is_seen(meta: Any) -> None:
    withheld = condition(
        SECRET, meta=meta, onsetDateTime="まちがい", code={"text": SECRET, "coding": [{"code": SECRET}]}
    )
    pieces = read(bundle(condition("高血圧症"), withheld, allergy("サバ")))
    assert SECRET not in seen(pieces)
    assert [each.text for each in findings(pieces)] == ["高血圧症", "サバ"]
    assert codes(pieces) == ["fhir_not_shown"]


@pytest.mark.parametrize("meta", TAGS, ids=range(len(TAGS)))
def test_an_institution_that_sends_one_is_refused_whole(meta: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        read(bundle(condition("高血圧症"), condition(SECRET, meta=meta)), sent_by_institution=True)
    assert refused.value.code == "fhir_withheld_sent"
    assert SECRET not in refused.value.message()


def test_what_is_kept_for_long_is_shown() -> None:
    content = bundle(condition("高血圧症", meta=tagged("LTS")))
    for sent in (True, False):
        assert len(findings(read(content, sent_by_institution=sent))) == 1


def test_a_whole_bundle_that_is_withheld() -> None:
    pieces = read(bundle(condition(SECRET), request(SECRET), meta=tagged()))
    assert SECRET not in seen(pieces)
    assert codes(pieces) == ["fhir_not_shown"]
    with pytest.raises(Unreadable):
        read(bundle(condition(SECRET), meta=tagged()), sent_by_institution=True)


def test_the_count_does_not_tell_which() -> None:
    cover: Json = {"resourceType": "Composition", "title": "表紙"}
    insurance: Json = {"resourceType": "Coverage"}
    with_it = read(bundle(cover, condition(SECRET, meta=tagged())))
    without = read(bundle(cover, insurance))
    assert [each.text() for each in with_it if isinstance(each, Trouble)] == [
        each.text() for each in without if isinstance(each, Trouble)
    ]


@pytest.mark.parametrize("contained", [True, False])
def test_a_medicine_that_is_withheld_withholds_what_refers_to_it(contained: bool) -> None:
    medication: Json = {"resourceType": "Medication", "id": "m", "code": {"text": SECRET}, "meta": tagged()}
    line = {k: v for k, v in request().items() if k != "medicationCodeableConcept"}
    if contained:
        line |= {"contained": [medication], "medicationReference": {"reference": "#m", "display": SECRET}}
        content = bundle(line)
    else:
        line |= {"medicationReference": {"reference": "Medication/m", "display": SECRET}}
        content = bundle(line, medication)
    pieces = read(content)
    assert SECRET not in seen(pieces)
    assert codes(pieces) == ["fhir_not_shown"]
    with pytest.raises(Unreadable):
        read(content, sent_by_institution=True)


def test_people_and_requests_that_are_withheld_lend_nothing() -> None:
    doctor: Json = {"resourceType": "Practitioner", "id": "p", "name": [{"text": SECRET}], "meta": tagged()}
    prescribed = request(SECRET, id="r", meta=tagged(), authoredOn="2026-03-09")
    dispensed: Json = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": "薬"},
        "whenHandedOver": "2026-03-10",
        "performer": [{"actor": {"reference": "Practitioner/p", "display": SECRET}}],
        "authorizingPrescription": [{"reference": "MedicationRequest/r", "display": SECRET}],
    }
    patient: Json = {"resourceType": "Patient", "name": [{"text": SECRET}], "meta": tagged()}
    pieces = read(bundle(doctor, prescribed, dispensed, patient))
    assert SECRET not in seen(pieces)
    (slip,) = dispensings(pieces)
    assert (slip.pharmacist, slip.prescribed_on) == ("", None)


def test_a_second_copy_without_the_tag_tells_nothing_either() -> None:
    pieces = read(bundle(condition(SECRET, id="1"), condition(SECRET, id="1", meta=tagged())))
    assert SECRET not in seen(pieces)


def test_a_line_that_nobody_can_read_shows_none_of_itself() -> None:
    line = json.dumps(condition(SECRET, meta=tagged()), ensure_ascii=False)[:-1]
    raw = (json.dumps(condition("高血圧症"), ensure_ascii=False) + "\n" + line + "\n").encode()
    pieces = read(raw)
    assert SECRET not in seen(pieces)
    assert len(findings(pieces)) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    (
        "code",
        "status",
        "onsetDateTime",
        "onsetAge",
        "note",
        "subject",
        "dosageInstruction",
        "authoredOn",
        "id",
    )
)


@given(
    kind=st.sampled_from(
        ("Condition", "AllergyIntolerance", "MedicationRequest", "Observation", "Patient", "X")
    ),
    members=st.dictionaries(MEMBERS, VALUES, max_size=6),
)
def test_whatever_stands_in_a_withheld_resource_is_not_seen(kind: str, members: Json) -> None:
    withheld = {
        "resourceType": kind,
        "medicationCodeableConcept": {"text": SECRET},
        **members,
        "meta": tagged(),
    }
    assert SECRET not in seen(read(bundle(request("薬"), withheld, condition("高血圧症"))))
