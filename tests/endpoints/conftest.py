"""An API server of EndpointSlices: what it has, and how it breaks, a test decides."""

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


class Cluster:
    """``events`` are what watches send; None ends one, ``...`` breaks it off."""

    def __init__(self) -> None:
        self.slices: dict[str, Any] = {}
        self.version = 10
        self.events: queue.Queue[Any] = queue.Queue()
        self.lists: list[dict[str, list[str]]] = []
        self.watches: list[str] = []
        self.down = False

    def hold(self, name: str, service: str, *addresses: str, ready: bool = True) -> Any:
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
                {"addresses": [each], "conditions": {"ready": ready}}
                for each in addresses
            ],
        }
        return self.slices[name]

    def tell(self, kind: str, slice: Any) -> None:
        self.events.put({"type": kind, "object": slice})


def handler(cluster: Cluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            return

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            if cluster.down:
                self.send_error(503)
            elif "watch" in asked:
                self.watch(asked)
            else:
                self.list(asked)

        def list(self, asked: dict[str, list[str]]) -> None:
            cluster.lists.append(asked)
            names, start = sorted(cluster.slices), int(asked.get("continue", ["0"])[0])
            metadata = {"resourceVersion": str(cluster.version)}
            if start + 2 < len(names):
                metadata["continue"] = str(start + 2)
            items = [cluster.slices[name] for name in names[start : start + 2]]
            body = json.dumps({"metadata": metadata, "items": items}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def watch(self, asked: dict[str, list[str]]) -> None:
            cluster.watches.append(asked["resourceVersion"][0])
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while (event := cluster.events.get()) is not None:
                if event is ...:
                    return
                line = json.dumps(event).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.write(b"0\r\n\r\n")

    return Handler


@pytest.fixture
def cluster(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    made = Cluster()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": address}}],
        "users": [{"name": "test", "user": {"token": "test"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(settings))
    monkeypatch.setenv("KUBECONFIG", str(path))
    yield made
    server.shutdown()
    server.server_close()
