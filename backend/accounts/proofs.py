"""Proofs: the tokens that devices hold, and `who`, which reads the proof of a request. Part of the corridor, so it
knows Flask; `app.py` hands it over."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask, current_app, g, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from sqlalchemy.orm import Session

from backend.accounts import tokens
from backend.accounts.families import Families, Family
from backend.http import held
from shared.consent import Role, Viewer
from shared.problems import Problem, SignInFirst

DEVICE_HEADER = "Tomoni-Device"
_PROVEN = "tomoni_proven"  # an attribute of the request


@dataclass(frozen=True, slots=True)
class Proof:
    """A token of ours that holds by itself; whether its device is still signed in is for the database to say."""

    viewer: Viewer
    family: UUID


def who(session: Session, way: str) -> Viewer | None:
    """Who sends this request, by header (phone) or cookie (web); None when no proof is given.

    Raises `SignInFirst` for a proof that does not hold: expired, of another audience, without a claim we require,
    or of a device that has signed out.
    """
    proof = proven(way)
    if proof is None:
        return None
    if not held(Families).is_open(session, proof.family, proof.viewer.account_id):
        raise SignInFirst("sign_in_first")
    return proof.viewer


def proven(way: str) -> Proof | None:
    """The proof that this request carries, looked at once; needs no database. `SignInFirst` when it does not hold."""
    known: dict[str, Proof] = getattr(request, _PROVEN, {})
    if way in known:
        return known[way]
    try:
        claims = _claims_of_phone() if way == "phone" else _claims_of_browser()
        if claims is None:
            return None
        if any(name not in claims for name in tokens.REQUIRED) or claims["type"] != "access":
            raise SignInFirst("sign_in_first")
        proof = Proof(Viewer(UUID(claims["sub"]), Role(claims["role"])), UUID(claims["family"]))
    except (JWTExtendedException, jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SignInFirst("sign_in_first") from error
    setattr(request, _PROVEN, {**known, way: proof})
    return proof


def _claims_of_phone() -> dict[str, Any] | None:
    """Exactly "Bearer <token>", verified once. The library would verify it too, but parses it three times for that."""
    authorization = request.headers.get("Authorization", "")
    if not authorization:
        return None
    kind, _, token = authorization.partition(" ")
    if kind != "Bearer":
        return None
    pem, algorithms = current_app.config["JWT_PUBLIC_KEY"], tuple(current_app.config["JWT_DECODE_ALGORITHMS"])
    claims = _verified(token, pem, algorithms)
    if not _is_in_time(claims):
        claims = _verified.__wrapped__(token, pem, algorithms)  # the library says what is wrong, or nothing
    return claims


@lru_cache(maxsize=1024)
def _verified(token: str, pem: str, algorithms: tuple[str, ...]) -> dict[str, Any]:
    """What a token of ours says. A device sends the same one for minutes: it is not taken apart for every request.

    Of all that is looked at, only the time can come out otherwise later; what does not hold is never remembered.
    """
    claims: dict[str, Any] = jwt.decode(
        token,
        _public_key(pem),
        algorithms=list(algorithms),
        audience=tokens.AUDIENCE,
        issuer=tokens.ISSUER,
        options={"require": list(tokens.REQUIRED)},
    )
    return claims


def _is_in_time(claims: dict[str, Any]) -> bool:
    begins = max(int(claims["iat"]), int(claims.get("nbf", 0)))
    return begins <= time.time() < int(claims["exp"])


@lru_cache(maxsize=8)
def _public_key(pem: str) -> EllipticCurvePublicKey:
    return cast("EllipticCurvePublicKey", load_pem_public_key(pem.encode()))


def _claims_of_browser() -> dict[str, Any] | None:
    """Cookies and the secrets of forms are the library's work."""
    if verify_jwt_in_request(optional=True, locations="cookies") is None:
        return None
    # It fills in a missing type and takes tokens that never expire: look at what was really signed.
    token = request.cookies.get(tokens.ACCESS_COOKIE, "")
    signed: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return signed


def issue(family: Family) -> tuple[str, str]:
    """An access and a refresh token for a signed-in device."""
    claims = {"family": str(family.id), "role": family.viewer.role.value}
    access = create_access_token(str(family.viewer.account_id), additional_claims=claims)
    again = {**claims, "jti": family.jti, "device": str(family.device_id)}
    return access, create_refresh_token(str(family.viewer.account_id), additional_claims=again)


def rotate(session: Session, token: str, device_id: UUID | None) -> Family | Problem:
    """The family of a refresh token with its next token, or the problem to answer with (an ended family stays so)."""
    try:
        claims = decode_token(token)
        if claims["type"] != "refresh" or any(name not in claims for name in tokens.REQUIRED):
            return SignInFirst("sign_in_first")
        family_id, jti, device = UUID(claims["family"]), str(claims["jti"]), UUID(claims["device"])
    except (JWTExtendedException, jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
        return SignInFirst("sign_in_first")
    family = held(Families).rotate(session, family_id, jti, device_id or device)
    return family or SignInFirst("sign_in_first")


def device() -> UUID:
    """The device that sends this request, by its own word; raises `SignInFirst` when it does not say."""
    try:
        return UUID(request.headers.get(DEVICE_HEADER, ""))
    except ValueError as error:
        raise SignInFirst("sign_in_first") from error


def remember(access: str) -> None:
    """Let the rest of this request see a token that was issued in it (forms carry its CSRF value)."""
    g._jwt_extended_jwt = decode_token(access)


def is_our_form() -> bool:
    """Whether the form carries the secret of this browser's access cookie, which may have run out meanwhile."""
    try:
        claims = decode_token(request.cookies.get(tokens.ACCESS_COOKIE, ""), allow_expired=True)
    except (JWTExtendedException, jwt.PyJWTError):
        return False
    sent = request.form.get(tokens.CSRF_FIELD, "")
    return hmac.compare_digest(sent.encode(), str(claims.get("csrf", "")).encode()) and bool(sent)


def install(app: Flask) -> None:
    """Let flask-jwt-extended serve this app."""
    JWTManager(app)
