"""The cast of every test: Hanako on the island, Taro her son, Dr. Sato her doctor, Nurse Mori, Kimura, Dr. Kato."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.accounts import NewPerson, Person, add_facility
from backend.consent import grants
from backend.consent.opened import OpenRecord, every_right
from backend.house import House
from backend.records import records
from backend.records.records import Glance
from shared import clock
from shared.consent import Grant, Purpose, Right, Role, Scope
from shared.ids import new_id

PASSWORD = "さざ波と みかん畑と 猫のたま"

CLINIC = UUID("0190d3a0-0000-7000-8000-0000000000c1")
HOSPITAL = UUID("0190d3a0-0000-7000-8000-0000000000c2")
RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a1")
OTHER_RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a2")
NOBODYS_RECORD = UUID("0190d3a0-0000-7000-8000-0000000000ff")

_IDS = {
    name: UUID(f"0190d3a0-0000-7000-8000-00000000000{digit}")
    for digit, name in enumerate(("hanako", "taro", "sato", "mori", "kimura", "kato"), start=1)
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The people, as accounts of a house. ``record`` is Hanako's; Kimura has a record of his own, for comparison."""

    house: House
    hanako: Person
    taro: Person
    sato: Person
    mori: Person
    kimura: Person
    kato: Person
    record: UUID = RECORD
    other_record: UUID = OTHER_RECORD

    def open(self, session: Session, person: Person, record: UUID = RECORD) -> OpenRecord:
        """The record as ``person`` may open it, all parts that she may use."""
        return self.house.opener.open_parts(session, person.viewer, record, every_right(person.viewer))

    def lets_in(
        self,
        person: Person,
        *scopes: Scope,
        days: int = 90,
        rights: tuple[Right, ...] = (Right.READ,),
        purposes: tuple[Purpose, ...] = (Purpose.CARE,),
    ) -> Grant:
        """Hanako lets ``person`` see ``scopes`` for so many days from now."""
        now = clock.now()
        grant = Grant(
            id=new_id(),
            record_id=self.record,
            to_account=person.id,
            scopes=frozenset(scopes),
            rights=frozenset(rights),
            purposes=frozenset(purposes),
            starts_at=now,
            ends_at=now + timedelta(days=days),
        )
        with self.house.database.transaction() as session:
            return grants.give(self.open(session, self.hanako), grant)


def email(name: str) -> str:
    """The sign-in name of somebody of the cast."""
    return f"{name}@example.jp"


def enter(house: House) -> Cast:
    """Make the accounts and records in an empty, migrated database. Takes a second: passwords are slow on purpose."""
    with house.database.transaction() as session:
        add_facility(session, "なぎさ島診療所", CLINIC)
        add_facility(session, "みなと総合病院", HOSPITAL)
        people = {
            "hanako": _person(house, session, "hanako", "山田 花子"),
            "taro": _person(house, session, "taro", "山田 太郎"),
            "sato": _person(house, session, "sato", "佐藤 健", CLINIC),
            "mori": _person(house, session, "mori", "森 恵", CLINIC),
            "kimura": _person(house, session, "kimura", "木村 島夫"),
            "kato": _person(house, session, "kato", "加藤 誠", HOSPITAL),
        }
        hanako = Glance("山田 花子", "ヤマダ ハナコ", "1948-04-12", "female")
        kimura = Glance("木村 島夫", "キムラ シマオ", "1960-09-30", "male")
        records.begin(session, house.ring, RECORD, people["hanako"].id, hanako)
        records.begin(session, house.ring, OTHER_RECORD, people["kimura"].id, kimura)
    return _cast(house, people)


def found(house: House) -> Cast:
    """The cast in a copy of a database that it once entered."""
    with house.database.transaction(writes=False) as session:
        people = house.accounts.people(session, _IDS.values())
    return _cast(house, {name: people[each_id] for name, each_id in _IDS.items()})


def _cast(house: House, people: dict[str, Person]) -> Cast:
    return Cast(
        house,
        hanako=people["hanako"],
        taro=people["taro"],
        sato=people["sato"],
        mori=people["mori"],
        kimura=people["kimura"],
        kato=people["kato"],
    )


def _person(
    house: House, session: Session, name: str, full_name: str, facility: UUID | None = None
) -> Person:
    """Who belongs to a facility is a practitioner, everybody else a patient."""
    role = Role.PATIENT if facility is None else Role.PRACTITIONER
    new = NewPerson(_IDS[name], role, email(name), PASSWORD, full_name, facility_id=facility)
    person = house.accounts.sign_up(session, new)
    assert isinstance(person, Person), person
    return person
