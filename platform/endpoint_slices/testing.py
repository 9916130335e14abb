"""An API server of EndpointSlices on loopback: it has what a test says, and breaks so.

``with testing.cluster(answering, folder) as cluster``: KUBECONFIG leads to it inside
the block. *answering* is a context in which a server answers in a thread of its own.
"""

import json
import os
import queue
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2  # slices of one page of a list
Query = dict[str, list[str]]


@dataclass
class Cluster:
    """``events`` are what watches send: None ends one, ``...`` breaks it off.

    ``lists`` are the queries of the lists asked for, ``watches`` the places at which
    watches began.
    """

    slices: dict[str, Any] = field(default_factory=dict)
    version: int = 10
    events: queue.Queue[Any] = field(default_factory=queue.Queue)
    lists: list[Query] = field(default_factory=list)
    watches: list[str] = field(default_factory=list)
    refused: int = 0
    is_down: bool = False

    def hold(self, name: str, service: str, *addresses: str) -> Any:
        """Have a slice of ready endpoints, in a new version."""
        self.version += 1
        self.slices[name] = {
            "metadata": {
                "name": name,
                "namespace": "infrastructure",
                "resourceVersion": str(self.version),
                "labels": {"kubernetes.io/service-name": service},
            },
            "ports": [{"port": 8000}],
            "endpoints": [
                {"addresses": [each], "conditions": {"ready": True}}
                for each in addresses
            ],
        }
        return self.slices[name]

    def tell(self, kind: str, slice: Any) -> None:
        """Send an event to whoever watches."""
        self.events.put({"type": kind, "object": slice})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests' output is the tests'."""

    def do_GET(self) -> None:
        cluster, asked = self.server.cluster, parse_qs(urlsplit(self.path).query)
        if cluster.is_down:
            cluster.refused += 1
            self.send_error(503)
        elif "watch" in asked:
            cluster.watches.append(asked["resourceVersion"][0])
            self._watch(cluster)
        else:
            cluster.lists.append(asked)
            self._list(cluster, int(asked.get("continue", ["0"])[0]))

    def _list(self, cluster: Cluster, start: int) -> None:
        names, end = sorted(cluster.slices), start + PAGE
        metadata = {"resourceVersion": str(cluster.version)}
        metadata |= {"continue": str(end)} if end < len(names) else {}
        items = [cluster.slices[name] for name in names[start:end]]
        body = json.dumps({"metadata": metadata, "items": items}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _watch(self, cluster: Cluster) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while (event := cluster.events.get()) is not None:
            if event is ...:
                return
            line = json.dumps(event).encode() + b"\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")


@contextmanager
def cluster(
    answering: Callable[[_Server], AbstractContextManager[_Server]],
    folder: Path,
    certificate: Path | None = None,
) -> Iterator[Cluster]:
    """A cluster without slices, its kubeconfig in *folder*.

    With a *certificate* (PEM, its key included) that is its own CA it speaks TLS.
    """
    made = Cluster()
    server = _Server(made)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    path, before = folder / "kubeconfig", os.environ.get("KUBECONFIG")
    path.write_text(json.dumps(_kubeconfig(server.server_port, certificate)))
    os.environ["KUBECONFIG"] = str(path)
    try:
        with answering(server):
            yield made
            made.events.put(None)
    finally:
        os.environ.pop("KUBECONFIG")
        os.environ |= {"KUBECONFIG": before} if before else {}


def _kubeconfig(port: int, certificate: Path | None) -> dict[str, Any]:
    name = "test"
    where = {"server": f"http://127.0.0.1:{port}"}
    if certificate:
        where["server"] = where["server"].replace("http:", "https:")
        where["certificate-authority"] = str(certificate)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": where}],
        "users": [{"name": name, "user": {"token": "of-the-test"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
