"""Accounts: sign up, sign in with a password, and who somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.accounts import passwords
from backend.accounts.tables import AccountRow, FacilityRow, SignInTriesRow
from backend.seal import KeyRing
from shared import clock
from shared.consent import Role, Viewer
from shared.ids import new_id
from shared.problems import Invalid, Problem, SignInFirst, Unreachable

_SEALED = "accounts.sealed"
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in, as others may see her."""

    id: UUID
    role: Role
    name: str
    language: str = "ja"
    facility: str = ""

    @property
    def viewer(self) -> Viewer:
        """The same person, as one who asks."""
        return Viewer(self.id, self.role)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is needed to make an account. ``email`` is the sign-in name; it is kept only as a digest and sealed."""

    id: UUID
    role: Role
    email: str
    password: str = field(repr=False)
    name: str
    language: str = "ja"
    facility_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people of one house: its key ring and pepper."""

    ring: KeyRing
    pepper: bytes = field(repr=False)

    def sign_up(self, session: Session, new: NewPerson) -> Person | Problem:
        """Make an account. Repeating it with the same id, e-mail and password gives the same account.

        A repetition is a sign-in, with its counted tries: otherwise this would be a place to guess passwords at.
        """
        passwords.check_new(new.password)
        if new.email.count("@") != 1:
            raise Invalid("email_taken_or_wrong", field="email")
        row = session.scalar(select(AccountRow).where(AccountRow.email_digest == self._digest(new.email)))
        if row is not None and row.id == new.id and row.role == new.role.value:
            return self.sign_in(session, new.email, new.password)
        if row is not None or session.get(AccountRow, new.id) is not None:
            raise Invalid("email_taken_or_wrong", field="email")
        key, wrapped = self.ring.new_key(new.id)
        about = {"name": new.name, "email": new.email, "language": new.language}
        row = AccountRow(
            id=new.id,
            role=new.role.value,
            email_digest=self._digest(new.email),
            password_hash=passwords.hashed(self.pepper, new.password),
            wrapped_key=wrapped,
            sealed=key.seal(_SEALED, new.id, orjson.dumps(about)),
            facility_id=new.facility_id,
            created_at=clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError as error:
            # The same was sent twice at the same moment, and the other came first.
            raise Unreachable("busy") from error
        return self._person(session, row)

    def sign_in(self, session: Session, email: str, password: str) -> Person | Problem:
        """Who has this e-mail and password, or the problem to answer with (returned, so that the try is counted)."""
        digest = self._digest(email)
        tries = _locked_tries(session, digest)
        if wait := _wait(tries):
            return SignInFirst("wait_before_retry", seconds=wait)
        row = session.scalar(select(AccountRow).where(AccountRow.email_digest == digest))
        tries.last_at = clock.now()
        if not passwords.matches(self.pepper, row.password_hash if row else None, password) or row is None:
            tries.failures += 1
            return SignInFirst("sign_in_wrong")
        tries.failures = 0
        return self._person(session, row)

    def people(self, session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
        """Names for ids, in one query; unknown ids are left out."""
        rows = session.scalars(select(AccountRow).where(AccountRow.id.in_(set(ids)))).all()
        return {person.id: person for person in self._persons(session, rows)}

    def is_empty(self, session: Session) -> bool:
        """Whether nobody ever signed up here."""
        return session.scalar(select(AccountRow.id).limit(1)) is None

    def practitioners(self, session: Session, part_of_name: str) -> list[Person]:
        """Who works in care and has this text in name or facility (names are sealed, so they are opened to look)."""
        staff = [role.value for role in Role if role.is_staff]
        rows = session.scalars(select(AccountRow).where(AccountRow.role.in_(staff))).all()
        wanted = part_of_name.replace(" ", "").replace("\u3000", "").casefold()
        found = [
            person
            for person in self._persons(session, rows)
            if wanted in (person.name + person.facility).replace(" ", "").replace("\u3000", "").casefold()
        ]
        return sorted(found, key=lambda person: (person.facility, person.name))

    def _digest(self, email: str) -> bytes:
        return self.ring.lookup("email", email.strip().casefold())

    def _person(self, session: Session, row: AccountRow) -> Person:
        return self._persons(session, [row])[0]

    def _persons(self, session: Session, rows: Iterable[AccountRow]) -> list[Person]:
        rows = list(rows)
        wanted = {row.facility_id for row in rows if row.facility_id}
        query = select(FacilityRow.id, FacilityRow.name).where(FacilityRow.id.in_(wanted))
        facilities: dict[UUID | None, str] = {}
        if wanted:
            facilities.update((each_id, name) for each_id, name in session.execute(query))
        people = []
        for row in rows:
            about = orjson.loads(
                self.ring.open_key(row.id, row.wrapped_key).open(_SEALED, row.id, row.sealed)
            )
            facility = facilities.get(row.facility_id, "")
            people.append(Person(row.id, Role(row.role), about["name"], about["language"], facility))
        return people


def add_facility(session: Session, name: str, facility_id: UUID | None = None) -> UUID:
    """A facility by its public name."""
    row = FacilityRow(id=facility_id or new_id(), name=name)
    session.add(row)
    session.flush()
    return row.id


def _locked_tries(session: Session, digest: bytes) -> SignInTriesRow:
    """The tries of one e-mail, locked until the commit: tries sent at the same moment are counted one by one."""
    none_yet = {"email_digest": digest, "failures": 0, "last_at": clock.now()}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(SignInTriesRow).values(none_yet).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(SignInTriesRow).values(none_yet).on_conflict_do_nothing())
    return session.get_one(SignInTriesRow, digest, with_for_update=True, populate_existing=True)


def _wait(tries: SignInTriesRow) -> int:
    """Seconds still to wait after too many failures: 5 are free, then the wait doubles up to 15 minutes."""
    if tries.failures < FREE_TRIES:
        return 0
    # 2 to the 10th is over a quarter of an hour; after some hundred failures the power would be no time at all.
    pause = min(timedelta(seconds=2 ** min(tries.failures - FREE_TRIES, 10)), LONGEST_WAIT)
    left = tries.last_at + pause - clock.now()
    return max(0, -int(-left.total_seconds() // 1))


def members(person: Person) -> dict[str, object]:
    """A person as JSON members, as others may see her."""
    return {
        "id": person.id,
        "role": person.role.value,
        "name": person.name,
        "facility": person.facility,
        "language": person.language,
    }
