"""The `tomoni` command, as it is typed: what it prints, how it fails, and with which status."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.backend.exchange.orca_server import PASSWORD, USER, running
from tests.formats_samples import SAMPLES

TECHO = SAMPLES / "jahis_techo" / "hanako_pharmacy.txt"
HEALTH = SAMPLES / "apple_health" / "hanako_2026.xml"
SCALE = SAMPLES / "withings" / "weight.csv"
Done = subprocess.CompletedProcess[str]


def tomoni(*arguments: object, home: Path, **env: str) -> Done:
    """One command in a house of its own."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("TOMONI_") and name != "PORT"
    }
    return subprocess.run(
        [sys.executable, "-m", "backend.commands", *map(str, arguments)],
        capture_output=True, text=True, env={**clean, "TOMONI_DATA_DIR": str(home), **env}, timeout=120, check=False,
    )  # fmt: skip


def told(done: Done) -> dict[str, Any]:
    """The JSON problem on standard error."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    return dict(json.loads(done.stderr))


def sentence(done: Done) -> str:
    """The one sentence it fails with."""
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("tomoni: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_read_says_what_is_in_a_file(tmp_path: Path) -> None:
    done = tomoni("read", HEALTH, home=tmp_path / "var")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found == json.loads((HEALTH.parent / "hanako_2026.expected.json").read_text("utf-8"))["report"]
    assert set(found) == {"format", "found", "troubles", "identity"}
    assert found["format"] == "apple_health"
    assert {"count", "unit", "first", "last"} <= set(found["found"]["weight"])
    assert not (tmp_path / "var").exists()  # it needs no database and makes no secrets


def test_read_prints_a_line_for_each_item(tmp_path: Path) -> None:
    done = tomoni("read", "--lines", TECHO, home=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(lines) > 1
    assert all(isinstance(line, dict) for line in lines)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty", b"", "file_empty"),
        ("words.txt", b"hello", "format_unknown"),
        (
            "export.xml",
            b'<?xml version="1.0"?><!DOCTYPE HealthData [<!ENTITY a "b">]><HealthData>&a;</HealthData>',
            None,
        ),
        ("export.xml", HEALTH.read_bytes()[:3000], None),
        ("techo.txt", b"JAHISTC", None),
    ],
    ids=["empty", "unknown", "entity", "cut", "header alone"],
)
def test_read_refuses_with_a_problem(tmp_path: Path, name: str, content: bytes, problem: str | None) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    said = told(tomoni("read", path, home=tmp_path))
    assert problem in (None, said["problem"])
    assert said["message"]
    assert "Traceback" not in said["message"]


def test_read_of_what_is_no_file(tmp_path: Path) -> None:
    assert told(tomoni("read", tmp_path / "gone", home=tmp_path))["problem"] == "file_not_opened"
    assert told(tomoni("read", tmp_path, home=tmp_path))["problem"] == "file_not_opened"
    zone = told(tomoni("read", TECHO, "--zone", "Asia/Nowhere", home=tmp_path))
    assert (zone["problem"], zone["words"]) == ("zone_unknown", {"zone": "Asia/Nowhere"})


def test_read_prints_what_a_file_asks_and_takes_the_answer(tmp_path: Path) -> None:
    asked = told(tomoni("read", SCALE, home=tmp_path))
    assert (asked["problem"], asked["question"]["ask"], asked["question"]["of"]) == (
        "asks_zone",
        "zone",
        "withings",
    )
    assert asked["question"]["facts"]["samples"]
    done = tomoni("read", SCALE, "--zone", "America/New_York", home=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["found"]["weight"]["count"] > 0
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("測定日,最高,最低\n04/05/2026,128,76\n04/06/2026,131,79\n", "utf-8")
    key = told(tomoni("read", sheet, home=tmp_path))["question"]["facts"]["key"]
    columns = ("--columns", f"{key}=date,systolic,diastolic")
    assert told(tomoni("read", sheet, *columns, home=tmp_path))["problem"] == "asks_day_order"
    done = tomoni("read", sheet, *columns, "--day-order", "day_first", "--zone", "Asia/Tokyo", home=tmp_path)
    assert json.loads(done.stdout)["found"]["blood_pressure"]["count"] == 2, done.stderr


def test_import_prints_what_a_file_asks_and_takes_the_answer(tmp_path: Path) -> None:
    assert tomoni("seed", home=tmp_path).returncode == 0
    record = _record(tmp_path)
    asked = tomoni("import", "--record", record, "--keep", SCALE, home=tmp_path)
    said = json.loads(asked.stdout)
    assert (asked.returncode, said["state"], said["question"]["ask"]) == (2, "asking", "zone")
    done = tomoni("import", "--record", record, "--keep", "--zone", "Asia/Tokyo", SCALE, home=tmp_path)
    said = json.loads(done.stdout)
    assert (done.returncode, said["state"], said["question"]) == (0, "kept", None)
    assert said["progress"]["readings"] > 0
    again = tomoni("import", "--record", record, SCALE, home=tmp_path)
    assert json.loads(again.stdout)["state"] == "previewed", "it was remembered"


def test_who_reads_only_the_beginning_is_not_told_off(tmp_path: Path) -> None:
    many = tmp_path / "many.xml"
    row = '<Record type="HKQuantityTypeIdentifierBodyMass" sourceName="s" unit="kg" value="52.4" '
    row += 'creationDate="2026-03-03 07:00:00 +0900" startDate="2026-03-03 07:00:00 +0900" '
    row += 'endDate="2026-03-03 07:00:00 +0900"/>\n'
    head = '<?xml version="1.0"?>\n<HealthData locale="ja_JP">\n <ExportDate value="2026-03-04 07:00:00 +0900"/>\n'
    many.write_text(head + row * 20_000 + "</HealthData>\n")
    command = f"{sys.executable} -m backend.commands read --lines {many} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    first, status = done.stdout.splitlines()
    assert json.loads(first)
    assert status == "0"


def test_migrate_and_seed_may_be_repeated(tmp_path: Path) -> None:
    for command in ("migrate", "migrate", "seed", "seed", "migrate"):
        done = tomoni(command, home=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), command
    for name in ("secrets", "tomoni.db"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600, name
    assert "sato@example.jp" in tomoni("seed", home=tmp_path).stdout


@pytest.mark.parametrize(
    "url", ["https://tomoni.example.jp", "http://0.0.0.0:8000", "http://localhost.example.jp"]
)
def test_seed_refuses_where_others_can_come(tmp_path: Path, url: str) -> None:
    said = told(tomoni("seed", home=tmp_path, TOMONI_PUBLIC_URL=url))
    assert said["problem"] == "seed_only_here"
    assert not (tmp_path / "tomoni.db").exists()


def test_import_into_a_record(tmp_path: Path) -> None:
    assert tomoni("seed", home=tmp_path).returncode == 0
    record = _record(tmp_path)
    again = {"new": 0, "same": 1, "changed": 0}
    for counts in ({**again, "new": 1, "same": 0}, again):
        done = tomoni("import", "--record", record, "--keep", TECHO, home=tmp_path)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["state"], said["format"]) == ("kept", "jahis_techo")
        assert said["counts"]["dispensing"] == counts
    nobody = "0190d3a0-0000-7000-8000-0000000000ff"
    assert told(tomoni("import", "--record", nobody, TECHO, home=tmp_path))["problem"] == "not_there"


def test_import_of_what_an_institution_may_not_send(tmp_path: Path) -> None:
    assert tomoni("seed", home=tmp_path).returncode == 0
    clins = SAMPLES / "fhir_jp" / "hanako_clins.json"
    asked = ("import", "--record", _record(tmp_path), clins)
    assert told(tomoni(*asked, "--sent-by-institution", home=tmp_path))["problem"] == "fhir_withheld_sent"
    assert json.loads(tomoni(*asked, home=tmp_path).stdout)["state"] == "previewed"


def test_orca_pull(tmp_path: Path) -> None:
    assert tomoni("seed", home=tmp_path).returncode == 0
    record = _record(tmp_path)
    pull = ("orca", "pull", "--record", record, "--patient", "00216", "--since", "2026-03-01")
    assert "TOMONI_ORCA_URL" in sentence(tomoni(*pull, home=tmp_path))
    assert tomoni(*pull[:-1], "soon", home=tmp_path).returncode == 2
    with running(tmp_path) as orca:
        cert, key = orca.authority.issue("tomoni")
        (tmp_path / "password").write_text(PASSWORD, "utf-8")
        env = {
            "TOMONI_ORCA_URL": orca.url, "TOMONI_ORCA_CERT": str(cert), "TOMONI_ORCA_KEY": str(key),
            "TOMONI_ORCA_CA": str(orca.authority.file), "TOMONI_ORCA_USER": USER,
            "TOMONI_ORCA_PASSWORD_FILE": str(tmp_path / "password"),
        }  # fmt: skip
        said = json.loads(tomoni(*pull, "--keep", home=tmp_path, **env).stdout)
        assert (said["state"], said["format"]) == ("kept", "orca")
        assert said["counts"]["finding"]["new"] == 1
        orca.clinic.patient["BirthDate"] = "1960-09-30"
        assert told(tomoni(*pull, home=tmp_path, **env))["problem"] == "orca_other_person"
        insecure = {**env, "TOMONI_ORCA_URL": "http://localhost:8000"}
        assert "TOMONI_ORCA_URL" in sentence(tomoni(*pull, home=tmp_path, **insecure))


def _record(home: Path) -> str:
    with closing(sqlite3.connect(home / "tomoni.db")) as database:
        return str(database.execute("SELECT record_id FROM records").fetchone()[0])


def test_jobs_once(tmp_path: Path) -> None:
    assert tomoni("migrate", home=tmp_path).returncode == 0
    assert tomoni("jobs", "--once", home=tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["migrate", "seed", "serve"])
def test_settings_that_cannot_be_are_one_sentence(tmp_path: Path, command: str) -> None:
    said = sentence(tomoni(command, home=tmp_path, TOMONI_PEPPER="short", TOMONI_BODY_LIMIT_MB="x"))
    assert "TOMONI_PEPPER, TOMONI_BODY_LIMIT_MB" in said
    assert "docs/settings.md" in said


@pytest.mark.parametrize("command", ["migrate", "seed", "serve"])
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file" in sentence(tomoni(command, home=tmp_path / "file" / "var"))


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    url = "postgresql+psycopg://tomoni@127.0.0.1:1/tomoni"
    for command in (["migrate"], ["serve", "--port", "1"], ["seed"]):
        assert "tomoni@" not in sentence(tomoni(*command, home=tmp_path, TOMONI_DATABASE_URL=url))
    assert "migrate" in sentence(tomoni("jobs", "--once", home=tmp_path))


@pytest.mark.parametrize("port", ["0", "70000", "abc"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    for done in (tomoni("serve", "--port", port, home=tmp_path), tomoni("serve", home=tmp_path, PORT=port)):
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "1 to 65535" in done.stderr


def test_alone_it_says_what_there_is(tmp_path: Path) -> None:
    done = tomoni(home=tmp_path)
    assert done.returncode == 2
    assert "COMMAND" in done.stderr
