"""What the tokens of this house say, and the settings that make flask-jwt-extended refuse all others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from backend.accounts.families import LIFETIME
from backend.settings import Settings

AUDIENCE = "tomoni"
ISSUER = "tomoni"
ACCESS_LIFETIME = timedelta(minutes=10)
REQUIRED = ("exp", "iat", "jti", "type", "sub", "aud", "iss", "family", "role")

ACCESS_COOKIE = "__Host-tomoni"
REFRESH_COOKIE = "__Host-tomoni-again"
CSRF_FIELD = "csrf_token"


def flask_settings(settings: Settings) -> dict[str, Any]:
    """Settings of flask-jwt-extended. Its defaults take tokens of any audience and issuer and insecure cookies."""
    private = load_pem_private_key(settings.jwt_private_key.encode(), None)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "JWT_ALGORITHM": "ES256",
        "JWT_DECODE_ALGORITHMS": ["ES256"],
        "JWT_PRIVATE_KEY": settings.jwt_private_key,
        "JWT_PUBLIC_KEY": public.decode(),
        "JWT_ENCODE_AUDIENCE": AUDIENCE,
        "JWT_DECODE_AUDIENCE": AUDIENCE,
        "JWT_ENCODE_ISSUER": ISSUER,
        "JWT_DECODE_ISSUER": ISSUER,
        "JWT_ACCESS_TOKEN_EXPIRES": ACCESS_LIFETIME,
        "JWT_REFRESH_TOKEN_EXPIRES": LIFETIME,
        "JWT_TOKEN_LOCATION": ["headers", "cookies"],
        "JWT_ACCESS_COOKIE_NAME": ACCESS_COOKIE,
        "JWT_REFRESH_COOKIE_NAME": REFRESH_COOKIE,
        "JWT_COOKIE_SECURE": True,
        "JWT_COOKIE_SAMESITE": "Lax",
        "JWT_COOKIE_CSRF_PROTECT": True,
        "JWT_CSRF_CHECK_FORM": True,
        "JWT_ACCESS_CSRF_FIELD_NAME": CSRF_FIELD,
        "JWT_CSRF_IN_COOKIES": False,
        "JWT_SESSION_COOKIE": False,
    }
