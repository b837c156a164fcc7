"""Findings: their JSON both ways, codes by shape, days as far as known, and what nobody can have meant to write."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.findings import Finding, FindingCodeSet, FindingKind, check, in_order, masked_finding
from shared.findings_schema import finding_from, finding_members
from shared.medicines import Author
from shared.problems import Invalid

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
BUCKWHEAT = Finding(
    UUID(int=1),
    FindingKind.ALLERGY,
    "そば",
    FindingCodeSet.JFAGY,
    "J9FA19140000",
    "1960",
    author=Author.PATIENT,
)

CODES = {
    FindingCodeSet.JFAGY: ("J9FA19140000", "J9NP14110000", "D9M000000000", "00F", "YCM1149019F1560"),
    FindingCodeSet.ICD10: ("E11", "E119", "E11.9", "M05.30", "I10.-", "I10"),
    FindingCodeSet.YJ: ("1149019F1560",),
    FindingCodeSet.RECEIPT_DISEASE: ("5319009", "0000999"),
    FindingCodeSet.DISEASE_KEY: ("20067834",),
    FindingCodeSet.DISEASE_EXCHANGE: ("CJTR", "5194"),
}
WRONG_CODES = [
    (FindingCodeSet.NONE, "E11"),
    (FindingCodeSet.JFAGY, "J9FA1914000"),
    (FindingCodeSet.JFAGY, "YCM1149019"),
    (FindingCodeSet.JFAGY, ""),
    (FindingCodeSet.ICD10, "e11"),
    (FindingCodeSet.ICD10, "E1"),
    (FindingCodeSet.ICD10, "E11.999"),
    (FindingCodeSet.YJ, "1149019"),
    (FindingCodeSet.RECEIPT_DISEASE, "ZZZ2057"),
    (FindingCodeSet.DISEASE_KEY, "２００６７８３４"),
    (FindingCodeSet.DISEASE_EXCHANGE, "CJTR1"),
]

texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
days = st.dates().map(date.isoformat)
part_days = st.just("") | days | days.map(lambda day: day[:7]) | days.map(lambda day: day[:4])
coded = st.sampled_from([(name, code) for name, codes in CODES.items() for code in codes]) | st.just(
    (FindingCodeSet.NONE, "")
)
findings = coded.flatmap(
    lambda code: st.builds(
        Finding,
        id=st.uuids(),
        kind=st.sampled_from(FindingKind),
        text=texts.filter(bool),
        code_set=st.just(code[0]),
        code=st.just(code[1]),
        since=part_days,
        until=part_days,
        author=st.sampled_from(Author),
        said_by=texts,
        reaction=texts,
        suspected=st.booleans(),
        noted_on=st.none() | st.dates(),
        origin=texts,
    )
)


def members(**changed: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(finding_members(BUCKWHEAT))), **changed}


@given(findings)
def test_a_finding_comes_back_as_it_went(finding: Finding) -> None:
    assert finding_from(json.loads(json.dumps(finding_members(finding)))) == finding


def test_what_is_left_out_is_empty() -> None:
    body = {"id": str(UUID(int=1)), "kind": "allergy", "text": "そば"}
    assert finding_from(body) == Finding(UUID(int=1), FindingKind.ALLERGY, "そば")


@pytest.mark.parametrize(("code_set", "code"), WRONG_CODES)
def test_a_code_that_cannot_be_of_its_system_is_refused(code_set: FindingCodeSet, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        finding_from(members(code_set=code_set.value, code=code))
    assert refused.value.field == "code"
    assert refused.value.message()


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2024-13"},
        {"since": "2023-02-29"},
        {"since": "24"},
        {"since": "2024-5"},
        {"since": "2024-05-10T00:00"},
        {"since": "0000"},
        {"since": None},
        {"since": 2024},
        {"until": "２０２４"},
        {"noted_on": "2024-05"},
        {"text": ""},
        {"text": "あ" * 1001},
        {"text": "そ\x00ば"},
        {"reaction": "あ" * 1001},
        {"said_by": "あ" * 301},
        {"kind": "ALLERGY"},
        {"suspected": 1},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        finding_from(members(**wrong))
    assert refused.value.field == next(iter(wrong))


@pytest.mark.parametrize("since", ["", "2026", "2026-03", "2026-03-10", "2026-03-11", "1948"])
def test_a_beginning_up_to_now_is_taken(since: str) -> None:
    check(replace(BUCKWHEAT, since=since), NOW)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2027", "", "finding_future"),
        ("2026-04", "", "finding_future"),
        ("2026-03-12", "", "finding_future"),
        ("", "2028", "finding_future"),
        ("2026", "2025", "finding_dates"),
        ("2025-05-10", "2025-04", "finding_dates"),
        ("2025-05-10", "2025-05-09", "finding_dates"),
    ],
)
def test_days_that_nobody_can_have_meant(since: str, until: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(replace(BUCKWHEAT, since=since, until=until), NOW)
    assert refused.value.code == code
    assert (since if code == "finding_future" and since else until) in refused.value.message()


@pytest.mark.parametrize(
    ("since", "until"), [("2025", "2025"), ("2025-05", "2025"), ("2025-05-10", "2025-05-10")]
)
def test_an_end_as_exact_as_known_is_taken(since: str, until: str) -> None:
    check(replace(BUCKWHEAT, since=since, until=until), NOW)


@pytest.mark.parametrize("field", ["text", "reaction", "said_by"])
def test_a_my_number_is_refused_when_typed_and_masked_when_it_came_in_a_file(field: str) -> None:
    with_number: Any = {field: "番号 9832-0567-3214"}
    finding = replace(BUCKWHEAT, **with_number)
    with pytest.raises(Invalid) as refused:
        check(finding, NOW)
    assert (refused.value.code, refused.value.field) == ("my_number_typed", field)
    kept = masked_finding(finding)
    assert getattr(kept, field) == "番号 ＊＊＊＊-＊＊＊＊-＊＊＊＊"
    check(kept, NOW)
    assert masked_finding(kept) == kept


def test_allergies_come_first_and_the_newest_before_the_older() -> None:
    def of(kind: FindingKind, since: str) -> Finding:
        return replace(BUCKWHEAT, kind=kind, since=since)

    ordered = [
        of(FindingKind.ALLERGY, "2020-05"),
        of(FindingKind.ALLERGY, "2020"),
        of(FindingKind.ALLERGY, ""),
        of(FindingKind.SIDE_EFFECT, "2025"),
        of(FindingKind.DIAGNOSIS, "2026"),
        of(FindingKind.IMMUNISATION, "2026"),
    ]
    assert in_order(reversed(ordered), lambda each: each) == ordered
    assert set(FindingKind) == {
        each.kind for each in in_order([of(kind, "") for kind in FindingKind], lambda each: each)
    }
