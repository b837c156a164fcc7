"""A phone on a slow line does not hold the database while its body arrives."""

from __future__ import annotations

import json
import socket
import threading
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from backend.settings import Settings
from tests.cast import PASSWORD, email
from tests.fixtures.server import Server


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone has one writer."""
    return sqlite_url


def test_others_are_served_while_a_body_is_on_its_way(server: Server, settings: Settings) -> None:
    body = json.dumps({"email": email("sato"), "password": PASSWORD, "device": {"id": str(uuid4())}}).encode()
    at = urlsplit(server.url)
    with socket.create_connection(("127.0.0.1", at.port or 80)) as slow:
        head = "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        slow.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:10])
        answered = threading.Event()

        def ask() -> None:
            requests.post(f"{server.url}/api/sign-in", data=body, timeout=60)
            answered.set()

        other = threading.Thread(target=ask, daemon=True)
        other.start()
        assert answered.wait(30), "the other phone waits for the slow one"
        slow.sendall(body[10:])
        assert slow.recv(4096).startswith(b"HTTP/1.1 200")
        other.join(30)
