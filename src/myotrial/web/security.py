"""What stands between a browser and the pages: allowed hosts, a token beyond loopback, limits of size, headers."""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Sent with every answer. Nothing may be loaded from elsewhere, and no script or style may stand in a page."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})
MOST_BYTES = 1_000_000
"""The largest body of a form, in bytes."""

MOST_UPLOAD = 20_000_000
"""The largest body of files that are sent, in bytes."""

LARGER = {"/study/upload": MOST_UPLOAD, "/study/upload.json": MOST_UPLOAD}
"""Address → the largest body that it takes, where that is more than others take."""

COOKIE = "myotrial_token"


class Guard:
    """Check every request before the application sees it, and put the headers on every answer.

    Parameters
    ----------
    app
        The application.
    hosts
        Names under which it may be asked for, beside those of loopback: a page elsewhere cannot then reach it by a
        name of its own (DNS rebinding).
    token
        Who asks must know it, as ``Authorization: Bearer``, once as ``?token=`` or by the cookie that this gives;
        ``None`` where only this machine can ask.
    most_bytes
        The largest body; the addresses in ``LARGER`` take more.
    """

    def __init__(
        self, app: App, *, hosts: frozenset[str] = frozenset(), token: str | None = None, most_bytes: int = MOST_BYTES
    ) -> None:
        self.app, self.hosts, self.token, self.most_bytes = app, hosts | LOOPBACK, token, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        most = LARGER.get(scope["path"], self.most_bytes)
        length = headers.get("content-length") or "0"
        guarded = _with_headers(send, scope["path"])
        if _host(headers.get("host", "")) not in self.hosts:
            await _refuse(guarded, 400, "This name is not one of this server's.")
        elif not _same_origin(headers):
            await _refuse(guarded, 403, "A page of another origin cannot use this server.")
        elif self.token is not None and not _knows(self.token, scope, headers):
            await _refuse(guarded, 401, "A token is needed: open the address that was printed when the server began.")
        elif not (length.isascii() and length.isdigit()) or int(length[:20]) > most:
            await _refuse(guarded, 413, f"The request is larger than {most:,} bytes.")
        else:
            await self.app(scope, _limited(receive, most), self._giving_cookie(guarded, scope))

    def _giving_cookie(self, send: Send, scope: Scope) -> Send:
        """Keep the token in a cookie once it came in the address, so that links need not carry it."""
        if self.token is None or b"token=" not in scope.get("query_string", b""):
            return send
        cookie = f"{COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        return sending


def _host(value: str) -> str:
    """Return the host of a Host header without its port."""
    if value.startswith("["):
        return value.partition("]")[0] + "]"
    return value.partition(":")[0].lower()


def _same_origin(headers: MutableMapping[str, str]) -> bool:
    """Tell whether a request that a browser sends comes from these pages, or from no page at all."""
    return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _knows(token: str, scope: Scope, headers: MutableMapping[str, str]) -> bool:
    given = headers.get("authorization", "").removeprefix("Bearer ")
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        held = None
    return any(
        hmac.compare_digest(word.encode(), token.encode())
        for word in (given, asked, held.value if held is not None else "")
    )


def _limited(receive: Receive, most: int) -> Receive:
    """Count what comes in; a body that goes on beyond the limit ends there."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            return {"type": "http.disconnect"}
        return message

    return receiving


def _with_headers(send: Send, path: str) -> Send:
    kept = "public, max-age=31536000, immutable" if path.startswith("/static/vendor/") else "no-store"
    more = [(name.encode(), value.encode()) for name, value in {**HEADERS, "cache-control": kept}.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [pair for pair in message.get("headers", []) if pair[0].lower() != b"server"]
            message["headers"] = [*own, *more]
        await send(message)

    return sending


async def _refuse(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
