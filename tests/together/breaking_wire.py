"""A wire between the phone and the server that breaks: real sockets, cut in the middle of what is being sent."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_AT_ONCE = 1 << 16
# Linger 0: closing sends a reset, as a router that forgot the connection does.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Wire:
    """``cuts``: a connection that carries so many bytes to the server is torn there; then the next cut counts.

    ``loses_answers``: so many of the next answers never reach the phone, though the server did what was asked.
    """

    to: tuple[str, int]
    listening: socket.socket
    cuts: list[int] = field(default_factory=list)
    loses_answers: int = 0
    sent: int = 0
    torn: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _ends: list[socket.socket] = field(default_factory=list)
    _hands: list[threading.Thread] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the phone finds the server."""
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        """Take one connection after the other until the wire is closed."""
        while True:
            try:
                phone, _ = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(self.to)
            self._ends += [phone, server]
            for work in (self._up, self._down):
                hand = threading.Thread(target=work, args=(phone, server), daemon=True)
                self._hands.append(hand)
                hand.start()

    def close(self) -> None:
        """Nothing of it stays open."""
        for end in (self.listening, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for hand in self._hands:
            hand.join(10)
        for end in (self.listening, *self._ends):
            end.close()

    def _up(self, phone: socket.socket, server: socket.socket) -> None:
        left = self.cuts[0] if self.cuts else None
        with suppress(OSError):
            while some := phone.recv(_AT_ONCE if left is None else min(_AT_ONCE, left)):
                server.sendall(some)
                self.sent += len(some)
                if left is not None and (left := left - len(some)) <= 0:
                    self.cuts.pop(0)
                    self._tear(phone)
                    break
            server.shutdown(socket.SHUT_WR)  # what is on its way to the server still arrives

    def _down(self, phone: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while some := server.recv(_AT_ONCE):
                if self.loses_answers > 0:
                    self.loses_answers -= 1
                    self._tear(phone)
                    return
                phone.sendall(some)
            phone.shutdown(socket.SHUT_WR)

    def _tear(self, phone: socket.socket) -> None:
        with self._turn:
            self.torn += 1
        with suppress(OSError):
            phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            phone.shutdown(socket.SHUT_RDWR)
        phone.close()


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """A wire to the server at ``url`` until the block ends."""
    wire = Wire(("127.0.0.1", urlsplit(url).port or 80), socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=wire.serve, name="wire", daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join(10)
