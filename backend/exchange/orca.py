"""A clinic's ORCA is asked over HTTPS, with our client certificate: one question, one answer, kept as it came.

Requests: the orca-api library and ORCA's own pages (formats/orca.md); tried with a server of the tests only, not yet
with an ORCA. Only what reads is asked; Request_Number 02 of the forms prints nothing.
"""

from __future__ import annotations

import base64
import http.client
import json
import selectors
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from backend.settings import Settings, SettingsMissing
from shared.formats.orca_answers import LIMIT_MB, Answer, answers_in
from shared.problems import Clash, Invalid, NotAllowed, Problem, TooBig, Unreachable, Unreadable

TIMEOUT = 20  # seconds for each step of an exchange
# With TLS 1.3 a server looks at our certificate when we think that all is said. It then speaks first: a ticket, or an
# alert that would be lost in the noise of a closed line if we were already talking. One without tickets says nothing.
GREETING = 2.0
# Waits before asking again: the line broke, the ORCA is starting, or somebody has the patient open (E90).
WAITS = (1, 2, 4)
_LOCKED = ("E90", "E9999")
_PLACES = (("Patient_Information",), ("Disease_Infores",), ("Patient",))


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and the bytes it came in."""

    raw: bytes
    answer: Answer


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit by its invoice (伝票番号), which the forms of that day go by."""

    on: date
    invoice: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """How a clinic's ORCA is reached."""

    host: str
    port: int
    prefix: str
    context: ssl.SSLContext = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Clinic:
        """From the settings; `SettingsMissing` names what is missing, `Invalid` what cannot be used."""
        needed = {
            "TOMONI_ORCA_URL": settings.orca_url,
            "TOMONI_ORCA_CERT": settings.orca_cert,
            "TOMONI_ORCA_KEY": settings.orca_key,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise SettingsMissing("missing or not usable: " + ", ".join(missing))
        assert settings.orca_cert is not None
        assert settings.orca_key is not None
        parts = urlsplit(settings.orca_url)
        password = _first_line(settings.orca_password_file)
        return cls(
            host=parts.hostname or "",
            port=parts.port or 443,
            prefix=parts.path.rstrip("/"),
            context=_context(settings.orca_cert, settings.orca_key, settings.orca_ca),
            user=settings.orca_user,
            password=password,
        )


class Orca:
    """Asks for one patient. ``pause`` waits so many seconds."""

    def __init__(self, clinic: Clinic, patient: str, pause: Callable[[float], None] = time.sleep) -> None:
        if not (patient.isascii() and patient.isalnum() and len(patient) <= 20):
            raise Invalid("orca_patient_number")
        self._clinic = clinic
        self._patient = patient
        self._pause = pause
        self._let_in = False

    def patient(self) -> Told:
        """Who the patient is (patientgetv2)."""
        return self._ask("/api01rv2/patientgetv2", {"id": self._patient})

    def diseases(self, month: date) -> Told:
        """The illnesses that are current in a month (diseasegetv2)."""
        asked = {"Patient_ID": self._patient, "Base_Date": month.strftime("%Y-%m")}
        return self._ask("/api01rv2/diseasegetv2", {"class": "01"}, {"disease_inforeq": asked})

    def visits(self, month: date) -> tuple[Told, list[Visit]]:
        """The visits of a month (incomeinfv2), of which only day and invoice are looked at."""
        asked = {"Patient_ID": self._patient, "Perform_Month": month.strftime("%Y-%m")}
        told = self._ask("/api01rv2/incomeinfv2", {}, {"private_objects": asked})
        visits = []
        for node in told.answer.body.each("Income_Information"):
            invoice = node.at("Invoice_Number").text
            try:
                on = date.fromisoformat(node.at("Perform_Date").text)
            except ValueError as error:
                raise Unreadable("orca_odd_answer", status=200) from error
            if invoice.isascii() and invoice.isalnum():
                visits.append(Visit(on, invoice))
        return told, visits

    def prescription(self, visit: Visit) -> Told:
        """The prescription for a pharmacy (院外) of a visit (prescriptionv2)."""
        return self._form("/api01rv2/prescriptionv2", "prescriptionv2req", visit, outside="True")

    def notebook(self, visit: Visit) -> Told:
        """The notebook page of what the clinic handed out itself (院内) at a visit (medicinenotebookv2)."""
        return self._form("/api01rv2/medicinenotebookv2", "medicine_notebookv2req", visit, outside="False")

    def _form(self, path: str, name: str, visit: Visit, *, outside: str) -> Told:
        asked = {
            "Request_Number": "02",
            "Patient_ID": self._patient,
            "Invoice_Number": visit.invoice,
            "Outside_Class": outside,
        }
        return self._ask(path, {}, {name: asked})

    def _ask(self, path: str, query: dict[str, str], body: dict[str, object] | None = None) -> Told:
        """One answer about this patient, asked for again where that may help. Its own no is an answer too."""
        for wait in (*WAITS, None):
            try:
                told = self._asked_once(path, query, body)
                if told.answer.result not in _LOCKED:
                    self._refuse_another_patient(told.answer)
                    return told
                problem: Problem = Clash("orca_busy")
            except Unreachable as unreachable:
                problem = unreachable
            if wait is None:
                raise problem
            self._pause(wait)
        raise AssertionError("the last try returns or raises")

    def _asked_once(self, path: str, query: dict[str, str], body: dict[str, object] | None) -> Told:
        target = f"{self._clinic.prefix}{path}?{urlencode({**query, 'format': 'json'})}"
        line = http.client.HTTPSConnection(
            self._clinic.host, self._clinic.port, timeout=TIMEOUT, context=self._clinic.context
        )
        with closing(line):
            if not self._let_in:
                _knock(line)
            status, raw = _exchange(line, self._clinic, target, body)
        self._let_in = True
        if status in (401, 403):
            raise NotAllowed("orca_sign_in")
        if status == 429 or status >= 500:
            raise Unreachable("orca_unreachable")
        if status != 200:
            raise Unreadable("orca_odd_answer", status=status)
        try:
            answers = answers_in(raw)
        except Unreadable as error:
            raise Unreadable("orca_odd_answer", status=status) from error
        if len(answers) != 1 or not answers[0].result:
            raise Unreadable("orca_odd_answer", status=status)
        return Told(raw, answers[0])

    def _refuse_another_patient(self, answer: Answer) -> None:
        """An answer about somebody who was not asked for is kept nowhere."""
        for names in _PLACES:
            person = answer.body.at(*names)
            number = person.at("Patient_ID").text or person.at("ID").text
            if number and number.lstrip("0") != self._patient.lstrip("0"):
                raise Clash("orca_other_number", number=self._patient)


def _knock(line: http.client.HTTPSConnection) -> None:
    """Open the line and hear whether our certificate is welcome, before anything is said."""
    with _named():
        line.connect()
        secured = line.sock
        with selectors.DefaultSelector() as heard:
            heard.register(secured, selectors.EVENT_READ)
            if not heard.select(GREETING):
                return
        secured.settimeout(0)
        try:
            if not secured.recv(1):
                raise ConnectionResetError
        except ssl.SSLWantReadError:
            pass  # a ticket, and nothing to read
        secured.settimeout(TIMEOUT)


def _exchange(
    line: http.client.HTTPSConnection, clinic: Clinic, target: str, body: dict[str, object] | None
) -> tuple[int, bytes]:
    """Status and bytes of one request."""
    headers = {"Accept": "application/json", "User-Agent": "tomoni"}
    if clinic.user:
        secret = base64.b64encode(f"{clinic.user}:{clinic.password}".encode()).decode()
        headers["Authorization"] = f"Basic {secret}"
    sent = None if body is None else json.dumps(body).encode()
    if sent is not None:
        headers["Content-Type"] = "application/json"
    with _named():
        line.request("GET" if sent is None else "POST", target, sent, headers)
        answer = line.getresponse()
        raw = answer.read(LIMIT_MB * 1024 * 1024 + 1)
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    return answer.status, raw


@contextmanager
def _named() -> Iterator[None]:
    """Every way a line can fail is a problem with its own name."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise NotAllowed("orca_server_unknown") from error
    except ssl.SSLError as error:
        raise _refused(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable("orca_unreachable") from error


def _refused(error: ssl.SSLError) -> Problem:
    """A server refuses a certificate by an alert; all else is the line."""
    reason = (error.reason or "").upper()
    refused = any(
        word in reason for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
    )
    return NotAllowed("orca_certificate_refused") if refused else Unreachable("orca_unreachable")


def _context(cert: Path, key: Path, authority: Path | None) -> ssl.SSLContext:
    """TLS with our certificate, believing only ``authority`` where one is named."""
    try:
        context = ssl.create_default_context(cafile=None if authority is None else str(authority))
        context.load_cert_chain(cert, key, password="")  # a key with a passphrase fails here and asks nobody
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Invalid("orca_certificate_unusable") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _first_line(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise Invalid("orca_password_unusable") from error
