"""Numbers of an insured person end at the inbox: in no preview, list, page or log, whatever file brings them."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from shared.consent import Scope
from shared.ids import new_id
from tests.backend.doors import knocking
from tests.backend.imports.desk import sample
from tests.backend.worklist.doctors import signed_in
from tests.cast import RECORD, Cast

AT = f"/api/records/{RECORD}"
# Insurer, symbol, number and My Number as our files hold them; each is long or odd enough to stand nowhere else.
SECRETS = ("39340009", "しま１２", "98765432", "54321098", "１８７", "00012345:しま", "5678-9018", "98320567")
# Also outside the fields that are made for them, in words, and in a line that nobody understands.
NOTEBOOK = (
    "JAHISTC08,1\r\n1,山田 花子,2,19480412\r\n2,9,被保険者証記号・番号：しま１２・98765432,2\r\n"
    "3,痛み止め 被保険者番号：54321098,20260301,20260305,2,1,2\r\n4,マイナンバー 1234-5678-9018 を写した,,2\r\n"
    "5,20260310,1\r\n11,しま薬局,34,4,3412345,,,,1\r\n"
    "201,1,アムロジピン錠,1,錠,1,,1\r\n281,1,保険者番号：39340009,1\r\n301,1,朝食後 983205673214,28,日分,1,1,,1\r\n"
    "411,被保険者証の番号：54321098,30,1\r\n501,個人番号 983205673214,1\r\n777,被保険者番号：98765432\r\n"
).encode("cp932")
PAPER = sample("jahis_rx/hanako_paper.txt")
FILES = {
    "jahis_techo": NOTEBOOK,
    "jahis_rx": PAPER.replace(b"23,,98765432", "23,しま１２,98765432".encode("cp932"))
    + "98,98765432\r\n81,2,,被保険者番号：98765432\r\n".encode("cp932"),
    "eprescription": sample("eprescription/hanako_service.csv") + b"98,98765432\r\n",
    "mynaportal": sample("mynaportal/hanako_notice.csv")
    + '"あたらしい章"\n"記号・番号","しま１２・98765432"\n'.encode(),
    "fhir_jp": sample("fhir_jp/hanako_prescription.json"),
    "orca": sample("orca/hanako_pull.json"),
}
LOOKS = (
    "/medicines",
    "/medicines/checks",
    "/findings",
    "/costs",
    "/costs/2025.csv",
    "/medicines/notebook",
    "/sync/pull?after=0",
    "/visits",
    "/imports",
)


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_the_insurance_is_shown_anywhere(
    app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    raw, hanako, import_id = FILES[name], knocking(app, cast.hanako), new_id()
    held = raw.decode("cp932" if b"JAHIS" in raw[:10] or raw.startswith(b"SJ1") else "utf-8")
    assert [secret for secret in SECRETS if secret in held], "the file does hold one"
    answers = [
        hanako.ask("POST", f"{AT}/imports?name=file", data=raw, headers={"Idempotency-Key": str(import_id)}),
        hanako.get(f"{AT}/imports/{import_id}?limit=100"),
        hanako.post(f"{AT}/imports/{import_id}/keep"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200], answers[0].text
    assert answers[0].json["format"] == name  # type: ignore[index]
    looked = [hanako.get(AT + path) for path in LOOKS]
    assert [answer.status_code for answer in looked] == [200] * len(LOOKS)
    said = [letters(answer.data) for answer in (*answers, *looked)]
    cast.lets_in(cast.sato, Scope.MEDICINES, Scope.FINDINGS, Scope.VITALS)
    sato = signed_in(app, "sato")
    said += [sato.shown(f"/records/{RECORD}"), sato.shown(f"/records/{RECORD}/medicines"), caplog.text]
    assert [(secret, each[:60]) for secret in SECRETS for each in said if secret in each] == []


def letters(answer: bytes) -> str:
    """What an answer says: our JSON and pages are UTF-8, a notebook that goes out is CP932."""
    assert b"\\u" not in answer, "a letter written as its number would not be found"
    return answer.decode("utf-8", "ignore") + answer.decode("cp932", "ignore")
