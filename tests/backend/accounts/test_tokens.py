"""A token that is not wholly ours opens nothing, and every such answer is the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask

from backend.accounts import proofs, tokens
from shared.ids import new_id
from tests.backend.doors import Knocking, house_of, knocking, seen
from tests.cast import RECORD, Cast

VITALS = f"/api/records/{RECORD}/vitals"


@dataclass(frozen=True)
class Forger:
    """Somebody who knows one good token of Hanako's, and for some forgeries even the key of the house."""

    good: Knocking
    key: str
    other: Knocking

    @property
    def public(self) -> bytes:
        """The public half of the key, which anybody may know."""
        private = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).prepare_key(self.key)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def claims(self) -> dict[str, Any]:
        """What the good token says."""
        return dict(jwt.decode(self.good.access, options={"verify_signature": False}))

    def without(self, name: str) -> str:
        """Rightly signed, with one claim missing."""
        return self.signed({key: value for key, value in self.claims.items() if key != name})

    def saying(self, **claims: Any) -> str:
        """Rightly signed, with other claims."""
        return self.signed({**self.claims, **claims})

    def signed(self, claims: dict[str, Any], **words: Any) -> str:
        """With the house's own key: what a mistake of ours could issue."""
        return jwt.encode(
            claims, words.pop("key", self.key), algorithm=words.pop("algorithm", "ES256"), **words
        )

    def raw(self, header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
        """Put together by hand."""
        parts = [json.dumps(part).encode() for part in (header, claims)] + [signature]
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    def by_hmac(self, secret: bytes) -> str:
        """HS256, with the public key as the secret: the old trick."""
        unsigned = self.raw({"alg": "HS256", "typ": "JWT"}, self.claims).rstrip(".")
        return unsigned + "." + _base64(hmac.digest(secret, unsigned.encode(), hashlib.sha256))

    def part(self, nth: int, change: Callable[[str], str]) -> str:
        """The good token with one of its three parts changed."""
        parts = self.good.access.split(".")
        parts[nth] = change(parts[nth])
        return ".".join(parts)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pem(private: Any) -> str:
    pem: bytes = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


FORGED: dict[str, Callable[[Forger], str]] = {
    "empty": lambda _: "",
    "a word": lambda _: "hello",
    "three dots": lambda _: "...",
    "two parts": lambda f: f.good.access.rpartition(".")[0],
    "four parts": lambda f: f.good.access + ".x",
    "no signature": lambda f: f.part(2, lambda _: ""),
    "another signature": lambda f: f.part(2, lambda _: _base64(bytes(64))),
    "signature cut": lambda f: f.part(2, lambda text: text[:-4]),
    "payload of another": lambda f: f.part(1, lambda _: f.other.access.split(".")[1]),
    "header is no JSON": lambda f: f.part(0, lambda _: _base64(b"{")),
    "payload is a list": lambda f: f.part(1, lambda _: _base64(b"[]")),
    "alg none": lambda f: f.raw({"alg": "none", "typ": "JWT"}, f.claims),
    "alg None": lambda f: f.raw({"alg": "None", "typ": "JWT"}, f.claims),
    "alg missing": lambda f: f.raw({"typ": "JWT"}, f.claims, b"x"),
    "HS256 by the public key": lambda f: f.by_hmac(f.public),
    "HS256 by an empty key": lambda f: f.by_hmac(b""),
    "another ES256 key": lambda f: f.signed(f.claims, key=_pem(ec.generate_private_key(ec.SECP256R1()))),
    "ES384": lambda f: f.signed(
        f.claims, key=_pem(ec.generate_private_key(ec.SECP384R1())), algorithm="ES384"
    ),
    "RS256": lambda f: f.signed(f.claims, key=_pem(rsa.generate_private_key(65537, 2048)), algorithm="RS256"),
    "its own key in the header": lambda f: f.signed(
        f.claims,
        key=_pem(ec.generate_private_key(ec.SECP256R1())),
        headers={"jwk": {"kty": "EC"}, "kid": "../../dev/null"},
    ),
    **{f"no {name}": lambda f, name=name: f.without(name) for name in tokens.REQUIRED},  # type: ignore[misc]
    "another audience": lambda f: f.saying(aud="elsewhere"),
    "audience of many without us": lambda f: f.saying(aud=["a", "b"]),
    "another issuer": lambda f: f.saying(iss="elsewhere"),
    "expired": lambda f: f.saying(exp=_now() - 1),
    "not before tomorrow": lambda f: f.saying(nbf=_now() + 86_400),
    "issued tomorrow": lambda f: f.saying(iat=_now() + 86_400),
    "exp is a word": lambda f: f.saying(exp="never"),
    "a refresh token": lambda f: f.good.refresh,
    "type refresh": lambda f: f.saying(type="refresh"),
    "type unknown": lambda f: f.saying(type="anything"),
    "subject is nobody": lambda f: f.saying(sub=str(new_id())),
    "subject is no id": lambda f: f.saying(sub="hanako"),
    "subject is a number": lambda f: f.saying(sub=7),
    "subject of another": lambda f: f.saying(sub=jwt_sub(f.other)),
    "role of another kind": lambda f: f.saying(role="wizard"),
    "family of another": lambda f: f.saying(family=jwt_claims(f.other)["family"]),
    "family of nobody": lambda f: f.saying(family=str(new_id())),
    "family is no id": lambda f: f.saying(family="x"),
    "family is null": lambda f: f.saying(family=None),
}


def jwt_claims(somebody: Knocking) -> dict[str, Any]:
    """What somebody's access token says."""
    return dict(jwt.decode(somebody.access, options={"verify_signature": False}))


def jwt_sub(somebody: Knocking) -> str:
    """Whose it is."""
    return str(jwt_claims(somebody)["sub"])


@pytest.fixture
def forger(app: Flask, cast: Cast) -> Forger:
    return Forger(
        knocking(app, cast.hanako), house_of(app).settings.jwt_private_key, knocking(app, cast.kimura)
    )


def _knock(app: Flask, authorization: str) -> tuple[int, list[tuple[str, str]], bytes]:
    return seen(app.test_client().get(VITALS, headers={"Authorization": authorization}))


def test_every_forged_token_gets_the_same_401(app: Flask, forger: Forger) -> None:
    assert len(FORGED) > 40
    assert _knock(app, f"Bearer {forger.good.access}")[0] == 200
    nothing = _knock(app, "")
    assert nothing[0] == 401
    told = {name: _knock(app, f"Bearer {forge(forger)}") for name, forge in FORGED.items()}
    assert {name: answer for name, answer in told.items() if answer != nothing} == {}


def test_the_forger_can_make_a_good_one(app: Flask, forger: Forger) -> None:
    # Else the corpus above would prove nothing.
    assert _knock(app, f"Bearer {forger.saying(jti='another')}")[0] == 200


def test_a_token_that_was_good_a_moment_ago_runs_out_all_the_same(app: Flask, forger: Forger) -> None:
    nothing = _knock(app, "")
    while True:
        soon = _now() + 2
        short = forger.saying(exp=soon)
        if _knock(app, f"Bearer {short}")[0] == 200:
            break
    while _now() < soon:
        time.sleep(0.05)
    assert _knock(app, f"Bearer {short}") == nothing


@pytest.mark.parametrize(
    "spelling",
    [
        "{}",
        "bearer {}",
        "Basic {}",
        "Bearer  {}",
        "Bearer {} x",
        "Bearer {}, Bearer {}",
        "Basic x, Bearer {}",
        "Bearer",
    ],
)
def test_the_header_is_spelled_in_one_way(app: Flask, forger: Forger, spelling: str) -> None:
    assert _knock(app, spelling.format(*[forger.good.access] * 2)) == _knock(app, "")


def test_the_web_refuses_the_same_tokens(app: Flask, forger: Forger) -> None:
    client = app.test_client()
    for name, forge in FORGED.items():
        client.set_cookie(tokens.ACCESS_COOKIE, forge(forger), secure=True)
        answer = client.get("/records", base_url="https://localhost")
        assert answer.status_code == 401, name
    client.set_cookie(tokens.ACCESS_COOKIE, forger.good.access, secure=True)
    assert client.get("/records", base_url="https://localhost").status_code == 200


def test_a_cookie_is_no_proof_for_the_phone_s_doors(app: Flask, forger: Forger) -> None:
    client = app.test_client()
    client.set_cookie(tokens.ACCESS_COOKIE, forger.good.access)
    assert client.get(VITALS).status_code == 401
    client.set_cookie(tokens.ACCESS_COOKIE, forger.good.access, secure=True)
    assert client.get(VITALS, base_url="https://localhost").status_code == 401


def test_signing_out_ends_the_access_token_too(app: Flask, forger: Forger) -> None:
    assert forger.good.post("/api/sign-out", {"refresh": forger.good.refresh}).status_code == 204
    assert _knock(app, f"Bearer {forger.good.access}") == _knock(app, "")
    # The same person's other device stays signed in.
    assert forger.good.client.get("/records", base_url="https://localhost").status_code == 200


FORGED_REFRESH: dict[str, Callable[[Forger], str]] = {
    "an access token": lambda f: f.good.access,
    "no family": lambda f: f.without("family"),
    "no exp": lambda f: f.signed({k: v for k, v in refresh_claims(f).items() if k != "exp"}),
    "no device": lambda f: f.signed({k: v for k, v in refresh_claims(f).items() if k != "device"}),
    "no type": lambda f: f.signed({k: v for k, v in refresh_claims(f).items() if k != "type"}),
    "expired": lambda f: f.signed({**refresh_claims(f), "exp": _now() - 1}),
    "another audience": lambda f: f.signed({**refresh_claims(f), "aud": "x"}),
    "another issuer": lambda f: f.signed({**refresh_claims(f), "iss": "x"}),
    "device is no id": lambda f: f.signed({**refresh_claims(f), "device": "x"}),
    "family is null": lambda f: f.signed({**refresh_claims(f), "family": None}),
    "family of nobody": lambda f: f.signed({**refresh_claims(f), "family": str(new_id())}),
    "alg none": lambda f: f.raw({"alg": "none"}, refresh_claims(f)),
    "a word": lambda _: "x",
}


def refresh_claims(forger: Forger) -> dict[str, Any]:
    """What the good refresh token says."""
    return dict(jwt.decode(forger.good.refresh, options={"verify_signature": False}))


def test_a_forged_refresh_token_renews_nothing_and_ends_nothing(app: Flask, forger: Forger) -> None:
    answers = {}
    for name, forge in FORGED_REFRESH.items():
        answers[name] = seen(forger.good.post("/api/refresh", {"refresh": forge(forger)}))
    first = answers["a word"]
    assert first[0] == 401
    assert {name: answer for name, answer in answers.items() if answer != first} == {}
    assert forger.good.post("/api/refresh", {"refresh": forger.good.refresh}).status_code == 200


def test_an_access_token_lives_ten_minutes(forger: Forger) -> None:
    assert forger.claims["exp"] - forger.claims["iat"] == 600
    assert str(UUID(forger.claims["family"])) == forger.claims["family"]
    assert proofs.DEVICE_HEADER == "Tomoni-Device"
