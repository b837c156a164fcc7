"""Values of Bluetooth health devices: every row of the public vectors, our own, and whatever bytes may come."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import gatt, gatt_records
from shared.formats.gatt_found import ClockSet, Reception, local_moment, made
from shared.formats.gatt_numbers import (
    FLOAT_SPECIAL,
    SFLOAT_SPECIAL,
    current_time_bytes,
    float32,
    float32_bits,
    sfloat,
    sfloat_bits,
    wall_bytes,
    wall_in,
)
from shared.formats.gatt_records import Answered, Counted, answer_in
from shared.formats.gatt_said import (
    ContextSaid,
    GlucoseSaid,
    HeartRateSaid,
    OximetrySaid,
    PressureSaid,
    TemperatureSaid,
    WeightSaid,
)
from shared.problems import Invalid, Problem, Unreadable
from shared.streams import Readings
from shared.vitals import BloodPressure, MeasuringStatus, Vital

OURS = json.loads((Path(__file__).parents[2] / "formats/samples/gatt/vectors.json").read_text("utf-8"))
PUBLIC = Path(__file__).parents[4] / "shared/data/wearables/gatt/vectors.json"
SPECIAL = {"NaN", "NRes", "RFU", "+INFINITY", "-INFINITY"}
JAPAN = 9 * 60
NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 07:30 on the island, 24 November


def reception(**more: Any) -> Reception:
    return Reception("11:22:33:44:55:66", "UA-651BLE", NOW, lambda _: JAPAN, **more)


def _wall(*parts: int) -> datetime:
    """What a clock without a zone shows."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


# ---- the vectors -----------------------------------------------------------------------------------------------------


def told(said: object) -> dict[str, Any]:
    """What a decoded value says, in the words of the vectors."""
    match said:
        case PressureSaid():
            return {
                "systolic": said.systolic,
                "diastolic": said.diastolic,
                "map": said.mean,
                "unit": said.unit,
                "timestamp": said.wall,
                "pulse": said.pulse,
                "user_id": said.user,
                "status": said.status,
            }
        case TemperatureSaid():
            unit = {"Cel": "degC", "[degF]": "degF"}[said.unit]
            return {"temperature": said.value, "unit": unit, "timestamp": said.wall, "type": said.site}
        case WeightSaid():
            return {
                "weight": said.weight,
                "unit": {"kg": "kg", "[lb_av]": "lb"}[said.unit],
                "timestamp": said.wall,
                "user_id": said.user,
                "bmi": said.bmi,
                "height": said.height,
            }
        case OximetrySaid():
            fast, slow = said.fast or (None, None), said.slow or (None, None)
            return {
                "spo2": said.spo2,
                "pulse": said.pulse,
                "spo2_fast": fast[0],
                "pulse_fast": fast[1],
                "spo2_slow": slow[0],
                "pulse_slow": slow[1],
                "status": said.status,
                "sensor_status": said.sensor,
                "pai": said.amplitude,
                "timestamp": said.wall,
            }
        case GlucoseSaid():
            wall = said.wall.moment
            return {
                "seq": said.sequence,
                "base_time": said.wall,
                "offset_min": said.offset_min,
                "time": None if wall is None else wall + timedelta(minutes=said.offset_min),
                "concentration": said.concentration,
                "unit": said.unit,
                "type": said.type,
                "location": said.location,
                "status": said.status,
                "context_follows": said.context_follows,
            }
        case HeartRateSaid():
            intervals = list(said.intervals) or None
            return {"bpm": said.rate, "contact": said.contact, "energy": said.energy_kj, "rr": intervals}
        case _:
            raise AssertionError(said)


def same(ours: Any, theirs: Any) -> bool:
    if theirs is None or (isinstance(theirs, str) and theirs in SPECIAL):
        return ours is None
    if isinstance(theirs, int | float) and not isinstance(theirs, bool):
        return ours is not None and abs(float(ours) - theirs) < 1e-9
    if isinstance(theirs, str):
        text = (
            ours.text if hasattr(ours, "text") else ours.isoformat() if isinstance(ours, datetime) else ours
        )
        return bool(text == theirs)
    return bool(ours == theirs)


def confirm(row: dict[str, Any]) -> None:
    """One row of the vectors: what it must say, or that it must be refused."""
    raw, kind, expected = bytes.fromhex(row["hex"]), row["kind"], row["expected"]
    if kind in ("DSTOffset", "TimeZone"):
        return  # we never read a device's zone: it is the phone's
    if kind == "SFLOAT":
        assert same(sfloat(int.from_bytes(raw, "little")), expected)
    elif kind == "FLOAT":
        assert same(float32(int.from_bytes(raw, "little")), expected)
    elif kind == "DateTime":
        wall = wall_in(raw)
        assert (
            wall.text == expected if wall.moment else f"{wall.hour}:{wall.minute}:{wall.second}" in expected
        )
    elif not row["valid"]:
        with pytest.raises(Unreadable):
            gatt.decode(int(kind, 16), raw)
    else:
        found = told(gatt.decode(int(kind, 16), raw))
        wrong = {name: found[name] for name, value in expected.items() if not same(found[name], value)}
        assert not wrong


@pytest.mark.samples
@pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there")
def test_every_public_vector_says_the_same_here() -> None:
    rows = json.loads(PUBLIC.read_text("utf-8"))
    assert len(rows) >= 29
    assert sum(not row["valid"] for row in rows) >= 2
    for row in rows:
        confirm(row)


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row['kind']} {row['note']}")
def test_our_own_vectors(row: dict[str, Any]) -> None:
    confirm(row)


# ---- numbers ---------------------------------------------------------------------------------------------------------


@given(st.integers(0, 0xFFFF))
def test_an_sfloat_is_a_number_or_absent_and_can_be_written_again(raw: int) -> None:
    value = sfloat(raw)
    assert (value is None) == (raw in SFLOAT_SPECIAL)
    assert sfloat(sfloat_bits(value)) == value


@given(st.integers(0, 0xFFFFFFFF))
def test_a_float_is_a_number_or_absent_and_can_be_written_again(raw: int) -> None:
    value = float32(raw)
    assert (value is None) == (raw in FLOAT_SPECIAL)
    assert float32(float32_bits(value)) == value


@pytest.mark.parametrize("value", ["20471", "1e11", "0.000000001234", "-2049", "NaN", "Infinity"])
def test_what_no_sfloat_can_say_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        sfloat_bits(Decimal(value))


@given(st.datetimes(_wall(1582, 1, 1), _wall(9999, 12, 31, 23, 59, 59)))
def test_a_wall_time_written_is_read_again(local: datetime) -> None:
    local = local.replace(microsecond=0)
    assert wall_in(wall_bytes(local)).moment == local
    assert wall_in(current_time_bytes(local)).moment == local


def test_the_current_time_names_the_weekday() -> None:
    assert current_time_bytes(_wall(2026, 11, 23, 7, 30, 5, 500_000)).hex() == "ea070b17071e05018001"


@given(st.binary(max_size=40), st.sampled_from([*gatt.DECODERS, gatt.CUFF_PRESSURE, gatt.DATE_TIME]))
def test_any_bytes_give_readings_or_a_named_problem(data: bytes, characteristic: int) -> None:
    said = None
    with contextlib.suppress(Problem):
        said = gatt.decode(characteristic, data)
    for each in [] if said is None else made(said, reception(ahead=timedelta(days=-400))):
        assert isinstance(each, Vital | Readings) or each.message()
    if isinstance(said, PressureSaid):
        assert characteristic == gatt.BLOOD_PRESSURE, "the pressure in the cuff is never a reading"


@given(st.binary(max_size=12))
def test_any_answer_of_a_meter_is_one_or_a_named_problem(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(answer_in(data), Answered | Counted)


def test_a_value_longer_than_any_can_be_is_refused() -> None:
    with pytest.raises(Unreadable):
        gatt.decode(gatt.HEART_RATE, b"\x10" + bytes(600))


# ---- what is made of them --------------------------------------------------------------------------------------------


def vitals(characteristic: int, text: str, **more: Any) -> list[Vital]:
    said = gatt.decode(characteristic, bytes.fromhex(text))
    assert said is not None
    found = list(made(said, reception(**more)))
    assert all(isinstance(each, Vital) for each in found), found
    return [each for each in found if isinstance(each, Vital)]


def problem(characteristic: int, text: str, **more: Any) -> str:
    said = gatt.decode(characteristic, bytes.fromhex(text))
    assert said is not None
    (found,) = made(said, reception(**more))
    assert isinstance(found, Problem)
    return found.code


def test_a_pressure_in_kilopascal_is_kept_in_mmhg_with_what_the_cuff_said() -> None:
    (vital,) = vitals(gatt.BLOOD_PRESSURE, "15bdf00b009ff03c001200")
    assert vital.reading == BloodPressure(Decimal(142), Decimal(83), Decimal(60))
    assert vital.status == {MeasuringStatus.CUFF_LOOSE}  # bits 1 and 4 (a pulse range we do not keep)
    assert vital.taken_at == NOW
    assert vital.note == "機器に正しい日時がなかったため、受け取った時刻です。"


def test_every_status_bit_that_we_keep() -> None:
    (vital,) = vitals(gatt.BLOOD_PRESSURE, "12780050005d00ea070b18071a002700")
    kept = {
        *(MeasuringStatus.MOVED, MeasuringStatus.CUFF_LOOSE),
        *(MeasuringStatus.IRREGULAR_PULSE, MeasuringStatus.WRONG_POSITION),
    }
    assert vital.status == kept
    assert vital.local.isoformat() == "2026-11-24T07:26:00+09:00"
    assert (vital.origin, vital.device, vital.note) == ("bluetooth", "UA-651BLE", "")


def test_a_failed_measurement_is_no_reading() -> None:
    assert problem(gatt.BLOOD_PRESSURE, "00ff07ff07ff07") == "gatt_not_measured"
    assert problem(gatt.WEIGHT, "00ffff") == "gatt_not_measured"
    assert problem(gatt.TEMPERATURE, "00ffff7f00") == "gatt_not_measured"
    assert problem(gatt.BLOOD_PRESSURE, "005000780000000000") == "systolic_not_above_diastolic"


def test_a_finger_and_a_toe_are_not_the_body() -> None:
    assert problem(gatt.TEMPERATURE, "046e0100ff04") == "gatt_not_body"
    assert problem(gatt.TEMPERATURE, "006e0100ff", site=8) == "gatt_not_body"
    (vital,) = vitals(gatt.TEMPERATURE, "046e0100ff01", site=8)  # its own word goes before that of 0x2A1D
    assert vital.value == Decimal("36.6")
    (vital,) = vitals(gatt.TEMPERATURE, "01dc0300ff")
    assert vital.value == Decimal("37.1")  # 98.8 °F


def test_weight_and_composition() -> None:
    (kilos,) = vitals(gatt.WEIGHT, "00b036")
    assert (kilos.kind, kilos.value) == ("weight", Decimal("70.0"))
    pounds, bmi = vitals(gatt.WEIGHT, "0f543de7070c190e1e2d03f500a802")
    assert (pounds.value, bmi.kind, bmi.value) == (Decimal("71.2"), "bmi", Decimal("24.5"))
    found = vitals(gatt.BODY_COMPOSITION, "2804f500d2149a24b036")
    told_of = {each.kind: each.value for each in found}
    assert told_of == {
        "body_fat": Decimal("24.5"),
        "basal_metabolism": Decimal(1274),
        "muscle_mass": Decimal("46.8"),
        "weight": Decimal("70.0"),
    }


def test_an_oximeters_spot_is_two_readings_and_what_it_doubts_says_so() -> None:
    saturation, pulse = vitals(gatt.SPOT_OXIMETRY, "0162004600ea070b18071a00")
    assert {each.kind: each.value for each in (saturation, pulse)} == {
        "spo2": Decimal(98),
        "heart_rate": Decimal(70),
    }
    doubted, _ = vitals(gatt.SPOT_OXIMETRY, "02620046000040")
    assert "正しく測れていないかもしれない" in doubted.note
    for bits in ("0004", "0008", "0020", "0080"):  # demonstration, testing, unavailable, invalid
        assert problem(gatt.SPOT_OXIMETRY, f"0262004600{bits}") == "gatt_not_measured"


def test_what_streams_are_columns_at_the_time_of_receiving() -> None:
    said = gatt.decode(gatt.CONTINUOUS_OXIMETRY, bytes.fromhex("00e8f384f3"))
    assert said is not None
    saturation, pulse = made(said, reception())
    assert isinstance(saturation, Readings)
    assert isinstance(pulse, Readings)
    assert (saturation.stream, saturation.value.tolist(), pulse.value.tolist()) == ("spo2", [100.0], [90.0])
    said = gatt.decode(gatt.CONTINUOUS_OXIMETRY, bytes.fromhex("00ff07ff07"))
    assert said is not None
    assert list(made(said, reception())) == []


def test_beats_are_timed_back_from_the_receiving() -> None:
    said = gatt.decode(gatt.HEART_RATE, bytes.fromhex("16480004 0002".replace(" ", "")))
    assert said is not None
    rate, beats = made(said, reception())
    assert isinstance(rate, Readings)
    assert isinstance(beats, Readings)
    assert rate.value.tolist() == [72.0]
    assert beats.value.tolist() == [60.0, 120.0]
    assert [end - start for start, end in zip(beats.start, beats.end, strict=True)] == [1000, 500]
    assert beats.end[-1] == rate.start[0]


@pytest.mark.parametrize("text", ["04ff", "0000", "0400"])
def test_a_heart_without_contact_has_no_rate(text: str) -> None:
    said = gatt.decode(gatt.HEART_RATE, bytes.fromhex(text))
    assert said is not None
    assert list(made(said, reception())) == []


def test_glucose_in_both_units_at_her_own_time() -> None:
    (vital,) = vitals(gatt.GLUCOSE, "030700ea070b18071a00f6ff6eb011")
    assert (vital.value, vital.local.isoformat()) == (Decimal(110), "2026-11-24T07:16:00+09:00")
    (vital,) = vitals(gatt.GLUCOSE, "060700ea070b18071a0037c011")
    assert vital.value == 99  # 5.5 mmol/L


def test_control_solution_and_faults_are_no_glucose_of_hers() -> None:
    assert problem(gatt.GLUCOSE, "020700ea070b18071a006eb01a") == "gatt_control"
    assert problem(gatt.GLUCOSE, "020700ea070b18071a006eb041") == "gatt_control"
    assert problem(gatt.GLUCOSE, "0a0700ea070b18071a006eb0112000") == "gatt_not_measured"  # beyond the device
    assert problem(gatt.GLUCOSE, "000700ea070b18071a00") == "gatt_not_measured"


def test_the_meal_of_a_context_is_found_behind_what_comes_before() -> None:
    assert gatt.decode(gatt.GLUCOSE_CONTEXT, bytes.fromhex("020700 03".replace(" ", ""))) == ContextSaid(7, 3)
    assert gatt.decode(gatt.GLUCOSE_CONTEXT, bytes.fromhex("8307000001000002")) == ContextSaid(7, 2)
    assert gatt.decode(gatt.GLUCOSE_CONTEXT, bytes.fromhex("000700")) == ContextSaid(7, None)


# ---- clocks ----------------------------------------------------------------------------------------------------------

TWO_YEARS_BACK = "12780050005d00e8070b18071a000000"


def test_a_clock_that_is_wrong_is_put_right_and_the_note_says_so() -> None:
    behind = timedelta(days=-730)
    (vital,) = vitals(gatt.BLOOD_PRESSURE, TWO_YEARS_BACK, ahead=behind)
    assert vital.local.isoformat() == "2026-11-24T07:26:00+09:00"
    assert vital.note == "機器の時計（2024-11-24 7:26）がずれていたため、直した時刻です。"
    (later,) = vitals(
        gatt.BLOOD_PRESSURE, TWO_YEARS_BACK, before=ClockSet(NOW - timedelta(minutes=1), behind)
    )
    assert later == vital, "told only after its clock was put right: the same measurement"


def test_a_reading_of_a_clock_that_was_put_right_is_taken_as_it_is() -> None:
    put_right = ClockSet(NOW - timedelta(days=3), timedelta(days=-730))
    (vital,) = vitals(gatt.BLOOD_PRESSURE, "12780050005d00ea070b18071a000000", before=put_right)
    assert (vital.local.isoformat(), vital.note) == ("2026-11-24T07:26:00+09:00", "")


def test_a_time_that_cannot_be_is_that_of_receiving() -> None:
    for text in ("12780050005d00ea070c18071a000000", "12780050005d00d0070101000000000000"[:32]):
        (vital,) = vitals(gatt.BLOOD_PRESSURE, text)
        assert vital.taken_at == NOW
        assert "正しくないため、受け取った時刻です" in vital.note


def test_the_same_value_told_again_has_the_same_id_and_another_has_not() -> None:
    text = "12780050005d00ea070b18071a000000"
    (once,), (again,) = vitals(gatt.BLOOD_PRESSURE, text), vitals(gatt.BLOOD_PRESSURE, text)
    assert once.id == again.id
    (other,) = vitals(gatt.BLOOD_PRESSURE, text.replace("5000", "5100", 1))
    assert other.id != once.id
    (later,) = vitals(gatt.BLOOD_PRESSURE, text.replace("071a00", "071b00", 1))
    assert later.id != once.id


def test_the_local_time_where_the_offset_changes() -> None:
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    berlin = lambda moment: 120 if moment < change else 60  # noqa: E731
    assert local_moment(_wall(2026, 10, 25, 1, 30), berlin) == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert local_moment(_wall(2026, 10, 25, 4, 0), berlin) == datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


def test_the_requests_of_a_meter() -> None:
    asked = (gatt_records.count_all, gatt_records.report_all, gatt_records.report_last, gatt_records.abort)
    assert [each().hex() for each in asked] == ["0401", "0101", "0106", "0300"]
    assert gatt_records.report_from(258).hex() == "0103010201"
    assert answer_in(bytes.fromhex("05000300")) == Counted(3)
    assert answer_in(bytes.fromhex("06000106")) == Answered(1, 6)
