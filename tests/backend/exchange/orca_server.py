"""A small HTTPS server that answers like an ORCA: client certificate and Basic, lists padded with ``{}``."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ormaster", "秘密のことば"
PATIENT = {"Patient_ID": "00216", "WholeName": "山田　花子", "WholeName_inKana": "ヤマダ　ハナコ"}
PATIENT |= {"BirthDate": "1948-04-12", "Sex": "2"}
Json = dict[str, Any]


def padded(things: list[Json], length: int) -> list[Json]:
    """A list as ORCA writes one."""
    return [*things, *({} for _ in range(length - len(things)))]


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the tests, and the folder where its papers lie."""

    folder: Path
    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, folder: Path, name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, name, key)
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        return cls(folder, name, key, certificate)

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def issue(self, name: str) -> tuple[Path, Path]:
        """A certificate of this authority and its key, as PEM files."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, self.name, self.key)
        cert, secret = self.folder / f"{self.name}-{name}.crt", self.folder / f"{self.name}-{name}.key"
        cert.write_bytes(certificate.public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return cert, secret


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = datetime.now(UTC)
    is_authority = subject == issuer
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def result(code: str = "00", message: str = "処理終了") -> Json:
    return {
        "Information_Date": "2026-03-12",
        "Information_Time": "10:00:00",
        "Api_Result": code,
        "Api_Result_Message": message,
    }


@dataclass
class Clinic:
    """What the ORCA has, what it was asked, and what goes wrong: results by path that are given before the real one."""

    patient: Json = field(default_factory=lambda: dict(PATIENT))
    visits: dict[str, str] = field(default_factory=lambda: {"0000861": "2026-03-10"})
    results: dict[str, list[str]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    body: bytes | None = None
    asked: list[tuple[str, Json]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, list[str]], body: Json) -> Json:
        """One answer, padded."""
        name = path.rpartition("/")[2]
        self.asked.append((name, body or {key: value[0] for key, value in query.items()}))
        waiting = self.results.get(name, [])
        made: Callable[[Json], Json] = getattr(self, f"_{name}")
        if waiting:
            code = waiting.pop(0)
            return result(code, "他端末使用中" if code == "E90" else "エラー")
        return made(body)

    def _patientgetv2(self, _: Json) -> Json:
        insurance = {"HealthInsuredPerson_Symbol": "しま", "HealthInsuredPerson_Number": "１８７"}
        about = {**self.patient, "HealthInsurance_Information": padded([insurance], 20)}
        return {"patientinfores": {**result(), "Patient_Information": about}}

    def _diseasegetv2(self, body: Json) -> Json:
        assert body["disease_inforeq"]["Patient_ID"] == "00216"
        disease = {
            "Disease_Name": "高血圧症",
            "Disease_Single": padded([{"Disease_Single_Code": "8833421"}], 21),
            "Disease_StartDate": "2010-04-01",
            "Insurance_Disease": "False",
        }
        found = {**result(), "Disease_Infores": self.patient, "Disease_Information": padded([disease], 200)}
        return {"disease_infores": found}

    def _incomeinfv2(self, body: Json) -> Json:
        month = body["private_objects"]["Perform_Month"]
        visits = [
            {"Perform_Date": on, "InOut": "2", "Invoice_Number": invoice}
            for invoice, on in self.visits.items()
            if on.startswith(month)
        ]
        about = {**result("0000"), "Patient_Information": self.patient}
        return {"private_objects": {**about, "Income_Information": padded(visits, 200)}}

    def _prescriptionv2(self, body: Json) -> Json:
        asked = body["prescriptionv2req"]
        assert (asked["Request_Number"], asked["Outside_Class"]) == ("02", "True")
        return self._form("shohosen", asked["Invoice_Number"], "アムロジピン錠５ｍｇ「トモニ」")

    def _medicinenotebookv2(self, body: Json) -> Json:
        asked = body["medicine_notebookv2req"]
        assert (asked["Request_Number"], asked["Outside_Class"]) == ("02", "False")
        return result("0105", "伝票番号に該当する受診履歴が存在しません。")

    def _form(self, form: str, invoice: str, name: str) -> Json:
        medicine = {"Name": name, "Amount": "00001.00000", "Unit_Name": "錠", "Code": "620099991"}
        rp = {
            "Medical_Class": "21",
            "Count": "028",
            "Unit_Name": "日分",
            "Medication": padded([medicine], 50),
        }
        person = {
            "ID": self.patient["Patient_ID"],
            "Name": self.patient["WholeName"],
            "BirthDate": self.patient["BirthDate"],
        }
        data = {
            "Perform_Date": self.visits[invoice],
            "Hospital": {"Name": ["なぎさ島診療所", "", ""]},
            "Rp": padded([rp], 50),
        }
        return {**result("0000"), "Form_ID": form, "Patient": person, "Forms": [{"data": data}]}


@dataclass(frozen=True)
class Running:
    """The server while it runs."""

    clinic: Clinic
    url: str
    authority: Authority


@contextmanager
def running(folder: Path, clinic: Clinic | None = None) -> Iterator[Running]:
    """An ORCA on a port of this machine, which believes only certificates of its own authority."""
    ours = clinic or Clinic()
    authority = Authority.made(folder, "orca-authority")
    cert, key = authority.issue("orca")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = _Server(("127.0.0.1", 0), _handler(ours))
    server.context = context
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Running(ours, f"https://localhost:{server.server_address[1]}", authority)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Speaks TLS to each caller in the caller's own thread; who is refused there harms nobody else."""

    context: ssl.SSLContext
    daemon_threads = False

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            with self.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass  # a caller whom TLS refused


def _handler(clinic: Clinic) -> type[BaseHTTPRequestHandler]:
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._reply(json.loads(self.rfile.read(length)))

        def _reply(self, body: Json) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            assert query.pop("format") == ["json"]
            if self.headers.get("Authorization") != expected:
                self._send(401, b"")
            elif clinic.statuses:
                self._send(clinic.statuses.pop(0), b"")
            elif clinic.body is not None:
                self._send(200, clinic.body)
            else:
                made = clinic.answer(parts.path, query, body)
                self._send(200, json.dumps(made, ensure_ascii=False, indent=2).encode())

        def _send(self, status: int, raw: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
