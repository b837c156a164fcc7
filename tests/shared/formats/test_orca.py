"""Answers of an ORCA as files: medicines by who handed them out, illnesses, its own check; insurance never seen."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.formats import Answers, Found, Identity, Piece, Trouble, orca, recognise
from shared.formats.report import as_json, lines, report
from shared.medicines import Author, CodeSet, Dispensing, Form, Memo, Route, Stage, Writer, writer
from shared.problems import Problem, TooBig, Unreadable

HERE = Path(__file__).parents[2] / "formats" / "samples" / "orca"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "orca"
OURS = sorted(path for path in HERE.iterdir() if not path.name.endswith(".expected.json"))
Json = dict[str, Any]


def read(content: object) -> list[Piece]:
    raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return list(orca.read(io.BytesIO(raw), Answers()))


def words(pieces: list[Piece], kind: type) -> list[Any]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, kind)]


def codes(pieces: list[Piece]) -> list[str]:
    return [p.problem.code for p in pieces if isinstance(p, Trouble) and isinstance(p.problem, Problem)]


def keys(pieces: list[Piece]) -> list[str]:
    return [p.source_id for p in pieces if isinstance(p, Found)]


def form(*medication: Json, form_id: str = "okusuri_techo", rp: Json | None = None, **members: Any) -> Json:
    """One printed form, with the padding of a real one."""
    filled = {"Medical_Class": "21", "Count": "007", "Unit_Name": "日分", **(rp or {})}
    filled["Medication"] = [*medication, *[{}] * 49]
    data = {"Perform_Date": "2026-03-10", "Rp": [filled, *[{}] * 49], **members}
    return {"Api_Result": "0000", "Form_ID": form_id, "Forms": [{"data": data}]}


def medicine(name: str = "アムロジピン錠", **members: Any) -> Json:
    return {"Name": name, "Amount": "00001.00000", "Unit_Name": "錠", "Code": "620099991", **members}


@pytest.mark.parametrize("sample", OURS, ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    pieces = read(sample.read_bytes())
    assert as_json(report("orca", iter(pieces))) == expected["report"]
    assert [json.loads(line) for line in lines(iter(pieces))] == expected["lines"]


def test_what_a_pull_keeps_in_full() -> None:
    pieces = read((HERE / "hanako_pull.json").read_bytes())
    assert pieces[0] == Identity("山田　花子", "ヤマダ　ハナコ", "female", "1948-04-12")
    prescribed, dispensed = words(pieces, Dispensing)
    assert (prescribed.stage, prescribed.prescribed_on) == (Stage.PRESCRIBED, date(2026, 3, 10))
    assert (dispensed.stage, dispensed.dispensed_on) == (Stage.DISPENSED, date(2026, 3, 5))
    assert [writer(each) for each in (prescribed, dispensed)] == [Writer.CLINIC, Writer.CLINIC]
    assert prescribed.clinic.name == "なぎさ島診療所"
    assert (prescribed.clinic.code, prescribed.clinic.prefecture) == ("3412345", "34")
    amlodipine, loxoprofen = prescribed.medicines
    assert (amlodipine.name, amlodipine.dose, amlodipine.code) == (
        "アムロジピンＯＤ錠５ｍｇ「トモニ」",
        "1",
        "620099991",
    )
    assert (amlodipine.usage.text, amlodipine.notes) == ("１日１回　朝食後", ("（一包化）",))
    assert (amlodipine.usage.amount, amlodipine.usage.amount_unit) == (28, "日分")
    assert (amlodipine.clinic_doctor, amlodipine.generic_code) == ("佐藤　健", "")
    assert (loxoprofen.usage.form, loxoprofen.generic_code) == (Form.AS_NEEDED, "1149019F1ZZZ")
    assert (dispensed.medicines[0].route, dispensed.medicines[0].dose) == (Route.EXTERNAL, "14")
    noted, pressure, asthma, ulcer = words(pieces, Finding)
    assert (noted.kind, noted.text) == (FindingKind.OTHER, "禁忌：ペニシリン")
    assert (pressure.code_set, pressure.code, pressure.since) == (
        FindingCodeSet.RECEIPT_DISEASE,
        "8833421",
        "2010-04-01",
    )
    assert (asthma.suspected, asthma.until, asthma.code) == (True, "2026-02-20", "4939008")
    assert (ulcer.text, ulcer.code) == ("胃潰瘍（再発）", "")
    assert codes(pieces) == ["orca_outcome", "orca_for_insurance", "orca_not_a_medicine"]


def test_insurance_is_never_seen() -> None:
    for sample in OURS:
        shown = repr(read(sample.read_bytes()))
        for secret in ("１８７", "340010", 'しま"', "HealthInsured"):
            assert secret not in shown


@pytest.mark.parametrize(
    ("form_id", "kind", "stage"),
    [
        ("shohosen", "21", Stage.PRESCRIBED),
        ("shohosen", "212", Stage.PRESCRIBED),
        ("okusuri_techo", "21", Stage.DISPENSED),
        ("okusuri_techo", "211", Stage.DISPENSED),
        ("okusuri_techo", "212", Stage.PRESCRIBED),
        ("okusuri_techo", "213", Stage.PRESCRIBED),
        ("okusuri_techo", "210", Stage.DISPENSED),
    ],
)
def test_who_hands_it_out(form_id: str, kind: str, stage: Stage) -> None:
    (slip,) = words(read(form(medicine(), form_id=form_id, rp={"Medical_Class": kind})), Dispensing)
    assert slip.stage is stage


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (medicine(Code="16"), ["orca_not_a_medicine"]),
        (medicine(Code="62009999X"), ["code_not_used"]),
        (medicine(Code=""), []),
        (medicine(Name=""), ["medicine_unnamed"]),
        (medicine(Amount="一"), ["value_odd"]),
        (medicine(Code="710010093"), []),
    ],
)
def test_a_line_with_a_doubt_loses_no_other(line: Json, told: list[str]) -> None:
    pieces = read(form(line, medicine("薬Ｂ")))
    assert codes(pieces) == told
    assert words(pieces, Dispensing)[0].medicines[-1].name == "薬Ｂ"


def test_a_material_is_none_to_swallow() -> None:
    (slip,) = words(read(form(medicine(Code="710010093"))), Dispensing)
    assert (slip.medicines[0].route, slip.medicines[0].code_set) == (Route.MATERIAL, CodeSet.RECEIPT)


def test_lists_and_single_objects_are_read_alike() -> None:
    padded = form(medicine())
    plain = form()
    plain["Forms"] = {"data": {"Perform_Date": "2026-03-10", "Rp": {**padded["Forms"][0]["data"]["Rp"][0]}}}
    plain["Forms"]["data"]["Rp"]["Medication"] = medicine()
    assert keys(read(padded)) == keys(read(plain)) != []


def test_json_and_xml_say_the_same() -> None:
    written = [each for each in read((HERE / "hanako_diseases.xml").read_bytes()) if isinstance(each, Found)]
    pulled = read((HERE / "hanako_pull.json").read_bytes())
    assert {each.source_id for each in written} <= set(keys(pulled))
    assert len(written) == 3


def test_reading_again_gives_the_same() -> None:
    raw = (HERE / "hanako_pull.json").read_bytes()
    assert [each for each in read(raw) if isinstance(each, Found)] == [
        each for each in read(raw) if isinstance(each, Found)
    ]
    later = raw.replace(b"10:00:00", b"18:30:00").replace(b"2026-03-12", b"2026-03-13")
    assert keys(read(later)) == keys(read(raw))


def test_what_the_clinics_own_check_says_is_a_memo() -> None:
    pieces = read((HERE / "hanako_contraindications.json").read_bytes())
    (memo,) = words(pieces, Memo)
    assert memo.author is Author.CARE_STAFF
    assert "「薬Ａ錠１０ｍｇ」と「薬Ｂ錠２０ｍｇ」" in memo.text
    assert memo.text.count("筋肉の痛み") == 1
    assert "薬剤師か医師に聞いてください" in memo.text
    assert words(pieces, Finding) == []


@pytest.mark.parametrize(
    ("flag", "name", "suspected"),
    [("S", "喘息", True), ("", "喘息", False), ("A", "喘息", False), ("SA", "喘息", True)],
)
def test_a_suspicion(flag: str, name: str, suspected: bool) -> None:
    disease = {"Disease_Name": name, "Disease_SuspectedFlag": flag, "Disease_StartDate": "2026-01-01"}
    answer = {"disease_infores": {"Api_Result": "00", "Disease_Information": [disease, {}]}}
    assert [each.suspected for each in words(read(answer), Finding)] == [suspected]


def test_a_list_that_was_cut_short_is_told() -> None:
    answer = {"disease_infores": {"Api_Result": "00", "Information_Overflow": "True"}}
    assert codes(read(answer)) == ["orca_overflow"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"Api_Result": "0105", "Api_Result_Message": "伝票番号に該当する受診履歴が存在しません。"}, "orca_answer"),
        ({"disease_infores": {"Api_Result": "10", "Api_Result_Message": "患者がいません"}}, "orca_answer"),
        ({"Api_Result": "E90", "Api_Result_Message": "他端末使用中"}, "orca_answer"),
        ({"patientlst1res": {"Api_Result": "00", "Patient_Information": [{}]}}, "orca_many_people"),
        ({"acceptlstres": {"Api_Result": "00"}}, "orca_unknown"),
        ({"x": 1}, "orca_answer"),
        (b'{"Api_Result": "00", ', "file_broken"),
        (b'{"Api_Result": "00"} trailing', "file_broken"),
        (b"<xmlio2><a>", "xml_broken"),
        (b'<!DOCTYPE xmlio2 [<!ENTITY a "b">]><xmlio2><Api_Result>&a;</Api_Result></xmlio2>', "xml_refused"),
        (b"<xmlio2>" + b"<a type='record'>" * 100 + b"</a>" * 100 + b"</xmlio2>", "xml_refused"),
    ],
)  # fmt: skip
def test_an_answer_without_content_is_refused_with_its_reason(answer: object, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(answer)
    assert refused.value.code == code


def test_a_warning_is_told_and_the_rest_read() -> None:
    answer = form(medicine()) | {"Api_Result": "W00", "Api_Result_Message": "確認してください"}
    pieces = read(answer)
    assert codes(pieces) == ["orca_warning"]
    assert len(words(pieces, Dispensing)) == 1


def test_one_answer_of_several_says_no_and_the_others_are_read() -> None:
    no = {"Api_Result": "0105", "Api_Result_Message": "ありません"}
    raw = b"\n".join(json.dumps(each, ensure_ascii=False).encode() for each in (no, form(medicine())))
    pieces = read(raw)
    assert codes(pieces) == ["orca_answer"]
    assert len(words(pieces, Dispensing)) == 1


def test_answers_about_two_people_are_not_mixed() -> None:
    hers = form(medicine("薬Ａ")) | {"Patient": {"Name": "山田　花子", "BirthDate": "1948-04-12"}}
    his = form(medicine("薬Ｂ")) | {"Patient": {"Name": "木村　島夫", "BirthDate": "1960-09-30"}}
    pieces = read(b"\n".join(json.dumps(each, ensure_ascii=False).encode() for each in (hers, his)))
    assert [each.name for slip in words(pieces, Dispensing) for each in slip.medicines] == ["薬Ａ"]
    assert codes(pieces) == ["file_other_person"]


def test_too_much_is_refused() -> None:
    with pytest.raises(TooBig):
        read(b'{"Api_Result": "00", "x": "' + b"a" * (33 * 1024 * 1024) + b'"}')
    with pytest.raises(TooBig):
        read(b'{"Api_Result":"00"}\n' * 3000)


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (b'\xef\xbb\xbf{"Api_Result": "00"}', True),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<xmlio2><a type="record"><Api_Result>00', True),
        (b'{"result": "Api_Result"}', False),
        (b'{"resourceType": "Basic", "x": {"Api_Result": "00"}}', False),
        (b"<xmlio2><a/>", False),
        (b"<HealthData><Api_Result>", False),
    ],
)
def test_recognised_by_the_result_of_an_answer(head: bytes, claimed: bool) -> None:
    assert orca.recognises(head, "answer.json") is claimed


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples beside the house")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("patientgetv2", 0),
        ("diseasegetv2", 7),
        ("prescriptionv2", 1),
        ("medicinenotebookv2", 1),
        ("contraindicationcheckv2", 1),
    ],
)
def test_the_public_fixtures(name: str, found: int) -> None:
    raw = (SAMPLES / f"api01rv2_{name}.json").read_bytes()
    assert recognise(raw[:4096], name) == "orca"
    pieces = read(raw)
    assert isinstance(pieces[0], Identity)
    assert pieces[0].name == "テスト　カンジャ"
    assert len(keys(pieces)) == found
    assert codes(pieces) == []
    assert "５５５５５５５" not in repr(pieces)
