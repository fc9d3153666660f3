"""Real servers that take alerts: HTTP and SMTP, in threads of the test, with and without TLS."""

import base64
import datetime
import ipaddress
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine, signed by itself: one file with its key, and one without to be trusted."""

    chain: Path
    trusted: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def make_certificate(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = Certificate(folder / "chain.pem", folder / "trusted.pem")
    made.chain.write_bytes(private + public)
    made.trusted.write_bytes(public)
    return made


@dataclass
class WebReceiver:
    """What a web server received."""

    port: int
    scheme: str = "http"
    bodies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/services/T000/SECRET"


@contextmanager
def web_receiver(
    status: int = 200, seconds: float = 0, certificate: Certificate | None = None, location: str | None = None
) -> Iterator[WebReceiver]:
    """A web server that takes JSON.

    Args:
        status: of every answer. seconds: until it answers. location: where it redirects to.
    """
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(seconds)
            receiver.bodies.append(json.loads(body))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *arguments: Any) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    if certificate:
        server.socket = certificate.context().wrap_socket(server.socket, server_side=True)
    receiver = WebReceiver(server.server_address[1], "https" if certificate else "http")
    with _served(server):
        yield receiver


@contextmanager
def silent_server() -> Iterator[int]:
    """A port where somebody listens and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@dataclass
class MailReceiver:
    """What a mail server received, and the logins it saw, each with whether the connection was encrypted."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)


@contextmanager
def mail_receiver(
    certificate: Certificate | None = None, *, is_tls: bool = False, password: str | None = None,
    refused: tuple[str, ...] = (),
) -> Iterator[MailReceiver]:
    """A mail server (SMTP).

    Args:
        certificate: it offers STARTTLS, or with ``is_tls`` speaks TLS from the first byte.
        password: the only one it accepts; it then takes mail after a login only.
        refused: recipients that it refuses.
    """
    class Handler(socketserver.StreamRequestHandler):
        is_encrypted = False

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def encrypt(self) -> None:
            assert certificate is not None
            self.request = certificate.context().wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
            self.is_encrypted = True

        def handle(self) -> None:
            try:
                if is_tls:
                    self.encrypt()
                self.talk()
            except (OSError, ssl.SSLError):
                return  # the client went away

        def talk(self) -> None:
            self.say("220 test")
            is_known = password is None
            while line := self.rfile.readline():
                command, _, rest = line.decode().strip().partition(" ")
                command = command.upper()
                if command == "EHLO":
                    offers = ["test"] + (["STARTTLS"] if certificate and not self.is_encrypted else [])
                    offers += ["AUTH PLAIN"] if password is not None else []
                    for place, offer in enumerate(offers, start=1):
                        self.say(f"250{' ' if place == len(offers) else '-'}{offer}")
                elif command == "STARTTLS" and certificate:
                    self.say("220 go")
                    self.encrypt()
                elif command == "AUTH":
                    _, user, given = base64.b64decode(rest.split()[-1]).decode().split("\0")
                    receiver.logins.append((user, given, self.is_encrypted))
                    is_known = given == password
                    self.say("235 ok" if is_known else "535 no")
                elif not is_known and command in ("MAIL", "RCPT", "DATA"):
                    self.say("530 login first")
                elif command == "RCPT":
                    address = rest.split("<")[1].split(">")[0]
                    if address in refused:
                        self.say("550 no such user")
                    else:
                        receiver.recipients.append(address)
                        self.say("250 ok")
                elif command == "DATA":
                    self.say("354 go")
                    content = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        content += part.removeprefix(b".")
                    receiver.messages.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
                    self.say("250 ok")
                elif command == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    receiver = MailReceiver(server.server_address[1])
    with _served(server):
        yield receiver


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
