"""Which requests reach Dagster's web server, which has no login and answers any that gets to its port.

A page of a stranger that somebody on this machine opens can send requests to 127.0.0.1 too. It can have its own name
resolve to 127.0.0.1 (DNS rebinding), which its `Host` shows; it can send a form or open a WebSocket, which `Origin`
shows; and it can load an address as a picture, which shows nothing, so no query is taken from an address.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Names under which a browser on this machine opens the pages.
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Methods that change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: No page of another site may show these pages in a frame or load parts of them.
HEADERS = ((b"x-frame-options", b"DENY"), (b"cross-origin-resource-policy", b"same-origin"))
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?)(:[0-9]{1,5})?")
_ORIGIN = re.compile(r"https?://(.+)")
#: WebSocket close code for a violation of policy; before the handshake it becomes status 403.
_POLICY = 1008


class Guard:
    """An ASGI application that refuses what is not for this server and hands on the rest.

    Args:
        app: the application behind it.
        allowed_hosts: names besides those of this machine, without port: what a reverse proxy is called.
    """

    def __init__(self, app: Application, allowed_hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.public = frozenset(name.lower() for name in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = self.refusal(scope)
        if refused is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY, "reason": refused[1]})
        else:
            status, reason = refused
            body = f"{reason}\n".encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason of a request that is refused; None where it may pass."""
        hosts = _values(scope, b"host")
        host = _AUTHORITY.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if host is None or host[1] not in LOOPBACK_NAMES | self.public:
            return 400, "This server is not known under that name. A name of a proxy belongs into ui.allowed_hosts."
        is_safe = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        if not is_safe and not all(self._is_own(origin, host[0]) for origin in _values(scope, b"origin")):
            return 403, "A page of another site may not send this."
        if not is_safe and "cross-site" in _values(scope, b"sec-fetch-site"):
            return 403, "A page of another site may not send this."
        if scope["path"].rstrip("/").endswith("/graphql") and "query" in _parameters(scope):
            return 403, "A GraphQL query belongs into the body of a POST, as application/json."
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        """Whether a page of this server sent the request: the same name and port, or the name of the proxy."""
        stated = _ORIGIN.fullmatch(origin)
        authority = _AUTHORITY.fullmatch(stated[1]) if stated else None
        return authority is not None and (authority[0] == host or authority[1] in self.public)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip().lower() for key, value in scope["headers"] if key.lower() == name]


def _parameters(scope: Scope) -> set[str]:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name.lower() for name, _ in pairs}


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sender
