"""The demo people: Hanako on the island with three months of her diary, Dr. Sato whom she let in, Dr. Kato whom not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from backend import demo_devices, demo_medicines, demo_recordings
from backend.accounts.accounts import NewPerson, Person, add_facility
from backend.consent import grants
from backend.consent.opened import OpenRecord, every_right
from backend.findings import findings
from backend.house import House
from backend.medicines import dispensings
from backend.records import records
from backend.records.records import Glance, Record
from backend.settings import Settings
from backend.vitals import imported
from backend.wearables import merging
from backend.wearables.recordings import RECORDINGS
from shared import clock
from shared.consent import Grant, Purpose, Right, Role, Scope
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.ids import new_id
from shared.medicines import Author
from shared.problems import NotAllowed
from shared.vitals import BloodPressure, MeasuringStatus, Vital

PASSWORD = "さざ波と みかん畑と 猫のたま"  # noqa: S105  printed for everybody who tries the demo
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_JAPAN_MIN = 9 * 60
_DIARY_DAYS, _WORN_DAYS = 100, 40


def seed(settings: Settings) -> str:
    """Make the demo people in an empty database, and say how to sign in. Refuses where others can reach the server."""
    only_here(settings)
    house = House.build(settings)
    with house.database.transaction() as session:
        if house.accounts.is_empty(session):
            _enter(house, session)
    house.database.close()
    return _words(settings)


def only_here(settings: Settings) -> None:
    """Raise `NotAllowed` where others can reach the server: the password of the demo people is known to everybody."""
    if urlsplit(settings.public_url).hostname not in _LOOPBACK:
        raise NotAllowed("seed_only_here")


def _words(settings: Settings) -> str:
    return (
        f"\n  doctors  {settings.public_url}/sign-in\n"
        f"           sato@example.jp   Hanako shares with him\n"
        f"           kato@example.jp   a stranger: sees nothing\n"
        f"  nurse    mori@example.jp   nobody has let her in yet\n"
        f"  pharmacist sakura@example.jp   Hanako's medicines; reviews the list of pairs\n"
        f"  patients hanako@example.jp, taro@example.jp, kimura@example.jp   on the phone (make phone)\n"
        f"  password {PASSWORD}\n"
    )


def _enter(house: House, session: Session) -> None:
    clinic = add_facility(session, "なぎさ島診療所")
    hospital = add_facility(session, "みなと総合病院")
    hanako = _person(house, session, "hanako", "山田 花子")
    sato = _person(house, session, "sato", "佐藤 健", clinic)
    _person(house, session, "mori", "森 恵", clinic)
    _person(house, session, "kato", "加藤 誠", hospital)
    pharmacy = add_facility(session, "みなと薬局 島支店")
    sakura = _person(house, session, "sakura", "薬師 さくら", pharmacy, role=Role.PHARMACIST)
    taro, kimura = (
        _person(house, session, "taro", "山田 太郎"),
        _person(house, session, "kimura", "木村 島夫"),
    )
    begun = _begin(house, session, hanako, Glance("山田 花子", "ヤマダ ハナコ", "1948-04-12", "female"))
    _begin(house, session, taro, Glance("山田 太郎", "ヤマダ タロウ", "1975-02-03", "male"))
    _begin(house, session, kimura, Glance("木村 島夫", "キムラ シマオ", "1960-09-30", "male"))
    record = house.opener.open_parts(session, hanako.viewer, begun.id, every_right(hanako.viewer))
    _fill(record)
    now = clock.now()
    scopes = frozenset({Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, Scope.FINDINGS})
    rights, purposes = frozenset({Right.READ}), frozenset({Purpose.CARE})
    until = now + timedelta(days=90)
    grants.give(record, Grant(new_id(), record.id, sato.id, scopes, rights, purposes, now, until))
    only = frozenset({Scope.MEDICINES, Scope.FINDINGS})
    grants.give(record, Grant(new_id(), record.id, sakura.id, only, rights, purposes, now, until))


def _begin(house: House, session: Session, owner: Person, glance: Glance) -> Record:
    return records.begin(session, house.ring, new_id(), owner.id, glance)


def _person(  # noqa: PLR0913  a name, a place and a role
    house: House,
    session: Session,
    name: str,
    full_name: str,
    facility: UUID | None = None,
    *,
    role: Role | None = None,
) -> Person:
    role = role or (Role.PATIENT if facility is None else Role.PRACTITIONER)
    new = NewPerson(new_id(), role, f"{name}@example.jp", PASSWORD, full_name, facility_id=facility)
    person = house.accounts.sign_up(session, new)
    assert isinstance(person, Person)
    return person


def _fill(record: OpenRecord) -> None:
    chance = random.Random(1948)  # noqa: S311  the same diary on every machine
    midnight = clock.now().astimezone(record.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(_DIARY_DAYS, -1, -1)]
    vitals = [
        vital
        for back, day in zip(range(_DIARY_DAYS, -1, -1), days, strict=True)
        for vital in (*_pressures(day, back, chance), *demo_devices.weighed(day, back, chance))
        if vital.taken_at <= clock.now()
    ]
    imported.keep_many(record, [(vital, str(vital.id)) for vital in vitals], new_id())
    merging.deliver(record, new_id(), demo_devices.worn(days[-1 - _WORN_DAYS :], chance))
    made = demo_recordings.recorded(midnight, chance)
    RECORDINGS.keep_many(record, [(each, str(each.id)) for each in made], new_id())
    findings.keep_many(record, [(each, str(each.id)) for each in _findings()], new_id())
    dispensings.keep_many(
        record, [(each, str(each.id)) for each in demo_medicines.dispensings(midnight.date())], new_id()
    )


def _findings() -> Iterator[Finding]:
    mine, theirs = Author.PATIENT, Author.CARE_STAFF
    yield Finding(
        new_id(),
        FindingKind.ALLERGY,
        "そば",
        FindingCodeSet.JFAGY,
        "J9FA19140000",
        since="1962",
        author=mine,
        reaction="息が苦しくなった",
        origin="typed",
    )
    yield Finding(
        new_id(),
        FindingKind.SIDE_EFFECT,
        "アモキシシリン",
        since="2019-08",
        author=theirs,
        said_by="なぎさ薬局",
        reaction="全身の発しん",
        origin="jahis_techo",
    )
    yield Finding(
        new_id(),
        FindingKind.DIAGNOSIS,
        "高血圧症",
        since="2008",
        author=theirs,
        said_by="なぎさ島診療所",
        origin="jahis_techo",
    )
    yield Finding(
        new_id(),
        FindingKind.IMMUNISATION,
        "肺炎球菌ワクチン",
        since="2023-11-06",
        author=mine,
        origin="typed",
    )


def _pressures(day: datetime, back: int, chance: random.Random) -> Iterator[Vital]:
    """Two in the morning and two in the evening, a little lower every week."""
    for hour, higher in ((7, 6), (21, 0)):
        if chance.random() < 0.08:
            continue  # she forgets now and then
        first = day + timedelta(hours=hour, minutes=chance.randrange(5, 40))
        uneven = back == demo_recordings.IRREGULAR_BACK and hour == 21
        for nth in range(2):
            systolic = round(chance.gauss(128 + higher + back * 0.08 - 2 * nth, 6))
            pressure = BloodPressure(
                Decimal(systolic), Decimal(round(systolic * 0.59)), Decimal(round(chance.gauss(68, 4)))
            )
            at = (first + timedelta(minutes=2 * nth)).astimezone(clock.now().tzinfo)
            status = frozenset({MeasuringStatus.IRREGULAR_PULSE} if uneven else ())
            yield Vital(new_id(), "blood_pressure", at, _JAPAN_MIN, pressure, status=status)
