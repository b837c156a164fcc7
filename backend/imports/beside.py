"""Reading a large file in a process of its own: it parses while this one packs, seals and commits what was found.

The other process has neither database nor keys: it asks for bytes of the file and gives pieces, through its pipes. It
ends when this one does. Run as a program this file is that process.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from shared.formats import Answers, Piece, Question, named
from shared.problems import Problem

try:
    import fcntl
except ImportError:  # Windows: nothing is sent ahead there
    fcntl = None  # type: ignore[assignment]

# Pieces that wait here; the reader waits when they are not taken, so that memory stays bounded.
_WAITING = 4
_BLOCK = 512 * 1024
_LENGTH = struct.Struct("<Q")
TURN_SECONDS = 0.0005
_READ, _PIECE, _QUESTION, _PROBLEM, _END = "read", "piece", "question", "problem", "end"


class ReaderDied(Exception):
    """The reading process ended in the middle of a file: as if this one had."""


def pieces(format_name: str, file: BinaryIO, asked: Answers, *, beside: bool) -> Iterator[Piece]:
    """What the format finds in ``file``, read here or in a process ``beside`` this one: the same either way."""
    if not beside:
        yield from named(format_name).read(file, asked)
        return
    command = [sys.executable, "-m", __name__]
    # What goes wrong in it is not written anywhere: a trace may carry somebody's values.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        try:
            yield from _received(_Reader(reader, file), format_name, asked)
        finally:
            reader.kill()


class _Reader:
    """The other process: gives it bytes as it asks for them, and queues what it finds."""

    def __init__(self, process: subprocess.Popen[bytes], file: BinaryIO) -> None:
        self._process, self._file = process, file
        self._found: queue.Queue[tuple[Any, ...]] = queue.Queue(_WAITING)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="reader", daemon=True)

    def begin(self, format_name: str, asked: Answers) -> None:
        """Have it read."""
        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(0)
        to = cast("BinaryIO", self._process.stdin)
        send(to, (format_name, asked, size, _roomy(to)))
        self._thread.start()

    def next(self) -> tuple[Any, ...]:
        """What it says next."""
        return self._found.get()

    def end(self) -> None:
        """Whatever it still says is not wanted."""
        self._over.set()
        self._process.kill()
        self._thread.join()

    def _serve(self) -> None:
        try:
            while True:
                said = take(cast("BinaryIO", self._process.stdout))
                if said[0] == _READ:
                    self._file.seek(said[1])
                    send(cast("BinaryIO", self._process.stdin), self._file.read(said[2]))
                else:
                    self._put(said)
                    if said[0] != _PIECE:
                        return
        except (EOFError, BrokenPipeError):
            self._put(("died",))
        except BaseException as error:  # noqa: BLE001  told to whoever waits: a claim that was lost, a database away
            self._put(("failed", error))

    def _put(self, said: tuple[Any, ...]) -> None:
        while not self._over.is_set():
            try:
                self._found.put(said, timeout=0.2)
            except queue.Full:
                continue
            return


def _received(reader: _Reader, format_name: str, asked: Answers) -> Iterator[Piece]:
    # Who packs must let the thread that feeds the reader have its turn soon, or the reader waits.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    reader.begin(format_name, asked)
    try:
        while True:
            match reader.next():
                case ("piece", piece):
                    yield piece
                case ("end", used):
                    asked.used.update(used)
                    return
                case ("question", ask, of, facts):
                    raise Question(ask, of, **facts)
                case ("problem" | "failed", error):
                    raise error
                case _:
                    raise ReaderDied
    finally:
        sys.setswitchinterval(usual)
        reader.end()


def pipes() -> tuple[BinaryIO, BinaryIO]:
    """From whoever began this process, and to it: buffered, however Python was started (PYTHONUNBUFFERED).

    Unbuffered, what is interrupted in the middle of a write (a process that is held and goes on) is never written.
    """
    return open(0, "rb", closefd=False), open(1, "wb", closefd=False)


def send(to: BinaryIO, said: object) -> None:
    """Say something to the process at the other end of a pipe."""
    body = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    to.write(_LENGTH.pack(len(body)))
    to.write(body)
    to.flush()


def take(source: BinaryIO) -> Any:
    """What the process at the other end of a pipe says; `EOFError` when it is gone."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    body = source.read(_LENGTH.unpack(head)[0])
    return pickle.loads(body)  # noqa: S301  of our own process, which we started


class _Asked(io.RawIOBase):
    """The file as the reading process sees it: every block is asked for."""

    def __init__(self, size: int, source: BinaryIO, to: BinaryIO, *, ahead: bool) -> None:
        super().__init__()
        self._size, self._source, self._to, self._ahead = size, source, to, ahead
        self._at = 0
        self._coming = -1  # the place of a block that was asked for and not taken yet

    def readable(self) -> bool:
        """Yes; it is never written."""
        return True

    def seekable(self) -> bool:
        """Yes: a zip's directory is at its end."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to ``offset`` from the start, from here, or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as the file goes. What follows is asked for at once: it comes while this is parsed."""
        if self._at >= self._size:
            return 0
        if self._coming >= 0 and self._coming != self._at:
            take(self._source)
            self._coming = -1
        if self._coming < 0:
            send(self._to, (_READ, self._at, _BLOCK))
        some = memoryview(take(self._source))[: len(buffer)]
        buffer[: len(some)] = some
        self._at += len(some)
        self._coming = -1
        if self._ahead and self._at < self._size:
            send(self._to, (_READ, self._at, _BLOCK))
            self._coming = self._at
        return len(some)


def _roomy(pipe: BinaryIO) -> bool:
    """Whether a whole block fits into the pipe: only then may one be sent before anybody waits for it."""
    try:
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 2 * _BLOCK) >= 2 * _BLOCK
    except (AttributeError, OSError):
        return False


def main() -> None:
    """Read one file for the process that started this one."""
    source, to = pipes()
    format_name, asked, size, ahead = take(source)
    file = cast("BinaryIO", io.BufferedReader(_Asked(size, source, to, ahead=ahead), _BLOCK))
    try:
        for piece in named(format_name).read(file, asked):
            send(to, (_PIECE, piece))
        send(to, (_END, asked.used))
    except Question as question:
        send(to, (_QUESTION, question.ask, question.of, question.facts))
    except Problem as problem:
        send(to, (_PROBLEM, problem))


if __name__ == "__main__":
    try:
        main()
    except (EOFError, BrokenPipeError):
        os._exit(1)  # nobody is there any more
