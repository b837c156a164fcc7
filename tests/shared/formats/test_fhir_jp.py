"""FHIR R4 files of Japan: medicines by stage and prescription, findings by what is known of them, doubts told."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.findings import FindingCodeSet, FindingKind
from shared.findings_schema import finding_from, finding_members
from shared.formats import Answers, Found, Identity, Trouble, fhir_jp, recognise
from shared.formats.report import as_json, lines, report
from shared.medicines import Author, CodeSet, Form, Route, Stage
from shared.medicines_schema import dispensing_from, dispensing_members
from shared.problems import Invalid, TooBig, Unreadable
from tests.shared.formats.fhir_files import (
    JP,
    YJ,
    Json,
    allergy,
    amount,
    bundle,
    codes,
    condition,
    days,
    dispensings,
    findings,
    keys,
    read,
    request,
    rp,
)

HERE = Path(__file__).parents[2] / "formats" / "samples" / "fhir_jp"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "jp-fhir"
OURS = sorted(path for path in HERE.iterdir() if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("sample", OURS, ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    pieces = read(sample.read_bytes())
    assert as_json(report("fhir_jp", iter(pieces))) == expected["report"]
    assert [json.loads(line) for line in lines(iter(pieces))] == expected["lines"]


@pytest.mark.parametrize("sample", OURS, ids=lambda path: path.stem)
def test_what_is_found_travels_and_comes_back(sample: Path) -> None:
    pieces = read(sample.read_bytes())
    for word in dispensings(pieces):
        assert dispensing_from(json.loads(json.dumps(dispensing_members(word)))) == word
    for finding in findings(pieces):
        assert finding_from(json.loads(json.dumps(finding_members(finding)))) == finding
    assert any(isinstance(piece, Found) for piece in pieces)


def test_a_prescription_document_in_full() -> None:
    pieces = read((HERE / "hanako_prescription.json").read_bytes())
    assert pieces[0] == Identity("山田 花子", "ヤマダ ハナコ", "female", "1948-04-12")
    (slip,) = dispensings(pieces)
    assert (slip.stage, slip.dispensed_on, slip.prescribed_on) == (
        Stage.PRESCRIBED,
        date(2026, 3, 10),
        date(2026, 3, 10),
    )
    assert (slip.prescription_id, slip.refills, slip.valid_until) == (
        "20260310-0000000000000042",
        3,
        date(2026, 3, 13),
    )
    assert slip.clinic is not None
    assert (slip.clinic.name, slip.clinic.code, slip.clinic.prefecture, slip.clinic.score_table) == (
        "なぎさ島診療所",
        "3412345",
        "34",
        "1",
    )
    amlodipine, carbocisteine, eyedrops, loxoprofen = slip.medicines
    assert [each.rp for each in slip.medicines] == [1, 2, 3, 4]
    assert (amlodipine.clinic_doctor, amlodipine.department) == ("佐藤 健", "内科")
    assert (amlodipine.code_set, amlodipine.code, amlodipine.generic_code) == (
        CodeSet.YJ,
        "2171022F4999",
        "2171022F4ZZZ",
    )
    assert (amlodipine.dose, amlodipine.dose_unit, amlodipine.usage.single_dose) == ("1", "錠", "1")
    assert (amlodipine.usage.amount, amlodipine.usage.amount_unit) == (28, "日分")
    assert amlodipine.notes == ("血圧を測ってから飲んでください。",)
    assert (carbocisteine.usage.amount, carbocisteine.dose) == (7, "3")
    assert (eyedrops.route, eyedrops.usage.form, eyedrops.dose, eyedrops.dose_unit) == (
        Route.EYE,
        Form.EXTERNAL,
        "1",
        "本",
    )
    # A drop is no bottle: the words say it already.
    assert (eyedrops.usage.single_dose, eyedrops.usage.notes, eyedrops.usage.site_code) == ("", (), "")
    assert (
        loxoprofen.usage.form,
        loxoprofen.dose,
        loxoprofen.usage.amount,
        loxoprofen.usage.amount_unit,
    ) == (
        Form.AS_NEEDED,
        "1",
        10,
        "回分",
    )
    assert codes(pieces) == ["fhir_days_differ", "fhir_amount_differs", "fhir_not_shown"]


def test_dispensed_by_whom_and_prescribed_by_whom() -> None:
    request_ = request(
        id="r1",
        requester={"reference": "#sato"},
        contained=[{"resourceType": "Practitioner", "id": "sato", "name": [{"text": "佐藤 健"}]}],
    )
    dispense = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": "アムロジピン錠"},
        "authorizingPrescription": [{"reference": "MedicationRequest/r1"}],
        "performer": [
            {"actor": {"reference": "Organization/p"}},
            {"actor": {"reference": "Practitioner/m", "display": "森 薬子"}},
        ],
        "daysSupply": days(14),
        "whenPrepared": "2026-03-11",
        "whenHandedOver": "2026-03-12T09:00:00+09:00",
    }
    ten = {"system": f"{JP}IdSystem/insurance-medical-institution-no", "value": "3443412345"}
    pharmacy = {"resourceType": "Organization", "id": "p", "name": "しま薬局", "identifier": [ten]}
    prescribed, dispensed = dispensings(read(bundle(request_, dispense, pharmacy)))
    assert (prescribed.stage, dispensed.stage) == (Stage.PRESCRIBED, Stage.DISPENSED)
    assert (dispensed.dispensed_on, dispensed.prescribed_on) == (date(2026, 3, 12), date(2026, 3, 10))
    assert dispensed.pharmacy is not None
    assert (dispensed.pharmacy.name, dispensed.pharmacy.score_table, dispensed.pharmacist) == (
        "しま薬局",
        "4",
        "森 薬子",
    )
    assert dispensed.medicines[0].clinic_doctor == "佐藤 健"
    assert dispensed.medicines[0].usage.amount == 14


def test_what_she_says_she_takes() -> None:
    (stated,) = dispensings(read((HERE / "hanako_lines.ndjson").read_bytes()))[2:]
    assert (stated.stage, stated.author) == (Stage.STATED, Author.PATIENT)
    assert stated.medicines[0].usage.starts_on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("one", "another", "slips"),
    [
        ({"identifier": rp(1, 1, "X")}, {"identifier": rp(2, 1, "X")}, 1),
        ({"identifier": rp(1, 1, "X.1.1")}, {"identifier": rp(2, 1, "X.2.1")}, 1),
        ({"identifier": rp(1, 1, "X")}, {"identifier": rp(2, 1, "Y")}, 2),
        ({"groupIdentifier": {"value": "G"}}, {"groupIdentifier": {"value": "G"}}, 1),
        ({"groupIdentifier": {"value": "G"}}, {"groupIdentifier": {"value": "H"}}, 2),
        ({"requester": {"reference": "Practitioner/a"}}, {"requester": {"reference": "Practitioner/a"}}, 1),
        ({"requester": {"reference": "Practitioner/a"}}, {"requester": {"reference": "Practitioner/b"}}, 2),
        ({"authoredOn": "2026-03-10"}, {"authoredOn": "2026-03-11"}, 2),
        ({}, {}, 1),
    ],
)
def test_which_requests_are_one_prescription(one: Json, another: Json, slips: int) -> None:
    found = dispensings(read(bundle(request("薬Ａ", **one), request("薬Ｂ", **another))))
    assert len(found) == slips
    assert sorted(each.name for slip in found for each in slip.medicines) == ["薬Ａ", "薬Ｂ"]


def test_medicines_stand_in_the_order_of_their_rps() -> None:
    mixed = [(2, 2, "四"), (1, 2, "二"), (2, 1, "三"), (1, 1, "一")]
    found = dispensings(
        read(bundle(*(request(name, identifier=rp(number, index, "X")) for number, index, name in mixed)))
    )
    assert [each.name for each in found[0].medicines] == ["一", "二", "三", "四"]


def test_two_lines_with_one_number_are_both_kept_and_told() -> None:
    pieces = read(bundle(request("薬Ａ", identifier=rp(1)), request("薬Ｂ", identifier=rp(1))))
    assert [each.name for each in dispensings(pieces)[0].medicines] == ["薬Ａ", "薬Ｂ"]
    assert codes(pieces) == ["fhir_rp_twice"]


@pytest.mark.parametrize(
    "medication",
    [
        {"medicationCodeableConcept": {"coding": [{"system": YJ, "code": "2171022F4999", "display": "薬"}]}},
        {
            "medicationReference": {"reference": "#m"},
            "contained": [
                {
                    "resourceType": "Medication",
                    "id": "m",
                    "code": {"text": "薬", "coding": [{"system": YJ, "code": "2171022F4999"}]},
                }
            ],
        },
        {"medicationReference": {"reference": "Medication/1"}},
        {"medicationReference": {"reference": "https://example.jp/fhir/Medication/1/_history/2"}},
    ],
    ids=["concept", "contained", "in the bundle", "with an address"],
)
def test_where_the_medicine_stands(medication: Json) -> None:
    elsewhere = {
        "resourceType": "Medication",
        "id": "1",
        "code": {
            "text": "薬",
            "coding": [{"system": "urn:oid:1.2.392.100495.20.2.73", "code": "2171022F4999"}],
        },
    }
    named = {k: v for k, v in request().items() if k != "medicationCodeableConcept"}
    (slip,) = dispensings(read(bundle(named | medication, elsewhere)))
    assert [(each.name, each.code) for each in slip.medicines] == [("薬", "2171022F4999")]


def test_a_medicine_that_is_not_in_the_file_goes_by_what_the_reference_says() -> None:
    named = {k: v for k, v in request().items() if k != "medicationCodeableConcept"}
    (slip,) = dispensings(
        read(named | {"medicationReference": {"reference": "Medication/9", "display": "薬"}})
    )
    assert slip.medicines[0].name == "薬"
    assert codes(read(named | {"medicationReference": {"reference": "Medication/9"}})) == ["medicine_unnamed"]
    assert codes(read(named)) == ["medicine_unnamed"]


@pytest.mark.parametrize(
    ("system", "code", "code_set"),
    [
        (YJ, "2171022F4999", CodeSet.YJ),
        ("urn:oid:1.2.392.100495.20.2.73", "2171022F4999", CodeSet.YJ),
        ("urn:oid:1.2.392.100495.20.1.73", "2171022F4999", CodeSet.YJ),
        ("http://medis.or.jp/CodeSystem/master-HOT7", "1134428", CodeSet.HOT),
        ("http://medis.or.jp/CodeSystem/master-HOT9", "113442801", CodeSet.HOT),
        ("http://medis.or.jp/CodeSystem/master-HOT13", "1134428010101", CodeSet.HOT),
        ("urn:oid:1.2.392.200119.4.403.2", "1134428", CodeSet.HOT),
        ("urn:oid:1.2.392.200119.4.403.1", "113442801", CodeSet.HOT),
        ("urn:oid:1.2.392.100495.20.2.74", "113442801", CodeSet.HOT),
        ("urn:oid:1.2.392.200119.4.402.1", "1134428010101", CodeSet.HOT),
        (f"{JP}mhlw/CodeSystem/MedicationGeneralOrderCode", "2171022F4ZZZ", CodeSet.GENERIC),
        ("urn:oid:1.2.392.100495.20.2.81", "2171022F4ZZZ", CodeSet.GENERIC),
        ("http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun", "2171022F4ZZZ", CodeSet.GENERIC),
        ("http://example.jp/own", "2171022F4999", CodeSet.NONE),
    ],
)
def test_coding_systems_in_both_spellings(system: str, code: str, code_set: CodeSet) -> None:
    concept = {"text": "薬", "coding": [{"system": system, "code": code}]}
    pieces = read(request(medicationCodeableConcept=concept))
    (medicine,) = dispensings(pieces)[0].medicines
    assert (medicine.code_set, medicine.code) == (code_set, code if code_set is not CodeSet.NONE else "")
    assert codes(pieces) == []


def test_the_best_of_several_codes_is_kept_and_a_wrong_one_told() -> None:
    coding = [
        {"system": "http://medis.or.jp/CodeSystem/master-HOT9", "code": "113442801", "display": "ホット"},
        {"system": YJ, "code": "2171022F"},
        {"system": "urn:oid:1.2.392.100495.20.2.81", "code": "2171022F4ZZZ", "display": "【般】薬"},
    ]
    pieces = read(request(medicationCodeableConcept={"coding": coding}))
    (medicine,) = dispensings(pieces)[0].medicines
    assert (medicine.code_set, medicine.generic_code, medicine.name) == (
        CodeSet.GENERIC,
        "2171022F4ZZZ",
        "【般】薬",
    )
    assert codes(pieces) == ["code_not_used"]


def test_a_mixture_is_as_many_medicines_as_it_has() -> None:
    def ingredient(name: str, value: int, unit: str) -> Json:
        return {"itemCodeableConcept": {"text": name}, "strength": {"numerator": amount(value, unit)}}

    contained = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [ingredient("輸液", 1, "本"), ingredient("止血剤", 2, "アンプル")],
    }
    named = {k: v for k, v in request().items() if k != "medicationCodeableConcept"}
    (slip,) = dispensings(
        read(named | {"contained": [contained], "medicationReference": {"reference": "#m"}})
    )
    assert [(each.name, each.dose, each.dose_unit) for each in slip.medicines] == [
        ("輸液", "1", "本"),
        ("止血剤", "2", "アンプル"),
    ]


def _dosage(**members: Any) -> Json:
    code = members.pop("code", "1013044400000000")
    made = {
        "text": "１日３回　毎食後",
        "timing": {
            "code": {"coding": [{"system": "http://jami.jp/CodeSystem/MedicationUsage", "code": code}]}
        },
        "doseAndRate": [
            {"doseQuantity": amount(1), "rateRatio": {"numerator": amount(3), "denominator": days(1)}}
        ],
    }
    return made | members


@pytest.mark.parametrize(
    ("dosage", "supply", "told"),
    [
        ({}, {"quantity": amount(21), "expectedSupplyDuration": days(7)}, []),
        ({}, {"quantity": amount(9), "expectedSupplyDuration": days(7)}, ["fhir_amount_differs"]),
        ({"text": "２日分"}, {"expectedSupplyDuration": days(3)}, ["fhir_days_differ"]),
        ({"text": "2日分"}, {"expectedSupplyDuration": days(2)}, []),
        ({"text": "朝", "code": "1011000400000000"}, {}, ["fhir_dose_differs"]),
        # On alternate days seven days of medicine last thirteen.
        (
            {
                "timing": {"repeat": {"boundsDuration": days(13)}},
                "additionalInstruction": [
                    {
                        "coding": [
                            {
                                "system": "http://jami.jp/CodeSystem/MedicationUsageAdditional",
                                "code": "I1100000",
                            }
                        ]
                    }
                ],
            },
            {"expectedSupplyDuration": days(7)},
            [],
        ),
        (
            {"timing": {"repeat": {"boundsDuration": days(3)}}},
            {"expectedSupplyDuration": days(2)},
            ["fhir_days_differ"],
        ),
        ({}, {"quantity": amount(9, "g"), "expectedSupplyDuration": days(7)}, []),
        (
            {},
            {"expectedSupplyDuration": {"value": 1, "unit": "週", "code": "wk"}, "quantity": amount(21)},
            [],
        ),
    ],
)
def test_contradictions_are_told_and_nothing_is_put_right(
    dosage: Json, supply: Json, told: list[str]
) -> None:
    pieces = read(request(dosageInstruction=[_dosage(**dosage)], dispenseRequest=supply))
    assert codes(pieces) == told
    (medicine,) = dispensings(pieces)[0].medicines
    assert medicine.dose == "3"
    assert medicine.usage.single_dose == "1"
    if "expectedSupplyDuration" in supply:
        written = supply["expectedSupplyDuration"]
        assert medicine.usage.amount == written["value"] * (7 if written["code"] == "wk" else 1)


def _coded(member: str, system: str, code: str) -> Json:
    return {"code": "", member: {"coding": [{"system": system, "code": code}]}}


@pytest.mark.parametrize(
    ("members", "form", "route"),
    [
        ({"code": "1013044400000000"}, Form.INTERNAL, Route.ORAL),
        ({"code": "1050110000000000"}, Form.AS_NEEDED, Route.ORAL),
        ({"asNeededBoolean": True}, Form.AS_NEEDED, Route.ORAL),
        ({"code": "2H73000000000000"}, Form.EXTERNAL, Route.EYE),
        ({"code": "2J72000000000000"}, Form.EXTERNAL, Route.NOSE),
        ({"code": "2L72000000000000"}, Form.EXTERNAL, Route.LUNG),
        ({"code": "2B73000000000000"}, Form.EXTERNAL, Route.SKIN),
        ({"code": "2E73000000000000"}, Form.EXTERNAL, Route.EXTERNAL),
        (_coded("route", f"{JP}CodeSystem/route-codes", "PR"), Form.EXTERNAL, Route.RECTUM),
        (_coded("route", f"{JP}CodeSystem/route-codes", "IV"), Form.INJECTION, Route.INJECTION),
        (_coded("method", "urn:oid:1.2.392.200250.2.2.20.40", "2T"), Form.EXTERNAL, Route.VAGINA),
        ({"code": ""}, None, None),
    ],
)
def test_form_and_way_come_from_codes(members: Json, form: Form | None, route: Route | None) -> None:
    (medicine,) = dispensings(read(request(dosageInstruction=[_dosage(**members)])))[0].medicines
    assert (medicine.usage.form, medicine.route) == (form, route)


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2026-03-10", "Asia/Tokyo", date(2026, 3, 10)),
        ("2026-03-10T00:30:00+09:00", "America/New_York", date(2026, 3, 10)),
        ("2026-03-09T15:30:00Z", "Asia/Tokyo", date(2026, 3, 10)),
        ("2026-03-10T23:30:00.123456789+09:00", "Asia/Tokyo", date(2026, 3, 10)),
    ],
)
def test_the_day_is_the_one_of_its_own_offset(written: str, zone: str, day: date) -> None:
    (slip,) = dispensings(read(request(authoredOn=written), zone=zone))
    assert slip.dispensed_on == day


@pytest.mark.parametrize(
    "written", ["2026-02-30", "2026-03", "", "R080310", "2026-03-10T25:00:00Z", 20260310, None, "0000-01-01"]
)
def test_a_medicine_without_its_day_is_told_and_loses_no_other(written: object) -> None:
    pieces = read(bundle(request("薬Ａ", authoredOn=written), request("薬Ｂ")))
    assert [each.name for slip in dispensings(pieces) for each in slip.medicines] == ["薬Ｂ"]
    assert "medicine_no_date" in codes(pieces)


@pytest.mark.parametrize(
    ("members", "told", "kept"),
    [
        ({"status": "entered-in-error"}, ["status_not_kept"], 0),
        ({"status": "cancelled"}, ["status_not_kept"], 0),
        ({"status": "draft"}, ["status_not_kept"], 0),
        ({"intent": "proposal"}, ["status_not_kept"], 0),
        ({"doNotPerform": True}, ["status_not_kept"], 0),
        ({"status": "stopped"}, ["status_to_ask"], 1),
        ({"status": "on-hold"}, ["status_to_ask"], 1),
        ({"status": "completed"}, [], 1),
        ({"status": "unknown"}, [], 1),
    ],
)
def test_what_was_never_hers_is_not_kept(members: Json, told: list[str], kept: int) -> None:
    pieces = read(request(**members))
    assert codes(pieces) == told
    assert len(dispensings(pieces)) == kept


def test_an_allergy_in_full() -> None:
    made = allergy(
        "こむぎこ",
        code={
            "text": "こむぎこ",
            "coding": [{"system": f"{JP}CodeSystem/JP_JfagyFoodAllergen_CS", "code": "J9FA15000016"}],
        },
        onsetDateTime="2022-08",
        recordedDate="2022-08-03",
        reaction=[{"manifestation": [{"text": "じん麻疹"}, {"text": "せき"}]}],
        recorder={"reference": "Practitioner/1", "display": "佐藤 健"},
    )
    (finding,) = findings(read(made))
    assert (finding.kind, finding.code_set, finding.code) == (
        FindingKind.ALLERGY,
        FindingCodeSet.JFAGY,
        "J9FA15000016",
    )
    assert (finding.text, finding.reaction, finding.since) == ("こむぎこ", "じん麻疹、せき", "2022-08")
    assert (finding.noted_on, finding.said_by, finding.author) == (
        date(2022, 8, 3),
        "佐藤 健",
        Author.CARE_STAFF,
    )


@pytest.mark.parametrize(
    ("system", "code", "code_set"),
    [
        (f"{JP}mhlw/CodeSystem/ICD10-2013-full", "I10", FindingCodeSet.ICD10),
        ("http://hl7.org/fhir/sid/icd-10", "E11.9", FindingCodeSet.ICD10),
        ("http://medis.or.jp/CodeSystem/master-disease-exCode", "CJTR", FindingCodeSet.DISEASE_EXCHANGE),
        ("urn:oid:1.2.392.200119.4.101.6", "CJTR", FindingCodeSet.DISEASE_EXCHANGE),
        ("urn:oid:1.2.392.200119.4.101.2", "20054321", FindingCodeSet.DISEASE_KEY),
        ("http://example.jp/own", "MD13062", FindingCodeSet.NONE),
    ],
)
def test_codes_of_illnesses(system: str, code: str, code_set: FindingCodeSet) -> None:
    pieces = read(condition("", code={"text": "病名", "coding": [{"system": system, "code": code}]}))
    (finding,) = findings(pieces)
    assert (finding.code_set, finding.code) == (code_set, code if code_set is not FindingCodeSet.NONE else "")
    assert codes(pieces) == []


@pytest.mark.parametrize(
    ("verification", "told", "suspected"),
    [
        ("confirmed", [], [False]),
        ("provisional", [], [True]),
        ("differential", [], [True]),
        ("unconfirmed", [], [True]),
        ("refuted", ["status_not_kept"], []),
        ("entered-in-error", ["status_not_kept"], []),
    ],
)
def test_what_was_refuted_is_told_and_not_kept(
    verification: str, told: list[str], suspected: list[bool]
) -> None:
    pieces = read(condition("糖尿病", verificationStatus={"coding": [{"code": verification}]}))
    assert codes(pieces) == told
    assert [each.suspected for each in findings(pieces)] == suspected


def test_an_age_is_no_day() -> None:
    pieces = read(allergy("サバ", onsetAge={"value": 30, "code": "a"}))
    assert findings(pieces)[0].since == ""
    (trouble,) = [each for each in pieces if isinstance(each, Trouble)]
    assert "30 歳" in trouble.text()


def test_one_identifier_for_two_allergies_loses_neither() -> None:
    same = [{"system": "http://example.jp/id", "value": "102934701"}]
    found = keys(read(bundle(allergy("サバ", identifier=same), allergy("キーウイ", identifier=same))))
    assert len(set(found)) == 2


def test_the_same_alone_and_in_a_bundle_is_the_same() -> None:
    things = [
        request("薬", identifier=rp(1, 1, "X"), requester={"reference": "Practitioner/1"}),
        allergy("サバ", identifier=[{"system": "http://example.jp/id", "value": "1"}]),
        condition("高血圧症", onsetDateTime="2010"),
    ]
    doctor = {"resourceType": "Practitioner", "id": "1", "name": [{"text": "佐藤 健"}]}
    together = keys(read(bundle(*things, doctor, kind="searchset")))
    assert sorted(together) == sorted(key for each in things for key in keys(read(each)))
    assert together == keys(read(bundle(*things, doctor)))


def test_a_prescription_that_changed_is_another_one_and_takes_no_place() -> None:
    one, another = (
        request("薬", identifier=rp(1, 1, "X"), dispenseRequest={"expectedSupplyDuration": days(each)})
        for each in (7, 14)
    )
    assert keys(read(one)) != keys(read(another))


@pytest.mark.parametrize(
    "kind", ["collection", "searchset", "document", "transaction-response", "batch-response"]
)
def test_every_type_of_bundle(kind: str) -> None:
    content = bundle(request(), kind=kind)
    content["entry"].append({"response": {"status": "201 Created"}})
    assert len(dispensings(read(content))) == 1
    assert len(dispensings(read([content, request("薬Ｂ")]))) == 1
    assert len(dispensings(read({"resourceType": "Parameters", "parameter": [{"resource": content}]}))) == 1


def test_another_persons_things_are_told_and_not_kept() -> None:
    mother = {
        "resourceType": "Patient",
        "id": "m",
        "name": [{"text": "山田 花子"}],
        "birthDate": "1948-04-12",
    }
    elsewhere = {**mother, "id": "m2", "name": [{"text": "山田　花子"}]}
    other = {"resourceType": "Patient", "id": "o", "name": [{"text": "木村 島夫"}], "birthDate": "1960-09-30"}
    things = [
        condition(each, subject={"reference": f"Patient/{each}"}) for each in ("m", "m2", "o", "unknown")
    ]
    pieces = read(bundle(mother, elsewhere, other, *things))
    assert [each.text for each in findings(pieces)] == ["m", "m2"]
    assert codes(pieces) == ["file_other_person"]


@pytest.mark.parametrize("first", ["Patient/a", "https://one.example/fhir/Patient/a", "urn:uuid:a"])
def test_of_two_persons_who_are_not_in_the_file_the_first_is_hers(first: str) -> None:
    second = first[:-1] + "b"
    things = [
        condition(text, subject={"reference": reference})
        for text, reference in (("1", first), ("2", second), ("3", f"{first}/_history/2"), ("4", second))
    ]
    pieces = read(bundle(*things, condition("5"), condition("6", subject={"display": "山田"})))
    assert [each.text for each in findings(pieces)] == ["1", "3", "5", "6"]
    (told,) = (each.problem for each in pieces if isinstance(each, Trouble))
    assert isinstance(told, Unreadable)
    assert (told.code, told.words["count"]) == ("file_other_person", 2)


def test_patients_contained_in_two_things_are_compared() -> None:
    def about(text: str, name: str) -> dict[str, Any]:
        patient = {"resourceType": "Patient", "id": "p", "name": [{"text": name}], "birthDate": "1948-04-12"}
        return condition(text, contained=[patient], subject={"reference": "#p"})

    pieces = read(bundle(about("1", "山田 花子"), about("2", "木村 島夫"), about("3", "山田　花子")))
    assert [each.text for each in findings(pieces)] == ["1", "3"]
    assert codes(pieces) == ["file_other_person"]


def test_two_patients_of_whom_nothing_is_said_are_not_one() -> None:
    patients = [{"resourceType": "Patient", "id": each} for each in "ab"]
    things = [condition(each, subject={"reference": f"Patient/{each}"}) for each in "ab"]
    pieces = read(bundle(*patients, *things))
    assert [each.text for each in findings(pieces)] == ["a"]
    assert codes(pieces) == ["file_other_person"]


def test_a_person_in_the_file_to_whom_nothing_leads_does_not_hide_the_one_it_is_about() -> None:
    patient = {"resourceType": "Patient", "id": "here", "name": [{"text": "山田 花子"}]}
    pieces = read(bundle(patient, condition("1", subject={"reference": "urn:uuid:elsewhere"})))
    assert [each.text for each in findings(pieces)] == ["1"]


def test_an_insured_persons_number_is_never_shown() -> None:
    number = "00012345:しま:１８７:05"
    who = {
        "identifier": {
            "system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID",
            "value": number,
        }
    }
    patient = {"resourceType": "Patient", "identifier": [who["identifier"]], "name": [{"text": "山田 花子"}]}
    odd = condition("糖尿病", subject=who, onsetDateTime=number, note=[{"text": f"番号 {number}"}])
    pieces = read(
        bundle(patient, odd, request("薬", subject=who, note=[{"text": number}], authoredOn=number))
    )
    shown = repr(pieces) + "".join(p.text() + p.excerpt for p in pieces if isinstance(p, Trouble))
    assert "１８７" not in shown
    assert "しま" not in shown
    assert len(findings(pieces)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "file_broken"),
        (b'{"resourceType": "Bundle", "entry": [', "file_broken"),
        (b'{"resourceType": "Bundle", "resourceType": "Bundle"}', "file_broken"),
        (b"\xff\xfe{}", "file_broken"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "file_broken"),
        (b"[" * 100_000, "file_broken"),
    ],
    ids=["cut", "cut bundle", "twice", "encoding", "deep", "bottomless"],
)
def test_what_is_no_whole_json_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.code == code


def test_too_much_is_refused() -> None:
    with pytest.raises(TooBig):
        read(b'{"resourceType": "Patient", "x": "' + b"a" * (33 * 1024 * 1024) + b'"}')


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid):
        read(request(), zone="Asia/Nowhere")


def test_recognised_wherever_the_type_stands() -> None:
    assert recognise(b'\xef\xbb\xbf \n{ "id" : "1" ,\n "resourceType" :"Patient"}', "x.json") == "fhir_jp"
    assert recognise(b'[{"resourceType":"Patient"}]', "x") == "fhir_jp"
    for other in (b'{"resource":"Patient"}', b'"resourceType": "Patient"', b'{"resourceType": 3}'):
        assert not fhir_jp.recognises(other, "bundle.json")


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples beside the house")
def test_the_public_samples() -> None:
    contradictions = {
        "MedicationDispense-jp-medicationdispense-example-1.json": "fhir_amount_differs",
        "MedicationRequest-JP-MedReq-ePreData-Example-zenzou02per03.json": "fhir_starts_before",
    }
    seen = 0
    for path in sorted(SAMPLES.glob("*/*.json")):
        raw = path.read_bytes()
        assert recognise(raw[:4096], path.name) == "fhir_jp"
        pieces = list(fhir_jp.read(io.BytesIO(raw), Answers()))
        kind = json.loads(raw)["resourceType"]
        if kind in ("MedicationRequest", "MedicationDispense", "MedicationStatement"):
            (slip,) = dispensings(pieces)
            assert all(each.code for each in slip.medicines)
            assert dispensing_from(dispensing_members(slip)) == slip
            seen += 1
        if kind in ("AllergyIntolerance", "Condition") and "pi" not in path.stem:
            assert len(findings(pieces)) == 1
        if path.name in contradictions:
            assert contradictions[path.name] in codes(pieces)
    assert seen > 20


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples beside the house")
def test_the_public_referral() -> None:
    pieces = read((SAMPLES / "JPFHIRExampleCreation" / "Bundle-bundleReferralExample01.json").read_bytes())
    assert pieces[0] == Identity("田中　太郎", "タナカ　タロウ", "male", "1955-05-04")
    assert [each.text for each in findings(pieces)][-2:] == ["サバ", "キーウイ"]
    assert {each.said_by for each in findings(pieces)} == {"港診療所"}
    (slip,) = dispensings(pieces)
    assert [(each.code_set, each.usage.amount) for each in slip.medicines] == [
        (CodeSet.YJ, 7),
        (CodeSet.HOT, 7),
    ]
    assert slip.medicines[1].usage.extra_codes == ("V14NNNNN", "V22NNNNN", "V31NNNNN")
