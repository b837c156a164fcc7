"""The server as the phone sees it: asks with her sign-in, renews it once, names every refusal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode
from uuid import UUID

from mobile.send import Pieces, Reply, Request, Send, must_be_safe
from shared import languages, strict_json
from shared.problems import Problem, SignInFirst, Unreachable, Unreadable
from shared.strict_json import dumps

_MOST_JSON = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sign-in: what is shown at each request, and what renews it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


class TokenPlace(Protocol):
    """Where a sign-in is kept (the store, sealed). The old one is there until the new one is written, in one stroke."""

    def tokens(self) -> Tokens | None:
        """The sign-in of the account in turn."""

    def keep_tokens(self, tokens: Tokens) -> None:
        """Replace it."""


class ServerSaid(Exception):
    """The server refused, with its own named problem (perhaps one that this app does not know) in her language."""

    def __init__(self, status: int, code: str, message: str, about: str | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.field = about


class Client:
    """Asks the server at ``server`` through ``send``.

    Raises `Unreachable` (no answer: what was asked may or may not have been done, so it is asked again with the same
    ids), `SignInFirst` ``sign_in_ended`` (the sign-in is over), `ServerSaid`, or `Unreadable` ``server_answer``.
    """

    def __init__(self, send: Send, server: str, device: UUID, place: TokenPlace) -> None:
        self.server = server
        self._send = send
        self._device = device
        self._place = place
        self._renewing = threading.Lock()

    def get(self, path: str, **query: object) -> Mapping[str, object]:
        """The JSON members at ``path``; query members that are None are left out."""
        asked = urlencode({name.rstrip("_"): value for name, value in query.items() if value is not None})
        return self._members(self._signed("GET", f"{path}?{asked}" if asked else path, b"", {}))

    def get_file(self, path: str) -> bytes:
        """The file at ``path``, as it is."""
        return self._signed("GET", path, b"", {}).body

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Mapping[str, object]:
        """Send JSON members with her sign-in."""
        return self._members(self._signed("POST", path, _json(body or {}), _JSON))

    def put(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Replace what is at ``path`` by JSON members."""
        return self._members(self._signed("PUT", path, _json(body), _JSON))

    def post_unsigned(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Send JSON members without a sign-in (to get one)."""
        return self._members(self._said(self._once("POST", path, _json(body), _JSON, None)))

    def upload(
        self, record_id: UUID, import_id: UUID, name: str, body: Pieces, kind: str
    ) -> Mapping[str, object]:
        """Send an original of content type ``kind``; its import id makes a repeat harmless."""
        path = f"/api/records/{record_id}/imports?name={quote(name, safe='')}"
        headers = {"Content-Type": kind, "Idempotency-Key": str(import_id)}
        return self._members(self._signed("POST", path, body, headers))

    def send_part(
        self, record_id: UUID, import_id: UUID, name: str, place: tuple[int, int], body: bytes
    ) -> Mapping[str, object]:
        """Send a part of a large original. ``place``: where it begins, and the size of the whole."""
        query = urlencode({"offset": place[0], "size": place[1], "name": name}, quote_via=quote)
        path = f"/api/records/{record_id}/uploads/{import_id}?{query}"
        headers = {"Content-Type": "application/octet-stream"}
        return self._members(self._signed("PUT", path, body, headers))

    def delete(self, path: str) -> Mapping[str, object]:
        """Take away what is at ``path``."""
        return self._members(self._signed("DELETE", path, b"", {}))

    def _signed(self, method: str, path: str, body: bytes | Pieces, headers: Mapping[str, str]) -> Reply:
        tokens = self._place.tokens()
        if tokens is None:
            raise SignInFirst("sign_in_first")
        reply = self._once(method, path, body, headers, tokens.access)
        if reply.status == 401:
            tokens = self._renewed(tokens)
            reply = self._once(method, path, body, headers, tokens.access)
        if reply.status == 401:
            raise SignInFirst("sign_in_ended")
        return self._said(reply)

    def _renewed(self, used: Tokens) -> Tokens:
        """New tokens for ``used``. A lost answer leaves the old ones in place: asking again within 60 s is safe."""
        with self._renewing:
            present = self._place.tokens()
            if present is not None and present != used:
                return present  # another thread was quicker
            reply = self._once("POST", "/api/refresh", _json({"refresh": used.refresh}), _JSON, None)
            if reply.status == 401:
                raise SignInFirst("sign_in_ended")
            tokens = tokens_in(self._members(self._said(reply)))
            self._place.keep_tokens(tokens)
            return tokens

    def _once(
        self, method: str, path: str, body: bytes | Pieces, headers: Mapping[str, str], access: str | None
    ) -> Reply:
        url = self.server.rstrip("/") + path
        must_be_safe(url)
        sent = {"Tomoni-Device": str(self._device), "Accept-Language": languages.current(), **headers}
        if access is not None:
            sent["Authorization"] = f"Bearer {access}"
        return self._send(Request(method, url, sent, body))

    def _said(self, reply: Reply) -> Reply:
        """The reply of a deed that was done; a refusal is raised by its name."""
        if 200 <= reply.status < 300:
            return reply
        try:
            found = self._members(reply)
            code, message = str(found["problem"]), str(found["message"])
        except (Problem, KeyError) as error:
            # A gateway speaks for a server that is not there; anything else is no server of ours.
            if reply.status >= 500:
                raise Unreachable("server_unreachable") from error
            raise Unreadable("server_answer") from error
        about = found.get("field")
        raise ServerSaid(reply.status, code, message, None if about is None else str(about))

    def _members(self, reply: Reply) -> Mapping[str, object]:
        if reply.status == 204 or not reply.body:
            return {}
        try:
            found = strict_json.loads(reply.body, limit=_MOST_JSON)
        except Problem as error:
            raise Unreadable("server_answer") from error
        if not isinstance(found, dict):
            raise Unreadable("server_answer")
        return found


_JSON = {"Content-Type": "application/json"}


def tokens_in(members: Mapping[str, object]) -> Tokens:
    """The sign-in in an answer."""
    access, refresh = members.get("access"), members.get("refresh")
    if not isinstance(access, str) or not isinstance(refresh, str):
        raise Unreadable("server_answer")
    return Tokens(access, refresh)


@dataclass(frozen=True)
class Several:
    """Several ``part`` files as one multipart/form-data body (RFC 7578), its boundary made from the import's id."""

    boundary: str
    parts: tuple[Pieces, ...]

    @property
    def kind(self) -> str:
        """Its content type."""
        return f"multipart/form-data; boundary={self.boundary}"

    def _head(self, n: int) -> bytes:
        return (
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="part"; filename="part-{n + 1}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()

    def _end(self) -> bytes:
        return f"--{self.boundary}--\r\n".encode()

    def __len__(self) -> int:
        each = sum(len(self._head(n)) + len(part) + 2 for n, part in enumerate(self.parts))
        return each + len(self._end())

    def __iter__(self) -> Iterator[bytes]:
        for n, part in enumerate(self.parts):
            yield self._head(n)
            yield from part
            yield b"\r\n"
        yield self._end()


def _json(members: Mapping[str, object]) -> bytes:
    return dumps(members).encode()
