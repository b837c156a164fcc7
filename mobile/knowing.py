"""What this phone knows of medicines: what the app brings, with the server's lists where they were heard.

The lists come with a sync (`fetch`); without them everything works, with less. A list that cannot be read is left
aside, never half used.
"""

from __future__ import annotations

import binascii
import logging
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mobile.client import Client, ServerSaid
from mobile.store import lists
from mobile.store.opening import Store
from shared import strict_json
from shared.drug_knowledge import Knowledge, Overlay, bundled, knowledge
from shared.drug_master import Master
from shared.drug_rules import LocalRule, rule_from, rule_members
from shared.problems import Problem, SignInFirst

MASTER, OVERLAY = "drug_master", "drug_overlay"
ASKED_EVERY = timedelta(hours=1)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Knowing:
    """The knowledge of one phone, made anew when a list has another version. Safe to ask from several threads."""

    _turn: threading.Lock = field(default_factory=threading.Lock)
    _versions: tuple[str, str] | None = None
    _made: Knowledge | None = None

    def now(self, store: Store) -> Knowledge:
        """All that is known now; the first time, and after a new list, this takes a moment."""
        with self._turn:
            versions = lists.version(store, MASTER), lists.version(store, OVERLAY)
            if self._made is None or versions != self._versions:
                self._made, self._versions = _knowledge(store), versions
            return self._made


def _knowledge(store: Store) -> Knowledge:
    master, overlay = _master(store), _overlay(store)
    return bundled() if master is None and overlay == Overlay() else knowledge(master, overlay)


def _master(store: Store) -> Master | None:
    packed = lists.find(store, MASTER)
    try:
        return None if packed is None else Master.from_bytes(packed)
    except Problem as problem:
        _log.warning("the drug master is left aside: %s", problem.code)
        return None


def _overlay(store: Store) -> Overlay:
    body = lists.find(store, OVERLAY)
    try:
        return Overlay() if body is None else overlay_in(strict_json.loads(body))
    except (Problem, ValueError) as problem:
        _log.warning("what was added to the knowledge is left aside: %s", problem)
        return Overlay()


def overlay_in(members: object) -> Overlay:
    """What people of the house added, from the server's answer; a rule of a newer kind loses no other."""
    if not isinstance(members, dict):
        raise ValueError("not an object")
    reviews, rules = members.get("reviews"), members.get("rules")
    if not isinstance(reviews, dict) or not isinstance(rules, list):
        raise ValueError("no reviews, or no rules")
    return Overlay({str(pair): on is True for pair, on in reviews.items()}, tuple(_rules(rules)))


def _rules(found: list[object]) -> list[LocalRule]:
    rules = []
    for each in found:
        try:
            rules.append(rule_from(each))
        except Problem as problem:
            _log.warning("a rule is left aside: %s", problem.code)
    return rules


def fetch(store: Store, client: Client, now: datetime) -> bool:
    """Hear of newer lists, at most once an hour. Whether there was one; whatever fails is tried again another time."""
    if not _is_time(store, now):
        return False
    try:
        changed = _fetch_overlay(store, client)
        changed = _fetch_master(store, client) or changed
    except SignInFirst:
        raise
    except (Problem, ServerSaid, ValueError, binascii.Error) as error:
        _log.info("the lists were not heard: %s", type(error).__name__)
        return False
    store.remember("lists_asked_at", now.isoformat())
    return changed


def _is_time(store: Store, now: datetime) -> bool:
    asked = store.recall("lists_asked_at")
    # A clock that was set back must not keep the lists old.
    return asked is None or not timedelta() <= now - datetime.fromisoformat(asked) < ASKED_EVERY


def _fetch_overlay(store: Store, client: Client) -> bool:
    answer = client.get("/api/drugs/knowledge")
    overlay = overlay_in(dict(answer))
    version = overlay.version
    if version == lists.version(store, OVERLAY):
        return False
    said = {"reviews": dict(overlay.reviews), "rules": [rule_members(rule) for rule in overlay.rules]}
    lists.keep(store, OVERLAY, version, strict_json.dumps(said).encode())
    return True


def _fetch_master(store: Store, client: Client) -> bool:
    have = lists.version(store, MASTER)
    answer = client.get("/api/drugs/master", have=have)
    told, packed = str(answer.get("version") or ""), answer.get("packed")
    if isinstance(packed, str):
        body = b64decode(packed, validate=True)
        lists.keep(store, MASTER, Master.from_bytes(body).version, body)
        return True
    if not told and have:
        lists.drop(store, MASTER)
        return True
    return False
