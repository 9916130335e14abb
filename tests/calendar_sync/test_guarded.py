"""A published calendar is fetched at the address that was looked at, over real TLS."""

import asyncio
import datetime
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calendar_sync import _guarded
from calendar_sync._changes import Refused
from chassis import testing

NAME = "calendar.example"  # which no resolver knows (RFC 2606)


@dataclass
class Server:
    """A server on loopback whose certificate is for the name; what it was asked."""

    port: int
    certificate: Path
    hosts: list[str | None] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    location: str = ""

    def url(self, host: str = NAME) -> str:
        return f"https://{host}:{self.port}/a.ics"


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, which nobody but itself has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, plain))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / "certificate.pem", folder / "key.pem"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known: Server = self.server.known
        known.hosts.append(self.headers["Host"])
        self.send_response(302 if known.location else 200)
        if known.location:
            self.send_header("Location", known.location)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    certificate, key = certified(tmp_path_factory.mktemp("tls"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Server(server.server_port, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _, name, __: known.names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.known = known
    with testing.answering(server):
        yield known


@pytest.fixture
def server(running: Server) -> Server:
    running.hosts.clear()
    running.names.clear()
    running.location = ""
    return running


@dataclass
class Names:
    """Addresses of hosts, each told once: a second question gets the next one."""

    known: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    async def address(self, host: str, port: int) -> str:
        self.asked.append(host)
        return self.known[host].pop(0)


def fetched(server: Server, url: str, names: Names) -> _guarded.Fetched:
    trust = ssl.create_default_context(cafile=str(server.certificate))
    ways = _guarded.Ways(names.address, trust)
    return asyncio.run(_guarded.fetch(url, {}, (), 1_000, ways))


def test_a_name_is_looked_up_once_and_that_address_is_asked_by_its_name(
    server: Server,
) -> None:
    names = Names({NAME: ["127.0.0.1", "169.254.169.254"]})
    assert fetched(server, server.url(), names).body == b"here"
    assert names.asked == [NAME]
    assert server.hosts == [f"{NAME}:{server.port}"]
    assert server.names == [NAME]


def test_each_redirect_is_looked_up_anew(server: Server) -> None:
    server.location = server.url()
    names = Names({NAME: ["127.0.0.1"] * 4})
    with pytest.raises(Refused, match="on and on"):
        fetched(server, server.url(), names)
    assert names.asked == [NAME] * 4


def test_a_certificate_of_another_name_is_not_believed(server: Server) -> None:
    names = Names({"other.example": ["127.0.0.1"]})
    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
        fetched(server, server.url("other.example"), names)
    assert server.hosts == []


def test_a_certificate_that_nobody_trusts_is_not_believed(server: Server) -> None:
    ways = _guarded.Ways(Names({NAME: ["127.0.0.1"]}).address)
    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
        asyncio.run(_guarded.fetch(server.url(), {}, (), 1_000, ways))
    assert server.hosts == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "10.0.0.1"])
def test_a_host_with_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        asyncio.run(_guarded.public(host, 443))
