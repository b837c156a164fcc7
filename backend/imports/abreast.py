"""Reading one large file in two processes at once: each takes the next stretch of it when it is done with its last.

The other process has neither database nor keys (`beside`): it is given stretches and gives back what it found in them.
This one reads stretches too, whenever nothing waits to be packed and sealed, so that neither is ever idle. Run as a
program this file is the other process.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any, BinaryIO, cast

from backend.imports import beside
from backend.imports.beside import TURN_SECONDS, ReaderDied, pipes, send, take
from shared.formats import Answers, Piece, apple_health
from shared.formats.apple_gather import Rest
from shared.formats.apple_split import Cuts, Odd, Reader, Start, Stretch

# Formats that can be cut; what of them cannot (`Odd`) is read as any other file.
_CAN_BE_CUT = ("apple_health",)
# Pieces of the other that wait here; it waits when they are not taken, so that memory stays bounded.
_WAITING = 2
# Stretches that wait for the other, so that it has work while this one packs and seals.
_AHEAD = 4
_PIECE, _REST, _ODD, _DIED, _FAILED = "piece", "rest", "odd", "died", "failed"


class Way(Enum):
    """How a file is read: in this process, in one beside it, or in both."""

    HERE = "here"
    BESIDE = "beside"
    ABREAST = "abreast"


def way(size: int, least_mb: int) -> Way:
    """The way for a file of so many bytes: below ``least_mb`` starting a process costs more than it saves."""
    return Way.ABREAST if size >= least_mb * 1_000_000 and (os.cpu_count() or 1) > 1 else Way.HERE


def found(format_name: str, file: BinaryIO, asked: Answers, how: Way) -> Iterator[Piece]:
    """What the format finds in ``file``. `Odd` where two cannot read it after all: then it is read another way."""
    if how is Way.ABREAST and format_name in _CAN_BE_CUT:
        return pieces(file, asked)
    return beside.pieces(format_name, file, asked, beside=how is not Way.HERE)


def pieces(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """What `apple_health.read` finds, in another order. `Odd` at any point: nothing that was given counts."""
    cuts, after = apple_health.split(file, asked)
    reader = Reader(cuts.start, begins=True)
    stretch = cuts.next()
    assert stretch is not None
    if stretch.is_last:
        yield from reader.take(stretch)
        yield from reader.end()
    else:
        with _other(cuts.start) as other:
            while stretch is not None:
                other.give(cuts)
                yield from reader.take(stretch)
                yield from other.found(wait=False)
                stretch = cuts.next()
            other.give(cuts)
            while (rest := other.rest) is None:
                yield from other.found(wait=True)
        yield from reader.end(rest)
    yield from after


@contextmanager
def _other(start: Start) -> Iterator[_Other]:
    command = [sys.executable, "-m", __name__]
    # Who packs must let the threads that feed the other have their turn soon, or it waits.
    usual = sys.getswitchinterval()
    # What goes wrong in it is not written anywhere: a trace may carry somebody's values.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        other = _Other(process, start)
        sys.setswitchinterval(TURN_SECONDS)
        try:
            yield other
        finally:
            sys.setswitchinterval(usual)
            other.end()


class _Other:
    """The other process: one thread hands it stretches as it takes them, one queues what it finds.

    Neither thread does anything else: whoever reads stretches of the file in a thread waits for its turn longer than
    the other takes to read them.
    """

    def __init__(self, process: subprocess.Popen[bytes], start: Start) -> None:
        self._process, self._start = process, start
        self._coming: queue.SimpleQueue[Stretch | None] = queue.SimpleQueue()
        self._found: queue.Queue[tuple[Any, ...]] = queue.Queue(_WAITING)
        self._over = threading.Event()
        self.rest: Rest | None = None
        self._threads = [
            threading.Thread(target=work, args=(deed,), name=f"abreast {deed.__name__}", daemon=True)
            for work, deed in ((self._try, self._feed), (self._try, self._hear))
        ]
        for thread in self._threads:
            thread.start()

    def give(self, cuts: Cuts) -> None:
        """The next stretches, as many as it takes for it to be busy until it is given more; after the last nothing."""
        while self._coming.qsize() < _AHEAD and not cuts.is_over:
            self._coming.put(cuts.next())
        if cuts.is_over:
            self._coming.put(None)

    def found(self, *, wait: bool) -> Iterator[Piece]:
        """What it has found by now; ``wait`` until it has said something."""
        with suppress(queue.Empty):
            while True:
                said = self._found.get(block=wait)
                wait = False
                match said:
                    case ("piece", piece):
                        yield piece
                    case ("rest", rest):
                        self.rest = rest
                        return
                    case ("odd",):
                        raise Odd
                    case ("failed", error):
                        raise error
                    case _:
                        raise ReaderDied

    def end(self) -> None:
        """Whatever it still says is not wanted."""
        self._over.set()
        self._coming.put(None)
        self._process.kill()
        for thread in self._threads:
            thread.join()
        with suppress(BrokenPipeError):
            cast("BinaryIO", self._process.stdin).close()

    def _try(self, deed: Any) -> None:
        try:
            deed()
        except (EOFError, BrokenPipeError):
            self._put((_DIED,))
        except BaseException as error:  # noqa: BLE001  told to whoever waits: a claim that was lost, a database away
            self._put((_FAILED, error))

    def _feed(self) -> None:
        to = cast("BinaryIO", self._process.stdin)
        send(to, self._start)
        while (stretch := self._coming.get()) is not None:
            _give(to, stretch)
        send(to, None)

    def _hear(self) -> None:
        said: tuple[Any, ...] = (_PIECE,)
        while said[0] == _PIECE:
            said = take(cast("BinaryIO", self._process.stdout))
            self._put(said)

    def _put(self, said: tuple[Any, ...]) -> None:
        while not self._over.is_set():
            try:
                self._found.put(said, timeout=0.2)
            except queue.Full:
                continue
            return


def _give(to: BinaryIO, stretch: Stretch) -> None:
    """The bytes as they are: to pickle so many is to copy them twice more."""
    send(to, (stretch.place, len(stretch.data), stretch.is_last))
    to.write(stretch.data)
    to.flush()


def _given(source: BinaryIO) -> Stretch | None:
    said = take(source)
    if said is None:
        return None
    place, length, is_last = said
    data = source.read(length)
    if len(data) < length:
        raise EOFError
    return Stretch(place, data, is_last)


def main() -> None:
    """Read stretches for the process that started this one."""
    source, to = pipes()
    start: Start = take(source)
    reader = Reader(start, begins=False)
    coming: queue.Queue[Stretch | None] = queue.Queue(1)

    def fetch() -> None:
        try:
            while (stretch := _given(source)) is not None:
                coming.put(stretch)
        except EOFError:
            os._exit(1)  # nobody is there any more
        coming.put(None)

    threading.Thread(target=fetch, daemon=True).start()
    try:
        while (stretch := coming.get()) is not None:
            for piece in reader.take(stretch):
                send(to, (_PIECE, piece))
        left, rest = reader.leave()
        for piece in left:
            send(to, (_PIECE, piece))
        send(to, (_REST, rest))
    except Odd:
        send(to, (_ODD,))
        while coming.get() is not None:  # who feeds it has to hear this, and not that nobody is there
            pass


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(1)
