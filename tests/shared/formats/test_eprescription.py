"""The e-prescription's CSV, bare or in XML: the prescription, what was dispensed, the state of its signature."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Answers, eprescription
from shared.medicines import NoteKind, Signature, Stage, Writer, writer
from shared.problems import TooBig, Unreadable
from tests.shared.formats.prescriptions import (
    DRUG,
    HEAD,
    RP,
    SAMPLES,
    beside,
    codes,
    files,
    found,
    medicines,
    read,
    shown,
    slips,
)

SERVICE = (SAMPLES / "eprescription" / "hanako_service.csv").read_bytes()
DISPENSED = (
    "SJ1\r\n1,山田 花子,2,19480412\r\n5,20260621,1\r\n11,しま薬局,34,4,3412346,,,,1\r\n"
    "201,1,メトホルミン錠,3,錠,1,,1\r\n301,1,毎食後,14,日分,1,1,,1\r\n"
)


def coded(raw: bytes) -> str:
    return b64encode(raw).decode()


@pytest.mark.parametrize("sample", files("eprescription"), ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(sample: Path) -> None:
    assert found("eprescription", sample) == beside(sample)


def test_a_prescription_of_the_service() -> None:
    pieces = read("eprescription", SERVICE)
    assert codes(pieces) == []
    (slip,) = slips(pieces)
    assert (slip.stage, slip.exchange_number, slip.refills) == (Stage.PRESCRIBED, "4444333322221111", 2)
    assert (slip.valid_until, slip.signature, slip.origin) == (
        date(2026, 6, 30),
        Signature.NONE,
        "eprescription",
    )
    assert writer(slip) is Writer.CLINIC
    assert [m.usage.code for m in slip.medicines] == ["1013044400000000", ""]  # the second says: not coded
    told = [note.text for note in slip.notes if note.kind is NoteKind.INFORMATION]
    assert told == [
        "メトホルミン塩酸塩錠２５０ｍｇ：腎機能を確かめて調剤してください",
        "eGFR 58 (2026-06-20)",
    ]
    assert [word for word in ("39340009", "98765432") if word in shown(pieces)] == []


@pytest.mark.parametrize(
    "wrapped",
    [
        "<P><D>{}</D></P>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<p:P xmlns:p="urn:x">\n <p:D Id="d">\n{}\n</p:D></p:P>',
        "<a><b>こんにちは</b><c><d/><e>{}</e></c></a>",
    ],
)
def test_found_in_any_xml(wrapped: str) -> None:
    for inner in (
        coded(SERVICE),
        "\n".join(coded(SERVICE)[at : at + 76] for at in range(0, 9999, 76)).strip(),
    ):
        raw = wrapped.format(inner).encode()
        assert eprescription.recognises(raw[:4096], "x.xml")
        pieces = read("eprescription", raw)
        assert codes(pieces) == ["rx_xml_unverified"]
        assert slips(pieces) == slips(read("eprescription", SERVICE))


def test_found_in_a_message_and_as_plain_text() -> None:
    inner = f"<P><D>{coded(SERVICE)}</D></P>".encode()
    message = f"<XmlMsg><Body>{coded(inner)}</Body></XmlMsg>".encode()
    assert eprescription.recognises(message[:4096], "x.xml")
    assert len(slips(read("eprescription", message))) == 1
    plain = f"<P><D>{SERVICE.decode('cp932')}</D></P>".encode()
    assert eprescription.recognises(plain[:4096], "x.xml")
    assert len(slips(read("eprescription", plain))) == 1
    deep = f"<M><B>{coded(f'<N>{coded(message)}</N>'.encode())}</B></M>".encode()
    with pytest.raises(Unreadable):
        read("eprescription", deep)


@pytest.mark.parametrize("state", list(Signature))
def test_the_state_of_the_signature_is_put_on_each_slip(state: Signature) -> None:
    raw = f"<P><D>{coded(SERVICE)}</D><D>{coded(DISPENSED.encode('cp932'))}</D></P>".encode()
    told = slips(read("eprescription", raw, Answers(signature=state)))
    # Nobody looked, and there is nothing to look at: not signed.
    expected = Signature.NONE if state is Signature.UNCHECKED else state
    assert [slip.signature for slip in told] == [expected, expected]


def test_signed_and_nobody_could_check() -> None:
    ds = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    raw = f"<P><D>{coded(SERVICE)}</D>{ds}</P>".encode()
    assert [slip.signature for slip in slips(read("eprescription", raw))] == [Signature.UNCHECKED]


def test_what_was_dispensed() -> None:
    pieces = read("eprescription", DISPENSED + "511,1,999,一包化してよいか確認\r\n521,1,2,20260705\r\n")
    assert codes(pieces) == ["rx_dispensed_unverified"]
    (slip,) = slips(pieces)
    assert (slip.stage, slip.dispensed_on) == (Stage.DISPENSED, date(2026, 6, 21))
    assert slip.pharmacy is not None
    assert writer(slip) is Writer.PHARMACY
    assert [note.text for note in slip.notes] == [
        "疑義照会：一包化してよいか確認",
        "リフィル 1回目、次は 2026-07-05",
    ]
    assert medicines(pieces)[0].usage.amount == 14


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("511,1", "jahis_line_short"),
        ("521,1,3", "jahis_line_broken"),
        ("521,1,2,きのう", "jahis_line_date"),
        ("600,12345678", "jahis_record_kept"),
    ],
)
def test_a_line_that_makes_no_sense_costs_no_other(line: str, code: str) -> None:
    pieces = read("eprescription", DISPENSED + line + "\r\n")
    assert code in codes(pieces)
    assert len(medicines(pieces)) == 1
    assert "12345678" not in shown(pieces)


def test_a_prescription_with_what_was_asked_back_stays_a_prescription() -> None:
    pieces = read("eprescription", "SJ1\r\n" + HEAD + RP + DRUG + "511,1,999,確認\r\n521,2,1,\r\n")
    (slip,) = slips(pieces)
    assert slip.stage is Stage.PRESCRIBED
    assert [note.text for note in slip.notes] == ["疑義照会：確認", "リフィル 2回目（これで終わり）"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"<a><b>nothing</b></a>", "rx_no_csv"),
        (b"<a>", "xml_broken"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml_refused"),
        (b'<!DOCTYPE a SYSTEM "http://localhost/x.dtd"><a/>', "xml_refused"),
        (b"<a>" * 100 + b"</a>" * 100, "xml_refused"),
        (b"<a>" + b"<b/>" * 30_000 + b"</a>", "xml_refused"),
        (b'<?xml version="1.0" encoding="nobody-knows"?><a/>', "encoding_wrong"),
        (b"", "file_empty"),
        (b"SJ2\r\n", "rx_header"),
        (b"SJ1\r\n", None),
    ],
)
def test_what_cannot_be_trusted_is_refused(raw: bytes, code: str | None) -> None:
    if code is None:
        assert codes(read("eprescription", raw)) == ["rx_no_issue_day"]
        return
    with pytest.raises(Unreadable) as refused:
        read("eprescription", raw)
    assert refused.value.code == code


def test_too_much_is_refused() -> None:
    with pytest.raises(TooBig):
        read("eprescription", b"<a>" + b"x" * 5_000_000 + b"</a>")


@pytest.mark.parametrize(
    "head",
    [
        b"<HealthData>SJ1</HealthData>",
        b'<Bundle xmlns="http://hl7.org/fhir"><MedicationDispense/></Bundle>',
        b'<MedicationDispense xmlns="http://hl7.org/fhir" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
        b"<xmlio2><medicinenotebookv2res/></xmlio2>",
        b"<P><D>UEsDBBQAAAAIAAAA</D></P>",
        b"SJ12\r\n",
        b"SJ1 x\r\n",
        b"SJ1234567\r\n",
    ],
)
def test_other_files_are_left_to_others(head: bytes) -> None:
    assert not eprescription.recognises(head, "x.xml")


def test_a_signed_prescription_is_known_though_its_csv_comes_late() -> None:
    ds = f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{"x" * 5000}</ds:Signature>'
    raw = f"<Prescription>{ds}<D>{coded(SERVICE)}</D></Prescription>".encode()
    assert eprescription.recognises(raw[:4096], "x.xml")


@given(st.binary(max_size=200))
def test_mangled_xml_never_breaks_the_reading(junk: bytes) -> None:
    raw = f"<P><D>{coded(SERVICE)}</D>".encode() + junk + b"</P>"
    with suppress(Unreadable):
        read("eprescription", raw)
