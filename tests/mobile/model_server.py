"""A server of a few lines, in memory, that speaks the rule of push and pull; and a way to it that loses and doubles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from mobile.send import Reply, Request
from shared.problems import Unreachable
from shared.sync import Change, winner
from shared.sync_schema import change_from, change_members

JsonMembers = dict[str, Any]


@dataclass
class Record:
    """One record: each thing's shown version with its number, every other version, and who sees it how."""

    counter: int = 0
    shown: dict[UUID, Change] = field(default_factory=dict)
    others: list[Change] = field(default_factory=list)
    view: str = "all"
    forget: list[str] = field(default_factory=list)
    imports: dict[str, JsonMembers] = field(default_factory=dict)

    def take(self, change: Change) -> str:
        """One version; the winner is shown under a fresh number, the loser is kept."""
        known = self.shown.get(change.id)
        if known is not None:
            if replace(known, number=0) == change:
                return "same"
            if change in self.others:
                return "lost"
            if winner(known, change) is known:
                self.others.append(change)
                return "lost"
            self.others.append(replace(known, number=0))
        self.counter += 1
        self.shown[change.id] = replace(change, number=self.counter)
        return "kept"


class Refusal(Exception):
    """An answer that is not the deed."""

    def __init__(self, status: int, code: str, about: str | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.about = status, code, about


class ModelServer:
    """Accounts, sign-ins and records in memory. ``seen`` holds every request that arrived."""

    def __init__(self) -> None:
        self.accounts: dict[str, JsonMembers] = {}
        self.records: dict[str, Record] = {}
        self.shared: dict[str, set[str]] = {}
        self.access: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        self.refused_words: set[str] = set()
        self.takes_no_files: int | None = None
        self.page = 500
        self.master: JsonMembers = {"version": "", "packed": None}
        self.overlay: JsonMembers = {"version": "", "reviews": {}, "rules": []}
        self.forms: dict[str, bytes] = {}
        self.seen: list[Request] = []
        self.bodies: list[bytes] = []

    def send(self, request: Request) -> Reply:
        """The answer to ``request``, as the real server would shape it."""
        self.seen.append(request)
        body = request.body if isinstance(request.body, bytes) else b"".join(request.body)
        self.bodies.append(body)
        parts = urlsplit(request.url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            status, answer = self._answer(request, parts.path, query, body)
        except Refusal as refusal:
            said = {"problem": refusal.code, "message": f"だめ：{refusal.code}", "field": refusal.about}
            return Reply(refusal.status, json.dumps(said).encode())
        if isinstance(answer, bytes):
            return Reply(status, answer)
        return Reply(status, json.dumps(answer).encode() if answer is not None else b"")

    def end_access(self) -> None:
        """Every access token runs out; what renews it stays."""
        self.access.clear()

    def end_everything(self) -> None:
        """Every sign-in is over."""
        self.access.clear()
        self.refresh.clear()

    def sign_up(self, email: str, role: str = "patient") -> str:
        """Somebody who is known already, made without a phone; her account id."""
        account = str(uuid4())
        record_id = str(uuid4()) if role == "patient" else None
        self.accounts[email] = {"id": account, "email": email, "password": "p", "role": role, "name": email}
        self.accounts[email]["record_id"] = record_id
        if record_id:
            self.records[record_id] = Record()
        return account

    def _answer(
        self, request: Request, path: str, query: dict[str, str], body: bytes
    ) -> tuple[int, JsonMembers | bytes | None]:
        deed = path.removeprefix("/api/").split("/")
        if deed[0] in ("sign-up", "sign-in", "refresh", "sign-out"):
            return self._signing(deed[0], json.loads(body))
        account = self.access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if account is None:
            raise Refusal(401, "sign_in_first")
        if deed == ["records"]:
            listed = [
                {"id": each, "name": "山田 花子", "age": 78} for each in sorted(self.shared.get(account, ()))
            ]
            return 200, {"records": listed}
        if deed == ["drugs", "knowledge"]:
            return 200, self.overlay
        if deed == ["drugs", "master"]:
            known = query.get("have") == self.master["version"]
            return 200, {**self.master, "packed": None} if known else self.master
        if deed[0] == "practitioners":
            return 200, {"practitioners": [{"id": str(uuid4()), "name": "佐藤", "facility": "診療所"}]}
        return self._of_record(request, self._record(account, deed[1]), deed[2:], query, body)

    def _record(self, account: str, record_id: str) -> Record:
        own = any(each["id"] == account and each["record_id"] == record_id for each in self.accounts.values())
        if record_id not in self.records or not (own or record_id in self.shared.get(account, ())):
            raise Refusal(404, "not_there")
        return self.records[record_id]

    def _of_record(
        self, request: Request, record: Record, deed: list[str], query: dict[str, str], body: bytes
    ) -> tuple[int, JsonMembers | bytes | None]:
        if deed[0] == "costs" and (form := self.forms.get(deed[1].removesuffix(".csv"))) is not None:
            return 200, form
        if deed == ["sync", "push"]:
            return 200, {"results": [self._pushed(record, each) for each in json.loads(body)["changes"]]}
        if deed == ["sync", "pull"]:
            return 200, self._pulled(record, int(query["after"]), min(self.page, int(query["limit"])))
        if deed == ["imports"] and request.method == "POST" and self.takes_no_files:
            raise Refusal(self.takes_no_files, "unexpected")
        if deed == ["imports"] and request.method == "POST":
            key = request.headers["Idempotency-Key"]
            state = {"id": key, "name": query["name"], "state": "previewed", "bytes": len(body)}
            record.imports.setdefault(key, state)
            return 201, record.imports[key]
        if deed == ["imports"]:
            return 200, {"imports": list(record.imports.values())}
        if deed and deed[0] == "imports":
            found = record.imports[deed[1]]
            if len(deed) == 3:
                found["state"] = {"keep": "kept", "undo": "undone", "answers": "previewed"}[deed[2]]
            return 200, found
        raise Refusal(404, "not_there")

    def _pushed(self, record: Record, members: JsonMembers) -> JsonMembers:
        edit, _ = members.pop("edit"), members.pop("confirmed")
        change = change_from(members)
        told = {"id": str(change.id), "edit": edit}
        if change.body is not None and json.loads(change.body).get("note") in self.refused_words:
            problem = {"problem": "unknown_kind", "message": "まだ扱えません。", "field": "kind"}
            return {**told, "state": "refused", "number": 0, "problem": problem}
        state = record.take(change)
        return {**told, "state": state, "number": record.shown[change.id].number}

    def _pulled(self, record: Record, after: int, limit: int) -> JsonMembers:
        newer = sorted((c for c in record.shown.values() if c.number > after), key=lambda c: c.number)
        page = newer[:limit]
        return {
            "changes": [change_members(each) for each in page],
            "after": page[-1].number if page else after,
            "more": len(newer) > len(page),
            "forget": record.forget,
            "view": record.view,
        }

    def _signing(self, deed: str, said: JsonMembers) -> tuple[int, JsonMembers | None]:
        if deed == "sign-up":
            known = self.accounts.get(said["email"])
            if known is not None and (known["id"], known["password"]) != (said["id"], said["password"]):
                raise Refusal(422, "email_taken_or_wrong", "email")
            self.accounts[said["email"]] = {**said, "role": "patient"}
            self.records.setdefault(said["record_id"], Record())
            return 201, self._signed_in(self.accounts[said["email"]])
        if deed == "sign-in":
            known = self.accounts.get(said["email"])
            if known is None or known["password"] != said["password"]:
                raise Refusal(401, "sign_in_wrong")
            return 200, self._signed_in(known)
        account = self.refresh.get(said["refresh"])
        if deed == "sign-out":
            self.refresh.pop(said["refresh"], None)
            return 204, None
        if account is None:
            raise Refusal(401, "sign_in_first")
        return 200, self._tokens(account, said["refresh"])

    def _signed_in(self, known: JsonMembers) -> JsonMembers:
        account = {"id": known["id"], "role": known["role"], "name": known["name"], "language": "ja"}
        return {"account": account, "record_id": known["record_id"], **self._tokens(known["id"], None)}

    def _tokens(self, account: str, used: str | None) -> JsonMembers:
        # The used one still works: the same device may ask again within a minute.
        access, refresh = f"access-{uuid4()}", f"refresh-{uuid4()}"
        self.access[access] = account
        self.refresh[refresh] = account
        if used is not None:
            self.refresh[used] = account
        return {"access": access, "refresh": refresh}


Fate = str  # through, lost_before, lost_after, twice, echo


class LossyWay:
    """A `Send` to ``server``. ``fates`` are used up one a request; then all go through.

    ``echo`` delivers the request before last once more, after this one (a late duplicate). ``during`` is called once,
    when a request was handled and its answer is still on the way.
    """

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.fates: list[Fate] = []
        self.offline = False
        self.during: Callable[[Request], None] | None = None
        self._sent: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        fate = self.fates.pop(0) if self.fates else "through"
        if self.offline or fate == "lost_before":
            raise Unreachable("server_unreachable")
        self._sent.append(request)
        reply = self.server.send(request)
        if fate == "twice":
            reply = self.server.send(request)
        if fate == "echo" and len(self._sent) > 1:
            self.server.send(self._sent[-2])
        if self.during is not None:
            meanwhile, self.during = self.during, None
            meanwhile(request)
        if fate == "lost_after":
            raise Unreachable("server_unreachable")
        return reply


def each_try(sync: Callable[[], object], most: int = 20) -> Iterator[int]:
    """Try ``sync`` until the way lets it through."""
    for n in range(most):
        with suppress(Unreachable):
            sync()
            return
        yield n
    raise AssertionError("the way never let anything through")
