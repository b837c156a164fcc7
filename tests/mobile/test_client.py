"""The client: her sign-in is renewed once and never lost, refusals have names, nothing leaves but over https."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest

from mobile.client import Client, ServerSaid, Several, Tokens
from mobile.send import Reply, Request, must_be_safe, over_http
from shared.languages import speak
from shared.problems import Invalid, SignInFirst, Unreachable, Unreadable

DEVICE = UUID("0190d3a0-0000-7000-8000-0000000000d1")
RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a1")


@dataclass
class Place:
    """Where tokens are kept, with all that were ever kept."""

    kept: list[Tokens] = field(default_factory=lambda: [Tokens("old-access", "old-refresh")])

    def tokens(self) -> Tokens | None:
        return self.kept[-1] if self.kept else None

    def keep_tokens(self, tokens: Tokens) -> None:
        self.kept.append(tokens)


def answering(answer: Callable[[Request], tuple[int, object]]) -> tuple[Client, Place, list[Request]]:
    """A client whose server answers by ``answer``, and everything it sent."""
    sent: list[Request] = []

    def send(request: Request) -> Reply:
        sent.append(request)
        status, body = answer(request)
        return Reply(status, body if isinstance(body, bytes) else json.dumps(body).encode())

    place = Place()
    return Client(send, "https://tomoni.example/", DEVICE, place), place, sent


def said(request: Request) -> object:
    """The JSON that was sent."""
    assert isinstance(request.body, bytes)
    return json.loads(request.body)


def expired(request: Request) -> tuple[int, object]:
    """A server that takes only new tokens."""
    if request.url.endswith("/api/refresh"):
        return 200, {"access": "new-access", "refresh": "new-refresh"}
    if request.headers.get("Authorization") == "Bearer new-access":
        return 200, {"ok": True}
    return 401, {"problem": "sign_in_first", "message": "サインインしてください。"}


def test_every_request_says_who_where_and_in_which_language() -> None:
    client, _, sent = answering(lambda _: (200, {}))
    speak("en")
    try:
        client.get("/api/practitioners", name="佐 藤", before=None)
    finally:
        speak("ja")
    (request,) = sent
    assert request.url == "https://tomoni.example/api/practitioners?name=%E4%BD%90+%E8%97%A4"
    assert request.headers["Authorization"] == "Bearer old-access"
    assert request.headers["Tomoni-Device"] == str(DEVICE)
    assert request.headers["Accept-Language"] == "en"
    assert "old-access" not in repr(request)


def test_an_expired_sign_in_is_renewed_once_and_the_deed_done() -> None:
    client, place, sent = answering(expired)
    assert client.post("/api/x", {"a": 1}) == {"ok": True}
    assert [request.url.rsplit("/", 1)[1] for request in sent] == ["x", "refresh", "x"]
    assert said(sent[1]) == {"refresh": "old-refresh"}
    assert place.kept[-1] == Tokens("new-access", "new-refresh")


def test_a_lost_renewal_keeps_the_old_sign_in_to_ask_again() -> None:
    lost = [True]

    def server(request: Request) -> tuple[int, object]:
        if request.url.endswith("/api/refresh") and lost:
            lost.clear()
            raise Unreachable("server_unreachable")
        return expired(request)

    client, place, sent = answering(server)
    with pytest.raises(Unreachable):
        client.get("/api/x")
    assert place.kept == [Tokens("old-access", "old-refresh")]
    assert client.get("/api/x") == {"ok": True}
    asked = [said(request) for request in sent if request.url.endswith("refresh")]
    assert asked == [{"refresh": "old-refresh"}] * 2


def test_a_refused_renewal_ends_the_sign_in() -> None:
    client, place, sent = answering(lambda _: (401, {"problem": "sign_in_first", "message": "…"}))
    with pytest.raises(SignInFirst) as over:
        client.get("/api/x")
    assert over.value.code == "sign_in_ended"
    assert len(sent) == 2  # asked once, renewed once, not more
    assert place.kept == [Tokens("old-access", "old-refresh")]  # whoever ends it decides what to drop


def test_what_another_thread_renewed_is_used() -> None:
    place_of: list[Place] = []

    def server(request: Request) -> tuple[int, object]:
        if request.headers.get("Authorization") == "Bearer old-access":
            place_of[0].keep_tokens(Tokens("new-access", "new-refresh"))
        return expired(request)

    client, place, sent = answering(server)
    place_of.append(place)
    assert client.get("/api/x") == {"ok": True}
    assert not any(request.url.endswith("refresh") for request in sent)


def test_without_a_sign_in_nothing_is_sent() -> None:
    client, place, sent = answering(lambda _: (200, {}))
    place.kept.clear()
    with pytest.raises(SignInFirst) as first:
        client.get("/api/x")
    assert (first.value.code, sent) == ("sign_in_first", [])


def test_a_refusal_has_its_name_field_and_words() -> None:
    client, _, _ = answering(lambda _: (422, {"problem": "of_2031", "message": "新しい", "field": "kind"}))
    with pytest.raises(ServerSaid) as refusal:
        client.post("/api/x")
    found = refusal.value
    assert (found.status, found.code, found.message, found.field) == (422, "of_2031", "新しい", "kind")


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (502, b"<html>bad gateway</html>", Unreachable),
        (500, b"", Unreachable),
        (302, b"", Unreadable),
        (404, b"<html>hotel wifi</html>", Unreadable),
        (200, b"<html>please pay</html>", Unreadable),
        (200, b"[1]", Unreadable),
        (200, b'{"a": NaN}', Unreadable),
        (200, b'{"a": 1', Unreadable),
    ],
)
def test_an_answer_that_is_not_ours_is_named(status: int, body: bytes, raised: type[Exception]) -> None:
    client, _, _ = answering(lambda _: (status, body))
    with pytest.raises(raised):
        client.get("/api/x")


@pytest.mark.parametrize(
    "url", ["https://tomoni.example", "http://localhost:8000/", "http://127.0.0.1:1", "http://[::1]:8000"]
)
def test_safe_addresses(url: str) -> None:
    must_be_safe(url)


@pytest.mark.parametrize(
    "url",
    [
        *("http://tomoni.example", "http://192.168.0.2", "ftp://localhost", "localhost:8000", "", "https://"),
        *("http://localhost.evil.example", "https://user@tomoni.example", "http://127.0.0.1.nip.example"),
    ],
)
def test_unsafe_addresses_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        must_be_safe(url)
    assert refused.value.field == "server"
    client = Client(lambda _: Reply(200, b"{}"), url, DEVICE, Place())
    with pytest.raises(Invalid):
        client.get("/api/x")


def test_several_parts_are_one_form_of_known_length() -> None:
    body = Several("tomoni-1", (_Pieces([b"JAH", b"ISTC1"]), _Pieces([b"\x82\xa0"])))
    whole = b"".join(body)
    assert len(body) == len(whole)
    assert whole.count(b'name="part"') == 2
    assert b"\r\n\r\nJAHISTC1\r\n--tomoni-1\r\n" in whole
    assert whole.endswith(b"\x82\xa0\r\n--tomoni-1--\r\n")


@dataclass
class _Pieces:
    pieces: list[bytes]

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


class _Doors(BaseHTTPRequestHandler):
    """A real server on this machine, for the real socket."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()
            return
        self.do_POST()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        got = self.rfile.read(length)
        heard = {"length": length, "got": got.decode("latin-1"), "auth": self.headers.get("Authorization")}
        answer = json.dumps(heard).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Doors)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_real_socket(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    send = over_http()
    reply = send(Request("POST", f"{address}/x", {"Authorization": "Bearer mine"}, _Pieces([b"ab", b"cd"])))
    assert json.loads(reply.body) == {"length": 4, "got": "abcd", "auth": "Bearer mine"}
    assert json.loads(send(Request("GET", f"{address}/x", {})).body)["auth"] is None
    assert send(Request("GET", f"{address}/redirect", {})).status == 302
    with pytest.raises(Invalid):
        send(Request("GET", "http://tomoni.example/", {}))


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        over_http()(Request("GET", "http://127.0.0.1:9/", {}))
