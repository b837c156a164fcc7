"""The search: inputs that enter a new branch are kept and damaged further, so that faults behind others are reached."""

from __future__ import annotations

import hashlib
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.fuzz.damage import Damage
from tests.fuzz.marking import Marks, Pair
from tests.fuzz.readers import LARGEST, Reader
from tests.memory_peak import peak

# What a reader may take for one input (the promise for every file).
MOST_SECONDS = 10
MOST_BYTES = 256 * 1024**2
# Beyond these, a search goes on but writes no more down.
MOST_DEFECTS = 20
_CORPUS, _SMALLER_TRIES = 4000, 120


class TooLong(BaseException):
    """Ten seconds of the processor are over."""


class TooMuch(Exception):
    """256 MB more than before are in use."""


@dataclass(frozen=True, slots=True)
class Defect:
    """An input that broke a promise. ``sign`` tells defects apart: what was raised, and where."""

    sign: str
    trace: str
    raw: bytes


@dataclass(slots=True)
class Searched:
    """What came of a search."""

    reader: str
    tries: int = 0
    branches: int = 0
    begun_with: int = 0
    worth_keeping: list[bytes] = field(default_factory=list)
    seconds: float = 0.0
    defects: dict[str, Defect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """How to search: with what chance, how long (``goes_on`` is asked with the tries so far), led by marks or not."""

    seed: str
    goes_on: Callable[[int], bool]
    led: bool = True


def tries(most: int) -> Callable[[int], bool]:
    """As many inputs."""
    return lambda done: done < most


def seconds(most: float) -> Callable[[int], bool]:
    """As many seconds of the processor."""
    ends = time.process_time() + most
    return lambda _: time.process_time() < ends


def search(reader: Reader, marks: Marks, way: Way, kept: tuple[bytes, ...] = ()) -> Searched:
    """Read the seeds, then damaged ones, for as long as the way says. ``kept`` are inputs of an earlier search."""
    return _Search(reader, marks, way).run((*reader.seeds, *kept))


class _Search:
    def __init__(self, reader: Reader, marks: Marks, way: Way) -> None:
        self._reader = reader
        self._marks = marks
        self._way = way
        self._chance = random.Random(f"{way.seed} {reader.name}")
        self._entered = 0
        self._told: set[str] = set()
        self.corpus: list[bytes] = []
        self._pairs: dict[int, list[Pair]] = {}
        self.made = Searched(reader.name)

    def run(self, seeds: tuple[bytes, ...]) -> Searched:
        begun = time.process_time()
        self._marks.clear()
        words: set[bytes] = set()
        for seed in seeds:
            self._try(seed)
            words.update(self._marks.words_entered())
            if len(seed) <= LARGEST:
                self._keep(seed)
        self.corpus = self.corpus or [b"\x00"]
        self.made.begun_with = self._entered.bit_count()
        damage = Damage(self._chance, sorted(words), self.corpus)
        while self._way.goes_on(self.made.tries):
            raw = self._next(damage)
            if len(raw) <= LARGEST and self._try(raw) and self._way.led and len(self.corpus) < _CORPUS:
                self._keep(raw)
        self.made.branches = self._entered.bit_count()
        self.made.worth_keeping = self.corpus
        self.made.seconds = time.process_time() - begun
        return self.made

    def _keep(self, raw: bytes) -> None:
        self._pairs[len(self.corpus)] = self._marks.pairs()
        self.corpus.append(raw)

    def _next(self, damage: Damage) -> bytes:
        first = max(0, len(self.corpus) - 20) if damage.likely(0.4) else 0
        at = first + self._chance.randrange(len(self.corpus) - first)
        raw = self.corpus[at]
        damage.pairs = self._pairs.get(at, ())
        for _ in range(damage.one_of((1, 1, 1, 2, 2, 3, 5))):
            raw = self._reader.damage(raw, damage)
        return raw

    def _try(self, raw: bytes) -> bool:
        """Whether it entered a branch, or made the reader say something, that no input did before."""
        self._marks.clear()
        self.made.tries += 1
        told: frozenset[str] = frozenset()
        error: BaseException | None = None
        try:
            with watched():
                told = self._reader.read(raw)
        except (Exception, TooLong) as raised:  # noqa: BLE001 - whatever leaves a reader is a defect
            error = raised
        entered = self._marks.entered()
        new = bool(entered & ~self._entered) or not told <= self._told
        self._entered |= entered
        self._told |= told
        if error is not None:
            self._defect(raw, error)
            return False
        return new

    def _defect(self, raw: bytes, error: BaseException) -> None:
        sign = sign_of(error)
        if sign in self.made.defects or len(self.made.defects) >= MOST_DEFECTS:
            return
        trace = "".join(traceback.format_exception(error)[-12:])
        small = raw if isinstance(error, TooLong | TooMuch) else self._smaller(raw, sign)
        self.made.defects[sign] = Defect(sign, trace, small)

    def _smaller(self, raw: bytes, sign: str) -> bytes:
        """The input with what can be left out left out."""
        size, left = len(raw) // 2, _SMALLER_TRIES
        while size and left > 0:
            at = 0
            while at < len(raw) and left > 0:
                without = raw[:at] + raw[at + size :]
                left -= 1
                if self._sign(without) == sign:
                    raw = without
                else:
                    at += size
            size //= 2
        return raw

    def _sign(self, raw: bytes) -> str:
        try:
            with watched():
                self._reader.read(raw)
        except (Exception, TooLong) as error:  # noqa: BLE001 - as above
            return sign_of(error)
        return ""


def sign_of(error: BaseException) -> str:
    """What was raised and the innermost place in our own code; a broken promise says which."""
    if type(error).__name__ == "Broken":
        return f"Broken: {''.join(each for each in str(error) if not each.isdigit())[:100]}"
    frames = [
        each for each in traceback.extract_tb(error.__traceback__) if "/site-packages/" not in each.filename
    ]
    ours = [
        each for each in frames if f"{Path(each.filename).parent.name}/" in ("formats/", "shared/", "fuzz/")
    ]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else ""
    return f"{type(error).__name__} {place}"


@contextmanager
def watched(most_seconds: float = MOST_SECONDS) -> Iterator[None]:
    """The processor's time and the memory of one reading, bounded."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooLong

    before = peak()
    earlier = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, earlier)
    if peak() - before > MOST_BYTES:
        raise TooMuch


def file_name(raw: bytes) -> str:
    """The name under which an input is kept."""
    return hashlib.sha256(raw).hexdigest()[:12]
