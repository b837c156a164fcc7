"""`tomoni orca pull`: what a clinic has of its patient comes into her inbox, or nothing does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.bringing import Wish, bring, owned
from backend.house import House
from backend.imports import inbox, originals
from backend.imports.inbox import State
from backend.imports.tables import ImportRow
from backend.medicines import dispensings
from backend.orca_pull import Wanted, pull
from backend.settings import SettingsMissing
from shared import clock
from shared.formats import Answers, Found, orca
from shared.problems import Clash, Invalid, NotThere, Problem, Unreadable
from tests.backend.exchange.orca_server import PASSWORD, USER, Running, running
from tests.cast import Cast
from tests.formats_samples import SAMPLES

NOW = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def ours(cast: Cast, clinic: Running, tmp_path: Path) -> House:
    """Hanako's house, with settings that lead to the clinic."""
    cert, key = clinic.authority.issue("tomoni")
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    settings = replace(
        cast.house.settings,
        orca_url=clinic.url,
        orca_cert=cert,
        orca_key=key,
        orca_ca=clinic.authority.file,
        orca_user=USER,
        orca_password_file=password,
    )
    return replace(cast.house, settings=settings)


def pulled(house: House, record: UUID, **wanted: Any) -> dict[str, Any]:
    with clock.held(NOW):
        return pull(house, record, Wanted(**{"patient": "00216", **wanted}), lambda _: None)


def received(cast: Cast) -> list[inbox.Import]:
    with cast.house.database.transaction() as session:
        record = inbox.open_own(cast.house.opener, session, cast.hanako.viewer, cast.record, "phone")
        return inbox.inbox(record)


def medicines(cast: Cast) -> list[str]:
    with cast.house.database.transaction() as session:
        found = dispensings.medicine_list(cast.open(session, cast.hanako))
    return [medicine.name for each in found for medicine in each.medicines]


def test_it_waits_in_her_inbox_until_she_says_yes(cast: Cast, ours: House, clinic: Running) -> None:
    said = pulled(ours, cast.record)
    assert (said["state"], said["format"], said["answers"]) == (State.PREVIEWED, "orca", 3)
    assert said["counts"]["dispensing"] == {"new": 1, "same": 0, "changed": 0}
    assert said["counts"]["finding"]["new"] == 1
    assert said["without_content"] == [
        {"code": "0105", "message": "伝票番号に該当する受診履歴が存在しません。", "count": 1}
    ]
    (one,) = received(cast)
    assert (one.state, one.is_hers, one.contents.name) == (State.PREVIEWED, True, "ORCA 2026-03-12.json")
    assert medicines(cast) == []
    months = [
        body["private_objects"]["Perform_Month"]
        for name, body in clinic.clinic.asked
        if name == "incomeinfv2"
    ]
    assert (months[0], months[-1], len(months)) == ("2025-03", "2026-03", 13)


def test_kept_at_once_when_asked_and_the_same_when_pulled_again(cast: Cast, ours: House) -> None:
    assert pulled(ours, cast.record, keep=True)["state"] == State.KEPT
    assert medicines(cast) == ["アムロジピン錠５ｍｇ「トモニ」"]
    again = pulled(ours, cast.record, keep=True)
    assert again["counts"]["dispensing"] == {"new": 0, "same": 1, "changed": 0}
    assert again["counts"]["finding"]["new"] == 0
    assert len(medicines(cast)) == 1


def test_the_original_is_what_the_orca_sent(cast: Cast, ours: House) -> None:
    pulled(ours, cast.record)
    with cast.house.database.transaction() as session:
        record = inbox.open_own(cast.house.opener, session, cast.hanako.viewer, cast.record, "phone")
        row = session.scalars(select(ImportRow)).one()
        opened = originals.open_part(record.key, row.upload_id, 0, row.bytes, lambda: nullcontext(session))
        raw = opened.read()
    assert raw.count(b'"Api_Result"') == 3
    assert raw.count(b"{}") > 300
    assert len([each for each in orca.read(BytesIO(raw), Answers()) if isinstance(each, Found)]) == 2


@pytest.mark.parametrize(
    "patient",
    [
        {"WholeName": "木村　島夫", "WholeName_inKana": "キムラ　シマオ"},
        {"BirthDate": "1960-09-30"},
        {"WholeName": ""},
    ],
)
def test_another_person_is_told_before_anything_is_kept(
    cast: Cast, ours: House, clinic: Running, patient: dict[str, str]
) -> None:
    clinic.clinic.patient |= patient
    with pytest.raises(Clash) as problem:
        pulled(ours, cast.record)
    assert problem.value.code == "orca_other_person"
    assert received(cast) == []
    assert [name for name, _ in clinic.clinic.asked] == ["patientgetv2"]


def test_a_clinic_that_says_no(cast: Cast, ours: House, clinic: Running) -> None:
    clinic.clinic.results["patientgetv2"] = ["10"]
    with pytest.raises(Unreadable) as problem:
        pulled(ours, cast.record)
    assert problem.value.code == "orca_answer"
    assert received(cast) == []


def test_a_line_that_breaks_in_the_middle_keeps_nothing(cast: Cast, ours: House, clinic: Running) -> None:
    clinic.clinic.results["prescriptionv2"] = ["E90"] * 4
    with pytest.raises(Clash) as problem:
        pulled(ours, cast.record)
    assert problem.value.code == "orca_busy"
    assert received(cast) == []


def test_only_visits_since_the_day_are_asked_for(cast: Cast, ours: House, clinic: Running) -> None:
    clinic.clinic.visits = {"1": "2026-03-01", "2": "2026-03-05", "3": "2026-02-27"}
    pulled(ours, cast.record, since=date(2026, 3, 5))
    asked = [body["prescriptionv2req"] for name, body in clinic.clinic.asked if name == "prescriptionv2"]
    assert [each["Invoice_Number"] for each in asked] == ["2"]


@pytest.mark.parametrize("since", [date(2026, 3, 13), date(1999, 1, 1)])
def test_a_day_that_cannot_be(cast: Cast, ours: House, clinic: Running, since: date) -> None:
    with pytest.raises(Invalid):
        pulled(ours, cast.record, since=since)
    assert clinic.clinic.asked == []


def test_a_record_that_is_not_there(cast: Cast, ours: House, clinic: Running) -> None:
    with pytest.raises(NotThere):
        pulled(ours, UUID(int=1))
    assert clinic.clinic.asked == []


def test_without_settings_it_says_which(cast: Cast) -> None:
    with pytest.raises(SettingsMissing, match="TOMONI_ORCA_URL"):
        pull(cast.house, cast.record, Wanted("00216"))


def _clins(tmp_path: Path) -> Path:
    path = tmp_path / "clins.json"
    path.write_bytes((SAMPLES / "fhir_jp" / "hanako_clins.json").read_bytes())
    return path


def test_what_an_institution_may_not_send_never_reaches_her_inbox(cast: Cast, tmp_path: Path) -> None:
    owner = owned(cast.house, cast.record)
    with pytest.raises(Problem) as problem:
        bring(owner, _clins(tmp_path), Wish(sent_by_institution=True))
    assert problem.value.code == "fhir_withheld_sent"
    assert received(cast) == []


def test_the_same_file_of_her_own_is_read_without_it(cast: Cast, tmp_path: Path) -> None:
    owner = owned(cast.house, cast.record)
    said = bring(owner, _clins(tmp_path), Wish(keep=True))
    assert (said["state"], said["format"]) == (State.KEPT, "fhir_jp")
    assert "まだ伝えていない病名" not in json.dumps(said, ensure_ascii=False, default=str)
    assert "まだ伝えていない病名".encode() in _clins(tmp_path).read_bytes()
