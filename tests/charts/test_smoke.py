"""What tries an image tries it as a cluster would run it."""

import importlib.util
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chassis import _context, testing
from filigree import declarations

ROOT = Path(__file__).parents[2]


def loaded(name):
    spec = importlib.util.spec_from_file_location(
        name, ROOT / "platform" / "images" / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def smoke():
    return loaded("smoke")


def test_an_image_is_confined_as_its_pod_is(smoke, find):
    said = " ".join(smoke.CONFINED)
    [pod] = [
        each["spec"]["template"]["spec"]
        for each in find("Deployment")
        if each["metadata"]["name"] == "logging"
    ]
    user, [container] = pod["securityContext"]["runAsUser"], pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert "--read-only" in said
    assert f"--user {user}:" in said
    assert "--cap-drop ALL" in said
    assert "--memory 50m --memory-swap 50m" in said
    sized = pod["volumes"][0]["emptyDir"]["sizeLimit"].lower().removesuffix("i")
    assert f"size={sized}" in said


def test_one_plain_service_is_tried_and_each_with_an_sdk(smoke):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    known = declarations.load(ROOT)
    plain, *others = smoke.chosen(known)
    assert known[plain].providers == ()
    assert known[plain].consumes == ()
    heavy = {n for n, each in known.items() if each.providers and n in extras}
    assert {*heavy, "service-discovery", "notification"} <= set(others)
    assert plain not in others


def test_who_has_a_provider_with_an_sdk_is_tried_with_it(smoke):
    """With the local one the SDK would not be in the memory that is tried."""
    known = declarations.load(ROOT)
    for name, key in {
        "embedding-generation": "OPENAI_API_KEY",
        "response-generation": "OPENAI_API_KEY",
        "payment-link": "STRIPE_API_KEY",
        "payment-confirmation": "STRIPE_WEBHOOK_SECRET",
    }.items():
        assert smoke.environment(known[name])[key]
    assert not smoke.PROVIDERS.keys() & smoke.environment(known["api-gateway"]).keys()


@pytest.fixture
def answering(monkeypatch):
    """A server that answers whoever speaks for a tenant, from the second time on."""
    monkeypatch.setenv("FILIGREE_INTERNAL_KEYS", "key")
    _context._signer.cache_clear()
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            claims = _context.read_token(self.headers["X-Internal-Token"])
            asked.append((self.path, claims["t"]))
            early = self.path == "/never" or len(asked) < 2
            self.send_response(503 if early else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    with testing.answering(server):
        yield f"http://127.0.0.1:{server.server_port}", asked
    _context._signer.cache_clear()


def test_asking_goes_on_until_there_is_an_answer(answering, monkeypatch):
    ask, (url, asked) = loaded("ask"), answering
    monkeypatch.setattr(ask, "PAUSE", 0.01)
    assert ask.unanswered([f"{url}/things"]) == set()
    assert asked == [("/things", "helm-test")] * 2


def test_asking_ends_with_what_was_never_answered(answering, monkeypatch):
    ask, (url, _) = loaded("ask"), answering
    monkeypatch.setattr(ask, "PAUSE", 0.01)
    assert ask.unanswered([f"{url}/never"], deadline=0.1) == {f"{url}/never"}
