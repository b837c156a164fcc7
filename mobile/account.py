"""Signing up (also without a network), in and out on this phone. Untold rows outlive every sign-in."""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from uuid import UUID

from mobile import answers
from mobile.client import Client, ServerSaid, Tokens, tokens_in
from mobile.seen import Account, Person, Settings
from mobile.store import telling
from mobile.store.opening import Store
from shared.consent import Role
from shared.formats import Identity
from shared.ids import new_id
from shared.problems import Problem, SignInFirst, Unreachable, Unreadable

LABEL = "Tomoni"


@dataclass(frozen=True, slots=True)
class KeptTokens:
    """The sign-in of the account in turn, sealed in the store."""

    store: Store

    def tokens(self) -> Tokens | None:
        """None when she is signed out, or signed up without a network so far."""
        if self.store.account is None:
            return None
        found = self.store.recall("tokens", self.store.account)
        return None if found is None else Tokens(**json.loads(found))

    def keep_tokens(self, tokens: Tokens) -> None:
        """One row replaced in one transaction: there is always either the old sign-in or the new one."""
        text = json.dumps({"access": tokens.access, "refresh": tokens.refresh})
        self.store.remember("tokens", text, self.store.account)


def known(store: Store) -> Account | None:
    """The account this phone last had in turn, signed in or not; None before the first."""
    found = store.recall("account")
    if found is None:
        return None
    kept = json.loads(found)
    record_id = kept["record_id"]
    return Account(
        UUID(kept["id"]),
        Role(kept["role"]),
        kept["name"],
        kept["language"],
        None if record_id is None else UUID(record_id),
        kept["pending"],
    )


def resume(store: Store) -> Account | None:
    """At the start: who was here last; her rows are opened when her sign-in had not ended."""
    account = known(store)
    if account is not None and store.recall("in_turn") == str(account.id):
        store.enter(account.id)
    return account


def sign_up(store: Store, client: Client, email: str, password: str, person: Person) -> Account:
    """Begin an account and its record, here at once; told now, or when the network comes (``pending``).

    The ids are made here and kept before anything is sent, so a repeat after a lost answer is the same account.
    """
    asked = {
        **asdict(person),
        "born_on": person.born_on.isoformat(),
        "email": email.strip(),
        "password": password,
        "device": {"id": str(store.device), "label": LABEL},
    }
    before = _put_right(store) or _waiting(store, email, password)
    account = before or Account(new_id(), Role.PATIENT, person.name, person.language, new_id(), pending=True)
    account = replace(account, name=person.name, language=person.language)
    asked |= {"id": str(account.id), "record_id": str(account.record_id)}
    _begin(store, account)
    with store.writing():
        keep_identity(store, Identity(person.name, person.name_kana, person.sex, person.born_on.isoformat()))
        store.remember("sign_up", json.dumps(asked), account.id)
        store.remember("pending", json.dumps(sorted({*_pending(store), str(account.id)})))
    try:
        return complete_sign_up(store, client) or account
    except Unreachable:
        return account


def complete_sign_up(store: Store, client: Client) -> Account | None:
    """Tell the server of a sign-up that waits; None when none does. A refusal leaves it waiting, to be put right."""
    if store.account is None:
        return None
    asked = store.recall("sign_up", store.account)
    if asked is None:
        return None
    answer = client.post_unsigned("/api/sign-up", json.loads(asked))
    account = answers.read(answers.account, answer)
    if account.id != store.account:
        raise Unreadable("server_answer")
    with store.writing():
        KeptTokens(store).keep_tokens(tokens_in(answer))
        store.remember("account", _account_text(account))
        store.forget_fact("sign_up", account.id)
        store.remember("pending", json.dumps(sorted(set(_pending(store)) - {str(account.id)})))
    return account


def sign_in(store: Store, client: Client, email: str, password: str) -> Account:
    """Sign in. The same account finds its untold rows again; the rows of another stay shut."""
    waiting = _waiting(store, email, password)
    if waiting is not None:
        _begin(store, waiting)
        return waiting
    device = {"id": str(store.device), "label": LABEL}
    answer = client.post_unsigned(
        "/api/sign-in", {"email": email.strip(), "password": password, "device": device}
    )
    account = answers.read(answers.account, answer)
    tokens = tokens_in(answer)
    _begin(store, account)
    KeptTokens(store).keep_tokens(tokens)
    if account.record_id is not None:
        telling.offer_again(store, account.record_id)
    return account


def sign_out(store: Store, client: Client) -> int:
    """End the sign-in, here even without a network. What was told goes; how much stays sealed, untold."""
    tokens = KeptTokens(store).tokens()
    if tokens is not None:
        # Without an answer the server ends it by itself in time; here it ends now.
        with suppress(Problem, ServerSaid):
            client.post_unsigned("/api/sign-out", {"refresh": tokens.refresh})
    return end(store, keep_told=False)


def end(store: Store, *, keep_told: bool = True) -> int:
    """The sign-in is over. Untold rows stay, sealed, for the same account; how many they are."""
    account = store.account
    if account is None:
        return 0
    waiting, _ = telling.count_untold(store)
    with store.writing():
        store.forget_fact("tokens", account)
        store.forget_fact("in_turn")
        if not keep_told:
            for record_id in store.known_records():
                store.forget_record(record_id)
    store.leave()
    return waiting


def own_record(store: Store) -> UUID:
    """The record of the patient who is signed in."""
    account = known(store)
    if account is None or account.record_id is None or store.account != account.id:
        raise SignInFirst("sign_in_first")
    return account.record_id


def own_identity(store: Store) -> Identity:
    """Who she is as a notebook names her, as far as this phone knows: her birthday only where she typed it here."""
    who = known(store)
    if who is None or store.account != who.id:
        raise SignInFirst("sign_in_first")
    found = store.recall("identity", who.id)
    kept = Identity() if found is None else Identity(**json.loads(found))
    return replace(kept, name=who.name)


def own_birthday(store: Store) -> date | None:
    """Her birthday, where this phone knows it."""
    born_on = own_identity(store).born_on
    return date.fromisoformat(born_on) if born_on else None


def keep_identity(store: Store, identity: Identity) -> None:
    """Keep what she typed about herself, sealed, for her notebook and for rules about an age."""
    store.remember("identity", json.dumps(asdict(identity)), store.account)


def settings(store: Store) -> Settings:
    """How this phone is set."""
    found = store.recall("settings")
    if found is None:
        return Settings()
    members = {each.name for each in fields(Settings)}  # a newer app may have kept more
    return Settings(**{name: value for name, value in json.loads(found).items() if name in members})


def keep_settings(store: Store, chosen: Settings) -> None:
    """Keep how this phone is set."""
    store.remember("settings", json.dumps(asdict(chosen)))


def _begin(store: Store, account: Account) -> None:
    """Her rows are open from now on, also after a restart."""
    store.leave()
    store.enter(account.id)
    with store.writing():
        store.remember("account", _account_text(account))
        store.remember("in_turn", str(account.id))
        if account.record_id is not None:
            store.begin_record(account.record_id, own=True)


def _put_right(store: Store) -> Account | None:
    """The account in turn whose sign-up waits or was refused: signing up again puts it right, rows and all."""
    account = known(store)
    in_turn = account is not None and store.account == account.id
    return account if in_turn and store.recall("sign_up", store.account) is not None else None


def _waiting(store: Store, email: str, password: str) -> Account | None:
    """The account whose sign-up with exactly this e-mail and password still waits on this phone."""
    before, asked = store.account, _secret(email.strip(), password)
    # In one turn: no other worker may write while another's rows are open.
    with store.writing():
        try:
            for account_id in map(UUID, _pending(store)):
                store.enter(account_id)
                kept = json.loads(store.recall("sign_up", account_id) or "{}")
                if kept and hmac.compare_digest(_secret(kept["email"], kept["password"]), asked):
                    record_id = UUID(kept["record_id"])
                    return Account(
                        account_id, Role.PATIENT, kept["name"], kept["language"], record_id, pending=True
                    )
            return None
        finally:
            store.leave()
            if before is not None:
                store.enter(before)


def _secret(email: str, password: str) -> bytes:
    return json.dumps([email, password]).encode()


def _pending(store: Store) -> list[str]:
    found: list[str] = json.loads(store.recall("pending") or "[]")
    return found


def _account_text(account: Account) -> str:
    record_id = None if account.record_id is None else str(account.record_id)
    return json.dumps({**asdict(account), "id": str(account.id), "record_id": record_id})
