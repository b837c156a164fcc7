"""The connector to a clinic's ORCA, against a server that answers like one over TLS with a client certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from backend.exchange.orca import Clinic, Orca
from backend.settings import Settings, SettingsMissing
from shared.problems import Clash, Invalid, NotAllowed, Problem, Unreachable, Unreadable
from tests.backend.exchange.orca_server import PASSWORD, USER, Authority, Running, running

TODAY = date(2026, 3, 12)


@pytest.fixture(scope="module")
def settings(secrets: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("house")
    named = {
        "TOMONI_DATABASE_URL": f"sqlite:///{home / 'tomoni.db'}",
        "TOMONI_PUBLIC_URL": "http://localhost:8000",
        "TOMONI_DATA_DIR": str(home),
    }
    return Settings.from_env({**secrets, **named})


@pytest.fixture
def orca(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def ours(settings: Settings, orca: Running, tmp_path: Path) -> Settings:
    """Settings that lead to the server, with everything it asks for."""
    cert, key = orca.authority.issue("tomoni")
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n", "utf-8")
    return replace(
        settings,
        orca_url=orca.url,
        orca_cert=cert,
        orca_key=key,
        orca_ca=orca.authority.file,
        orca_user=USER,
        orca_password_file=password,
    )


def asking(settings: Settings, waits: list[float] | None = None, patient: str = "00216") -> Orca:
    pauses = [] if waits is None else waits
    return Orca(Clinic.of(settings), patient, pauses.append)


def refused(orca: Orca) -> Problem:
    with pytest.raises(Problem) as problem:
        orca.patient()
    return problem.value


def test_asks_for_a_patient_and_keeps_the_bytes_as_they_came(ours: Settings, orca: Running) -> None:
    told = asking(ours).patient()
    assert (told.answer.kind, told.answer.went_well) == ("patient", True)
    assert told.raw.count(b"{}") == 19
    assert orca.clinic.asked == [("patientgetv2", {"id": "00216"})]


def test_asks_for_illnesses_visits_and_their_forms(ours: Settings, orca: Running) -> None:
    asked = asking(ours)
    assert asked.diseases(TODAY).answer.kind == "diseases"
    _, (visit,) = asked.visits(TODAY)
    assert (visit.on, visit.invoice) == (date(2026, 3, 10), "0000861")
    assert asked.prescription(visit).answer.kind == "prescription"
    # What the clinic did not hand out is an answer too: its own no.
    assert asked.notebook(visit).answer.result == "0105"
    assert [name for name, _ in orca.clinic.asked] == [
        "diseasegetv2",
        "incomeinfv2",
        "prescriptionv2",
        "medicinenotebookv2",
    ]


def test_a_patient_whom_somebody_has_open_is_asked_for_again(ours: Settings, orca: Running) -> None:
    orca.clinic.results["patientgetv2"] = ["E90"]
    waits: list[float] = []
    assert asking(ours, waits).patient().answer.went_well
    assert waits == [1]


def test_who_stays_locked_is_told_so(ours: Settings, orca: Running) -> None:
    orca.clinic.results["patientgetv2"] = ["E90", "E9999", "E90", "E90", "00"]
    waits: list[float] = []
    problem = refused(asking(ours, waits))
    assert (type(problem), problem.code, waits) == (Clash, "orca_busy", [1, 2, 4])


def test_a_server_that_is_starting_is_asked_again(ours: Settings, orca: Running) -> None:
    orca.clinic.statuses = [503, 502]
    waits: list[float] = []
    assert asking(ours, waits).patient().answer.went_well
    assert waits == [1, 2]


def test_nobody_there(ours: Settings, orca: Running) -> None:
    waits: list[float] = []
    port = int(orca.url.rpartition(":")[2])
    away = replace(ours, orca_url=f"https://localhost:{port - 1 if port > 1024 else port + 1}")
    problem = refused(asking(away, waits))
    assert (type(problem), problem.code, waits) == (Unreachable, "orca_unreachable", [1, 2, 4])


def test_without_the_right_certificate_nobody_is_let_in(
    ours: Settings, orca: Running, tmp_path: Path
) -> None:
    (tmp_path / "strangers").mkdir()
    cert, key = Authority.made(tmp_path / "strangers", "strangers").issue("tomoni")
    problem = refused(asking(replace(ours, orca_cert=cert, orca_key=key)))
    assert (type(problem), problem.code) == (NotAllowed, "orca_certificate_refused")
    assert orca.clinic.asked == []


def test_a_server_that_is_not_the_clinics_hears_nothing(
    ours: Settings, orca: Running, tmp_path: Path
) -> None:
    (tmp_path / "others").mkdir()
    other = Authority.made(tmp_path / "others", "others").file
    problem = refused(asking(replace(ours, orca_ca=other)))
    assert (type(problem), problem.code) == (NotAllowed, "orca_server_unknown")
    # Without a named authority the system's are asked, which do not know the clinic's either.
    assert refused(asking(replace(ours, orca_ca=None))).code == "orca_server_unknown"
    assert orca.clinic.asked == []


@pytest.mark.parametrize(("user", "password"), [(USER, "ちがう"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password(ours: Settings, orca: Running, tmp_path: Path, user: str, password: str) -> None:
    path = tmp_path / "wrong"
    path.write_text(password, "utf-8")
    problem = refused(asking(replace(ours, orca_user=user, orca_password_file=path)))
    assert (type(problem), problem.code) == (NotAllowed, "orca_sign_in")
    assert orca.clinic.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>It works!</html>", None),
        (b"", None),
        (b"[]", None),
        (b'{"x": 1}', None),
        (b'{"Api_Result": "00"', None),
        (None, 404),
        (None, 302),
    ],
)
def test_what_is_no_orca(ours: Settings, orca: Running, body: bytes | None, status: int | None) -> None:
    orca.clinic.body = body
    orca.clinic.statuses = [status] if status else []
    problem = refused(asking(ours))
    assert (type(problem), problem.code) == (Unreadable, "orca_odd_answer")


def test_an_answer_about_somebody_else_is_kept_nowhere(ours: Settings, orca: Running) -> None:
    orca.clinic.patient["Patient_ID"] = "00217"
    problem = refused(asking(ours))
    assert (type(problem), problem.code) == (Clash, "orca_other_number")


def test_zeros_before_a_number_are_not_part_of_it(ours: Settings, orca: Running) -> None:
    assert asking(ours, patient="216").patient().answer.went_well


@pytest.mark.parametrize("patient", ["", "00216&x=1", "../x", "００２１６", "1" * 21, "a b"])
def test_a_number_that_is_none_is_asked_nowhere(ours: Settings, orca: Running, patient: str) -> None:
    with pytest.raises(Invalid):
        asking(ours, patient=patient)
    assert orca.clinic.asked == []


def test_what_is_missing_is_named_at_once(settings: Settings) -> None:
    with pytest.raises(SettingsMissing, match="TOMONI_ORCA_URL, TOMONI_ORCA_CERT, TOMONI_ORCA_KEY"):
        Clinic.of(settings)


def test_files_that_cannot_be_used_are_named(ours: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    for wrong in (
        replace(ours, orca_cert=tmp_path / "gone"),
        replace(ours, orca_key=empty),
        replace(ours, orca_ca=empty),
    ):
        with pytest.raises(Invalid) as problem:
            Clinic.of(wrong)
        assert problem.value.code == "orca_certificate_unusable"
    with pytest.raises(Invalid) as problem:
        Clinic.of(replace(ours, orca_password_file=tmp_path / "gone"))
    assert problem.value.code == "orca_password_unusable"


def test_no_secret_is_shown(ours: Settings) -> None:
    assert PASSWORD not in repr(Clinic.of(ours))


def test_a_prefix_before_the_api_is_kept(ours: Settings, orca: Running) -> None:
    assert asking(replace(ours, orca_url=f"{orca.url}/api/")).patient().answer.went_well
