"""FIT files: workouts, the watch's day, scales and cuffs; what is damaged is refused whole."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import garmin_fit
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.problems import Unreadable
from shared.vitals import BloodPressure, MeasuringStatus
from shared.workouts import Activity
from tests.shared.formats.fit_writer import ENUM, EPOCH_S, SINT16, UINT8, UINT16, UINT32, Fit, at
from tests.shared.formats.read_files import (
    PUBLIC,
    TOKYO,
    codes,
    expected,
    in_full,
    ours,
    pieces,
    readings,
    refusal,
    told,
    words,
)

OF = "garmin_fit"
NOON = 1_790_000_000 // 86_400 * 86_400 + 3 * 3600  # 12:00 in Tokyo
DATA = PUBLIC / "garmin_fit"


def cuff(*more: Any) -> bytes:
    fit = Fit(type=14)
    fit.say(51, at(NOON), (0, UINT16, 128), (1, UINT16, 82), (6, UINT8, 66), *more)
    return fit.made()


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert in_full(OF, path.read_bytes()) == expected(path)


def test_a_blood_pressure_with_what_the_cuff_said() -> None:
    (vital,) = words(pieces(OF, cuff((8, ENUM, 4), (7, ENUM, 1))))
    assert vital.reading == BloodPressure(Decimal(128), Decimal(82), Decimal(66))
    assert vital.status == {MeasuringStatus.IRREGULAR_PULSE}
    assert (vital.offset_min, vital.origin, vital.device) == (540, OF, "garmin fenix6x 77")


@pytest.mark.parametrize("status", [1, 2, 3])
def test_a_measurement_that_failed_is_told_and_not_kept(status: int) -> None:
    found = pieces(OF, cuff((8, ENUM, status)))
    assert words(found) == []
    assert codes(found) == ["device_said_error"]


def test_a_scale_of_one_person_gives_all_it_knows() -> None:
    fit = Fit(type=9)
    fit.say(30, at(NOON), (0, UINT16, 6214), (1, UINT16, 2830), (2, UINT16, 5210), (4, UINT16, 310),
            (5, UINT16, 4220), (7, UINT16, 4800), (11, UINT8, 9), (10, UINT8, 255), (3, UINT16, 0xFFFF))  # fmt: skip
    found = {word.kind: word.reading for word in words(pieces(OF, fit.made()))}
    assert {kind: str(value) for kind, value in found.items()} == {
        "weight": "62.1", "body_fat": "28.3", "body_water": "52.1", "bone_mass": "3.1", "muscle_mass": "42.2",
        "basal_metabolism": "1200", "visceral_fat": "9.0",
    }  # fmt: skip


def test_a_scale_of_two_people_gives_nothing_and_says_so() -> None:
    fit = Fit(type=9)
    for person, weight in ((0, 6214), (1, 8010)):
        fit.say(30, at(NOON + person), (0, UINT16, weight), (12, UINT16, person))
    found = pieces(OF, fit.made())
    assert words(found) == []
    assert codes(found) == ["several_people", "several_people"]


def test_a_workout_knows_its_own_offset() -> None:
    fit = Fit()
    for second in range(3):
        fit.say(20, at(NOON + second), (3, UINT8, (90, 0, 255)[second]))
    fit.say(18, at(NOON + 1800), (2, UINT32, NOON - EPOCH_S), (7, UINT32, 1_800_000), (8, UINT32, 1_700_000),
            (9, UINT32, 210_050), (11, UINT16, 120), (5, ENUM, 11), (16, UINT8, 101), (17, UINT8, 130))  # fmt: skip
    fit.say(34, at(NOON + 1800), (5, UINT32, NOON + 1800 - EPOCH_S - 4 * 3600))
    found = pieces(OF, fit.made())
    (workout,) = words(found)
    assert (workout.activity, workout.offset_min, workout.named) == (Activity.WALKING, -240, "walking")
    assert (workout.active_s, workout.distance_m, workout.energy_kcal) == (
        1700,
        Decimal("2100.5"),
        Decimal(120),
    )
    assert (workout.heart_rate_mean, workout.heart_rate_max) == (101, 130)
    assert readings(found, "heart_rate") == [(NOON * 1000, NOON * 1000, 90.0)]


def test_sixteen_bits_of_time_roll_over() -> None:
    fit = Fit(type=32)
    fit.say(103, at(NOON), (0, UINT32, NOON - EPOCH_S + 9 * 3600))
    for seconds in (60, 40_000, 70_000):
        fit.say(55, (26, UINT16, (NOON - EPOCH_S + seconds) & 0xFFFF), (27, UINT8, 70))
    starts = [start // 1000 - NOON for start, _, _ in readings(pieces(OF, fit.made()), "heart_rate")]
    assert starts == [60, 40_000, 70_000]


def test_steps_are_differences_within_a_day() -> None:
    fit = Fit(type=32)
    midnight = NOON + 12 * 3600
    fit.say(103, at(NOON), (0, UINT32, NOON - EPOCH_S + 9 * 3600))
    for seconds, steps in ((600, 100), (1200, 250), (1800, 250), (12 * 3600 + 60, 30)):
        fit.say(55, at(NOON + seconds), (5, ENUM, 6), (3, UINT32, steps))
    fit.say(55, at(midnight), (5, ENUM, 6), (3, UINT32, 300), (29, UINT16, 1440))
    found = pieces(OF, fit.made())
    assert readings(found, "steps") == [
        ((NOON - 12 * 3600) * 1000, (NOON + 600) * 1000, 100.0),
        ((NOON + 600) * 1000, (NOON + 1200) * 1000, 150.0),
        (midnight * 1000, (midnight + 60) * 1000, 30.0),
    ]
    assert readings(found, "steps_reported") == [((midnight - 86_400) * 1000, midnight * 1000, 300.0)]


def test_sleep_lasts_until_the_next_stage() -> None:
    fit = Fit(type=49)
    for minutes, level in ((0, 2), (30, 3), (50, 0), (60, 4), (90, 1), (600, 2)):
        fit.say(275, at(NOON + minutes * 60), (0, ENUM, level))
    stages = [
        (SLEEP_STAGES[int(value)], (end - start) // 60_000)
        for start, end, value in readings(pieces(OF, fit.made()), "sleep")
    ]
    assert stages == [(SleepStage.LIGHT, 30), (SleepStage.DEEP, 20), (SleepStage.REM, 30)]


def test_beats_spo2_breath_and_stress() -> None:
    fit = Fit(type=44)
    fit.say(269, at(NOON), (0, UINT8, 96))
    fit.say(269, at(NOON + 1), (0, UINT8, 0))
    fit.say(297, at(NOON), (0, SINT16, 1450))
    fit.say(297, at(NOON + 1), (0, SINT16, -200))
    fit.say(227, (0, SINT16, 25), (1, UINT32, NOON - EPOCH_S))
    fit.say(78, (0, UINT16, (800, 1000, 0xFFFF, 0xFFFF, 0xFFFF)))
    found = pieces(OF, fit.made())
    assert [value for *_, value in readings(found, "spo2")] == [96]
    assert [value for *_, value in readings(found, "respiratory_rate")] == [14.5]
    beats = readings(found, "beats")
    assert [value for *_, value in beats] == [75.0, 60.0]
    assert beats[1][0] - beats[0][0] == 800
    assert codes(found) == ["type_not_yet"]


def test_times_in_the_header_of_a_message() -> None:
    fit = Fit()
    begin = NOON - (NOON - EPOCH_S) % 32 + 30
    fit.say(20, at(begin), (3, UINT8, 80))
    fit.define(20, (3, UINT8, 80))
    for offset in (31, 5):
        fit.compressed(offset, (3, UINT8, 81))
    starts = [start // 1000 - begin for start, *_ in readings(pieces(OF, fit.made()), "heart_rate")]
    assert starts == [0, 1, 7]


def test_chained_files_are_all_read() -> None:
    found = pieces(OF, cuff() + cuff((8, ENUM, 4)))
    assert len(words(found)) == 2


def test_reading_again_gives_the_same_source_ids() -> None:
    first, again = (
        [piece.source_id for piece in pieces(OF, cuff()) if hasattr(piece, "source_id")] for _ in range(2)
    )
    assert first == again


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (cuff()[:-1], "file_cut_short"),
        (cuff()[:9], "file_cut_short"),
        (cuff() + b"\x0e", "file_cut_short"),
        (cuff() + cuff()[:-3], "file_cut_short"),
        (cuff() + bytes(20), "fit_broken"),
        (cuff()[:4] + b"\xff\xff\xff\x7f" + cuff()[8:], "file_cut_short"),
        (cuff()[:40] + b"\x55" + cuff()[41:], "checksum_wrong"),
    ],
)
def test_what_is_damaged_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        pieces(OF, content)
    assert refused.value.code == code


def test_right_checksum_around_nonsense_is_refused() -> None:
    fit = Fit()
    fit.body += b"\x0f\x01\x02"  # data of a message that nobody defined
    with pytest.raises(Unreadable) as refused:
        pieces(OF, fit.made())
    assert refused.value.code == "fit_broken"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_body_is_read_or_refused_by_name(noise: bytes, cut: int) -> None:
    fit = Fit()
    fit.say(20, at(NOON), (3, UINT8, 80))
    fit.body[len(fit.body) - min(cut, len(fit.body)) :] = noise
    assert refusal(OF, fit.made()) in {"", "fit_broken", "checksum_wrong", "file_cut_short"}


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_is_never_half_kept(place: int, flip: int) -> None:
    whole = bytearray(cuff())
    whole[place % len(whole)] ^= flip
    with pytest.raises(Unreadable):
        pieces(OF, bytes(whole))


@pytest.mark.samples
@pytest.mark.parametrize("path", sorted(DATA.glob("**/*.fit")), ids=lambda path: path.name)
def test_public_files_equal_their_expectations(path: Path) -> None:
    want = json.loads((DATA / "expected.json").read_text())[path.relative_to(DATA).as_posix()]
    content = path.read_bytes()
    assert garmin_fit.recognises(content[:4096], path.name)
    refusals = {"activity-filecrc.fit": "checksum_wrong", "activity-settings-nodata.fit": "file_cut_short"}
    if path.name in refusals:
        with pytest.raises(Unreadable) as refused:
            list(garmin_fit.read(io.BytesIO(content), TOKYO))
        assert refused.value.code == refusals[path.name]
        return
    made = told(OF, content)
    found = made["found"]
    if want.get("hr_n") and "first" in want:
        beats = found["heart_rate"]
        assert (beats["count"], beats["min"], beats["max"]) == (
            want["hr_n"],
            want["hr_min"],
            want["hr_max"],
        )
    elif want.get("hr_n"):  # readings without a moment: none can be kept, each is told
        assert "heart_rate" not in found
        assert "moment_missing" in codes(pieces(OF, content))
    assert found.get("workout", {}).get("count", 0) == ("session" in want)
    weights = [Decimal(row["weight"]) for row in want.get("weight_scale", ())]
    assert found.get("weight", {}).get("count", 0) == len(weights)
    if weights:
        assert (found["weight"]["min"], found["weight"]["max"]) == (75.8, 76.1)
        assert (found["weight"]["first"], found["weight"]["last"]) == (
            want["first"].replace("+00:00", "Z"),
            want["last"].replace("+00:00", "Z"),
        )


@pytest.mark.samples
@pytest.mark.skipif(not DATA.exists(), reason="../shared is not there")
def test_the_differences_of_a_real_day_come_to_what_the_watch_says() -> None:
    path = DATA / "MonitoringFile.fit"
    found = pieces(OF, path.read_bytes())
    assert sum(value for *_, value in readings(found, "steps")) == 3173
    assert [value for *_, value in readings(found, "steps_reported")] == [3173]
