"""Doctors who sign, a ministry whose root they lead to, and others, as the tests of signatures need them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner

SIGNED_ON = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who certifies others."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def roots(self, folder: Path) -> Path:
        """Its certificate as the file that an operator names."""
        path = folder / "roots.pem"
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path


@dataclass(frozen=True, slots=True)
class Doctor:
    """Somebody who signs, with the certificates from hers up to below the root."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    def sign(self, document: str, reference: str | None = "doc") -> bytes:
        """The document with a signature of the element of that id (None: of all of it) in its root."""
        signer = XMLSigner(method=SignatureConstructionMethod.enveloped, signature_algorithm="ecdsa-sha256")
        chain = [each.public_bytes(Encoding.PEM).decode() for each in self.chain]
        root = etree.fromstring(document.encode())
        signed = signer.sign(
            root, key=self.key, cert=chain, reference_uri=None if reference is None else f"#{reference}"
        )
        return bytes(etree.tostring(signed))


def authority(name: str = "医療の証明局") -> Authority:
    """A root of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(key, _certificate(name, key.public_key(), (name, key), ca=True))


def doctor(of: Authority, *, until: datetime | None = None, may_sign: bool = True) -> Doctor:
    """A doctor certified by ``of``."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = (of.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value, of.key)
    assert isinstance(issuer[0], str)
    made = _certificate(
        "佐藤 健", key.public_key(), (issuer[0], of.key), ca=False, until=until, may_sign=may_sign
    )
    return Doctor(key, (made,))


def document(csv: bytes, reference: str = "doc") -> str:
    """A prescription as some XML might wrap it."""
    coded = b64encode(csv).decode()
    return f'<Prescription><Document Id="{reference}">{coded}</Document></Prescription>'


def _certificate(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: tuple[str, ec.EllipticCurvePrivateKey],
    *,
    ca: bool,
    until: datetime | None = None,
    may_sign: bool = True,
) -> x509.Certificate:
    issuer_name, issuer_key = issuer
    usage = dict.fromkeys(
        (
            "digital_signature",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    # What HPKI gives doctors for signing: non-repudiation alone.
    usage |= {"key_cert_sign": ca, "crl_sign": ca, "content_commitment": not ca and may_sign}
    if not ca and not may_sign:
        usage["key_agreement"] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer_name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(SIGNED_ON - timedelta(days=365))
        .not_valid_after(until or SIGNED_ON + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
