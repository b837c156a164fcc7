"""Receiving from health devices, whole: the real adapter, session and store, and devices of the tests' own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bleak.exc import BleakBluetoothNotAvailableReason, BleakError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile import account
from mobile.asks import (
    ForgetDevice,
    LoadDevices,
    ReceiveFromDevice,
    SaveVital,
    StopReceiving,
    WithdrawVital,
)
from mobile.deeds.receiving import Listener
from mobile.device.bluetooth import Bluetooth
from mobile.effects import Effects
from mobile.events import Arrived, DevicesLoaded, Event, Failed, NotKept, ReceivingEnded, Streaming
from mobile.receiving import Ending, Patience, Receiving
from mobile.store import bodies, devices, flows, things
from mobile.sync import tell_streams
from shared import clock
from shared.formats import gatt
from shared.formats.gatt_numbers import wall_bytes
from shared.kinds import Meal
from shared.sync import Word
from shared.vitals import MeasuringStatus, Vital
from tests.mobile import peripheral
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.peripheral import Air, Meter, Peripheral
from tests.mobile.phones import JAPAN, MORNING, Handset, handset, pressure, sign_up

# Nothing here waits for a clock but what is said to stay silent.
QUICK = Patience(search=0.01, answer=0.3, first=0.3, quiet=0.3, whole=30.0)
HERE = clock.at_offset(MORNING, JAPAN).replace(tzinfo=None, microsecond=0)  # what a right clock shows


def phone_in(folder: Path, *devices_near: Peripheral) -> Handset:
    """Hanako's phone, with these devices switched on near it; the same folder is the same phone."""
    phone = handset(folder, LossyWay(ModelServer()))
    if account.resume(phone.store) is None:
        sign_up(phone)
    phone.device.radio = Air(list(devices_near)).radio()
    return phone


def receives(phone: Handset) -> tuple[ReceivingEnded, list[Event]]:
    """Receive once; how it ended, and what was told on the way."""
    told: list[Event] = []
    phone.effects = Effects(phone.store, phone.client, phone.device, told.append, now=phone.clock)
    (ended,) = phone.does(ReceiveFromDevice(QUICK))
    assert isinstance(ended, ReceivingEnded), ended
    return ended, told


def kept(phone: Handset) -> list[Vital]:
    """The measurements on the phone, oldest first."""
    found = things.of_word(phone.store, account.own_record(phone.store), Word.VITAL)
    vitals = [bodies.vital_in(each.change.body or "") for each in found]
    return sorted((each for each in vitals if each), key=lambda each: (each.taken_at, each.kind))


def cuff(*minutes_ago: int, clock_off: timedelta = timedelta(), **more: Any) -> Peripheral:
    """A UA-651BLE with one stored reading for each, oldest first; its clock is off by so much."""
    shown = HERE + clock_off
    values = [
        (
            gatt.BLOOD_PRESSURE,
            peripheral.pressure(str(120 + n % 60), "80", shown - timedelta(minutes=ago), status=4 * (n == 0)),
        )
        for n, ago in enumerate(minutes_ago)
    ]
    return Peripheral(values=values, clock=shown, reads={gatt.MODEL_NUMBER: b"UA-651BLE\0"}, **more)


def test_a_cuff_with_three_readings_and_a_wrong_clock(tmp_path: Path) -> None:
    device = cuff(2880, 1440, 3, clock_off=timedelta(days=-1000))
    phone = phone_in(tmp_path, device)
    ended, told = receives(phone)
    assert (ended.ending, ended.kept, ended.name) == (Ending.GONE, 3, "UA-651BLE")
    found = kept(phone)
    assert [each.taken_at for each in found] == [MORNING - timedelta(minutes=ago) for ago in (2880, 1440, 3)]
    assert [each.pressure.systolic for each in found] == [120, 121, 122], "oldest first, each at its own time"
    assert all("ずれていたため、直した時刻です" in each.note for each in found)
    assert found[0].status == {MeasuringStatus.IRREGULAR_PULSE}
    assert (found[0].origin, found[0].device) == ("bluetooth", "UA-651BLE")
    assert [each.vital.pressure.systolic for each in told if isinstance(each, Arrived)] == [120, 121, 122]
    assert [each.user for each in told if isinstance(each, Arrived)] == [1, 1, 1]
    assert device.set_to == wall_bytes(HERE), "its clock was set"
    assert device.log.index("pair") < device.log.index("write 2A08 " + device.set_to.hex())
    assert device.log.index("write 2A08 " + device.set_to.hex()) < device.log.index("listen 2A35")


def test_nothing_is_ever_deleted_or_acknowledged_on_a_device(tmp_path: Path) -> None:
    meter = a_meter(5)
    for device in (cuff(5, 3), meter):
        phone = phone_in(tmp_path, device)
        receives(phone)
        writes = [each for each in device.log if each.startswith("write")]
        assert not [each for each in writes if each.startswith("write 2A52 02")], "no record is deleted"
        assert {each.split()[1] for each in writes} <= {"2A08", "2A2B", "2A52"}, "no command of a maker's own"


def test_each_reading_is_in_the_store_when_the_next_one_comes(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(9, 6, 3))
    counts: list[int] = []
    told = Effects(
        phone.store,
        phone.client,
        phone.device,
        lambda event: counts.append(len(kept(phone))) if isinstance(event, Arrived) else None,
        now=phone.clock,
    )
    told.run(ReceiveFromDevice(QUICK))
    assert counts == [1, 2, 3]


def test_the_same_readings_again_are_the_same(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(5, 3, clock_off=timedelta(days=-1000)))
    receives(phone)
    first = kept(phone)
    again = cuff(5, 3, clock_off=timedelta(days=-1000))
    again.clock = HERE  # we set it right; what it stored before still has the old times
    phone.device.radio = Air([again]).radio()
    ended, told = receives(phone)
    assert (ended.kept, ended.same) == (0, 2)
    assert kept(phone) == first
    assert all(each.same for each in told if isinstance(each, Arrived))


def test_a_device_that_goes_away_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    wrong = timedelta(days=-1000)
    phone = phone_in(tmp_path, cuff(9, 6, 3, clock_off=wrong, breaks_after=1))
    ended, _ = receives(phone)
    assert (ended.ending, ended.kept) == (Ending.GONE, 1)
    whole = cuff(9, 6, 3, clock_off=wrong)
    whole.clock = HERE
    phone.clock.turn(minutes=2)
    phone.device.radio = Air([whole]).radio()
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (2, 1)
    ago = [MORNING - each.taken_at for each in kept(phone)]
    assert ago == [timedelta(minutes=each) for each in (9, 6, 3)], "told late, under the clock that was wrong"


def test_what_came_before_a_crash_is_there_after_it(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(9, 6, 3))

    def power_cut(event: Event) -> None:
        if isinstance(event, Arrived) and event.vital.pressure.systolic == 121:
            raise KeyboardInterrupt

    effects = Effects(phone.store, phone.client, phone.device, power_cut, now=phone.clock)
    with pytest.raises(KeyboardInterrupt):
        effects.run(ReceiveFromDevice(QUICK))
    phone.store.close()
    phone = phone_in(tmp_path, cuff(9, 6, 3))
    assert [each.pressure.systolic for each in kept(phone)] == [120, 121]
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (1, 2)


def test_a_store_that_is_full_ends_it_and_says_so(tmp_path: Path) -> None:
    device = cuff(*range(200, 0, -1))
    phone = phone_in(tmp_path, device)
    ((pages,),) = phone.store.rows("PRAGMA page_count")
    phone.store.rows(f"PRAGMA max_page_count = {int(str(pages)) + 4}")
    (failed,) = phone.does(ReceiveFromDevice(QUICK))
    assert isinstance(failed, Failed)
    assert failed.code == "store_full"
    assert device.log[-1] == "disconnect"
    phone.store.rows("PRAGMA max_page_count = 1000000")
    before = kept(phone)
    assert 0 < len(before) < 200
    assert [each.pressure.systolic for each in before] == [120 + n % 60 for n in range(len(before))]


def test_garbage_is_named_and_costs_no_neighbour(tmp_path: Path) -> None:
    device = cuff(9, 3)
    device.values.insert(1, (gatt.BLOOD_PRESSURE, b"\x1e\x00"))
    device.values.append((gatt.BLOOD_PRESSURE, bytes.fromhex("00ff07ff07ff07")))
    phone = phone_in(tmp_path, device)
    ended, told = receives(phone)
    assert ended.kept == 2
    said = [each.message for each in told if isinstance(each, NotKept)]
    assert said == [
        "機器から届いた値が途中で切れていました。もう一度測ってください。",
        "機器が、うまく測れなかったと伝えました。もう一度測ってください。",
    ]


@given(st.lists(st.tuples(st.sampled_from(list(gatt.DECODERS)), st.binary(max_size=24)), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_device_says_receiving_ends_as_it_should(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[int, bytes]]
) -> None:
    phone = phone_in(tmp_path_factory.mktemp("phone"), Peripheral(values=values, stays=not values))
    ended, _ = receives(phone)
    assert ended.ending in (Ending.GONE, Ending.QUIET)
    phone.store.close()


@pytest.mark.parametrize(
    ("seconds", "pulse", "same"), [(50, "64", 1), (60, "64", 1), (60, None, 1), (50, "68", 0), (61, "64", 0)]
)
def test_what_she_typed_a_minute_apart_is_not_there_twice(
    tmp_path: Path, seconds: int, pulse: str | None, same: int
) -> None:
    phone = phone_in(tmp_path, cuff(3))
    typed = pressure(120, 80, MORNING - timedelta(minutes=3, seconds=seconds))
    beats = None if pulse is None else Decimal(pulse)
    phone.does(SaveVital(replace(typed, reading=replace(typed.pressure, pulse=beats))))
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (1 - same, same)
    assert len(kept(phone)) == 2 - same


def test_what_she_took_out_does_not_come_back(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(5, 3))
    receives(phone)
    phone.does(WithdrawVital(kept(phone)[0].id))
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (0, 2)
    assert [each.pressure.systolic for each in kept(phone)] == [121]


def test_a_thermometer_a_scale_and_an_oximeter(tmp_path: Path) -> None:
    wall = HERE - timedelta(minutes=2)
    thermometer = Peripheral("AA:01", "UT-201BLE", 0x1809, clock=HERE)
    thermometer.values = [(gatt.TEMPERATURE, peripheral.temperature("36.6", wall))]
    thermometer.reads = {gatt.TEMPERATURE_TYPE: b"\x01"}
    scale = Peripheral("AA:02", "UC-352BLE", 0x181D, [(gatt.WEIGHT, peripheral.weight(52_300, wall))])
    oximeter = Peripheral("AA:03", "SpO2", 0x1822, [(gatt.SPOT_OXIMETRY, peripheral.spot("97", "66", wall))])
    phone = phone_in(tmp_path)
    for device in (thermometer, scale, oximeter):
        phone.device.radio = Air([device]).radio()
        ended, _ = receives(phone)
        assert ended.ending is Ending.GONE
    assert sorted((each.kind, str(each.value)) for each in kept(phone)) == [
        ("body_temperature", "36.6"),
        ("heart_rate", "66"),
        ("spo2", "97"),
        ("weight", "52.3"),
    ]
    assert {each.taken_at for each in kept(phone)} == {MORNING - timedelta(minutes=2)}


def test_a_toe_is_told_by_the_type_that_is_read(tmp_path: Path) -> None:
    thermometer = Peripheral(
        service=0x1809, values=[(gatt.TEMPERATURE, peripheral.temperature("30.1", None))]
    )
    thermometer.reads = {gatt.TEMPERATURE_TYPE: b"\x08"}
    phone = phone_in(tmp_path, thermometer)
    ended, told = receives(phone)
    assert (ended.kept, kept(phone)) == (0, [])
    assert any(isinstance(each, NotKept) and "体温としては記録しません" in each.message for each in told)


def test_a_scale_without_a_clock_that_says_it_twice_says_it_once(tmp_path: Path) -> None:
    scale = Peripheral(service=0x181D, values=[(gatt.WEIGHT, peripheral.weight(52_300, None))] * 2)
    phone = phone_in(tmp_path, scale)
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (1, 1)
    phone.clock.turn(hours=24)
    ended, _ = receives(phone)
    assert (ended.kept, ended.same) == (1, 1), "the next day it is another weighing"


# ---- a glucose meter -------------------------------------------------------------------------------------------------


def a_meter(*sequences: int, **more: Any) -> Meter:
    records = {
        number: [
            (
                gatt.GLUCOSE,
                peripheral.glucose(number, HERE - timedelta(hours=200 - number), str(100 + number)),
            ),
            (gatt.GLUCOSE_CONTEXT, peripheral.meal(number, 1 + number % 2)),
        ]
        for number in sequences
    }
    return Meter(records=records, clock=HERE, clock_as=gatt.CURRENT_TIME, **more)


def asked(device: Meter) -> list[str]:
    return [each.split()[2] for each in device.log if each.startswith("write 2A52")]


def test_a_meter_is_asked_for_all_and_then_from_the_last_one_known(tmp_path: Path) -> None:
    meter = a_meter(3, 4, 7)
    phone = phone_in(tmp_path, meter)
    ended, _ = receives(phone)
    assert (ended.ending, ended.kept) == (Ending.ALL_TOLD, 3)
    assert asked(meter) == ["0401", "0101"]
    found = kept(phone)
    assert [each.value for each in found] == [103, 104, 107]
    assert [each.meal for each in found] == [Meal.AFTER_MEAL, Meal.BEFORE_MEAL, Meal.AFTER_MEAL]
    assert len(meter.set_to) == 10, "the current time"
    more = a_meter(3, 4, 7, 8)
    phone.device.radio = Air([more]).radio()
    ended, _ = receives(phone)
    assert (ended.kept, ended.same, asked(more)) == (1, 0, ["0401", "0103010800"])


def test_a_meter_with_nothing_new_and_one_that_begins_anew(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, a_meter(5, 6))
    receives(phone)
    same = a_meter(5, 6)
    phone.device.radio = Air([same]).radio()
    ended, _ = receives(phone)
    assert (ended.ending, ended.kept) == (Ending.ALL_TOLD, 0)
    assert asked(same) == ["0401", "0103010700", "0106"]
    anew = a_meter(1, 2)
    phone.device.radio = Air([anew]).radio()
    ended, _ = receives(phone)
    assert asked(anew) == ["0401", "0103010700", "0106", "0101"]
    assert ended.kept == 2
    empty = a_meter()
    phone.device.radio = Air([empty]).radio()
    assert receives(phone)[0].ending is Ending.ALL_TOLD
    assert asked(empty) == ["0401"]


def test_a_meter_that_cannot_choose_is_asked_for_all(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, a_meter(5))
    receives(phone)
    simple = a_meter(5, 6, chooses=False)
    phone.device.radio = Air([simple]).radio()
    ended, _ = receives(phone)
    assert (ended.kept, ended.same, asked(simple)) == (1, 1, ["0401", "0103010600", "0101"])


def test_a_meter_that_goes_away_is_asked_on_from_there(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, a_meter(5, 6, 7, breaks_after=4))  # the count, a record with context, a record
    ended, _ = receives(phone)
    assert ended.ending is None
    assert ended.kept == 2
    assert "つながりが切れました" in ended.message
    whole = a_meter(5, 6, 7)
    phone.device.radio = Air([whole]).radio()
    ended, _ = receives(phone)
    assert (ended.kept, asked(whole)) == (1, ["0401", "0103010700"])


def test_a_record_that_could_not_be_read_is_asked_for_again(tmp_path: Path) -> None:
    meter = a_meter(5, 6, 7)
    meter.records[6] = [(gatt.GLUCOSE, b"\x02\x06")]
    phone = phone_in(tmp_path, meter)
    receives(phone)
    assert devices.known(phone.store)[0].last_record == 5


def test_a_meter_that_does_not_answer_is_told_to_stop_and_named(tmp_path: Path) -> None:
    meter = a_meter(5, answers=False)
    phone = phone_in(tmp_path, meter)
    ended, _ = receives(phone)
    assert ended.ending is None
    assert "質問に答えませんでした" in ended.message
    assert asked(meter) == ["0401", "0300"]


# ---- streams ---------------------------------------------------------------------------------------------------------


def belt(beats: int) -> Peripheral:
    values = [
        (gatt.HEART_RATE, bytes((0x10, 60 + n % 10)) + (1024).to_bytes(2, "little")) for n in range(beats)
    ]
    return Peripheral("AA:04", "H10", 0x180D, values)


def test_a_belts_heart_goes_up_as_columns_and_once(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, belt(20))
    ended, told = receives(phone)
    record_id = account.own_record(phone.store)
    assert (ended.kept, flows.waiting(phone.store, record_id)) == (0, 40)
    assert any(isinstance(each, Streaming) and each.stream == "heart_rate" for each in told)
    posted: list[tuple[str, dict[str, Any]]] = []
    answers: list[Exception | None] = [TimeoutError(), None, None]

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        posted.append((path, body))
        fault = answers.pop(0)
        if fault is not None:
            raise fault
        return {"new": 1, "same": 0}

    class Way:
        post: Callable[..., Any]

    way = Way()
    way.post = post
    with pytest.raises(TimeoutError):
        tell_streams(phone.store, way, record_id)  # type: ignore[arg-type]  # the answer is lost
    tell_streams(phone.store, way, record_id)  # type: ignore[arg-type]
    assert [path for path, _ in posted] == [f"/api/records/{record_id}/streams"] * 3
    assert posted[0] == posted[1], "asked again as the same delivery"
    assert [body["stream"] for _, body in posted[1:]] == ["heart_rate", "beats"]
    assert len(posted[1][1]["start"]) == 20
    assert UUID(posted[1][1]["delivery"]) != UUID(posted[2][1]["delivery"])
    assert flows.waiting(phone.store, record_id) == 0


# ---- no Bluetooth, no device, she stops ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (BleakBluetoothNotAvailableReason.POWERED_OFF, "Bluetooth を入れて"),
        (BleakBluetoothNotAvailableReason.NO_BLUETOOTH, "Bluetooth を入れて"),
        (BleakBluetoothNotAvailableReason.DENIED_BY_USER, "許可してください"),
        (BleakError("Bluetooth is not turned on"), "Bluetooth を入れて"),
        (FileNotFoundError("/run/dbus/system_bus_socket"), "Bluetooth を入れて"),
    ],
)
def test_without_bluetooth_it_says_what_to_do(tmp_path: Path, off: Any, said: str) -> None:
    phone = phone_in(tmp_path)
    phone.device.radio = Air(off=off).radio()
    ended, _ = receives(phone)
    assert ended.ending is None
    assert said in ended.message


def test_this_machine_has_no_bluetooth_or_finds_nothing_and_says_so(tmp_path: Path) -> None:
    phone = phone_in(tmp_path)
    phone.device.radio = Bluetooth()  # the real bleak
    ended, _ = receives(phone)
    assert ended.ending is None
    assert "Bluetooth" in ended.message or "見つかりませんでした" in ended.message


def test_no_device_near_or_only_another_kind(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, Peripheral(service=0x180F, values=[(0x2A19, b"\x64")]))
    ended, _ = receives(phone)
    assert ended.ending is None
    assert "見つかりませんでした" in ended.message


def test_a_device_that_will_not_pair_is_named(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(3, pairs=False))
    ended, _ = receives(phone)
    assert ended.ending is None
    assert "ペアリング" in ended.message
    assert kept(phone) == []


def test_one_that_stays_silent_ends_by_itself_and_she_can_stop_it(tmp_path: Path) -> None:
    device = cuff(3, stays=True)
    phone = phone_in(tmp_path, device)
    ended, _ = receives(phone)
    assert (ended.ending, ended.kept) == (Ending.QUIET, 1)
    phone.device.radio = Air([], never=True).radio()

    stop = threading.Event()
    stop.set()
    ear = Listener(phone.effects.phone, account.own_record(phone.store))
    under_way = Receiving(phone.device.radio, ear, stop, Patience())
    assert asyncio.run(under_way.run()) is Ending.STOPPED
    assert phone.does(StopReceiving()) == []
    assert phone.effects.phone.stop_receiving.is_set()


def test_the_devices_are_remembered_found_again_and_forgotten(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, cuff(3))
    receives(phone)
    (loaded,) = phone.does(LoadDevices())
    assert isinstance(loaded, DevicesLoaded)
    assert [(each.address, each.name) for each in loaded.devices] == [("11:22:33:44:55:66", "UA-651BLE")]
    assert loaded.devices[0].seen_at.isoformat() == "2026-11-24T07:30:00+09:00", "as her clock shows it"
    hidden = cuff(2)
    hidden.service = 0x180F  # says nothing of what it measures, but it is known
    phone.device.radio = Air([hidden]).radio()
    assert receives(phone)[0].kept == 1
    (forgotten,) = phone.does(ForgetDevice("11:22:33:44:55:66"))
    assert forgotten == DevicesLoaded(())
    assert len(kept(phone)) == 2
    assert receives(phone)[0].message


def test_nothing_of_it_can_be_read_in_the_file(tmp_path: Path) -> None:
    phone = phone_in(tmp_path, belt(3))
    receives(phone)
    phone.store.close()
    raw = b"".join(each.read_bytes() for each in tmp_path.glob("phone.db*"))
    assert b"H10" not in raw
    assert b"AA:04" not in raw
