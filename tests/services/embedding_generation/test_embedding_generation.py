"""Embeddings: unit vectors for texts, the same ones each time, for documents too."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI

import vectors
from chassis.testing import Mesh, answering, mesh
from contracts.knowledge.events import DocumentProcessed

PATH = "/api/v1/embeddings"


class Provider(ThreadingHTTPServer):
    """Speaks OpenAI's protocol on a loopback port; says ``status`` where it is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.status, self.body = 200, b""
        self.asked: list[list[str]] = []
        self.knows_base64 = True


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked["input"])
        is_packed = self.server.knows_base64 and asked["encoding_format"] == "base64"
        rows = [
            {"object": "embedding", "index": n, "embedding": told(text, is_packed)}
            for n, text in enumerate(asked["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": rows, "model": "m", "usage": usage}
        body = self.server.body or json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def told(text: str, is_packed: bool) -> str | list[float]:
    row = [3.0, 4.0, float(len(text))]
    return vectors.pack(np.array(row)) if is_packed else row


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with answering(Provider()) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", f"m-{server.server_address[1]}")
        yield server


@pytest.fixture
def remote(provider: Provider, database: FastAPI) -> Iterator[Mesh]:
    from services.knowledge.embedding_generation.app import app

    with mesh(app, upstreams={"database-operations": database}) as running:
        yield running


def embed(running: Mesh, *texts: str) -> np.ndarray:
    answer = running.post(PATH, json={"texts": list(texts)})
    assert answer.status_code == 200, answer.text
    return vectors.unpack(answer.json()["vectors"])


def test_the_cosine_that_texts_have_by_chance_is_told(remote: Mesh) -> None:
    [one, other] = embed(remote, "a boat", "nothing of the kind")
    told = remote.post(PATH, json={"texts": ["a boat"]}).json()["chance"]
    assert 0.9 < told < 1  # the endpoint's vectors differ by their texts' lengths alone
    assert one @ other > 0.8


def test_chance_is_nothing_where_cosines_are_read_as_they_are(library: Any) -> None:
    asked = {"texts": ["a boat"]}
    assert library.embeddings.post(PATH, json=asked).json()["chance"] == 0


def test_vectors_are_unit_rows_in_the_order_of_their_texts(library: Any) -> None:
    answer = library.embeddings.post(PATH, json={"texts": ["a boat", "a fee"]}).json()
    assert answer["dimensions"] == 256
    rows = embed(library.embeddings, "a boat", "a fee", "a boat")
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)
    assert (rows[0] == rows[2]).all()
    assert not np.allclose(rows[0], rows[1])
    assert np.allclose(embed(library.embeddings, "a fee")[0], rows[1])


def test_what_means_the_same_is_near(library: Any) -> None:
    rows = embed(library.embeddings, "What does it cost?", "the price", "a river boat")
    assert rows[0] @ rows[1] > rows[0] @ rows[2]


def test_the_model_in_use_is_told(library: Any) -> None:
    known = library.embeddings.get(f"{PATH}/model").json()
    assert (known["provider"], known["dimensions"]) == ("local", 256)


@pytest.mark.parametrize(
    "asked", [{}, {"texts": []}, {"texts": ["x"] * 513}, {"texts": ["x" * 20_001]}]
)
def test_a_batch_has_bounds(library: Any, asked: dict[str, Any]) -> None:
    assert library.embeddings.post(PATH, json=asked).status_code in (400, 422)


def test_a_model_that_is_not_here_is_refused(library: Any) -> None:
    asked = {"texts": ["x"], "model": "another"}
    assert library.embeddings.post(PATH, json=asked).status_code == 422


def test_more_texts_than_are_remembered_are_all_embedded(library: Any) -> None:
    for start in range(0, 5000, 500):
        texts = [f"text {n}" for n in range(start, start + 500)]
        assert len(embed(library.embeddings, *texts)) == 500
    assert len(embed(library.embeddings, "text 0", "text 4999")) == 2


def test_a_document_is_embedded_when_all_its_passages_are(library: Any) -> None:
    text = " ".join(f"Boat number {n} is kept in shed {n}." for n in range(2000))
    id = library.add(text)
    chunks = library.documents.get(f"/api/v1/documents/{id}/chunks?limit=200").json()
    assert len(chunks["items"]) > 100
    assert {c["embedding"] for c in chunks["items"]} == {
        library.embeddings.get(f"{PATH}/model").json()["model"]
    }
    [event] = library.documents.published("document.embedded")
    assert event["data"]["document_id"] == id


def test_a_tenants_slow_documents_delay_nobody_elses(library: Any, begun: Any) -> None:
    """However many one has before: one of them is embedded, and others' beside it."""
    from services.knowledge.embedding_generation.app import embed_document

    about = {"document_id": "x", "knowledge_base_id": "default", "revision": 1}
    event = DocumentProcessed(**about, chunks=1)
    order = begun(library.embeddings, embed_document, event, ["slow"] * 20 + ["a", "b"])
    assert order == ["slow", "a", "b"]


def test_a_document_that_is_gone_is_embedded_without_harm(library: Any) -> None:
    about = {"document_id": "gone", "knowledge_base_id": "default", "revision": 1}
    library.embeddings.deliver(DocumentProcessed(**about, chunks=3))
    assert library.documents.get("/api/v1/documents/gone").status_code == 404


def test_a_provider_s_vectors_are_scaled_to_one_and_remembered(
    remote: Mesh, provider: Provider
) -> None:
    rows = embed(remote, "abc", "abcd")
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)
    assert np.allclose(rows[0], np.array([3, 4, 3]) / 34**0.5)
    embed(remote, "abcd", "abcde")
    [first, _, last] = provider.asked  # once, what texts have by chance is measured
    assert (first, last) == (["abc", "abcd"], ["abcde"])
    assert remote.get(f"{PATH}/model").json()["provider"] == "openai"


def test_a_provider_that_knows_numbers_alone_is_understood(
    remote: Mesh, provider: Provider
) -> None:
    provider.knows_base64 = False
    rows = embed(remote, "abc")
    assert np.allclose(rows[0], np.array([3, 4, 3]) / 34**0.5)


def test_another_model_gets_all_of_a_business_s_vectors_made_anew(
    library: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {library.add(text) for text in ("The fee is 240 euros.", "Boats are blue.")}
    asked = {"texts": ["What is the fee?"]}
    before = library.embeddings.post(PATH, json=asked).json()
    library.pump()
    ordered = len(library.documents.published("vectors.outdated"))

    async def call(_: str, create: Any) -> Any:
        return await create()

    url = f"http://127.0.0.1:{provider.server_address[1]}/v1"
    other = vectors.Provided("", url, "another", call)
    monkeypatch.setattr(library.embeddings.app.state, "model", other)
    for _ in range(3):
        after = library.embeddings.post(PATH, json=asked).json()
    assert (before["dimensions"], after["dimensions"]) == (256, 3)
    question = {"vector": after["vectors"][0]}

    def found() -> set[str]:
        answer = library.search.post("/api/v1/search", json=question).json()
        return {each["document_id"] for each in answer["results"]}

    assert found() == set()
    library.pump()
    assert len(library.documents.published("vectors.outdated")) == ordered + 1
    assert found() == ids


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b"{}"),
        (401, b"{}"),
        (403, b"{}"),
        (404, b"{}"),
        (200, b"{}"),
        (200, b'{"data": []}'),
        (200, b"[1]"),
    ],
)
def test_a_provider_that_refuses_or_babbles_is_an_upstream_s_failure(
    remote: Mesh, provider: Provider, status: int, body: bytes
) -> None:
    provider.status, provider.body = status, body
    failed = remote.post(PATH, json={"texts": ["a text"]})
    assert failed.status_code == 424
