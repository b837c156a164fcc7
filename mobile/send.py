"""The only socket of the phone: one request to the server, one reply, or `Unreachable`.

Everything above takes a `Send`, so that tests put another way there: one that loses, doubles and delays.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import requests

from shared.problems import Invalid, Unreachable, Unreadable

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
MOST_ANSWERED = 64 * 1024 * 1024


class Pieces(Protocol):
    """A body of known length that is read a piece at a time, from its beginning each time it is sent."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. ``headers`` hold tokens, so they are not shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | Pieces = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes = field(repr=False)


Send = Callable[[Request], Reply]


def over_http() -> Send:
    """The real way: TLS verified, no redirects, no proxy or password of the surroundings, answers of bounded size."""
    session = requests.Session()
    session.trust_env = False  # a .netrc would put another's name in our Authorization header

    def send(request: Request) -> Reply:
        must_be_safe(request.url)
        try:
            with session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return Reply(answer.status_code, _bounded(answer))
        except requests.RequestException as error:
            raise Unreachable("server_unreachable") from error

    return send


def must_be_safe(url: str) -> None:
    """Only https leaves this device; plain http may go to the device itself. Else `Invalid` ``server_address``."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_this_device(parts.hostname or ""))
    if not safe or not parts.hostname or parts.username is not None:
        raise Invalid("server_address", field="server")


def _is_this_device(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bounded(answer: requests.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(1 << 16):
        body += piece
        if len(body) > MOST_ANSWERED:
            raise Unreadable("server_answer")
    return bytes(body)
