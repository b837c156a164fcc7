"""Signatures of e-prescriptions: whether the XML is whole, whether its signer leads to a root that the operator trusts.

A verified signature says something of the bytes that it covers, and of nothing else in the file: only these are handed
to the reader, so that a genuine signature cannot lend its name to something that was put beside it.
Not looked at: revocation, and the time stamps of long-term signatures (XAdES-T and on). A signer whose certificate has
expired by now is therefore not vouched for, though the signature may be whole.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import verification
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from shared import clock
from shared.formats.rx_lines import LIMIT_MB, has_service_header
from shared.formats.rx_xml import is_xml, opened
from shared.medicines import Signature

_DS = "http://www.w3.org/2000/09/xmldsig#"
_SIGNATURE = f"{{{_DS}}}Signature"
_CERTIFICATE = f"{{{_DS}}}KeyInfo/{{{_DS}}}X509Data/{{{_DS}}}X509Certificate"
# What a signature that is none makes the library raise.
_NOT_VERIFIED = (
    SignXMLException,
    UnsupportedAlgorithm,
    etree.LxmlError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)
# A prescription has its doctor's signature, a dispensing its pharmacist's beside it.
_MOST_SIGNATURES = 8
_MOST_CERTIFICATES = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """The state of a file's signature, and what of the file may be read: all of it, or what a signature covers.

    ``left_out`` is whether a prescription stands in the file that no signature covers.
    """

    signature: Signature
    file: BinaryIO
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class _Verified:
    """What one signature covers, by whose certificate, and the certificates that came with it."""

    covered: list[bytes]
    signer: x509.Certificate
    others: list[x509.Certificate]


def checked(file: BinaryIO, roots: Path | None) -> Checked:
    """Check the signatures in ``file`` (of the format ``eprescription``) against the PEM file ``roots``.

    A problem of the XML itself is raised as its reader raises it.
    """
    raw = file.read(LIMIT_MB * 1024 * 1024 + 1)
    file.seek(0)
    if not is_xml(raw):
        return Checked(Signature.NONE, file)
    found = opened(raw)
    if not found.signed:
        return Checked(Signature.NONE, file)
    verified: list[_Verified] = []
    for document in found.signed:
        for one in _signatures(document):
            if one is None:
                return Checked(Signature.INVALID, file)
            verified.append(one)
    covered = _document([part for one in verified for part in one.covered])
    of_signed = opened(covered).csvs
    if not of_signed:
        # Genuine, of something else: the prescription itself is signed by nobody.
        return Checked(Signature.INVALID, file)
    vouched = all(_is_vouched_for(one, roots) for one in verified)
    state = Signature.VALID if vouched else Signature.UNTRUSTED
    return Checked(state, io.BytesIO(covered), left_out=set(found.csvs) - set(of_signed) != set())


def _signatures(document: bytes) -> list[_Verified | None]:
    """Each signature of a document that stands in no other one; None for what could not be verified as signed."""
    try:
        root = etree.fromstring(document, _parser())
    except etree.XMLSyntaxError:
        return [None]
    tree = root.getroottree()
    found = [each for each in root.iter(_SIGNATURE) if not _within_another(each)]
    if len(found) > _MOST_SIGNATURES:
        return [None]
    return [_verify(root, _parent(tree, each), each) for each in found]


def _parent(tree: etree._ElementTree, signature: etree._Element) -> str:
    above = signature.getparent()
    return "." if above is None else str(tree.getelementpath(above))


def _within_another(signature: etree._Element) -> bool:
    """Whether it stands in another one: a time stamp or a countersignature, which cover no prescription."""
    return next(signature.iterancestors(_SIGNATURE), None) is not None


def _verify(root: etree._Element, parent: str, signature: etree._Element) -> _Verified | None:
    above = signature.getparent()
    if above is not None and len(above.findall(_SIGNATURE)) > 1:
        return None  # two under one parent: the library looks at the first alone
    try:
        certificates = _certificates(signature)
    except ValueError:
        return None
    for signer in certificates:
        covered = _covered(root, parent, signer)
        if covered is not None:
            return _Verified(covered, signer, [each for each in certificates if each is not signer])
    return None


def _certificates(signature: etree._Element) -> list[x509.Certificate]:
    texts = [each.text or "" for each in signature.findall(_CERTIFICATE)][:_MOST_CERTIFICATES]
    pem = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
    return [x509.load_pem_x509_certificate(pem.format(text.strip()).encode()) for text in texts]


def _covered(root: etree._Element, parent: str, signer: x509.Certificate) -> list[bytes] | None:
    """The bytes that the signature in ``parent`` covers, if the key of ``signer`` made it and nothing was changed."""
    config = SignatureConfiguration(
        location="./" if parent == "." else f"./{parent}/",
        expect_references=True,
        # Whether the certificate holds today is asked apart: an expired one does not make the text another.
        verification_time=signer.not_valid_before_utc,
    )
    try:
        results = XMLVerifier().verify(root, x509_cert=signer, parser=_parser(), expect_config=config)
    except _NOT_VERIFIED:
        return None
    return [each.signed_data for each in (results if isinstance(results, list) else [results])]


def _is_vouched_for(one: _Verified, roots: Path | None) -> bool:
    """Whether the signer leads to one of the operator's roots today, and may sign."""
    if roots is None:
        return False
    try:
        store = Store(x509.load_pem_x509_certificates(roots.read_bytes()))
        signers = ExtensionPolicy.permit_all().require_present(
            x509.KeyUsage, verification.Criticality.AGNOSTIC, _may_sign
        )
        issuers = ExtensionPolicy.webpki_defaults_ca()
        builder = PolicyBuilder().store(store).time(clock.now().astimezone(UTC).replace(tzinfo=None))
        verifier = builder.extension_policies(ee_policy=signers, ca_policy=issuers).build_client_verifier()
        verifier.verify(one.signer, one.others)
    except (VerificationError, ValueError, OSError):
        return False
    return True


def _may_sign(_policy: object, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """A certificate for signing documents says non-repudiation (HPKI), others say digital signature."""
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise ValueError("not a certificate for signing")


def _document(parts: Iterable[bytes]) -> bytes:
    """What was signed, and nothing else, as one XML for the reader."""
    inside = b"".join(_element(part) for part in parts)
    return b"<signed>" + inside + b"</signed>"


def _element(part: bytes) -> bytes:
    if has_service_header(part):
        return b"<csv>" + b64encode(part) + b"</csv>"
    # Canonical XML has no declaration of its own, and says all its namespaces.
    return part if is_xml(part) and not part.lstrip().startswith(b"<?") else b""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
