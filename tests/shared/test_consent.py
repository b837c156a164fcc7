"""The consent rule as a whole truth table, against a slow reading of it; and how grants are asked for and travel."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import consent_schema
from shared.consent import (
    GRANTABLE,
    Decision,
    Grant,
    Purpose,
    Reason,
    Right,
    Role,
    Scope,
    Viewer,
    decide,
    holds,
)
from shared.problems import Invalid

HANAKO, DR_SATO, DR_KATO = (UUID(int=n) for n in (1, 2, 3))
RECORD = UUID(int=10)
START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=90)
SOON = timedelta(milliseconds=1)
MOMENTS = (START - SOON, START, START + timedelta(days=40), END - SOON, END, END + timedelta(days=1))
GIVEN = (Scope.VITALS, Scope.MEDICINES, Scope.FINDINGS, Scope.COSTS, Scope.WARNINGS, Scope.RECORD)
REVOKED = (None, START + timedelta(days=40), END - SOON)

EVERYONE = {
    "owner": Viewer(HANAKO, Role.PATIENT),
    "granted": Viewer(DR_SATO, Role.PRACTITIONER),
    "stranger": Viewer(DR_KATO, Role.PRACTITIONER),
}


def grant_of(
    scopes: Sequence[Scope] = (Scope.VITALS,),
    rights: Sequence[Right] = (Right.READ,),
    purposes: Sequence[Purpose] = (Purpose.CARE,),
    *,
    number: int = 100,
    to: UUID = DR_SATO,
    period: tuple[datetime, datetime] = (START, END),
    revoked_at: datetime | None = None,
) -> Grant:
    return Grant(
        UUID(int=number),
        RECORD,
        to,
        frozenset(scopes),
        frozenset(rights),
        frozenset(purposes),
        *period,
        revoked_at,
    )


def slow_answer(who: str, asked: tuple[Scope, Right, Purpose], now: datetime, grant: Grant) -> bool:
    """May she? Written as sentences, from the issue."""
    if who == "owner":
        return True
    if who == "stranger":
        return False
    scope, right, purpose = asked
    if scope in (Scope.RECORD, Scope.COSTS):
        return False
    given = grant.scopes - {Scope.RECORD, Scope.COSTS, Scope.WARNINGS}
    if scope is Scope.WARNINGS:  # that there is a warning comes with whatever she may read; nobody writes it
        named = [bool(given), right in grant.rights and right is Right.READ, purpose in grant.purposes]
    else:
        named = [scope in given, right in grant.rights, purpose in grant.purposes]
    if named.count(True) != 3:
        return False
    if now.timestamp() < grant.starts_at.timestamp() or now.timestamp() >= grant.ends_at.timestamp():
        return False
    return grant.revoked_at is None or now.timestamp() < grant.revoked_at.timestamp()


@pytest.mark.parametrize("who", EVERYONE)
def test_the_whole_truth_table(who: str) -> None:
    seen = set()
    asks = list(product(Scope, Right, Purpose, MOMENTS))
    gives = list(product(GIVEN, Right, Purpose, REVOKED))
    for scope, right, purpose, now in asks:
        for given_scope, given_right, given_purpose, revoked_at in gives:
            grant = grant_of([given_scope], [given_right], [given_purpose], revoked_at=revoked_at)
            decision = decide(EVERYONE[who], HANAKO, scope, right, purpose, now, [grant])
            assert decision.allowed == slow_answer(who, (scope, right, purpose), now, grant)
            assert decision.allowed == (decision.reason in (Reason.OWNER, Reason.GRANT))
            assert (decision.grant_id is not None) == (decision.reason is Reason.GRANT)
            seen.add(decision.reason)
    expected = {
        "owner": {Reason.OWNER},
        "granted": {Reason.GRANT, Reason.NO_GRANT, Reason.GRANT_ENDED, Reason.GRANT_NOT_BEGUN},
        "stranger": {Reason.NO_GRANT},
    }
    assert seen == expected[who]


@pytest.mark.parametrize("who", EVERYONE)
def test_a_record_that_does_not_exist_is_nobodys(who: str) -> None:
    for scope, right, purpose in product(Scope, Right, Purpose):
        found = decide(EVERYONE[who], None, scope, right, purpose, START, [grant_of()])
        assert found == Decision(False, Reason.NO_SUCH_RECORD)


def test_without_any_grant_the_answer_is_no() -> None:
    for scope, right, purpose in product(Scope, Right, Purpose):
        found = decide(EVERYONE["granted"], HANAKO, scope, right, purpose, START, [])
        assert found == Decision(False, Reason.NO_GRANT)


@pytest.mark.parametrize("dressed_as", Role)
def test_the_role_alone_opens_nothing(dressed_as: Role) -> None:
    found = decide(
        Viewer(DR_KATO, dressed_as), HANAKO, Scope.VITALS, Right.READ, Purpose.CARE, START, [grant_of()]
    )
    assert not found.allowed


GRANTS = st.builds(
    grant_of,
    st.lists(st.sampled_from(GRANTABLE), min_size=1),
    st.lists(st.sampled_from(Right), min_size=1),
    st.lists(st.sampled_from(Purpose), min_size=1),
    number=st.integers(100, 200),
    to=st.sampled_from([DR_SATO, DR_KATO]),
    period=st.sampled_from(
        [(START, END), (START - timedelta(days=90), START), (END, END + timedelta(days=9))]
    ),
    revoked_at=st.sampled_from(REVOKED),
)
ASKED = st.tuples(st.sampled_from(Scope), st.sampled_from(Right), st.sampled_from(Purpose))


@given(st.lists(GRANTS, max_size=6), ASKED, st.sampled_from(MOMENTS), st.randoms(use_true_random=False))
def test_many_grants_allow_what_one_of_them_allows_in_any_order(
    grants: list[Grant], asked: tuple[Scope, Right, Purpose], now: datetime, chance: random.Random
) -> None:
    viewer = EVERYONE["granted"]
    together = decide(viewer, HANAKO, *asked, now, grants)
    alone = [slow_answer("granted", asked, now, grant) for grant in grants if grant.to_account == DR_SATO]
    assert together.allowed == any(alone)
    chance.shuffle(grants)
    again = decide(viewer, HANAKO, *asked, now, grants)
    assert (again.allowed, again.reason) == (together.allowed, together.reason)


@given(GRANTS, ASKED, st.sampled_from(MOMENTS))
def test_revoking_only_ever_closes(grant: Grant, asked: tuple[Scope, Right, Purpose], now: datetime) -> None:
    closed = replace(grant, revoked_at=START)
    assert not (now >= START and decide(EVERYONE["granted"], HANAKO, *asked, now, [closed]).allowed)


def test_a_grant_holds_from_its_first_moment_to_before_its_last() -> None:
    assert [holds(grant_of(), now) for now in MOMENTS] == [False, True, True, True, False, False]


@pytest.mark.parametrize("scope", GRANTABLE)
def test_with_whatever_she_may_read_she_sees_that_a_warning_exists_and_nothing_else(scope: Scope) -> None:
    grant, viewer = grant_of([scope]), EVERYONE["granted"]
    opened = {
        (each, right)
        for each, right in product(Scope, Right)
        if decide(viewer, HANAKO, each, right, Purpose.CARE, START, [grant]).allowed
    }
    assert opened == {(scope, Right.READ), (Scope.WARNINGS, Right.READ)}


@pytest.mark.parametrize("scope", [Scope.RECORD, Scope.COSTS, Scope.WARNINGS])
def test_what_stays_hers_cannot_be_asked_for(scope: Scope) -> None:
    assert scope not in GRANTABLE
    assert refusal({**BODY, "scopes": [scope.value]}) == ("invalid_fields", "scopes")


# -- asking for a grant, and how it travels

BODY = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "to_account": str(DR_SATO),
    "scopes": ["medicines", "vitals"],
    "rights": ["read"],
    "purposes": ["care"],
    "days": 90,
}


def refusal(body: dict[str, object]) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as refused:
        consent_schema.asked_from(body)
    return refused.value.code, refused.value.field


def test_a_grant_for_90_days_begins_now() -> None:
    asked = consent_schema.asked_from(BODY)
    grant = asked.grant(RECORD, HANAKO, START)
    assert (grant.record_id, grant.to_account, grant.starts_at, grant.ends_at) == (
        RECORD,
        DR_SATO,
        START,
        END,
    )
    assert grant.scopes == {Scope.VITALS, Scope.MEDICINES}
    assert consent_schema.asked_members(asked) == BODY


def test_a_repeated_request_asks_for_the_grant_it_made_and_a_changed_one_does_not() -> None:
    asked = consent_schema.asked_from(BODY)
    made = asked.grant(RECORD, HANAKO, START)
    assert asked.is_asked_by(made)
    assert asked.is_asked_by(replace(made, revoked_at=START))
    assert not consent_schema.asked_from({**BODY, "days": 91}).is_asked_by(made)
    assert not consent_schema.asked_from({**BODY, "scopes": ["vitals"]}).is_asked_by(made)
    assert not consent_schema.asked_from({**BODY, "starts_at": "2026-11-02T00:00:00Z"}).is_asked_by(made)
    fixed = {**BODY, "starts_at": "2026-11-01T00:00:00Z", "ends_at": "2027-01-30T09:00:00+09:00"}
    del fixed["days"]
    assert consent_schema.asked_from(fixed).is_asked_by(made)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"ends_at": "2027-01-01T00:00:00Z"}, ("grant_period", "days")),
        ({"days": 0}, ("invalid_fields", "days")),
        ({"days": True}, ("invalid_fields", "days")),
        ({"days": 1.9}, ("invalid_fields", "days")),
        ({"scopes": []}, ("invalid_fields", "scopes")),
        ({"scopes": ["record"]}, ("invalid_fields", "scopes")),
        ({"scopes": "vitals"}, ("invalid_fields", "scopes")),
        ({"rights": ["own"]}, ("invalid_fields", "rights")),
        ({"purposes": ["own"]}, ("invalid_fields", "purposes")),
        ({"to_account": "me"}, ("invalid_fields", "to_account")),
        ({"starts_at": "2026-11-01T00:00:00"}, ("time_without_zone", "starts_at")),
        ({"why": "x"}, ("field_unknown", "why")),
    ],
)
def test_bad_grants(change: dict[str, object], refused: tuple[str, str]) -> None:
    assert refusal({**BODY, **change}) == refused


def test_a_grant_that_ends_before_it_begins_or_has_no_end() -> None:
    body: dict[str, object] = {name: value for name, value in BODY.items() if name != "days"}
    assert refusal(body) == ("grant_period", "days")
    backwards = {"starts_at": "2026-11-02T00:00:00Z", "ends_at": "2026-11-02T00:00:00Z"}
    assert refusal({**body, **backwards}) == ("grant_period", "ends_at")
    with pytest.raises(Invalid) as refused:
        consent_schema.asked_from({**body, "ends_at": "2026-01-01T00:00:00Z"}).grant(RECORD, HANAKO, START)
    assert refused.value.code == "grant_period"


def test_nobody_shares_with_herself() -> None:
    asked = consent_schema.asked_from({**BODY, "to_account": str(HANAKO)})
    with pytest.raises(Invalid) as refused:
        asked.grant(RECORD, HANAKO, START)
    assert refused.value.code == "grant_to_self"


@given(GRANTS.filter(lambda grant: Purpose.OWN not in grant.purposes))
def test_a_grant_travels_unchanged(grant: Grant) -> None:
    assert consent_schema.grant_from(consent_schema.grant_members(grant)) == grant


@pytest.mark.parametrize(
    "period",
    [
        {"ends_at": "2036-12-01T00:00:00Z"},
        {"ends_at": "9999-12-31T00:00:00Z"},
        {"starts_at": "2026-11-01T00:00:00Z", "ends_at": "2036-12-01T00:00:00Z"},
        {"starts_at": "9999-12-31T00:00:00Z", "days": 3650},
    ],
)
def test_no_grant_lasts_longer_than_ten_years(period: dict[str, object]) -> None:
    body = {name: value for name, value in BODY.items() if name != "days"}
    with pytest.raises(Invalid) as refused:
        consent_schema.asked_from({**body, **period}).grant(RECORD, HANAKO, START)
    assert (refused.value.code, refused.value.field) == ("grant_period", "ends_at")
