"""Findings on the server: noted once, corrected in versions, withdrawn, never deleted; brought by files, undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.consent.opened import NotOpened
from backend.findings import findings
from backend.house import House
from backend.records import records
from backend.records.compared import Compared
from backend.told import Outcome
from shared import clock
from shared.consent import Right, Scope
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.findings_schema import finding_members
from shared.ids import new_id
from shared.medicines import Author
from shared.problems import Clash, Invalid, NotThere, Problem
from shared.sync import Change, Word
from tests.backend.fresh import Somebody, somebody
from tests.cast import Cast

NOON = clock.now()
PHONE, TABLET = UUID(int=1), UUID(int=2)


def buckwheat(**changed: Any) -> Finding:
    known = Finding(
        new_id(),
        FindingKind.ALLERGY,
        "そば",
        FindingCodeSet.JFAGY,
        "J9FA19140000",
        since="1960",
        author=Author.PATIENT,
        reaction="息が苦しくなった",
        origin="typed",
    )
    return replace(known, **changed)


def shown(her: Somebody) -> list[str]:
    with her.record() as record:
        return [entry.thing.text for entry in findings.listing(record)]


def glance(her: Somebody) -> dict[str, Any]:
    with her.record() as record:
        return dict(records.read_glance(record.session, record.key).part(Scope.FINDINGS))


def note(her: Somebody, finding: Finding) -> Outcome:
    with her.record() as record:
        return findings.note(record, finding, PHONE).outcome


def test_noted_once_listed_allergies_first_and_counted(house: House) -> None:
    her, allergy = somebody(house), buckwheat()
    assert note(
        her, buckwheat(kind=FindingKind.DIAGNOSIS, text="高血圧", code_set=FindingCodeSet.ICD10, code="I10")
    )
    assert note(her, allergy) is Outcome.KEPT
    assert note(her, allergy) is Outcome.SAME
    assert shown(her) == ["そば", "高血圧"]
    assert glance(her) == {"allergies": 1, "side_effects": 0}
    with pytest.raises(Clash):
        note(her, replace(allergy, text="えび"))
    assert shown(her) == ["そば", "高血圧"]


def test_a_correction_and_a_withdrawal_keep_what_was_before(house: House) -> None:
    her, finding = somebody(house), buckwheat()
    note(her, finding)
    later = clock.now() + timedelta(minutes=1)
    with her.record() as record:
        findings.correct(record, replace(finding, reaction="じんましん"), later, TABLET)
        assert findings.read(record, finding.id).reaction == "じんましん"
    with her.record() as record:
        findings.withdraw(record, finding.id, later + timedelta(minutes=1), TABLET)
    assert shown(her) == []
    assert glance(her) == {}
    with her.record() as record:
        past = [version.thing for version in findings.versions(record, finding.id)]
        with pytest.raises(NotThere):
            findings.read(record, finding.id)
    assert [each and each.reaction for each in past] == ["じんましん", "息が苦しくなった"]
    with her.record() as record, pytest.raises(NotThere):
        findings.correct(record, buckwheat(), later, TABLET)
    with her.record() as record, pytest.raises(NotThere):
        findings.withdraw(record, new_id(), later, TABLET)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reaction": "番号 9832 0567 3214"}, "my_number_typed"),
        ({"since": "2999"}, "finding_future"),
        ({"since": "2020", "until": "2019"}, "finding_dates"),
    ],
)
def test_what_nobody_can_have_meant_is_refused_before_anything_is_written(
    house: House, wrong: dict[str, Any], code: str
) -> None:
    her, finding = somebody(house), buckwheat(**wrong)
    told = findings.FINDINGS.change_of(Word.FINDING, finding, clock.now(), PHONE)
    with her.record() as record:
        with pytest.raises(Problem) as noted:
            findings.note(record, finding, PHONE)
        with pytest.raises(Problem) as tells:
            findings.tell(record, told)
    assert (noted.value.code, tells.value.code) == (code, code)
    assert shown(her) == []
    with her.record() as record:
        assert findings.changes(record, 0, 10) == []


@given(st.permutations(range(4)))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_versions_told_in_any_order_end_the_same(house: House, order: list[int]) -> None:
    her, finding = somebody(house), buckwheat()
    tells: list[Change] = []
    for nth, device in enumerate((PHONE, TABLET, PHONE)):
        version = replace(finding, reaction=f"{nth}")
        at = clock.from_ms(clock.to_ms(NOON) + min(nth, 1))
        tells.append(findings.FINDINGS.change_of(Word.FINDING, version, at, device))
    tells.append(Change(Word.FINDING, finding.id, NOON - timedelta(hours=1), TABLET, None))
    with her.record() as record:
        for nth in order:
            findings.tell(record, tells[nth])
        findings.refresh(record)
    with her.record() as record:
        assert findings.read(record, finding.id).reaction == "1"  # the larger device wins the tie
        assert len(findings.versions(record, finding.id)) == 3
        (change,) = findings.changes(record, 0, 10)
        assert change.word == Word.FINDING
    assert glance(her)["allergies"] == 1


def test_a_body_of_another_thing_or_word_is_refused(house: House) -> None:
    her, finding = somebody(house), buckwheat()
    told = findings.FINDINGS.change_of(Word.FINDING, finding, clock.now(), PHONE)
    with her.record() as record:
        for wrong in (replace(told, id=new_id()), replace(told, word=Word.VITAL), replace(told, body="{}")):
            with pytest.raises(Invalid):
                findings.tell(record, wrong)
    assert shown(her) == []


def test_what_a_file_brings_is_kept_once_masked_and_undone(house: House) -> None:
    her, first, second = somebody(house), new_id(), new_id()
    typed = buckwheat()
    note(her, typed)

    def read() -> list[tuple[Finding, str]]:
        hidden = buckwheat(
            id=UUID(int=77), text="えび", code="J9FC15110000", reaction="個人番号 983205673214"
        )
        return [
            (hidden, "book 2,1"),
            (buckwheat(id=UUID(int=78), text="かに", code="J9FC15120000"), "book 2,2"),
        ]

    with her.record() as record:
        assert findings.compare(record, read()) == Compared(new=2)
        assert findings.keep_many(record, read(), first) == Compared(new=2)
    with her.record() as record:
        assert findings.keep_many(record, read(), first) == Compared(same=2)
        assert findings.keep_many(record, read()[:1], second) == Compared(same=1)
        assert findings.read(record, UUID(int=77)).reaction == "個人番号 ＊＊＊＊＊＊＊＊＊＊＊＊"
    assert sorted(shown(her)) == ["えび", "かに", "そば"]
    assert glance(her)["allergies"] == 3
    with her.record() as record:
        assert findings.undo_import(record, first) == 1
    assert sorted(shown(her)) == ["えび", "そば"]
    with her.record() as record:
        assert findings.undo_import(record, second) == 1
    assert shown(her) == ["そば"]
    assert glance(her) == {"allergies": 1, "side_effects": 0}


def test_only_her_and_whom_she_let_in_for_findings(cast: Cast) -> None:
    house = cast.house
    with house.database.transaction() as session:
        findings.note(cast.open(session, cast.hanako), buckwheat(), PHONE)
    cast.lets_in(cast.sato, Scope.FINDINGS)
    cast.lets_in(cast.kato, Scope.MEDICINES, Scope.VITALS)
    with house.database.transaction() as session:
        sato = cast.open(session, cast.sato)
        assert [entry.thing.text for entry in findings.listing(sato)] == ["そば"]
        assert not sato.may(Scope.FINDINGS, Right.WRITE)
        with pytest.raises(NotOpened):
            findings.note(sato, buckwheat(), PHONE)
        with pytest.raises(NotOpened):
            findings.listing(cast.open(session, cast.kato))


def test_nothing_of_a_finding_stands_in_clear(house: House) -> None:
    her, finding = somebody(house), buckwheat(since="1960-07-07")
    note(her, finding)
    later = clock.now() + timedelta(minutes=1)
    with her.record() as record:
        findings.correct(record, replace(finding, reaction="じんましん"), later, PHONE)
    said = [value for value in finding_members(finding).values() if isinstance(value, str) and len(value) > 3]
    with house.database.transaction() as session:
        rows = [
            *session.execute(text("select * from findings")),
            *session.execute(text("select * from finding_versions")),
        ]
    assert len(rows) == 2
    for row in rows:
        for cell in row:
            plain = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            clear = [word for word in said if word.encode() in plain and word != str(finding.id)]
            assert clear == []
