"""The journey of the medicines: three clinics, two pharmacies, one list, checked alike by her phone and the server.

Through real HTTP, the phone's own store and effects, and a real browser; on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.accounts.accounts import Person as Known
from backend.drugs import lists
from backend.house import House
from mobile.account import KeptTokens
from mobile.asks import (
    CheckMedicines,
    GiveGrant,
    HideCourse,
    KeepImport,
    LoadDue,
    LoadFindings,
    LoadMedicines,
    MarkHit,
    SaveMedicine,
    SearchMedicines,
    ShowNotebook,
    SignIn,
    SignUp,
    SyncNow,
    TickDose,
    UndoImport,
    UploadFile,
    UploadImport,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import (
    DueLoaded,
    FindingsLoaded,
    Grants,
    ImportPreviewed,
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    NotebookShown,
    ProductsFound,
    SignedIn,
    Synced,
)
from mobile.screens.add_medicine.form import Typed, chosen, slip_of
from mobile.screens.medicine.state import number_of
from mobile.seen import Account, ImportState, Person
from mobile.store.opening import Store
from shared import clock
from shared.blood_pressure import day_of
from shared.consent import Scope
from shared.courses import Course
from shared.doses import DoseState
from shared.drug_checks import Checked, Hit, HitKind
from shared.ids import new_id
from shared.medicines import Dispensing, Writer, writer
from tests import drug_lists
from tests.backend.doors import Knocking, knocking
from tests.cast import NOBODYS_RECORD, PASSWORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice, HandClock
from tests.together import notebooks
from tests.together.test_journey import Air, Phone, sign_in

CONTRAINDICATED, ALLERGY, DUPLICATE = HitKind.CONTRAINDICATED, HitKind.ALLERGY, HitKind.DUPLICATE
SLEEP = "ベルソムラ"
# How the hidden medicine may be called anywhere: its name, its ingredient, its code, what its rule is about.
TRACES = (SLEEP, "ﾍﾞﾙｿﾑﾗ", "スボレキサント", "1190023", "DDI0064", "就寝前")


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone with a clock that is set by hand."""

    phone: Phone
    hands: HandClock

    def does(self, effect: Any, answer: type[Any]) -> Any:
        """Run it; its answer of that class."""
        return self.phone.does(effect, answer)

    def syncs(self) -> None:
        assert self.does(SyncNow(), Synced).untold == 0

    def comes_in(self, name: str, *parts: bytes) -> ImportState:
        """She brings in codes or a file, looks at what it holds, and keeps it."""
        seen = self.does(UploadImport(name, parts), ImportPreviewed).state
        assert seen.state == "previewed", seen
        kept: ImportState = self.does(KeepImport(seen.id), ImportPreviewed).state
        assert kept.state == "kept", kept
        return kept

    @property
    def checked(self) -> Checked:
        found: Checked = self.does(CheckMedicines(), MedicinesChecked).checked
        return found

    @property
    def courses(self) -> tuple[Course, ...]:
        """What she takes now."""
        loaded: MedicinesLoaded = self.does(LoadMedicines(), MedicinesLoaded)
        assert loaded.on is not None
        return tuple(each for each in loaded.courses if each.current(loaded.on))

    def course(self, name: str) -> Course:
        (found,) = [each for each in self.courses if name in each.name]
        return found


Phones = Callable[[str], Handset]


@pytest.fixture
def phones(server: Server, tmp_path: Path) -> Iterator[Phones]:
    stores: list[Store] = []

    def begin(name: str) -> Handset:
        air, device, hands = Air(), FakeDevice(tmp_path), HandClock(clock.now())
        stores.append(Store(tmp_path / f"{name}.db", device.key(), hands))
        client = Client(air, server.url, stores[-1].device, KeptTokens(stores[-1]))
        return Handset(Phone(air, Effects(stores[-1], client, device, now=hands)), hands)

    yield begin
    for store in stores:
        store.close()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(base_url=server.url, locale="ja-JP")
    yield context.new_page()
    context.close()


def her_day(moment: datetime) -> date:
    """The day that a moment belongs to on the island."""
    local = clock.at_offset(moment, 9 * 60)
    return day_of(local.date(), local.time())


def signed_up(hers: Handset) -> UUID:
    person = Person("海野 花子", date(1948, 4, 12), "ウミノ ハナコ", "female")
    account: Account = hers.does(SignUp("umino@example.jp", PASSWORD, person), SignedIn).account
    assert account.record_id is not None
    return account.record_id


def hanako(server: Server, hers: Handset) -> Knocking:
    """She herself at the server's doors."""
    house: House = server.app.extensions["tomoni_house"]
    account = hers.phone.effects.phone.store.account
    assert account is not None
    with house.database.transaction(writes=False) as session:
        her: Known = house.accounts.people(session, [account])[account]
    return knocking(server.app, her)


def test_the_journey_of_her_medicines(
    phones: Phones, page: Page, server: Server, cast: Cast, tmp_path: Path
) -> None:
    hers = phones("phone")
    record = signed_up(hers)
    today = her_day(clock.now())
    hospital = everything_comes_in(hers, today, tmp_path)
    one_list_of_three_clinics(hers, today)
    her = hanako(server, hers)
    phone_and_server_agree(hers, her, record)
    the_operators_lists_come(hers, her, record, cast, tmp_path)
    she_ticks_on_two_phones(hers, phones("tablet"), today)
    she_lets_them_in(hers, cast)
    sign_in(page, "sato")
    the_doctor_sees_what_the_checks_found(page, record)
    what_he_marks_stays_known_until_the_dose_changes(page, hers, record, today)
    key = she_hides_one(hers, record)
    nobody_else_learns_what(page, server, cast, record, key)
    strangers_find_nothing(server, cast, record)
    another_phone_reads_her_notebook(hers, phones("other"), page, server)
    an_import_is_taken_back(hers, her, record, hospital)


def everything_comes_in(hers: Handset, today: date, folder: Path) -> UUID:
    """A picture, a hospital's file, a prescription; and one that she types with no network. The hospital's import."""
    hers.comes_in("薬局の写真.png", notebooks.picture(notebooks.island_pharmacy(today)))
    path = folder / "病院.json"
    path.write_bytes(notebooks.hospital_file(today))
    state = hers.does(UploadFile(path.name, path), ImportPreviewed).state
    hospital: ImportState = hers.does(KeepImport(state.id), ImportPreviewed).state
    assert {(count.kind, count.new) for count in hospital.counts} >= {("dispensing", 2)}
    prescribed = hers.comes_in("処方せん", notebooks.prescription(today))
    assert prescribed.not_understood == 0
    again = hers.does(UploadImport("処方せん", (notebooks.prescription(today),)), ImportPreviewed).state
    assert (again.new, again.same) == (0, 1)
    hers.phone.air.is_on = False
    (aspirin,) = hers.does(SearchMedicines("アスピリン"), ProductsFound).products[:1]
    form = replace(chosen(Typed(), aspirin), kind="otc", as_needed=True, since="1")
    hers.does(SaveMedicine(slip_of(form, new_id(), today)), MedicineSaved)
    hers.phone.air.is_on = True
    hers.syncs()
    findings = [kept.finding for kept in hers.does(LoadFindings(), FindingsLoaded).findings]
    assert {each.text for each in findings} == {"アスピリン（ぜんそく）", "ペニシリン（発疹）"}
    return hospital.id


def one_list_of_three_clinics(hers: Handset, today: date) -> None:
    wrote = {course.name: course.newest.writer for course in hers.courses}
    assert wrote == {
        "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」": Writer.PHARMACY,
        "ベルソムラ錠１５ｍｇ": Writer.PHARMACY,
        "痛み止め（白）": Writer.PHARMACY,
        "クラリスロマイシン錠200mg": Writer.PHARMACY,
        "エックスフォージ配合錠": Writer.PHARMACY,
        "トラマールＯＤ錠２５ｍｇ": Writer.CLINIC,
        "アスピリン": Writer.PATIENT,
    }
    assert {course.newest.clinic for course in hers.courses} == {
        *("しま診療所", "みなと総合病院", "なぎさ整形外科", ""),
    }
    amlodipine = hers.course("ｱﾑﾛｼﾞﾋﾟﾝ")
    assert len(amlodipine.pieces) == 1, "read at the pharmacy and told by the hospital, it is one dispensing"
    number = number_of(hers.course("トラマール"), today)
    assert number is not None
    assert number.number.replace(" ", "") == notebooks.EXCHANGE


def found_by(checked: Checked) -> set[tuple[HitKind, str, str]]:
    """Each hit by its kind and both names."""
    return {(hit.kind, hit.first.name, hit.second.name if hit.second else "") for hit in checked.hits}


def phone_and_server_agree(hers: Handset, her: Knocking, record: UUID) -> Checked:
    """The phone without a network and the server: the same hits, the same that could not be checked."""
    hers.phone.air.is_on = False
    here = hers.checked
    hers.phone.air.is_on = True
    there = told(her, record, "/checks")
    assert [_said(hit) for hit in here.hits] == [
        (
            HitKind(hit["kind"]),
            *(hit["rule"], hit["key"], UUID(hit["first"]["id"])),
            UUID(hit["second"]["id"]) if hit["second"] else None,
            UUID(hit["finding"]) if hit["finding"] else None,
            *(tuple(hit["ingredients"]), hit["from_on"], hit["until_on"]),
        )
        for hit in there["hits"]
    ]
    assert (str(here.on), here.version) == (there["on"], there["version"])
    assert (here.medicines, here.checked) == (there["medicines"], there["checked"])
    assert [each.name for each in here.unchecked] == there["unchecked"]
    assert [str(each) for each in here.unmatched] == there["unmatched"]
    return here


def _said(hit: Hit) -> tuple[object, ...]:
    second = hit.second.id if hit.second else None
    days = (str(day) if day else None for day in (hit.from_on, hit.until_on))
    return hit.kind, hit.rule, hit.key, hit.first.id, second, hit.finding, hit.ingredients, *days


def told(who: Knocking, record: UUID, path: str = "") -> dict[str, Any]:
    answer: Any = who.get(f"/api/records/{record}/medicines{path}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def the_operators_lists_come(hers: Handset, her: Knocking, record: UUID, cast: Cast, folder: Path) -> None:
    """Before them nobody knows the white painkiller by its receipt code; after them both do, and say so."""
    before = phone_and_server_agree(hers, her, record)
    assert found_by(before) == {
        (CONTRAINDICATED, "クラリスロマイシン錠200mg", "ベルソムラ錠１５ｍｇ"),
        (CONTRAINDICATED, "エフピーＯＤ錠２．５", "トラマールＯＤ錠２５ｍｇ"),
        (ALLERGY, "アスピリン", ""),
        (DUPLICATE, "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」", "エックスフォージ配合錠"),
    }
    assert [each.name for each in before.unchecked] == ["痛み止め（白）"]
    with cast.house.database.transaction() as session:
        for path in drug_lists.write_all(folder):
            lists.load(session, path)
    assert told(her, record, "/checks")["version"] != before.version
    hers.hands.turn(hours=2)
    hers.syncs()
    hers.hands.at = clock.now()
    after = phone_and_server_agree(hers, her, record)
    assert after.version != before.version
    assert "痛み止め（白）" not in [each.name for each in after.unchecked]
    assert found_by(after) >= found_by(before)


def she_ticks_on_two_phones(hers: Handset, tablet: Handset, today: date) -> None:
    """Yesterday, without a network: one dose on both, one skipped, one put off."""
    tablet.does(SignIn("umino@example.jp", PASSWORD), SignedIn)
    tablet.syncs()
    yesterday = datetime.combine(today - timedelta(days=1), datetime.min.time(), UTC)
    for minutes, phone in enumerate((hers, tablet)):
        phone.hands.at = yesterday + timedelta(minutes=minutes)  # 09:00 on the island
        _ticks(phone, "ｱﾑﾛｼﾞﾋﾟﾝ", DoseState.TAKEN)
        _ticks(phone, "ｱﾑﾛｼﾞﾋﾟﾝ", DoseState.TAKEN)
    _ticks(hers, "痛み止め", DoseState.SKIPPED)
    _ticks(hers, SLEEP, DoseState.LATER)
    _ticks(tablet, SLEEP, DoseState.TAKEN)
    for phone in (hers, tablet, hers):
        phone.syncs()
    loaded: DueLoaded = hers.does(LoadDue(), DueLoaded)
    assert sorted(dose.state for dose in loaded.doses) == ["skipped", "taken", "taken"]
    assert loaded.doses == tablet.does(LoadDue(), DueLoaded).doses
    for phone in (hers, tablet):
        phone.hands.at = clock.now()


def _ticks(phone: Handset, name: str, state: DoseState) -> None:
    due = tuple(each for each in phone.does(LoadDue(), DueLoaded).due if name in each.name)
    assert due, name
    phone.does(TickDose(due, state), DueLoaded)


def she_lets_them_in(hers: Handset, cast: Cast) -> None:
    """Dr. Sato to her medicines and findings, Nurse Mori to her blood pressure alone."""
    everything = frozenset({Scope.VITALS, Scope.MEDICINES, Scope.FINDINGS})
    hers.does(GiveGrant(cast.sato.id, everything, 90), Grants)
    hers.does(GiveGrant(cast.mori.id, frozenset({Scope.VITALS}), 90), Grants)


def the_doctor_sees_what_the_checks_found(page: Page, record: UUID) -> None:
    page.goto(f"/records/{record}/medicines")
    shown = page.inner_text("main")
    for words in (
        "ベルソムラ",
        "クラリスロマイシン",
        "エフピー",
        "トラマール",
        "エックスフォージ",
        "ぜんそく",
    ):
        assert words in shown, words
    assert page.locator(".hits > li.hit").count() == 4
    doses = page.locator("table.adherence tr", has_text="ｱﾑﾛｼﾞﾋﾟﾝ")
    expect(doses).to_contain_text("25回中1回")
    expect(page.locator("table.adherence tr", has_text="痛み止め")).to_contain_text("のまなかった印 1回")


def _new_hits(page: Page, record: UUID) -> list[str]:
    """Headlines of the hits that nobody has marked."""
    page.goto(f"/records/{record}/medicines")
    return page.locator(
        "section[aria-labelledby=checks] > ul.hits > li.hit > p:first-child"
    ).all_inner_texts()


def what_he_marks_stays_known_until_the_dose_changes(
    page: Page, hers: Handset, record: UUID, today: date
) -> None:
    """A refill is no new fact; two tablets instead of one are."""
    assert len(_new_hits(page, record)) == 4
    doubled = page.locator("section[aria-labelledby=checks] > ul.hits > li.duplicate")
    doubled.get_by_text("確認済みにする", exact=True).first.click()
    doubled.get_by_label("確認した内容").fill("切り替えの途中です")
    doubled.get_by_role("button", name="確認済みにする").click()
    page.wait_for_url("**/medicines#checks")
    assert len(_new_hits(page, record)) == 3
    hers.syncs()
    (mark,) = hers.does(CheckMedicines(), MedicinesChecked).marks
    assert mark.reason == "切り替えの途中です"
    island = (f"5,{notebooks.back(today, 0)},1", notebooks.ISLAND, notebooks.CLINIC, "55,佐藤 健,内科,1")
    refill = hers.comes_in("次の分", notebooks.notebook(*island, notebooks.amlodipine()))
    assert len(_new_hits(page, record)) == 3, "a refill is no new fact"
    hers.does(UndoImport(refill.id), ImportPreviewed)
    more = hers.comes_in("ふえた分", notebooks.notebook(*island, notebooks.amlodipine(much="2")))
    assert len(_new_hits(page, record)) == 4, "another dose is a new fact"
    hers.does(UndoImport(more.id), ImportPreviewed)
    assert len(_new_hits(page, record)) == 3
    hers.syncs()


def she_hides_one(hers: Handset, record: UUID) -> str:
    """She marked its hit herself, too. The key of the hit."""
    assert record is not None
    hit = next(hit for hit in hers.checked.hits if SLEEP in hit.first.name + (hit.second or hit.first).name)
    hers.does(MarkHit(hit.key, "ベルソムラは二日おきです"), MedicinesChecked)
    course = hers.course(SLEEP)
    loaded: MedicinesLoaded = hers.does(HideCourse(course.key, course.name, hidden=True), MedicinesLoaded)
    assert loaded.hidden == {course.key}
    hers.syncs()
    assert hit.key in {each.key for each in hers.checked.hits}, "she herself is told everything"
    return hit.key


def nobody_else_learns_what(page: Page, server: Server, cast: Cast, record: UUID, key: str) -> None:
    """Dr. Sato: that something is hidden, and that a hit is with it. Nurse Mori: that there is a hit."""
    sato, mori = knocking(server.app, cast.sato), knocking(server.app, cast.mori)
    listed, checked = told(sato, record), told(sato, record, "/checks")
    assert (listed["hidden"], checked["hidden"], checked["hidden_hits"]) == (True, True, 1)
    assert len(checked["hits"]) == 3
    page.goto(f"/records/{record}/medicines")
    expect(page.locator("main")).to_contain_text("ご本人が見せていないお薬があります")
    at = f"/api/records/{record}"
    answers = [
        *(page.request.get(path).text() for path in (f"/records/{record}", f"/records/{record}/medicines")),
        *(page.request.get(f"/records/{record}/{name}").text() for name in ("chart.json", "chart.svg")),
        page.request.get("/records").text(),
        *(sato.get(f"{at}{path}").text for path in ("/medicines", "/medicines/checks", "/medicines/warning")),
        *(sato.get(f"{at}/sync/pull?after={number}").text for number in (0, 1, 5)),
        *(
            sato.get(f"{at}{path}").text
            for path in ("/findings", "/vitals", "/grants", "/visits", "/imports")
        ),
        sato.get(f"{at}/medicines/notebook").data.decode("cp932"),
        sato.get(f"{at}/medicines/notebook/codes").text,
        sato.post(f"{at}/medicines/hits/{key}/known", {"reason": "?"}).text,
        sato.get("/api/records").text,
        mori.get(f"/records/{record}").text,
        mori.get("/api/records").text,
        mori.get(f"{at}/sync/pull?after=0").text,
    ]
    assert [
        (number, trace) for number, text in enumerate(answers) for trace in (*TRACES, key) if trace in text
    ] == []
    assert [number for number, text in enumerate(answers) if notebooks.EXCHANGE in text] == []
    assert told(mori, record, "/warning") == {"warned": True}
    assert mori.get(f"{at}/medicines").status_code == 404
    assert "確認" in mori.get(f"/records/{record}").text


def strangers_find_nothing(server: Server, cast: Cast, record: UUID) -> None:
    kato = knocking(server.app, cast.kato)
    for path in (
        "/medicines",
        "/medicines/checks",
        "/medicines/warning",
        "/medicines/notebook",
        "/sync/pull?after=0",
    ):
        hers = kato.get(f"/api/records/{record}{path}")
        nobodys = kato.get(f"/api/records/{NOBODYS_RECORD}{path}")
        assert (hers.status_code, hers.data) == (404, nobodys.data), path
    for path in (f"/records/{record}", f"/records/{record}/medicines"):
        assert kato.get(path).status_code == 404
    assert kato.get("/api/records").json == {"records": []}


def another_phone_reads_her_notebook(hers: Handset, other: Handset, page: Page, server: Server) -> None:
    """Kimura's phone reads the codes from her glass, the last one first; it is her notebook, and he is told so."""
    other.does(SignIn(email("kimura"), PASSWORD), SignedIn)
    notebook: NotebookShown = hers.does(ShowNotebook(), NotebookShown)
    codes = tuple(notebooks.scanned(code) for code in notebook.codes)
    assert any("トラマール" in loss for loss in notebook.losses), (
        "what nobody has handed out is in no notebook"
    )
    state = other.comes_in("お薬手帳", *reversed(codes))
    assert state.mismatch
    other.syncs()
    mine: MedicinesLoaded = hers.does(LoadMedicines(), MedicinesLoaded)
    read: MedicinesLoaded = other.does(LoadMedicines(), MedicinesLoaded)
    assert sorted(map(_slip, read.dispensings)) == sorted(
        _slip(slip) for slip in mine.dispensings if slip.stage != "prescribed"
    )


def _slip(slip: Dispensing) -> tuple[str, ...]:
    """What a notebook says of a slip; of what she bought it has no place for how it is taken."""
    places = [place.name if place else "" for place in (slip.pharmacy, slip.clinic)]
    if writer(slip) is Writer.PATIENT:
        return str(slip.medicines[0].usage.starts_on), *(each.name for each in slip.medicines)
    medicines = [(each.name, each.code, each.usage.text, each.usage.amount) for each in slip.medicines]
    return str(slip.dispensed_on), *places, str(medicines)


def an_import_is_taken_back(hers: Handset, her: Knocking, record: UUID, hospital: UUID) -> None:
    """What the hospital told goes, and its hits; what the pharmacy wrote of the same amlodipine stays."""
    assert hers.does(UndoImport(hospital), ImportPreviewed).state.state == "undone"
    hers.syncs()
    names = {course.name for course in hers.courses}
    assert names == {
        *(
            "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」",
            "ベルソムラ錠１５ｍｇ",
            "痛み止め（白）",
            "トラマールＯＤ錠２５ｍｇ",
            "アスピリン",
        ),
    }
    checked = phone_and_server_agree(hers, her, record)
    assert found_by(checked) == {
        (CONTRAINDICATED, "エフピーＯＤ錠２．５", "トラマールＯＤ錠２５ｍｇ"),
        (ALLERGY, "アスピリン", ""),
    }
