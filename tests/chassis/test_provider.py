"""Providers: what is repeated, what is raised, and in which words it is told."""

import asyncio
import contextlib
import contextvars
import functools
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import openai
import pytest
from prometheus_client import REGISTRY

from chassis import _context, _provider, errors

HANGS = 0.05  # seconds after which a call that never ends is given up


class Answered(Exception):
    """What an SDK raises when the provider answers with a failure."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(f"https://key:hunter2@provider/ said {status}")
        self.status_code = status
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


class Script:
    """A call that fails as the script says, one line an attempt, and then answers."""

    def __init__(self, *lines: Exception) -> None:
        self.lines, self.calls = list(lines), 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.lines:
            raise self.lines.pop(0)
        return "answer"


async def never() -> None:
    await asyncio.Event().wait()


def make(name: str = "Fake", **terms: Any) -> _provider.Provider:
    return _provider.provider(name, **{"wait": 0.0} | terms)


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(within())


def call(provider: _provider.Provider, script: Any, **how: Any) -> Any:
    return run(lambda: provider.call("POST /query", script, **how))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.INFO, "chassis.provider")

    def told() -> list[str]:
        found = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return found

    return told


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (
        "MAX_RETRIES",
        "CIRCUIT_BREAKER_THRESHOLD",
        "CIRCUIT_BREAKER_RECOVERY",
        "PROVIDER_TIMEOUT",
        "PROVIDER_WAIT",
    ):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_call_that_works_is_told_in_these_words(lines):
    assert call(make("Chroma Server"), Script()) == "answer"
    assert lines() == [
        "[Chroma Server] POST /query (attempt 1/3)",
        "[Chroma Server] ✓ POST /query succeeded",
    ]


def test_a_transient_failure_is_told_in_these_words(lines):
    refused = ConnectionRefusedError(111, "Connection refused")
    assert call(make("Chroma Server"), Script(refused)) == "answer"
    assert lines() == [
        "[Chroma Server] POST /query (attempt 1/3)",
        "[Chroma Server] Connection failed on attempt 1/3: Connection refused",
        "[Chroma Server] Retrying in 0s...",
        "[Chroma Server] POST /query (attempt 2/3)",
        "[Chroma Server] ✓ POST /query succeeded",
    ]


def test_a_cascading_failure_is_told_in_these_words(lines):
    provider = make("Chroma Server")
    for _ in range(2):
        with pytest.raises(errors.Unavailable):
            call(provider, Script(Answered(500)), once=True)
    lines()
    with pytest.raises(errors.Unavailable):
        call(provider, Script(*[Answered(500)] * 3))
    assert lines() == [
        "[Chroma Server] POST /query (attempt 1/3)",
        "[Chroma Server] Server error 500 on attempt 1/3",
        "[Chroma Server] Retrying in 0s...",
        "[Chroma Server] POST /query (attempt 2/3)",
        "[Chroma Server] Server error 500 on attempt 2/3",
        "[Chroma Server] Retrying in 0s...",
        "[Chroma Server] POST /query (attempt 3/3)",
        "[Chroma Server] Server error 500 on attempt 3/3",
        "[Chroma Server] ✗ All 3 retry attempts failed",
        "[Chroma Server] Circuit breaker OPEN (threshold reached: 5/5)",
    ]


def broken(**terms: Any) -> _provider.Provider:
    """A provider whose breaker is open."""
    provider = make(threshold=1, **terms)
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)), once=True)
    return provider


def test_a_rejection_is_told_in_these_words_and_makes_no_call(lines):
    provider, script = broken(), Script()
    lines()
    with pytest.raises(errors.Unavailable) as raised:
        call(provider, script)
    assert lines() == ["[Fake] Circuit breaker OPEN - rejecting request"]
    assert script.calls == 0
    assert raised.value.code == "CIRCUIT_OPEN"
    assert 0 < raised.value.data["retry_after"] <= 60


def test_a_recovery_is_told_in_these_words(lines):
    provider = broken(recovery=1e-9)
    lines()
    call(provider, Script())
    assert lines() == [
        "[Fake] Circuit breaker entering HALF_OPEN state",
        "[Fake] POST /query (attempt 1/3)",
        "[Fake] ✓ POST /query succeeded",
        "[Fake] Circuit breaker CLOSED (service recovered)",
    ]


def test_a_failed_trial_is_not_repeated_and_reopens(lines):
    provider, script = broken(recovery=1e-9), Script(*[Answered(503)] * 3)
    with pytest.raises(errors.Unavailable):
        call(provider, script)
    assert script.calls == 1
    assert lines()[-1] == "[Fake] ✗ All 1 retry attempts failed"
    assert provider.state()["state"] == "open"


def test_half_open_lets_exactly_one_trial_through():
    provider = broken(recovery=1e-9)
    begun, release = asyncio.Event(), asyncio.Event()

    async def trial() -> str:
        begun.set()
        await release.wait()
        return "answer"

    async def both() -> None:
        first = asyncio.create_task(provider.call("GET /health", trial))
        await begun.wait()
        with pytest.raises(errors.Unavailable):
            await provider.call("GET /health", trial)
        release.set()
        assert await first == "answer"

    run(both)
    assert provider.state()["state"] == "closed"


def test_a_trial_that_nobody_waits_for_makes_room_for_another():
    provider, begun = broken(recovery=1e-9), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await never()

    async def give_up() -> None:
        trial = asyncio.create_task(provider.call("GET /health", hang))
        await begun.wait()
        trial.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trial

    run(give_up)
    assert provider.state()["state"] == "half_open"
    assert call(provider, Script()) == "answer"


def test_a_call_that_was_cancelled_is_never_repeated():
    provider, begun = make(retryable=lambda exc: True), asyncio.Event()
    starts = []

    async def hang() -> None:
        starts.append(1)
        begun.set()
        await never()

    async def give_up() -> None:
        asked = asyncio.create_task(provider.call("GET /health", hang))
        await begun.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    run(give_up)
    assert starts == [1]


def test_the_breaker_that_opens_midway_ends_the_repeating():
    provider, script = make(threshold=2), Script(*[Answered(500)] * 3)
    with pytest.raises(errors.Unavailable):
        call(provider, script)
    assert script.calls == 2


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_an_answer_of_4xx_is_raised_as_it_is_and_proves_the_provider_well(status):
    provider = make()
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)), once=True)
    script = Script(*[Answered(status)] * 3)
    with pytest.raises(Answered):
        call(provider, script)
    assert (script.calls, provider.state()["failure_count"]) == (1, 0)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_a_misconfiguration(status):
    script = Script(Answered(status))
    refused = pytest.raises(errors.Misconfigured, match=f"Fake refused .*{status}")
    with refused as told:
        call(make(), script)
    assert script.calls == 1
    # As a 5xx it would have the service that tells it left alone by its callers.
    assert told.value.http_status == 424
    assert told.value.data["upstream"] == "Fake"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_a_transient_answer_is_repeated(status):
    script = Script(Answered(status), Answered(status))
    assert call(make(), script) == "answer"
    assert script.calls == 3


def test_a_rate_limit_is_repeated_but_does_not_open_the_breaker():
    provider, script = make(threshold=1), Script(*[Answered(429)] * 3)
    with pytest.raises(errors.Unavailable):
        call(provider, script)
    assert script.calls == 3
    assert provider.state()["state"] == "closed"


def test_a_defect_of_ours_is_neither_repeated_nor_held_against_the_provider():
    provider, script = make(threshold=1), Script(KeyError("x"))
    with pytest.raises(KeyError):
        call(provider, script)
    assert script.calls == 1
    assert provider.state()["state"] == "closed"


def test_what_must_not_happen_twice_is_attempted_once():
    script = Script(Answered(500))
    with pytest.raises(errors.Unavailable):
        call(make(), script, once=True)
    assert script.calls == 1


def test_a_problem_that_the_call_raised_keeps_its_meaning():
    provider, script = make(threshold=1), Script(errors.Conflict("there already"))
    with pytest.raises(errors.Conflict) as raised:
        call(provider, script)
    assert raised.value.http_status == 409
    assert (script.calls, provider.state()["state"]) == (1, "closed")


def test_a_problem_of_a_retryable_type_is_repeated():
    script = Script(errors.AIServiceFailed("not now"))
    assert call(make(), script) == "answer"


def test_kinds_of_the_sdk_can_be_named_as_transient():
    class Gone(Exception):
        pass

    assert call(make(retry_on=(Gone,)), Script(Gone())) == "answer"


def test_what_is_transient_can_be_decided_by_the_service():
    script = Script(Answered(500))
    with pytest.raises(Answered):
        call(make(retryable=lambda exc: False), script)
    assert script.calls == 1


def test_the_seconds_that_the_provider_asks_for_are_waited(lines):
    provider = make(wait=40.0)  # longer than the test may last
    assert call(provider, Script(Answered(503, retry_after="0.01"))) == "answer"
    assert "[Fake] Retrying in 0.01s..." in lines()


def test_a_provider_may_ask_for_a_longer_wait_than_its_timeout(lines):
    script = Script(Answered(503, retry_after="0.1"))
    assert call(make(timeout=0.05), script) == "answer"


def test_waits_double(lines):
    with pytest.raises(errors.Unavailable):
        call(make(wait=0.001, max_retries=4), Script(*[Answered(500)] * 4))
    waits = [line for line in lines() if "Retrying" in line]
    assert waits == [f"[Fake] Retrying in 0.00{n}s..." for n in (1, 2, 4)]


def test_nothing_is_waited_for_beyond_the_requests_deadline():
    script = Script(Answered(503, retry_after="999"))
    with pytest.raises(errors.Unavailable) as raised:
        call(make(remaining=lambda: 30.0), script)
    assert script.calls == 1
    assert raised.value.data["retry_after"] == 999


@pytest.mark.parametrize("left", [0.0, 0.04])
def test_without_time_left_to_answer_no_attempt_is_made(left):
    provider, script = make(threshold=1, remaining=lambda: left), Script()
    with pytest.raises(errors.Timeout) as raised:
        call(provider, script)
    assert (script.calls, raised.value.code) == (0, "NO_TIME_LEFT")
    assert provider.state()["state"] == "closed"


def test_a_provider_that_hangs_is_a_timeout_and_is_counted(lines):
    provider = make(timeout=HANGS, max_retries=2)
    with pytest.raises(errors.Timeout, match="Fake did not answer in time"):
        call(provider, never)
    assert provider.state()["failure_count"] == 2
    assert "[Fake] Timeout on attempt 2/2" in lines()


def test_a_caller_in_a_hurry_proves_nothing_against_the_provider():
    provider = make(threshold=1, remaining=lambda: HANGS + 0.05)
    with pytest.raises(errors.Timeout):
        call(provider, never, once=True)
    assert provider.state()["failure_count"] == 0


def test_the_deadline_is_that_of_the_request_being_handled():
    provider, script = make(), Script()

    async def late() -> None:
        with _context.entered(_context.traced({"X-Request-Timeout": "0"})):
            await provider.call("POST /query", script)

    with pytest.raises(errors.Timeout):
        run(late)
    assert script.calls == 0


@pytest.mark.parametrize(
    ("script", "timed_out"),
    [(Script(*[Answered(500)] * 3), False), (never, True)],
)
def test_a_providers_failure_leaves_as_424_under_its_name(script, timed_out):
    with pytest.raises(errors.Problem) as raised:
        call(make("OpenAI", timeout=HANGS), script)
    body = errors.body(raised.value, service="s", operation="o", request_id="r")
    assert (body["status"], body["retry_count"]) == (424, 2)
    heard = errors.from_response(424, json.dumps(body).encode(), "s")
    assert heard.data["upstream"] == "OpenAI"
    assert heard.data["timed_out"] is timed_out


def test_no_exceptions_text_reaches_the_log_or_the_caller(lines):
    with pytest.raises(errors.Unavailable) as raised:
        call(make(), Script(*[Answered(500)] * 3))
    told = [*lines(), str(raised.value), repr(raised.value.data)]
    assert not [line for line in told if "hunter2" in line]


def test_the_state_has_the_shape_of_the_status_endpoint():
    provider = make("Shape", threshold=2)
    assert set(provider.state()) == {
        "service",
        "state",
        "failure_count",
        "last_failure",
        "last_state_change",
    }
    assert provider.state()["last_failure"] is None
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)), once=True)
    found = _provider.states()["Shape"]
    assert (found["state"], found["failure_count"]) == ("closed", 1)
    assert found["last_failure"] >= found["last_state_change"]


def test_the_environment_has_the_last_word(environment, lines):
    environment.setenv("MAX_RETRIES", "2")
    environment.setenv("CIRCUIT_BREAKER_THRESHOLD", "1")
    provider = make(max_retries=7, threshold=7)
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)))
    assert "[Fake] POST /query (attempt 1/2)" in lines()
    assert provider.state()["state"] == "open"


def test_the_environment_sets_timeout_and_recovery_too(environment):
    environment.setenv("PROVIDER_TIMEOUT", str(HANGS))
    environment.setenv("CIRCUIT_BREAKER_RECOVERY", "0.000001")
    provider = make(threshold=1, timeout=60.0)
    with pytest.raises(errors.Timeout):
        call(provider, never, once=True)
    assert provider.state()["state"] == "open"
    assert call(provider, Script()) == "answer"


def test_the_environment_sets_the_wait_too(environment, lines):
    environment.setenv("PROVIDER_WAIT", "0")
    # In the code's own words it would not be asked again before the deadline.
    provider = make(wait=3600.0)
    assert call(provider, Script(Answered(500))) == "answer"


@pytest.mark.parametrize("name", ["MAX_RETRIES", "CIRCUIT_BREAKER_THRESHOLD"])
@pytest.mark.parametrize("text", ["0", "many"])
def test_an_environment_that_makes_no_sense_stops_the_process(environment, name, text):
    environment.setenv(name, text)
    with pytest.raises(SystemExit, match=name):
        make()


def counted(outcome: str, provider: str) -> float:
    labels = {"service": "-", "provider": provider, "operation": "POST /query"}
    name = "filigree_provider_calls_total"
    return REGISTRY.get_sample_value(name, labels | {"outcome": outcome}) or 0.0


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (Script(), "ok"),
        (Script(Answered(500)), "failed"),
        (Script(Answered(404)), "refused"),
        (Script(Answered(401)), "refused"),
        (Script(KeyError()), "error"),
        (never, "timeout"),
    ],
)
def test_a_call_is_counted_once_by_its_outcome(environment, script, outcome):
    environment.delenv("FILIGREE_SERVICE", raising=False)
    name = f"Counted {outcome}"
    before = counted(outcome, name)
    # A busy machine may take longer than HANGS for what answers at once.
    seconds = HANGS if script is never else 10.0
    with contextlib.suppress(Exception):
        call(make(name, timeout=seconds), script, once=True)
    assert counted(outcome, name) == before + 1


def test_a_rejection_is_counted_as_such(environment):
    environment.delenv("FILIGREE_SERVICE", raising=False)
    before = counted("rejected", "Fake")
    with pytest.raises(errors.Unavailable):
        call(broken(), Script())
    assert counted("rejected", "Fake") == before + 1


def test_the_breaker_is_a_metric(environment):
    environment.delenv("FILIGREE_SERVICE", raising=False)
    name, labels = "filigree_provider_breaker", {"service": "-", "provider": "Gauge"}
    provider = make("Gauge", threshold=1)
    assert REGISTRY.get_sample_value(name, labels) == 0
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)), once=True)
    assert REGISTRY.get_sample_value(name, labels) == 2


def test_what_fails_apart_is_left_alone_and_nothing_else():
    provider = make("Apart", threshold=1)
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(500)), apart="theirs")
    with pytest.raises(errors.Unavailable, match="left alone"):
        call(provider, Script(), apart="theirs")
    assert call(provider, Script(), apart="ours") == call(provider, Script())
    assert provider.state()["state"] == "closed"


@pytest.mark.parametrize("status", [429, 503])
def test_while_it_has_asked_to_be_left_alone_nobody_else_asks_it(lines, status):
    provider, script = make(recovery=600.0), Script()
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(status, retry_after="300")))
    lines()
    with pytest.raises(errors.Unavailable) as raised:
        call(provider, script)
    assert lines() == ["[Fake] Asked to wait - rejecting request"]
    assert script.calls == 0
    assert raised.value.code == "ASKED_TO_WAIT"
    assert 0 < raised.value.data["retry_after"] <= 300
    assert raised.value.http_status == 424
    assert provider.state()["state"] == "closed"


def test_after_what_was_asked_for_it_is_asked_again():
    provider = make(recovery=1e-9)
    with pytest.raises(errors.Unavailable):
        call(provider, Script(Answered(429, retry_after="300")))
    assert call(provider, Script()) == "answer"


def test_a_provider_that_fails_one_tenant_is_asked_for_the_others():
    provider = make(threshold=1, recovery=600.0, per_tenant=True)

    async def of(tenant: str, script: Script) -> Any:
        with _context.entered(_context.Context(tenant)):
            return await provider.call("POST /query", script, once=True)

    for failed in (Answered(500), Answered(429, retry_after="300")):
        script = Script(failed)
        for _ in range(2):
            with pytest.raises(errors.Unavailable):
                run(functools.partial(of, f"t-{failed.status_code}", script))
        assert script.calls == 1
        assert run(functools.partial(of, "t-other", Script())) == "answer"


def test_the_request_context_is_that_of_the_caller_in_the_call():
    seen = contextvars.ContextVar("seen", default="nothing")
    seen.set("something")
    copied = contextvars.copy_context()
    assert copied.run(call, make(), lambda: seen.get()) == "something"


def sdk(answers: list[Any], provider: _provider.Provider) -> Any:
    """OpenAI's own SDK, asking a transport that answers as the list says."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def ask() -> Any:
        async with openai.AsyncOpenAI(
            api_key="k",
            base_url="http://provider/v1",
            max_retries=0,
            http_client=httpx.AsyncClient(transport=httpx.MockTransport(handle)),
        ) as client:
            asked = {"model": "m", "input": ["a"], "encoding_format": "float"}
            create = functools.partial(client.embeddings.create, **asked)
            return await provider.call("POST /embeddings", create)

    return ask, seen


def embedded() -> httpx.Response:
    row = {"object": "embedding", "index": 0, "embedding": [1.0]}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "data": [row], "model": "m", "usage": usage}
    return httpx.Response(200, json=body)


def test_the_real_sdks_failures_are_understood():
    failures = [
        httpx.Response(500, json={"error": {"message": "no"}}),
        httpx.ConnectError("no route"),
    ]
    ask, seen = sdk([*failures, embedded()], make())
    assert run(ask).data[0].embedding == [1.0]
    assert len(seen) == 3


def test_the_real_sdks_rate_limit_says_when_to_come_back():
    limited = httpx.Response(429, headers={"Retry-After": "120"}, json={})
    ask, seen = sdk([limited], make())
    with pytest.raises(errors.Unavailable) as raised:
        run(ask)
    assert raised.value.data["retry_after"] == 120
    assert len(seen) == 1


def test_the_real_sdks_timeout_is_a_timeout():
    ask, _ = sdk([httpx.ReadTimeout("slow")] * 3, make())
    with pytest.raises(errors.Timeout):
        run(ask)


def test_the_real_sdks_bad_request_is_the_services_to_understand():
    ask, _ = sdk([httpx.Response(400, json={"error": {"message": "long"}})], make())
    with pytest.raises(openai.BadRequestError):
        run(ask)
