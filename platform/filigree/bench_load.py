"""Work for one service: requests as its callers make them, sixteen at a time.

A service without requests of its own here gets the reads of its contract that need no
parameter.
"""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from filigree import bench_dealings, environment, tokens
from filigree.bench_dealings import Asked
from filigree.state import State

SECONDS, MOST, AT_ONCE = 4.0, 400, 16  # of load, requests, at a time
TIMEOUT = 20.0  # seconds for one request
ASK = "How much is a check-up for an adult?"
QUERY = {"query": ASK, "k": 10}
EMAIL, PASSWORD = "memory@bench.example", "a long password"


@dataclass(frozen=True, slots=True)
class Subject:
    """On whose behalf: a business of the benchmark's mesh, with documents."""

    mesh: State
    tenant: str
    api_key: str
    evidence: dict[str, Any]

    def headers(self, service: str) -> dict[str, str]:
        if service == "api-gateway":
            return {"X-API-Key": self.api_key}
        # The database answers whoever owns the collection.
        actor = "similarity-search" if service == "database-operations" else "bench"
        keys = environment.internal_keys(self.mesh)
        token = tokens.mint(keys, self.tenant, "bench", ["owner"], actor)
        return {tokens.HEADER: token}


def _upload(file: Path) -> Asked:
    return "POST", "/api/v1/documents", {"files": {"file": (file.name, _read(file))}}


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _own(subject: Subject) -> dict[str, list[Asked]]:
    documents = subject.mesh.root / "platform/filigree/demo/documents"
    lines = [
        {"time": time.time(), "level": "info", "service": "bench", "message": f"{n}"}
        for n in range(100)
    ]
    texts = [f"{ASK} {n}" for n in range(64)]
    chat = ("POST", "/v1/api/chat", {"json": {"message": ASK}})
    setting = "/api/v1/config/tenant/bench"
    collection = "/api/v1/collections/chunks"
    secret = {"email": EMAIL, "password": PASSWORD}
    return bench_dealings.requests() | {
        "api-gateway": [chat, ("POST", "/api/v1/search", {"json": QUERY})],
        "conversation-manager": [chat, ("GET", "/api/v1/conversations", {})],
        "decision-planner": [
            ("POST", "/api/v1/plans", {"json": {"message": ASK}}),
            ("POST", "/api/v1/analyze", {"json": {"message": ASK}}),
        ],
        "action-executor": [("POST", "/pipeline", {"json": {"message": ASK}})],
        "document-processing": [
            *[_upload(file) for file in sorted(documents.iterdir())],
            ("GET", "/api/v1/documents", {}),
        ],
        "embedding-generation": [
            ("POST", "/api/v1/embeddings", {"json": {"texts": texts}})
        ],
        "similarity-search": [("POST", "/api/v1/search", {"json": QUERY})],
        "response-generation": [
            (
                "POST",
                "/api/v1/responses",
                {"json": {"question": ASK, "evidence": subject.evidence}},
            )
        ],
        "faq-management": [
            ("POST", "/api/v1/faqs", {"json": {"question": ASK, "answer": "€55"}}),
            ("POST", "/api/v1/faqs/match", {"json": {"question": ASK}}),
            ("GET", "/api/v1/faqs", {}),
        ],
        "database-operations": [
            ("POST", f"{collection}/query", {"json": {"filter": {}, "limit": 50}}),
            ("POST", f"{collection}/search", {"json": {"text": ASK}}),
        ],
        "configuration-management": [
            ("PUT", setting, {"json": {"value": 1}}),
            ("GET", setting, {}),
        ],
        "authentication": [
            ("GET", "/.well-known/jwks.json", {}),
            ("GET", "/api/v1/api-keys", {}),
            ("POST", "/api/v1/auth/login", {"json": secret}),
        ],
        "logging": [
            (
                "POST",
                "/api/v1/logs",
                {
                    "content": "\n".join(json.dumps(line) for line in lines),
                    "headers": {"Content-Type": "application/x-ndjson"},
                },
            ),
            ("GET", "/api/v1/logs", {}),
        ],
    }


def _reads(root: Path, service: str) -> list[Asked]:
    contract = root / "contracts" / "openapi" / f"{service}.json"
    paths = json.loads(contract.read_text("utf-8"))["paths"]
    return [
        ("GET", path, {})
        for path, methods in paths.items()
        if "{" not in path and "get" in methods and not path.endswith("watch")
    ]


def requests(service: str, subject: Subject) -> list[Asked]:
    """What the service is asked, over and over."""
    found = _own(subject).get(service) or _reads(subject.mesh.root, service)
    return [*found, ("GET", "/metrics", {}), ("GET", "/openapi.json", {})]


def work(
    socket: Path, service: str, subject: Subject, most: int = MOST
) -> Counter[str]:
    """Ask the service on *socket* for a few seconds, at most *most* times; how often it
    answered what."""
    return asyncio.run(_worked(socket, service, subject, most))


async def _worked(
    socket: Path, service: str, subject: Subject, most: int
) -> Counter[str]:
    asked = itertools.cycle(requests(service, subject))
    until = time.monotonic() + SECONDS
    answers: Counter[str] = Counter()
    async with httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(socket)),
        base_url="http://service",
        headers=subject.headers(service),
        timeout=TIMEOUT,
    ) as client:
        left = itertools.islice(asked, most)
        workers = (_worker(client, left, until, answers) for _ in range(AT_ONCE))
        await asyncio.gather(*workers)
    return answers


async def _worker(
    client: httpx.AsyncClient,
    left: Iterator[Asked],
    until: float,
    answers: Counter[str],
) -> None:
    for method, path, rest in left:
        if time.monotonic() > until:
            return
        try:
            answer = await client.request(method, path, **rest)
            answers[f"{answer.status_code // 100}xx"] += 1
        except httpx.HTTPError:
            answers["none"] += 1
