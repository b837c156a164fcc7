"""What three clinics and two pharmacies hand Hanako: codes, a hospital's file, a prescription; in days from today."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, timedelta

import segno
import zxingcpp
from PIL import Image

from mobile.seen import Matrix
from tests.shared.formats.fhir_files import JP, YJ, Json, bundle, days

Lines = Sequence[str]

HER = "1,海野 花子,2,19480412,,,,,,,ｳﾐﾉ ﾊﾅｺ"
ISLAND = "11,しま薬局 本店,34,4,3412345,,広島県しま町港1-1,0848-00-0000,1"
CLINIC = "51,しま診療所,34,1,3410001,1"
# 2,1: an allergy; 2,2: a side effect.
KNOWN = ("2,1,アスピリン（ぜんそく）,1", "2,2,ペニシリン（発疹）,1")
EXCHANGE = "2611220000012345"


def back(today: date, so_many: int) -> str:
    """A day before ``today`` as these files write it."""
    return f"{today - timedelta(days=so_many):%Y%m%d}"


def drug(rp: int, named: str, usage: str, amount: int = 28, much: str = "1") -> Lines:
    """A medicine ``name,kind,code`` (kind 4: YJ, 2: receipt code) with its usage."""
    name, kind, code = named.split(",")
    return f"201,{rp},{name},{much},錠,{kind},{code},1", f"301,{rp},{usage},{amount},日分,1,1,,1"


def amlodipine(rp: int = 1, much: str = "1") -> Lines:
    """One tablet a day, or as many as is said."""
    return drug(rp, "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」,4,2171022F2999", "１日１回朝食後服用", much=much)


def notebook(*lines: str | Lines) -> bytes:
    """A JAHISTC file of hers."""
    flat = [line for each in lines for line in ([each] if isinstance(each, str) else each)]
    return "".join(f"{line}\r\n" for line in ("JAHISTC08,1", HER, *flat)).encode("cp932")


def island_pharmacy(today: date) -> bytes:
    """Of the family doctor: what lasts three days more, and what ran out six days ago (its washout has not)."""
    return notebook(
        *KNOWN,
        *(f"5,{back(today, 25)},1", ISLAND, CLINIC, "55,佐藤 健,内科,1"),
        amlodipine(),
        drug(2, "ベルソムラ錠１５ｍｇ,4,1190023F1024", "１日１回就寝前服用"),
        drug(3, "痛み止め（白）,2,620098801", "１日１回夕食後服用"),
        *(f"5,{back(today, 19)},1", ISLAND, CLINIC, "55,佐藤 健,内科,1"),
        drug(1, "エフピーＯＤ錠２．５,4,1169010F2021", "１日１回朝食後服用", amount=14),
    )


def picture(content: bytes) -> bytes:
    """The code that the pharmacy printed, photographed."""
    file = io.BytesIO()
    segno.make(content, mode="byte", error="m").save(file, kind="png", scale=3, border=4)
    return file.getvalue()


def hospital_file(today: date) -> bytes:
    """Two medicines of its own, handed out at the harbour; and what the island pharmacy told it of the amlodipine."""
    day = (today - timedelta(days=2)).isoformat()
    mine = [
        _handed("クラリスロマイシン錠200mg,6149003F2038", day, 7, "harbour", "hospital"),
        _handed("エックスフォージ配合錠,2149114F1025", day, 28, "harbour", "hospital"),
    ]
    earlier = (today - timedelta(days=25)).isoformat()
    theirs = _handed("アムロジピン錠5mg「トモニ」,2171022F2999", earlier, 28, "island", "clinic")
    places = [
        _place("harbour", "みなと薬局", "3443499999"),
        _place("island", "しま薬局 本店", "3443412345"),
        _place("hospital", "みなと総合病院", "3413420002"),
        _place("clinic", "しま診療所", "3413410001"),
    ]
    patient = {"resourceType": "Patient", "name": [{"text": "海野 花子"}], "birthDate": "1948-04-12"}
    return json.dumps(bundle(patient, *mine, theirs, *places), ensure_ascii=False).encode()


def _handed(named: str, on: str, amount: int, pharmacy: str, clinic: str) -> Json:
    name, code = named.split(",")
    ordered = f"order-{code}"
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": name, "coding": [{"system": YJ, "code": code}]},
        "performer": [{"actor": {"reference": f"Organization/{pharmacy}"}}],
        "authorizingPrescription": [{"reference": f"#{ordered}"}],
        "contained": [
            {
                "resourceType": "MedicationRequest",
                "id": ordered,
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": {"text": name},
                "requester": {"reference": f"Organization/{clinic}"},
                "authoredOn": on,
            }
        ],
        "daysSupply": days(amount),
        "whenHandedOver": on,
        "dosageInstruction": [{"text": "１日１回朝食後"}],
    }


def _place(named: str, name: str, code: str) -> Json:
    number = {"system": f"{JP}IdSystem/insurance-medical-institution-no", "value": code}
    return {"resourceType": "Organization", "id": named, "name": name, "identifier": [number]}


def prescription(today: date) -> bytes:
    """Of a third clinic, issued today and not yet handed out: it must not follow what ran out six days ago."""
    lines = (
        "JAHIS10",
        *("1,1,3430003,34,なぎさ整形外科", "5,,,森 恵", "11,,海野 花子,ｳﾐﾉ ﾊﾅｺ", "12,2", "13,3230412"),
        *(f"51,{back(today, 0)}", f"82,1,{EXCHANGE}"),
        *("101,1,1,,5", "111,1,2,1011000400000000,１日１回朝食後,1"),
        "201,1,1,1,4,1149038F1021,トラマールＯＤ錠２５ｍｇ,1,1,錠",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("cp932")


def scanned(code: Matrix, scale: int = 4) -> bytes:
    """What another camera reads from a code on the glass."""
    size = len(code) + 8
    image = Image.new("L", (size, size), 255)
    for down, row in enumerate(code, start=4):
        for right, dark in enumerate(row, start=4):
            if dark:
                image.putpixel((right, down), 0)
    image = image.resize((size * scale, size * scale), Image.Resampling.NEAREST)
    view = memoryview(image.tobytes()).cast("B", (image.height, image.width))
    (read,) = zxingcpp.read_barcodes(view)
    return bytes(read.bytes)
