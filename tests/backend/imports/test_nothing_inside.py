"""Whole files in which there is no record: she is told so in kind words, asked nothing, and nothing is broken."""

from __future__ import annotations

import json

import pytest

from backend.imports.inbox import State
from shared.languages import speaking
from shared.problems import Unreadable
from tests.backend.imports.desk import Desk, sample

APPLE = """<?xml version="1.0" encoding="UTF-8"?>
<HealthData locale="ja_JP">
 <ExportDate value="2026-11-24 09:00:00 +0900"/>
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1948-05-03"
  HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
</HealthData>
"""


def header(name: str, lines: int = 1) -> bytes:
    """The first lines of one of our samples."""
    return b"".join(sample(name).splitlines(keepends=True)[:lines])


EMPTY = {
    "omron": header("omron/hanako_pressure.csv"),
    "omron, US e-mail": header("omron/taro_us_mail.csv"),
    "apple_health": APPLE.encode(),
    "nightscout": b"[]\n",
    "nightscout, spread out": b"\xef\xbb\xbf[\n\n]",
    "libreview": header("libreview/hanako_mgdl.csv", 2),
    "dexcom": header("dexcom/hanako_clarity.csv"),
    "withings": header("withings/weight.csv"),
    "fitbit": header("fitbit/heart_rate_2026-11-18.csv"),
    "samsung_health": header("samsung_health/com.samsung.shealth.blood_pressure.20261118.csv", 2),
    "tanita": b'{"birth_date":"19480503","data":[],"height":"152","sex":"female"}',
    "fhir_jp": json.dumps({"resourceType": "Bundle", "type": "searchset", "total": 0}).encode(),
}


@pytest.mark.parametrize("of", EMPTY)
def test_a_file_without_a_record_says_just_that(desk: Desk, of: str) -> None:
    handed = desk.hand_in(EMPTY[of], name="data")
    assert handed.state is State.REFUSED
    assert handed.contents.problem is not None
    assert (handed.contents.problem.code, handed.contents.question) == ("file_says_nothing", None)
    assert handed.format == (None if of.startswith("nightscout") else of.partition(",")[0])
    assert desk.rows("import_pieces") == 1
    assert (desk.rows("import_items"), desk.rows("import_days")) == (0, 0)


def test_it_is_said_as_no_fault_of_hers_or_of_the_file() -> None:
    with speaking("ja"):
        said = Unreadable("file_says_nothing").message()
        assert "記録がひとつも入っていませんでした" in said
        assert not any(each in said for each in ("壊れ", "切れ", "間違", "読めません"))


@pytest.mark.parametrize("of", ["omron", "dexcom", "libreview", "withings"])
def test_what_is_cut_within_a_row_is_no_empty_file(desk: Desk, of: str) -> None:
    one = {
        "omron": b"2026/11/23",
        "dexcom": b"1,2026-11-23T07:00:00,EGV",
        "libreview": b"FreeStyle LibreLink,A-1,11-2",
    }
    handed = desk.hand_in(EMPTY[of] + one.get(of, b"2026-11-23 07:0"), name="data")
    assert handed.contents.problem is None or handed.contents.problem.code != "file_says_nothing"
