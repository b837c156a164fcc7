"""What a file leaves open is asked once: the answer is remembered for her, said at the preview, and can be changed."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask

from backend.imports import answers, asking
from backend.imports.inbox import SMALL, Import, State
from backend.jobs import run_due
from shared.formats import Ask, DayOrder, Said
from shared.problems import Clash, Invalid, NotThere
from shared.vitals import Vital
from tests.backend.imports.desk import Desk, sample
from tests.backend.imports.test_api import Phone, _key, hanako, path  # noqa: F401

TOKYO, NEW_YORK = Said("Asia/Tokyo"), Said("America/New_York")
SCALE = b'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
APPLE = sample("apple_health/hanako_2026.xml")


# A scale's tables whose times carry no zone.
ONE = SCALE + b'"2026-03-01 07:12:00",54.3,,,,,\n'
TWO = SCALE + b'"2026-03-02 07:15:00",54.1,,,,,\n'
SHEET = "測定日,体重,ひとこと\n2026/3/14,54.3,元気\n2026/3/15,54.1,\n".encode()
LIBRE = (
    "患者レポート,05-03-2026 10:00 UTC,作成者,山田 花子\n"
    "Device,Serial Number,Device Timestamp,Record Type,Historic Glucose mg/dL,Scan Glucose mg/dL\n"
    "FreeStyle LibreLink,AAA-1,04-03-2026 08:00,0,101,\n"
    "FreeStyle LibreLink,AAA-1,04-03-2026 08:15,0,103,\n"
).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def answer(desk: Desk, one: Import, said: Said) -> Import:
    answered = desk.do(lambda record: asking.answer(record, one.id, said))
    run_due(desk.house)
    return desk.find(answered.id)


def remembered(desk: Desk) -> dict[str, Said]:
    return {each.of: each.said for each in desk.do(answers.remembered)}


def moments(desk: Desk) -> list[str]:
    return sorted(f"{vital.taken_at:%Y-%m-%d %H:%M} {vital.reading}" for vital in desk.vitals())


def asked(one: Import) -> tuple[Ask, str]:
    assert one.state is State.ASKING
    assert one.contents.question is not None
    return one.contents.question.ask, one.contents.question.of


def test_a_file_without_a_zone_asks_and_nothing_of_it_is_staged(desk: Desk) -> None:
    handed = desk.hand_in(ONE)
    assert asked(handed) == (Ask.ZONE, "withings")
    assert handed.contents.question is not None
    assert handed.contents.question.facts["samples"] == ["2026-03-01 07:12:00"]
    assert handed.contents.question.facts["zone"] == "Asia/Tokyo"
    assert handed.contents.problem is None
    assert (desk.rows("import_items"), desk.rows("import_days")) == (0, 0)
    with pytest.raises(Clash):
        desk.keep(handed.id)


def test_an_answer_reads_the_file_and_the_next_one_does_not_ask(desk: Desk) -> None:
    first = answer(desk, desk.hand_in(ONE), TOKYO)
    assert first.state is State.PREVIEWED
    assert (first.contents.said, first.contents.used) == ({"withings": TOKYO}, {"withings": TOKYO})
    assert remembered(desk) == {"withings": TOKYO}
    second = desk.hand_in(TWO)
    assert (second.state, second.contents.said) == (State.PREVIEWED, {})
    assert second.contents.used == {"withings": TOKYO}
    desk.keep(first.id)
    desk.keep(second.id)
    assert moments(desk) == ["2026-02-28 22:12 54.3", "2026-03-01 22:15 54.1"]


def test_a_remembered_answer_can_be_changed_at_the_preview(desk: Desk) -> None:
    answer(desk, desk.hand_in(ONE), TOKYO)
    second = desk.hand_in(TWO)
    changed = answer(desk, second, NEW_YORK)
    assert changed.state is State.PREVIEWED
    assert changed.contents.used == {"withings": NEW_YORK}
    desk.keep(second.id)
    assert moments(desk) == ["2026-03-02 12:15 54.1"]
    assert remembered(desk) == {"withings": NEW_YORK}, "the newest word counts"
    desk.undo(second.id)
    assert desk.vitals() == []


def test_the_same_answer_again_changes_nothing_and_a_kept_file_takes_none(desk: Desk) -> None:
    first = answer(desk, desk.hand_in(ONE), TOKYO)
    assert answer(desk, first, TOKYO) == first
    desk.keep(first.id)
    with pytest.raises(Clash):
        answer(desk, first, NEW_YORK)
    assert remembered(desk) == {"withings": TOKYO}


def test_two_questions_are_asked_one_after_the_other(desk: Desk) -> None:
    handed = desk.hand_in(LIBRE)
    assert asked(handed) == (Ask.DAY_ORDER, "libreview")
    second = answer(desk, handed, Said(day_order=DayOrder.MONTH_FIRST))
    assert asked(second) == (Ask.ZONE, "libreview")
    done = answer(desk, second, TOKYO)
    assert done.state is State.PREVIEWED
    both = Said("Asia/Tokyo", DayOrder.MONTH_FIRST)
    assert (done.contents.used, remembered(desk)) == ({"libreview": both}, {"libreview": both})
    again = desk.hand_in(LIBRE + b"FreeStyle LibreLink,AAA-1,04-03-2026 08:30,0,99,\n")
    assert again.state is State.PREVIEWED
    assert again.contents.counts["blood_glucose"].new == 3


def test_both_can_be_answered_at_once(desk: Desk) -> None:
    done = answer(desk, desk.hand_in(LIBRE), Said("Asia/Tokyo", DayOrder.DAY_FIRST))
    assert done.state is State.PREVIEWED


def test_a_forgotten_answer_is_asked_again(desk: Desk) -> None:
    answer(desk, desk.hand_in(ONE), TOKYO)
    desk.do(lambda record: answers.forget(record, "withings"))
    assert remembered(desk) == {}
    assert asked(desk.hand_in(TWO)) == (Ask.ZONE, "withings")
    with pytest.raises(NotThere):
        desk.do(lambda record: answers.forget(record, "withings"))


def test_what_another_format_asked_is_not_taken_for_an_answer(desk: Desk) -> None:
    answer(desk, desk.hand_in(ONE), TOKYO)
    assert asked(desk.hand_in(LIBRE)) == (Ask.DAY_ORDER, "libreview")


def test_a_zone_said_of_a_file_that_never_asked_is_for_that_file_alone(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    said = answer(desk, handed, NEW_YORK)
    assert (said.state, remembered(desk)) == (State.PREVIEWED, {})


def test_a_large_file_asks_and_is_read_by_the_job(desk: Desk) -> None:
    rows = [
        f"20{n // 365 % 26:02d}-01-{n % 28 + 1:02d} {n % 24:02d}:{n % 60:02d}:{n % 59:02d}"
        for n in range(24_000)
    ]
    large = SCALE + "".join(f'"{row}",54.3,,,,,\n' for row in rows).encode()
    large += b" " * (SMALL - len(large)) if len(large) <= SMALL else b""
    handed = desk.hand_in(large + b"\n")
    assert handed.bytes > SMALL
    assert asked(handed) == (Ask.ZONE, "withings")
    assert desk.rows("import_items") == 0
    assert answer(desk, handed, TOKYO).state is State.PREVIEWED


def test_a_bundle_asks_in_the_name_of_the_member_and_remembers_so(desk: Desk) -> None:
    pharmacy = sample("jahis_techo/hanako_pharmacy.txt")
    handed = desk.hand_in(zipped({"手帳.txt": pharmacy, "家/scale.csv": ONE, "libre.csv": LIBRE}))
    assert (handed.format, asked(handed)) == ("bundle", (Ask.ZONE, "withings"))
    second = answer(desk, handed, NEW_YORK)
    assert asked(second) == (Ask.DAY_ORDER, "libreview")
    third = answer(desk, second, Said("Asia/Tokyo", DayOrder.DAY_FIRST))
    assert third.state is State.PREVIEWED
    assert third.contents.used == {"withings": NEW_YORK, "libreview": Said("Asia/Tokyo", DayOrder.DAY_FIRST)}
    assert remembered(desk) == third.contents.used
    assert {"dispensing", "weight", "blood_glucose"} <= set(third.contents.counts)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(), "answer_missing"),
        (Said("Mars/Base"), "zone_unknown"),
        (Said("../../etc/passwd"), "zone_unknown"),
        (Said(columns={"a": ("time",) * 501}), "invalid_fields"),
    ],
)
def test_answers_that_cannot_be_are_refused(desk: Desk, said: Said, code: str) -> None:
    handed = desk.hand_in(ONE)
    with pytest.raises(Invalid) as refused:
        desk.do(lambda record: asking.answer(record, handed.id, said))
    assert refused.value.code == code
    assert remembered(desk) == {}


def test_sheets_are_remembered_each_for_itself_and_not_without_end(desk: Desk) -> None:
    for n in range(answers.MOST_SHEETS + 5):
        said = Said(columns={f"key {n}": ("time", "weight")})
        with desk.record() as record:
            answers.remember(record, "sheet", said)
    kept = remembered(desk)["sheet"].columns
    assert len(kept) == answers.MOST_SHEETS
    assert f"key {answers.MOST_SHEETS + 4}" in kept
    assert "key 0" not in kept


def test_answers_are_sealed(desk: Desk) -> None:
    answer(desk, desk.hand_in(ONE), Said("Pacific/Kiritimati"))
    with desk.record() as record:
        assert "Kiritimati" not in repr(
            record.session.connection().exec_driver_sql("SELECT * FROM import_answers").all()
        )


def test_the_doors_ask_take_and_forget(hanako: Phone, path: str) -> None:  # noqa: F811
    told = hanako.send(f"{path}?name=weight.csv", ONE, headers=_key()).get_json()
    assert (told["state"], told["problem"], told["answered"]) == ("asking", None, [])
    question = told["question"]
    assert (question["ask"], question["of"]) == ("zone", "withings")
    assert question["of_label"]
    assert "教えて" in question["message"]
    assert question["facts"]["samples"] == ["2026-03-01 07:12:00"]
    at = f"{path}/{told['id']}/answers"
    for wrong in (
        b"{}",
        b'{"zone":"Moon/Sea"}',
        b'{"day_order":"year_first"}',
        b'{"other":1}',
        b'{"columns":{}}',
    ):
        assert hanako.send(at, wrong).status_code == 422
    done = hanako.send(at, b'{"zone":"Asia/Tokyo"}').get_json()
    assert (done["state"], done["question"]) == ("previewed", None)
    assert done["answered"] == [_answered(remembered=False)]
    next_one = hanako.send(path, TWO, headers=_key()).get_json()
    assert next_one["answered"] == [_answered(remembered=True)]
    (listed,) = hanako.get(f"{path}/answers").get_json()["answers"]
    assert (listed["of"], listed["zone"], listed["day_order"], listed["sheets"]) == (
        "withings",
        "Asia/Tokyo",
        None,
        0,
    )
    gone = hanako.client.delete(f"{path}/answers/withings", headers=hanako.headers)
    assert (gone.status_code, gone.get_json()) == (200, {"answers": []})
    assert hanako.client.delete(f"{path}/answers/withings", headers=hanako.headers).status_code == 404


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (["date", "weight"], "columns_count"),
        (["date", "kilos", "note"], "column_unknown"),
        (["ignore", "", "ignore"], "columns_no_day"),
        (["date", "weight", "weight"], "columns_twice"),
    ],
)
def test_columns_that_cannot_be_are_refused_with_a_reason(
    hanako: Phone,  # noqa: F811
    path: str,  # noqa: F811
    columns: list[str],
    code: str,
) -> None:
    told = hanako.send(f"{path}?name=mine.csv", SHEET, headers=_key()).get_json()
    key, at = told["question"]["facts"]["key"], f"{path}/{told['id']}/answers"
    refused = hanako.send(at, _json({"columns": {key: columns}}))
    assert (refused.status_code, refused.get_json()["problem"]) == (422, code)
    assert refused.get_json()["message"]
    assert hanako.get(f"{path}/{told['id']}").get_json() == told
    good = hanako.send(at, _json({"columns": {key: ["date", "weight", "note"]}})).get_json()
    assert good["state"] == "asking"  # for the zone now: the days are read
    corrected = hanako.send(at, _json({"columns": {key: columns}}))
    assert (corrected.status_code, corrected.get_json()["problem"]) == (422, code)


@pytest.mark.parametrize("body", [{"columns": {"other": ["date", "weight", "note"]}}, {"zone": "Asia/Tokyo"}])
def test_an_answer_to_something_else_is_refused(
    hanako: Phone,  # noqa: F811
    path: str,  # noqa: F811
    body: dict[str, Any],
) -> None:
    told = hanako.send(f"{path}?name=mine.csv", SHEET, headers=_key()).get_json()
    refused = hanako.send(f"{path}/{told['id']}/answers", _json(body))
    assert (refused.status_code, refused.get_json()["problem"]) == (422, "answer_missing")


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


def _answered(*, remembered: bool) -> dict[str, Any]:
    of = {"of": "withings", "zone": "Asia/Tokyo", "day_order": None, "columns": False}
    return {**of, "of_label": "Withings", "remembered": remembered}


def test_a_stranger_learns_no_answer(app: Flask, hanako: Phone, path: str) -> None:  # noqa: F811
    told = hanako.send(path, ONE, headers=_key()).get_json()
    hanako.send(f"{path}/{told['id']}/answers", b'{"zone":"Asia/Tokyo"}')
    for name in ("sato", "kato", "taro"):
        phone = Phone(app, name)
        assert phone.get(f"{path}/answers").status_code == 404
        assert phone.client.delete(f"{path}/answers/withings", headers=phone.headers).status_code == 404
    assert len(hanako.get(f"{path}/answers").get_json()["answers"]) == 1


def test_vitals_of_an_answered_file_say_where_they_are_from(desk: Desk) -> None:
    first = answer(desk, desk.hand_in(ONE), TOKYO)
    desk.keep(first.id)
    [weight] = desk.vitals()
    assert isinstance(weight, Vital)
    assert (weight.origin, weight.offset_min) == ("withings", 540)


def test_what_was_said_of_this_very_file_counts_before_what_is_remembered() -> None:
    both = answers.overlaid(
        {"withings": TOKYO}, {"withings": NEW_YORK, "sheet": Said(columns={"k": ("date",)})}
    )
    assert both == {"withings": NEW_YORK, "sheet": Said(columns={"k": ("date",)})}
