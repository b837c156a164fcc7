"""Posts of devices to the real server, durable and readable when they are answered: a year at once, many small ones.

Everything is in it: the client, the wire, who asks, opening and booking, strict parsing, checking, merging, summing up,
sealing, the commit on the disk (SQLite with synchronous=FULL, PostgreSQL with fsync).
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from benchmarks.figures import Figure, hand_over
from benchmarks.served import POSTGRES, SQLITE, Phone, Places, Server, places, serving
from benchmarks.wearables import FIRST_DAY, heart_rates
from shared.ids import new_id
from shared.streams import Readings

DAYS, A_DAY = 365, 288
ROUNDS = 7
LEAST_READINGS_PER_S = 1_500_000
CLIENTS, SMALL, SECONDS = 8, 12, 4.0
LEAST_POSTS_PER_S = {POSTGRES: 300, SQLITE: 150}


def figures() -> Iterator[Figure]:
    """Both ways on both databases."""
    with places() as place:
        for kind in (SQLITE, POSTGRES):
            yield from a_year(place, kind)
        for kind in (SQLITE, POSTGRES):
            for workers in (1, 2):
                yield from small_posts(place, kind, workers)


def a_year(place: Places, kind: str) -> Iterator[Figure]:
    """A year of five-minute readings as one post to one worker; each round is somebody new, with an empty record."""
    readings = heart_rates(DAYS, A_DAY)
    whole = _columns(readings)
    bodies = [_body(whole) for _ in range(ROUNDS + 1)]
    taken = []
    with place(kind) as here, serving(here, 1) as server:
        for body in bodies:
            phone = Phone.signed_up(server.port)
            begun = time.perf_counter()
            said = phone.post(phone.streams, body)
            taken.append(time.perf_counter() - begun)
            assert said == {"new": len(readings), "same": 0}, said
            year = phone.get(f"{phone.streams}/heart_rate/days?from=2024-01-01&to=2026-12-31")
            assert sum(day["count"] for day in year["days"]) == len(readings)
            phone.wire.close()
    n, taken = len(readings), taken[1:]  # the first one compiled the statements
    yield Figure(
        f"a year posted, {kind}, best of {ROUNDS}",
        n / min(taken),
        "readings/s",
        LEAST_READINGS_PER_S,
        at_least=True,
    )
    yield Figure(f"a year posted, {kind}, the middle one", n / sorted(taken)[len(taken) // 2], "readings/s")
    yield Figure(f"a year posted, {kind}, best", 1000 * min(taken), "ms")


def small_posts(place: Places, kind: str, workers: int) -> Iterator[Figure]:
    """Eight clients at once, each post 12 new readings: first each with a record of her own, then all with one."""
    with place(kind) as here, serving(here, workers) as server:
        each = [Phone.signed_up(server.port) for _ in range(CLIENTS)]
        posts, cpu_ms = _together(server, each)
        limit = LEAST_POSTS_PER_S[kind]
        told = f"{CLIENTS} clients x {SMALL} readings, {kind}, workers {workers}"
        yield Figure(told, posts, "posts/s", limit, at_least=True)
        yield Figure(f"a post costs the workers, {kind}, workers {workers}", cpu_ms, "CPU ms")
        one = Phone.signed_up(server.port)
        shared, _ = _together(server, [one.beside() for _ in range(CLIENTS)])
        yield Figure(f"the same, one record shared, {kind}, workers {workers}", shared, "posts/s")


def _together(server: Server, phones: Sequence[Phone]) -> tuple[float, float]:
    """Posts a second over all ``phones``, and ms of a processor a post; every reading is asked back afterwards."""
    first, begins, done = threading.Barrier(len(phones) + 1), [0.0], [0] * len(phones)

    def work(number: int) -> None:
        phone = phones[number]
        phone.wire.close()  # it waited for the others to sign up; a new one is opened by itself
        try:
            _post_small(phone, number, 0)  # statements are compiled, connections are there
        except BaseException:
            first.abort()
            raise
        first.wait()
        while time.perf_counter() - begins[0] < SECONDS:
            done[number] += 1
            _post_small(phone, number, done[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(phones))]
    for thread in threads:
        thread.start()
    begins[0] = time.perf_counter()
    first.wait()
    begins[0], spent = time.perf_counter(), server.cpu_ms()
    for thread in threads:
        thread.join()
    taken, spent = time.perf_counter() - begins[0], server.cpu_ms() - spent
    for record in {phone.record for phone in phones}:
        mine = [number for number, phone in enumerate(phones) if phone.record == record]
        asked = f"{phones[mine[0]].streams}/heart_rate/days?from=2024-01-01&to=2026-12-31"
        found = sum(day["count"] for day in phones[mine[0]].get(asked)["days"])
        assert found == sum(SMALL * (done[number] + 1) for number in mine), found
    return sum(done) / taken, spent / sum(done)


def _post_small(phone: Phone, client: int, number: int) -> None:
    """Twelve readings of five minutes apart that nobody has sent: an hour of a day, the next hour at the next post."""
    day, hour = divmod(number, 24)
    begins = ((FIRST_DAY + day) * 24 + hour) * 3_600_000 + client * 1000
    columns: dict[str, Any] = {"stream": "heart_rate", "source": "Apple Watch"}
    columns |= {"start": [begins + 300_000 * step for step in range(SMALL)], "value": [60 + client] * SMALL}
    said = phone.post(phone.streams, _body(columns))
    assert said == {"new": SMALL, "same": 0}, said


def _columns(readings: Readings) -> dict[str, Any]:
    columns: dict[str, Any] = {"stream": readings.stream, "source": readings.source}
    return columns | {"start": readings.start.tolist(), "value": readings.value.tolist()}


def _body(columns: dict[str, Any]) -> bytes:
    return orjson.dumps({"delivery": str(new_id()), **columns})


if __name__ == "__main__":
    if sys.argv[1:2] == ["year"]:
        with places() as somewhere:
            for each_kind in (SQLITE, POSTGRES):
                hand_over(a_year(somewhere, each_kind))
    else:
        hand_over(figures())
