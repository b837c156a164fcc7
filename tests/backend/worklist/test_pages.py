from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from backend.consent import grants, visits
from backend.medicines import dispensings
from backend.vitals import imported
from backend.wearables import merging
from backend.worklist import wording
from shared import clock
from shared.blood_pressure import target_text
from shared.consent import GRANTABLE, Purpose, Scope
from shared.ids import new_id
from shared.medicines import Author, Dispensing, Form, Medicine, Place, Usage
from shared.streams import Readings
from shared.vitals import MeasuringStatus, Vital
from tests.backend.worklist.doctors import Browser, pressure, queries, signed_in, single, someone_shares
from tests.cast import NOBODYS_RECORD, OTHER_RECORD, RECORD, Cast

ONE_RECORD = (
    "",
    "?days=365",
    "/chart.json",
    "/chart.json?days=1830",
    "/chart.svg",
    "/chart.svg?days=30",
    "/medicines",
    "/trends",
    "/recordings",
    "/wearables",
    "/wearables?by=month",
    "/trends?from=2026-01-01&to=2026-02-01",
)


@pytest.fixture
def sato(app: Flask) -> Browser:
    return signed_in(app, "sato")


@pytest.fixture
def kato(app: Flask) -> Browser:
    return signed_in(app, "kato")


def measured(cast: Cast, *vitals: Vital) -> None:
    with cast.house.database.transaction() as session:
        items = [(vital, str(vital.id)) for vital in vitals]
        imported.keep_many(cast.open(session, cast.hanako), items, new_id())


@pytest.mark.parametrize("part", ONE_RECORD)
def test_a_stranger_cannot_tell_her_record_from_none(
    cast: Cast, sato: Browser, kato: Browser, part: str
) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    assert sato.get(f"/records/{RECORD}{part}").status_code == 200
    real, nothing = kato.get(f"/records/{RECORD}{part}"), kato.get(f"/records/{NOBODYS_RECORD}{part}")
    assert real.status_code == nothing.status_code == 404
    assert real.data == nothing.data
    assert dict(real.headers) == dict(nothing.headers)
    # Neither can the doctor she let in tell somebody else's.
    assert sato.get(f"/records/{OTHER_RECORD}{part}").data == nothing.data


def test_no_address_that_is_none_differs_either(kato: Browser) -> None:
    nothing = kato.get(f"/records/{NOBODYS_RECORD}")
    for address in ("/records/7", f"/records/{RECORD}/nothing", "/nowhere"):
        assert kato.get(address).data == nothing.data


def test_her_very_next_request_after_the_end_is_a_404(cast: Cast, sato: Browser) -> None:
    grant = cast.lets_in(cast.sato, *GRANTABLE)
    assert sato.get(f"/records/{RECORD}").status_code == 200
    with cast.house.database.transaction() as session:
        grants.revoke(cast.open(session, cast.hanako), grant.id)
    for part in ONE_RECORD:
        assert sato.get(f"/records/{RECORD}{part}").status_code == 404
    assert "山田" not in sato.shown("/records")


def test_nobody_signed_in_is_shown_the_way_in(app: Flask) -> None:
    stranger = Browser(app.test_client())
    for address in ("/records", f"/records/{RECORD}", f"/records/{RECORD}/chart.json"):
        answer = stranger.get(address)
        assert answer.status_code == 401
        assert "/sign-in" in answer.text


def test_the_list_shows_who_shares_what_and_how_she_is(cast: Cast, sato: Browser, kato: Browser) -> None:
    morning = clock.now().replace(hour=22, minute=10) - timedelta(days=2)  # 7:10 of the next day in Japan
    measured(cast, pressure(morning, 132, 80), pressure(morning + timedelta(minutes=2), 128, 78))
    cast.lets_in(cast.sato, *GRANTABLE)
    shown = sato.shown("/records")
    for words in ("山田 花子", "ヤマダ ハナコ", "歳", "女性", "128/78", "130/79", "お薬", "歩数・心拍など"):
        assert words in shown
    assert "山田" not in kato.shown("/records")
    assert "見せている方はいません" in kato.shown("/records")
    assert "加藤 誠" in kato.shown("/records")


def test_the_list_shows_no_blood_pressure_that_is_not_shared(cast: Cast, sato: Browser) -> None:
    measured(cast, pressure(clock.now() - timedelta(hours=3), 132, 80))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    shown = sato.shown("/records")
    assert "血圧は共有されていません" in shown
    assert "132/80" not in shown


@pytest.mark.parametrize(
    ("asked", "found"), [("やまだ", True), ("山田花子", True), ("ﾔﾏﾀﾞ", True), ("花", True), ("さとう", False)]
)
def test_a_name_is_found_however_it_is_typed(cast: Cast, sato: Browser, asked: str, found: bool) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    shown = sato.shown(f"/records?q={asked}")
    assert ("山田 花子" in shown) is found
    assert ("合う方はいません" in shown) is not found


def test_what_is_not_shared_is_only_said_to_be_so(cast: Cast, sato: Browser) -> None:
    measured(cast, pressure(clock.now() - timedelta(hours=3), 132, 80))
    cast.lets_in(cast.sato, Scope.VITALS)
    shown = sato.shown(f"/records/{RECORD}")
    assert "132/80" in shown
    assert "お薬は共有されていません" in shown
    assert "歩数・心拍などは共有されていません" in shown
    assert "以前のお薬" not in shown

    cast.lets_in(cast.mori, Scope.MEDICINES)
    mori = signed_in(sato.client.application, "mori")
    shown = mori.shown(f"/records/{RECORD}")
    assert "血圧・体の測定は共有されていません" in shown
    assert "132/80" not in shown
    assert mori.get(f"/records/{RECORD}/chart.json").status_code == 404
    assert mori.get(f"/records/{RECORD}/chart.svg").status_code == 404


def test_each_part_says_until_when_it_is_shared_for_this_purpose(cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, Scope.VITALS, days=10)
    cast.lets_in(cast.sato, Scope.MEDICINES, days=20)
    cast.lets_in(cast.sato, Scope.MEDICINES, days=300, purposes=(Purpose.FOLLOW_UP,))
    shown = sato.shown(f"/records/{RECORD}").split('class="shared"')[1].split("</p>")[0]
    now = clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    for scope, days in ((Scope.VITALS, 10), (Scope.MEDICINES, 20)):
        ends = (now + timedelta(days=days)).date()
        assert f"{wording.scope(scope)} · {wording.day(ends, year=True)}まで" in shown
    assert wording.scope(Scope.WEARABLES) not in shown


def test_the_target_is_named_as_nobodys_order_and_under_five_days_there_is_no_verdict(
    cast: Cast, sato: Browser
) -> None:
    measured(cast, pressure(clock.now() - timedelta(hours=3), 182, 104))
    cast.lets_in(cast.sato, Scope.VITALS)
    shown = sato.shown(f"/records/{RECORD}")
    assert target_text() in shown
    assert "5日未満は平均のみ" in shown
    assert "日数が足りません" in shown
    assert 'class="standing raised"' not in shown
    assert "救急のためのサービスではありません" in shown


def test_nothing_below_the_reference_is_marked(cast: Cast, sato: Browser) -> None:
    now = clock.now()
    measured(cast, *(pressure(now - timedelta(hours=12 * n), 134, 84) for n in range(1, 20)))
    cast.lets_in(cast.sato, Scope.VITALS)
    assert "raised" not in sato.shown(f"/records/{RECORD}")
    measured(cast, pressure(now - timedelta(minutes=20), 135, 80))
    assert "raised" in sato.shown(f"/records/{RECORD}")


def test_the_other_measurements_show_their_newest_value(cast: Cast, sato: Browser) -> None:
    now = clock.now()
    taken = (now - timedelta(days=1)).astimezone(ZoneInfo("Asia/Tokyo"))
    measured(
        cast,
        single("weight", now - timedelta(days=3), "52.4"),
        single("weight", now - timedelta(days=1), "52.9"),
        single("blood_glucose", now - timedelta(days=1), "104"),
    )
    cast.lets_in(cast.sato, Scope.VITALS)
    shown = sato.shown(f"/records/{RECORD}")
    for value in ("52.9", "104"):  # each with the day it is of
        beside = shown.split(f"<b>{value}</b>")[1].split("</dd>")[0]
        assert wording.moment(taken, now.astimezone(taken.tzinfo)) in beside
    assert "52.4" not in shown


def test_her_steps_and_heart_rate_are_shown_by_day(cast: Cast, sato: Browser) -> None:
    today = clock.now().astimezone(ZoneInfo("Asia/Tokyo")).replace(hour=12, minute=0, second=0, microsecond=0)
    noon = clock.to_ms(today - timedelta(days=2))  # and the day before it, both wholly over
    start = array("q", [noon - 24 * 3_600_000, noon, noon + 600_000])
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for stream, numbers in (("steps", (4000.0, 1200.0, 2300.0)), ("heart_rate", (66.0, 61.0, 103.0))):
            merging.deliver(
                record, new_id(), [Readings(stream, "Watch", start, start[:], array("d", numbers))]
            )
    cast.lets_in(cast.sato, Scope.WEARABLES)
    _, steps, beats = sato.shown(f"/records/{RECORD}").split('class="worn"')[1].split("<h3>")
    assert "の歩数の図" in steps
    assert "の心拍数の図" in beats
    days = [f"{on.month}/{on.day}" for on in (today - timedelta(days=back) for back in (3, 2))]
    assert [by_day(steps)[on] for on in days] == ["4,000", "3,500"]
    assert [by_day(beats)[on] for on in days] == ["66 66〜66", "82 61〜103"]
    assert by_day(steps)[f"{today.month}/{today.day}"] == "—"  # nothing yet, which is not a zero


def by_day(part: str) -> dict[str, str]:
    """What the table of a stream says, by the day at its head."""
    words = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in part.split("<table")[1].split("</tr>")[:2]
    ]
    return dict(zip(words[0], words[1], strict=True))


def test_each_medicine_is_shown_with_where_it_came_from(cast: Cast, sato: Browser) -> None:
    today = clock.now().date()
    usage = Usage("1日1回 朝食後", form=Form.INTERNAL, amount=28, amount_unit="日分")
    with cast.house.database.transaction() as session:
        for name, back in (("ｱﾑﾛｼﾞﾋﾟﾝ錠5mg", 3), ("むかしの薬", 90)):
            medicine = Medicine(
                new_id(), name, "1", "錠", usage=usage, clinic_doctor="佐藤 健", department="内科"
            )
            given = Dispensing(
                id=new_id(),
                dispensed_on=today - timedelta(days=back),
                medicines=(medicine,),
                pharmacy=Place("みなと薬局"),
                clinic=Place("なぎさ島診療所"),
                author=Author.PATIENT,
                origin="jahis_techo",
            )
            dispensings.keep_many(cast.open(session, cast.hanako), [(given, name)], new_id())
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg" in sato.shown(f"/records/{RECORD}")
    slips = sato.shown(f"/records/{RECORD}/medicines").split('id="slips"')[1]
    now, before = slips.split('<details class="before">')
    for words in (
        "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg",
        "1日1回 朝食後",
        "1日量 1錠",
        "28日分",
        "みなと薬局",
        "なぎさ島診療所",
        "内科 佐藤 健",
    ):
        assert words in now
    for words in ("ご本人・ご家族が作成", "お薬手帳の QR コード"):
        assert words in now
    assert "むかしの薬" in before
    assert "むかしの薬" not in now


def test_one_look_is_one_visit_and_every_refusal_is_booked(cast: Cast, sato: Browser, kato: Browser) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    sato.shown(f"/records/{RECORD}?days=365")
    kato.get(f"/records/{RECORD}/chart.json")
    with cast.house.database.transaction() as session:
        book = visits.read_book(cast.open(session, cast.hanako))
    mine = [
        (visit.account_id, visit.allowed, visit.way) for visit in book if visit.account_id != cast.hanako.id
    ]
    assert sorted(mine) == sorted([(cast.sato.id, True, "web"), (cast.kato.id, False, "web")])
    (opened,) = [visit for visit in book if visit.account_id == cast.sato.id]
    assert set(opened.scopes) == {scope.value for scope in (*GRANTABLE, Scope.WARNINGS)}


def test_the_list_asks_as_often_for_fifty_as_for_one(app: Flask, cast: Cast, sato: Browser) -> None:
    when = clock.now() - timedelta(hours=5)
    with cast.house.database.transaction() as session:
        someone_shares(cast.house, session, cast.sato.id, "一人目", [pressure(when, 131, 81)])
    with queries(app) as one:
        sato.shown("/records")
    with cast.house.database.transaction() as session:
        for number in range(49):
            someone_shares(cast.house, session, cast.sato.id, f"{number} 人目", [pressure(when, 131, 81)])
    with queries(app) as fifty:
        shown = sato.shown("/records")
    assert shown.count("/records/0") == 50
    assert len(one) == len(fifty)


def test_a_record_asks_as_often_for_a_thousand_vitals_as_for_ten(
    app: Flask, cast: Cast, sato: Browser
) -> None:
    now = clock.now()

    def vitals(number: int) -> Sequence[Vital]:
        return [
            pressure(now - timedelta(hours=7 * n), 120 + n % 20, 70 + n % 10) for n in range(1, number + 1)
        ]

    measured(cast, *vitals(10), single("weight", now - timedelta(days=1), "52.9"))
    cast.lets_in(cast.sato, *GRANTABLE)
    addresses = (
        f"/records/{RECORD}",
        f"/records/{RECORD}?days=1830",
        f"/records/{RECORD}/chart.json?days=1830",
    )
    with queries(app) as few:
        for address in addresses:
            sato.shown(address)
    measured(cast, *vitals(1000))
    with queries(app) as many:
        for address in addresses:
            sato.shown(address)
    assert len(few) == len(many)


@pytest.mark.parametrize("days", ["0", "-1", "6", "99999", "x", "90.5"])
def test_a_range_that_cannot_be_is_a_named_problem(cast: Cast, sato: Browser, days: str) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    assert sato.get(f"/records/{RECORD}?days={days}").status_code == 422


def test_english_is_chosen_by_a_button_and_kept(cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    form = {"language": "en", "back": f"/records/{RECORD}?days=30"}
    answer = sato.client.post("/language", base_url="https://localhost", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/records/{RECORD}?days=30"
    shown = sato.shown(f"/records/{RECORD}")
    assert '<html lang="en">' in shown
    assert "Home blood pressure" in shown


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/a\tb"]
)
def test_the_language_button_leads_to_no_other_site(sato: Browser, back: str) -> None:
    answer = sato.client.post(
        "/language", base_url="https://localhost", data={"language": "en", "back": back}
    )
    assert answer.headers["Location"] == "/records"


def test_signing_out_needs_our_own_form(sato: Browser) -> None:
    assert sato.client.post("/sign-out", base_url="https://localhost").status_code == 403
    forged = {"csrf_token": "0" * 36}
    assert sato.client.post("/sign-out", base_url="https://localhost", data=forged).status_code == 403
    page = sato.shown("/records")
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = sato.client.post("/sign-out", base_url="https://localhost", data={"csrf_token": token})
    assert answer.status_code == 303
    assert sato.get("/records").status_code == 401


def test_a_mean_below_the_line_is_not_listed_as_on_it(cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    at = clock.now().astimezone(ZoneInfo("Asia/Tokyo")).replace(hour=7, minute=0, second=0, microsecond=0)
    one = pressure(at - timedelta(days=1), 135, 80)
    other = pressure(at - timedelta(days=1) + timedelta(minutes=2), 134, 80)
    measured(cast, one, other)
    shown = sato.get("/records").text
    assert "<b>134.5/80</b>" in shown
    assert "135/80" not in shown


@pytest.mark.parametrize(
    ("at", "age"), [("2026-04-11T14:59:00+00:00", 77), ("2026-04-11T15:00:00+00:00", 78)]
)
def test_she_is_a_year_older_when_her_birthday_begins_in_japan(
    app: Flask, cast: Cast, at: str, age: int
) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    with clock.held(datetime.fromisoformat(at)):
        cast.lets_in(cast.sato, *GRANTABLE)
        assert f"{age}歳" in signed_in(app, "sato").get("/records").text


def test_what_a_device_said_of_the_measuring_stands_beside_the_value(cast: Cast, sato: Browser) -> None:
    at = clock.now() - timedelta(hours=3)
    said = frozenset({MeasuringStatus.IRREGULAR_PULSE, MeasuringStatus.CUFF_LOOSE})
    measured(cast, replace(pressure(at, 132, 80), status=said), pressure(at - timedelta(hours=1), 128, 78))
    cast.lets_in(cast.sato, Scope.VITALS)
    shown = sato.shown(f"/records/{RECORD}")
    # The newest, and its line in the table of two weeks; nothing beside the other.
    for words in ("脈の不規則（機器の表示）", "腕帯のゆるみ（機器の表示）"):
        assert shown.count(words) == 2
    assert "体の動き" not in shown


def test_body_composition_is_shown_by_its_name_once_there_is_some(cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    assert "内臓脂肪レベル" not in sato.shown(f"/records/{RECORD}")
    at = clock.now() - timedelta(hours=3)
    measured(cast, single("visceral_fat", at, "9.5"), single("bmi", at, "21.4"), single("body_age", at, "66"))
    shown = sato.shown(f"/records/{RECORD}")
    for words in ("内臓脂肪レベル", "<b>9.5</b>", "BMI", "<b>21.4</b>", "体内年齢"):
        assert words in shown
