"""Who may ask: this computer's own programs and pages, or whoever knows the password.

A web page of somebody else can send requests to 127.0.0.1 too, either across origins (CSRF) or by a name that it
points here (DNS rebinding). Browsers say where a request comes from, and by which name; both are checked.
"""

import base64
import hashlib
import ipaddress
import re
import socket
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from underpaint.errors import StudioError
from underpaint.server.password import COOKIE, Password
from underpaint.server.refusals import Forbidden, Unauthorized
from underpaint.server.responses import failure_of
from underpaint.server.settings import ServerSettings, is_loopback

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITES = ("same-origin", "none")
"""Values of `Sec-Fetch-Site` for our own page and for an address somebody typed."""
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def security_headers(page: str) -> dict[str, str]:
    """Headers of every answer. `page`: index.html, whose inline scripts (its import map) are allowed by their hash."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in INLINE_SCRIPT.findall(page)
    ]
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)])
    policy = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "worker-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


class SecurityHeaders:
    """Adds the headers to every answer that does not have them."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Guard:
    """Lets through what our own page, or a program, asks by one of our names; and, with a password, who knows it."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings
        self._names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.names)}
        if not settings.is_local:
            own_name = socket.gethostname().lower()
            self._names |= {own_name, f"{own_name}.local"}
        self._password = None if settings.password is None else Password(settings.password)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            _check_origin(scope["method"], scope["path"], headers)
            session = await self._session(headers)
        except StudioError as refusal:
            response = failure_of(refusal)
            if isinstance(refusal, Unauthorized):
                response.headers["WWW-Authenticate"] = 'Basic realm="Underpaint", charset="UTF-8"'
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send if session is None else _with_cookie(send, session))

    def _check_host(self, headers: Headers) -> None:
        name = _name_in(headers.get("host", ""))
        if (
            name in self._names
            or (self._is_address(name) and not self._settings.is_local)
            or is_loopback(name)
        ):
            return
        raise Forbidden(
            f"This server is not called {name!r}. Open it by its address, or start it with --allow-host {name}."
        )

    @staticmethod
    def _is_address(name: str) -> bool:
        """An address cannot be pointed somewhere else, as a name can."""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _session(self, headers: Headers) -> str | None:
        """The value of a new cookie for who just gave the password; None when none is needed."""
        if self._password is None or self._password.knows(headers.get("cookie", "")):
            return None
        if not (authorization := headers.get("authorization")):
            raise Unauthorized("This server wants a password.")
        if not await self._password.is_right(authorization):
            raise Unauthorized("The password is wrong.")
        return self._password.new_session()


def _check_origin(method: str, path: str, headers: Headers) -> None:
    is_reading = method in SAFE_METHODS
    if is_reading and not path.startswith("/api"):
        return  # a link on another page may lead to ours
    site, origin = headers.get("sec-fetch-site", "none"), headers.get("origin")
    is_foreign = origin is not None and origin.partition("://")[2] != headers.get("host", "")
    if site not in OWN_SITES or is_foreign:
        raise Forbidden("Another web page asked for this, and only Underpaint's own may.")


def _name_in(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    found = re.fullmatch(r"\[(?P<six>[0-9a-fA-F:.]+)\](:\d+)?|(?P<name>[^:\[\]]*)(:\d+)?", host)
    return "" if found is None else (found["six"] or found["name"]).lower()


def _with_cookie(send: Send, session: str) -> Send:
    cookie = SimpleCookie({COOKIE: session})
    cookie[COOKIE]["httponly"], cookie[COOKIE]["samesite"], cookie[COOKIE]["path"] = True, "Strict", "/"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie[COOKIE].OutputString())
        await send(message)

    return sending
