"""The password of a server that others can reach: kept as a scrypt hash, checked slowly, remembered in a cookie."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

COOKIE = "underpaint_session"
MOST_SESSIONS = 1000
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
"""16 MiB and some 50 ms for every attempt."""


class Password:
    """Checks the password of HTTP Basic and keeps sessions. The user's name does not matter."""

    def __init__(self, password: str) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash = self._hashed(password)
        self._sessions: dict[str, None] = {}
        self._failures = 0
        self._one_at_a_time = asyncio.Lock()

    async def is_right(self, authorization: str) -> bool:
        """Whether an `Authorization` header holds the password. After wrong ones every attempt waits, the longer the
        more there were, and one at a time."""
        given = _password_of(authorization)
        if given is None:
            return False
        async with self._one_at_a_time:
            if self._failures:
                await asyncio.sleep(min(SHORTEST_WAIT_S * 2 ** (self._failures - 1), LONGEST_WAIT_S))
            is_right = hmac.compare_digest(await asyncio.to_thread(self._hashed, given), self._hash)
            self._failures = 0 if is_right else min(self._failures + 1, 32)
        return is_right

    def new_session(self) -> str:
        """A cookie's value that counts as the password until the server stops."""
        token = secrets.token_urlsafe(32)
        self._sessions[_digest(token)] = None
        if len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return token

    def knows(self, cookies: str) -> bool:
        """Whether a `Cookie` header holds one of our sessions."""
        try:
            morsel = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return False
        return morsel is not None and _digest(morsel.value) in self._sessions

    def _hashed(self, password: str) -> bytes:
        return hashlib.scrypt(
            password.encode("utf-8", "surrogateescape"),
            salt=self._salt,
            n=_SCRYPT_N,
            r=_SCRYPT_R,
            p=_SCRYPT_P,
        )


def _digest(token: str) -> str:
    """Sessions are looked up by hash, so that how long the look-up takes says nothing about them."""
    return hashlib.sha256(token.encode()).hexdigest()


def _password_of(authorization: str) -> str | None:
    kind, _, credentials = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials, validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return None
    _user, colon, password = decoded.partition(":")
    return password if colon else None
