"""Proofs: the tokens that devices hold, and `who`, which reads the proof of a request. Part of the corridor, so it
knows Flask; `app.py` hands it over."""

from __future__ import annotations

from uuid import UUID

import jwt
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


def who(session: Session, way: str) -> Viewer | None:
    """Who sends this request, by header (phone) or cookie (web); None when no proof is given.

    Raises `SignInFirst` for a proof that does not hold: expired, of another audience, without a claim we require,
    or of a device that has signed out.
    """
    location = "headers" if way == "phone" else "cookies"
    try:
        verified = verify_jwt_in_request(optional=True, locations=location)
    except (JWTExtendedException, jwt.PyJWTError) as error:
        raise SignInFirst("sign_in_first") from error
    if verified is None:
        return None
    claims = verified[1]
    _require_claims(way)
    if not held(Families).is_open(session, UUID(claims["family"])):
        raise SignInFirst("sign_in_first")
    return Viewer(UUID(claims["sub"]), Role(claims["role"]))


def _require_claims(way: str) -> None:
    """The library fills in a missing type and takes tokens that never expire: look at what was really signed."""
    if way == "phone":
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    else:
        token = request.cookies.get(tokens.ACCESS_COOKIE, "")
    signed = jwt.decode(token, options={"verify_signature": False})
    if any(name not in signed for name in tokens.REQUIRED):
        raise SignInFirst("sign_in_first")


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
        if claims["type"] != "refresh" or "exp" not in claims:
            return SignInFirst("sign_in_first")
        family_id, jti, device = UUID(claims["family"]), str(claims["jti"]), UUID(claims["device"])
    except (JWTExtendedException, jwt.PyJWTError, KeyError, ValueError):
        return SignInFirst("sign_in_first")
    family = held(Families).rotate(session, family_id, jti, device_id or device)
    return family or SignInFirst("sign_in_first")


def device() -> UUID | None:
    try:
        return UUID(request.headers.get(DEVICE_HEADER, ""))
    except ValueError:
        current_app.logger.debug("a request without a device id")
        return None


def remember(access: str) -> None:
    """Let the rest of this request see a token that was issued in it (forms carry its CSRF value)."""
    g._jwt_extended_jwt = decode_token(access)


def install(app: Flask) -> None:
    """Let flask-jwt-extended serve this app."""
    JWTManager(app)
