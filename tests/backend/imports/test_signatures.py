"""Signatures of e-prescriptions: valid, untrusted, invalid or none; and only what is covered is read."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.imports import reading
from backend.imports.signatures import Checked, checked
from shared import clock
from shared.formats import Answers, Found, eprescription
from shared.medicines import Dispensing, Signature
from shared.problems import Unreadable
from tests.backend.imports.desk import Desk, sample
from tests.backend.imports.signing import SIGNED_ON, Authority, Doctor, authority, doctor, document

CSV = sample("eprescription/hanako_service.csv")
EVIL = CSV.replace("メトホルミン".encode("cp932"), "グリメピリド".encode("cp932"))


@pytest.fixture(scope="module")
def ministry() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def sato(ministry: Authority) -> Doctor:
    return doctor(ministry)


@pytest.fixture
def roots(ministry: Authority, tmp_path: Path) -> Path:
    return ministry.roots(tmp_path)


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(SIGNED_ON):
        yield


def check(raw: bytes, roots: Path | None) -> Checked:
    return checked(io.BytesIO(raw), roots)


def names(one: Checked) -> list[str]:
    """The medicines that are read of what was checked."""
    one.file.seek(0)
    pieces = eprescription.read(one.file, Answers(signature=one.signature))
    words = [piece.word for piece in pieces if isinstance(piece, Found)]
    slips = [word for word in words if isinstance(word, Dispensing)]
    assert {slip.signature for slip in slips} <= {one.signature}
    return [medicine.name for slip in slips for medicine in slip.medicines]


@pytest.mark.parametrize("reference", ["doc", None])
def test_signed_by_somebody_who_leads_to_a_root(sato: Doctor, roots: Path, reference: str | None) -> None:
    one = check(sato.sign(document(CSV), reference), roots)
    assert (one.signature, one.left_out) == (Signature.VALID, False)
    assert "メトホルミン塩酸塩錠２５０ｍｇ" in names(one)


def test_whole_but_nobody_vouches(sato: Doctor, tmp_path: Path) -> None:
    signed = sato.sign(document(CSV))
    assert check(signed, None).signature is Signature.UNTRUSTED
    others = authority("ほかの証明局").roots(tmp_path)
    assert check(signed, others).signature is Signature.UNTRUSTED
    assert len(names(check(signed, None))) == 2


def test_a_doctor_certified_by_a_doctor_is_not_vouched_for(sato: Doctor, roots: Path) -> None:
    impostor = doctor(Authority(sato.key, sato.chain[0]))
    signed = Doctor(impostor.key, (*impostor.chain, *sato.chain)).sign(document(CSV))
    assert check(signed, roots).signature is Signature.UNTRUSTED


def test_expired_since_or_not_for_signing(ministry: Authority, roots: Path) -> None:
    past = doctor(ministry, until=SIGNED_ON - timedelta(days=1)).sign(document(CSV))
    assert check(past, roots).signature is Signature.UNTRUSTED
    stamp = doctor(ministry, may_sign=False).sign(document(CSV))
    assert check(stamp, roots).signature is Signature.UNTRUSTED


def test_changed_since(sato: Doctor, roots: Path) -> None:
    signed = sato.sign(document(CSV))
    for changed in (
        signed.replace(b64encode(CSV), b64encode(EVIL)),
        signed.replace(b"<ds:DigestValue>", b"<ds:DigestValue>A"),
        signed.replace(b"</ds:X509Certificate>", b"AAAA</ds:X509Certificate>"),
        signed.replace(b'Id="doc"', b'Id="cod"'),
    ):
        assert changed != signed
        one = check(changed, roots)
        assert one.signature is Signature.INVALID
        assert len(names(one)) == 2  # it is shown as what it is


def test_a_genuine_signature_lends_its_name_to_nothing_else(sato: Doctor, roots: Path) -> None:
    signed = sato.sign(document(CSV)).decode()
    start, end = signed.index("<Document"), signed.index("</Document>") + len("</Document>")
    genuine = signed[start:end]
    evil = f"<Document>{b64encode(EVIL).decode()}</Document>"
    beside = signed.replace(genuine, evil + genuine)
    moved = signed.replace(genuine, evil).replace(
        "</Prescription>", f"<Aside>{genuine}</Aside></Prescription>"
    )
    for wrapped in (beside, moved):
        one = check(wrapped.encode(), roots)
        assert (one.signature, one.left_out) == (Signature.VALID, True)
        assert [name for name in names(one) if "グリメ" in name] == []
        assert len(names(one)) == 2
    twice = signed.replace(genuine, evil.replace("<Document>", '<Document Id="doc">') + genuine)
    assert check(twice.encode(), roots).signature is Signature.INVALID


def test_a_signature_of_something_else_signs_no_prescription(sato: Doctor, roots: Path) -> None:
    other = document(CSV).replace("</Prescription>", '<Note Id="note">こんにちは</Note></Prescription>')
    one = check(sato.sign(other, "note"), roots)
    assert one.signature is Signature.INVALID


def test_every_signature_must_hold(ministry: Authority, sato: Doctor, roots: Path) -> None:
    one = sato.sign(document(CSV)).decode()
    two = doctor(ministry).sign(document(EVIL, "doc2"), "doc2").decode()
    both = f"<Both>{one}{two}</Both>"
    found = check(both.encode(), roots)
    assert found.signature is Signature.VALID
    assert len(names(found)) == 4
    stranger = doctor(authority("だれか")).sign(document(EVIL, "doc2"), "doc2").decode()
    assert check(f"<Both>{one}{stranger}</Both>".encode(), roots).signature is Signature.UNTRUSTED
    broken = two.replace("<ds:DigestValue>", "<ds:DigestValue>A")
    assert check(f"<Both>{one}{broken}</Both>".encode(), roots).signature is Signature.INVALID


def test_inside_a_message(sato: Doctor, roots: Path) -> None:
    inner = b64encode(sato.sign(document(CSV))).decode()
    one = check(f"<XmlMsg><PrescriptionInfo>{inner}</PrescriptionInfo></XmlMsg>".encode(), roots)
    assert one.signature is Signature.VALID
    assert len(names(one)) == 2


def test_not_signed(roots: Path) -> None:
    for raw in (CSV, document(CSV).encode()):
        one = check(raw, roots)
        assert one.signature is Signature.NONE
        assert len(names(one)) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b"<a>" * 200 + b"</a>" * 200,
        b"<a><b></a>",
        b'<?xml version="1.0" encoding="unheard-of"?><a/>',
    ],
)
def test_xml_that_acts_is_refused(raw: bytes, roots: Path) -> None:
    with pytest.raises(Unreadable):
        check(raw, roots)


def test_nonsense_that_calls_itself_a_signature(roots: Path) -> None:
    ds = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    for inside in (
        "",
        "<ds:SignedInfo/>",
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>x</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
    ):
        raw = document(CSV).replace(
            "</Prescription>", f"<ds:Signature {ds}>{inside}</ds:Signature></Prescription>"
        )
        assert check(raw.encode(), roots).signature is Signature.INVALID


def test_at_the_inbox(desk: Desk, sato: Doctor, roots: Path) -> None:
    signed = sato.sign(document(CSV)).decode()
    evil = f"<Document>{b64encode(EVIL).decode()}</Document></Prescription>"
    received = desk.upload(signed.replace("</Prescription>", evil).encode())
    desk.do(lambda record: reading.read_small(record, received.id, roots))
    told = [each.problem for each in desk.troubles(received.id)]
    assert "signature_not_covered" in {getattr(problem, "code", "") for problem in told}
    desk.keep(received.id)
    (kept,) = desk.medicines()
    assert (kept.signature, kept.origin) == (Signature.VALID, "eprescription")
