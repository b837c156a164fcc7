"""Hanako's medicines for the demo: from two clinics, a dentist and a hospital, so that there is something to check.

The people and places are made up; the medicines and their price-list codes are real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from shared.ids import new_id
from shared.medicines import (
    Author,
    CodeSet,
    Dispensing,
    Form,
    Medicine,
    Place,
    Route,
    Stage,
    Usage,
)

_ISLAND = Place("なぎさ島診療所", "1312345", "35", "1")
_HOSPITAL = Place("みなと総合病院", "1398765", "35", "1")
_DENTIST = Place("しおかぜ歯科", "3312345", "35", "3")
_ISLAND_PHARMACY = Place("みなと薬局 島支店", "4312345", "35", "4")
_TOWN_PHARMACY = Place("港町薬局", "4354321", "35", "4")

# Name, price-list code, dose, unit, usage, JAMI code.
_DAILY = (
    ("アムロジン錠５ｍｇ", "2171022F2041", "1", "錠", "１日１回 朝食後", "1011000400000000"),
    ("ロスバスタチン錠２．５ｍｇ「科研」", "2189017F1111", "1", "錠", "１日１回 夕食後", "1011040000000000"),
)
_NIGHT = ("ベルソムラ錠１５ｍｇ", "1190023F1024", "1", "錠", "１日１回 就寝前", "1011100000000000")
_COMBINED = (
    "エックスフォージ配合錠",
    "2149114F1021",
    "1",
    "錠",
    "１日１回 朝食後",
    "1011000400000000",
)
_ANTIBIOTIC = (
    "クラリスロマイシン錠２００ｍｇ「サワイ」",
    "6149003F2100",
    "2",
    "錠",
    "１日２回 朝・夕食後",
    "1012040400000000",
)
_CONSTIPATION = (
    "酸化マグネシウム３３０ｍｇ錠",
    "2344009F2015",
    "3",
    "錠",
    "１日３回 毎食後",
    "1013044400000000",
)
_EYE = ("キサラタン点眼液０．００５％", "1319739Q1037", "2.5", "mL", "１日１回 両眼に１滴 就寝前", "")

Row = tuple[str, str, str, str, str, str]


def dispensings(today: date) -> Iterator[Dispensing]:
    """A year of the island clinic, a hospital, a dentist for some days, and a prescription that is not filled yet."""
    for back in (338, 310, 282, 254, 226, 192, 164, 136, 100, 72, 44, 16):
        yield _slip(today - timedelta(days=back), _ISLAND, _ISLAND_PHARMACY, _DAILY, 28)
    yield _slip(today - timedelta(days=40), _HOSPITAL, _TOWN_PHARMACY, (_NIGHT,), 28)
    yield _slip(today - timedelta(days=12), _HOSPITAL, _TOWN_PHARMACY, (_NIGHT, _COMBINED), 28)
    yield _slip(today - timedelta(days=9), _HOSPITAL, _TOWN_PHARMACY, (_EYE,), None)
    yield _slip(today - timedelta(days=2), _DENTIST, _TOWN_PHARMACY, (_ANTIBIOTIC,), 5)
    yield _prescription(today - timedelta(days=1))


def _slip(on: date, clinic: Place, pharmacy: Place, rows: tuple[Row, ...], days: int | None) -> Dispensing:
    doctor = {"なぎさ島診療所": "佐藤 健", "みなと総合病院": "井上 進", "しおかぜ歯科": "岡 歩"}[clinic.name]
    return Dispensing(
        id=new_id(),
        dispensed_on=on,
        medicines=tuple(_medicine(rp, row, days, doctor) for rp, row in enumerate(rows, start=1)),
        pharmacy=pharmacy,
        pharmacist="薬師 さくら" if pharmacy is _ISLAND_PHARMACY else "港 一郎",
        clinic=clinic,
        author=Author.CARE_STAFF,
        origin="jahis_techo",
    )


def _medicine(rp: int, row: Row, days: int | None, doctor: str) -> Medicine:
    name, code, dose, unit, usage, jami = row
    amount, amount_unit = (days, "日分") if days else (1, "調剤")
    form = Form.INTERNAL if days else Form.EXTERNAL
    return Medicine(
        id=new_id(),
        name=name,
        dose=dose,
        dose_unit=unit,
        code_set=CodeSet.PRICE_LIST,
        code=code,
        route=Route.ORAL if days else Route.EXTERNAL,
        usage=Usage(usage, jami, form, amount, amount_unit),
        rp=rp,
        clinic_doctor=doctor,
        author=Author.CARE_STAFF,
    )


def _prescription(on: date) -> Dispensing:
    """An e-prescription of the island clinic with its 引換番号, valid for four days from its issue."""
    return Dispensing(
        id=new_id(),
        dispensed_on=on,
        medicines=(_medicine(1, _CONSTIPATION, 28, "佐藤 健"),),
        clinic=_ISLAND,
        author=Author.CARE_STAFF,
        origin="eprescription",
        stage=Stage.PRESCRIBED,
        prescribed_on=on,
        exchange_number="2611220000012345",
        valid_until=on + timedelta(days=3),
    )
