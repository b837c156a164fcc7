"""Slips of medicines for the tests of the checks: real codes of the price list, few words to a medicine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.drug_checks import Against, Checked, Hit, HitKind, check, taken_of
from shared.drug_knowledge import Knowledge, bundled
from shared.medicines import (
    TYPED,
    Author,
    CodeSet,
    Component,
    Dispensing,
    Form,
    Medicine,
    Place,
    Route,
    Stage,
    Usage,
)

TODAY = date(2026, 11, 20)
CLINIC, HOSPITAL = Place("なぎさ島診療所", "1234567", "38"), Place("みなと総合病院", "7654321", "38")
PHARMACY, OTHER_PHARMACY = Place("しま薬局", "1111111", "38", "4"), Place("みなと薬局", "2222222", "38", "4")

# Names and codes as they stand on the price list of 2025-07-16.
CODES = {
    "アスピリン原末": "1143001X1236",
    "アスピリン腸溶錠100": "3399007H1013",
    "ロキソニン錠60": "1149019F1560",
    "ロキソニンテープ100": "2649735S3020",
    "ボルタレン錠25": "1147002F1560",
    "ジクロード点眼液": "1319726Q1102",
    "エフピーOD錠2.5": "1169010F2020",
    "レクサプロ錠10": "1179054F1022",
    "ベルソムラ錠15": "1190023F1024",
    "クラリス錠200": "6149003F2038",
    "フルイトラン錠1": "2132003F3039",
    "ミカルディス錠40": "2149042F2021",
    "ミカムロ配合錠AP": "2149117F1025",
    "ニトロペン舌下錠": "2171018K1039",
    "レバチオ錠20": "2190028F1021",
    "アドシルカ錠20": "2190030F1029",
    "ザルティア錠5": "2590016F2027",
    "ミニリンメルト120": "2419001F1023",
    "ミニリンメルト60": "2419001F3026",
    "ミニリンメルト25": "2419001F4022",
    "ミニリンメルト50": "2419001F5029",
    "ケイツーカプセル5": "3160002M1021",
    "グラケーカプセル15": "3160002M2028",
    "ワルファリンK錠1": "3332001F1130",
    "フルナーゼ点鼻液": "1329707Q1181",
    "フルタイド100ディスカス": "2290700G5021",
    "ボナロン錠35": "3999018F2036",
    "アムロジン錠10": "2171022F5024",
    "ノルバスクOD錠2.5": "2171022F3048",
}


def an_id(*parts: object) -> UUID:
    """The same for the same parts."""
    return uuid5(UUID(int=3), repr(parts))


def medicine(
    name: str, days: int | None = 28, *, form: Form | None = Form.INTERNAL, **changed: Any
) -> Medicine:
    """A medicine of the list above, for so many days, or for none written."""
    unit = "" if days is None else "日分" if form is not Form.AS_NEEDED else "回分"
    words: dict[str, Any] = {
        "id": an_id("medicine", name, days),
        "name": name,
        "dose": "1",
        "dose_unit": "錠",
        "code_set": CodeSet.PRICE_LIST if name in CODES else CodeSet.NONE,
        "code": CODES.get(name, ""),
        "usage": Usage(text="1日1回朝食後", form=form, amount=days, amount_unit=unit),
    }
    return Medicine(**{**words, **changed})


def slip(*medicines: Medicine | str, on: date = TODAY, **changed: Any) -> Dispensing:
    """What the island's pharmacy handed out for the island's clinic."""
    listed = tuple(medicine(each) if isinstance(each, str) else each for each in medicines)
    words: dict[str, Any] = {
        "id": an_id("slip", listed, on, changed),
        "dispensed_on": on,
        "medicines": tuple(replace(each, id=an_id(each, on, changed)) for each in listed),
        "pharmacy": PHARMACY,
        "clinic": CLINIC,
        "author": Author.CARE_STAFF,
        "origin": "jahis_techo",
    }
    return Dispensing(**{**words, **changed})


def elsewhere(*medicines: Medicine | str, on: date = TODAY, **changed: Any) -> Dispensing:
    """The same from the hospital in town and the pharmacy beside it."""
    return slip(*medicines, on=on, **{"clinic": HOSPITAL, "pharmacy": OTHER_PHARMACY, **changed})


def prescribed(*medicines: Medicine | str, on: date = TODAY, **changed: Any) -> Dispensing:
    """A prescription of the clinic, valid for four days, the day of issue included."""
    words = {
        "stage": Stage.PRESCRIBED,
        "pharmacy": None,
        "valid_until": on + timedelta(days=3),
        "origin": "jahis_rx",
    }
    return slip(*medicines, on=on, **{**words, **changed})


def bought(name: str, *components: Component, on: date = TODAY, usage: Usage | None = None) -> Dispensing:
    """A medicine without a prescription, as she typed it."""
    one = Medicine(an_id("bought", name, on), name, components=components, usage=usage or Usage())
    return Dispensing(
        an_id("own", name, on), on, (one,), author=Author.PATIENT, origin=TYPED, stage=Stage.STATED
    )


def checked(
    *slips: Dispensing,
    on: date = TODAY,
    against: Against | None = None,
    knowledge: Knowledge | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Checked:
    """The whole check over slips."""
    knows = knowledge or bundled()
    return check(taken_of(slips, knows, hidden), knows, against or Against(), on)


def kinds(*slips: Dispensing, on: date = TODAY, **words: Any) -> list[HitKind]:
    """Only what kinds of hits there are."""
    return [hit.kind for hit in checked(*slips, on=on, **words).hits]


def names(hit: Hit) -> set[str]:
    """Of which medicines a hit is."""
    return {each.name for each in (hit.first, hit.second) if each is not None}


__all__ = [
    "CLINIC",
    "CODES",
    "HOSPITAL",
    "OTHER_PHARMACY",
    "PHARMACY",
    "TODAY",
    "Route",
    "an_id",
    "bought",
    "checked",
    "elsewhere",
    "kinds",
    "medicine",
    "names",
    "prescribed",
    "slip",
]
