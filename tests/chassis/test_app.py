"""What every service has around its routes, whatever they do."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

import chassis
from chassis import testing

TOTAL = "filigree_request_seconds_sum"
MEMBERS = {
    *("type", "title", "status", "error", "message", "error_code", "severity"),
    *("service", "operation", "retryable", "retry_count", "timestamp"),
    "additional_data",
}


class Engine(Exception):
    """What an engine raises that knows no chassis."""


class Given(BaseModel):
    number: int


def service(*resources: Any) -> FastAPI:
    router = chassis.router("/things")
    open_to_all = chassis.policy(anonymous=True)

    @router.get("/problem", **open_to_all)
    async def problem() -> None:
        raise chassis.Conflict("there is one", code="THERE", place="here")

    @router.get("/defect", **open_to_all)
    async def defect() -> None:
        raise RuntimeError("postgres://user:secret@host")

    @router.get("/engine", **open_to_all)
    async def engine() -> None:
        raise Engine("the engine says why")

    @router.get("/limited", **open_to_all)
    async def limited(request: Request) -> None:
        chassis.announce(request, RateLimit_Limit=5)
        raise chassis.RateLimited("slowly", retry_after=2.4)

    @router.get("/away", **open_to_all)
    async def away() -> None:
        raise chassis.DatabaseFailed("the disk is gone")

    @router.get("/unknown", **open_to_all)
    async def unknown() -> None:
        raise chassis.Unauthenticated("who?")

    @router.post("/given", **open_to_all)
    async def given(given: Given) -> Given:
        return given

    meanings = {Engine: chassis.Unsupported}
    return chassis.create_app("things", router, resources=resources, meanings=meanings)


@pytest.fixture
def mesh() -> Any:
    with testing.mesh(service()) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/things/problem", 409, "validation_error"),
        ("GET", "/things/defect", 500, "internal_error"),
        ("GET", "/things/engine", 415, "validation_error"),
        ("GET", "/things/limited", 429, "rate_limit_error"),
        ("GET", "/things/nowhere", 404, "not_found_error"),
        ("DELETE", "/things/problem", 405, "validation_error"),
        ("POST", "/things/given", 422, "validation_error"),
    ],
)
def test_every_failure_has_one_shape(
    mesh: Any, method: str, path: str, status: int, error: str
) -> None:
    answer = mesh.request(method, path, headers={"X-Request-Id": "r-7"})
    told = answer.json()
    assert answer.status_code == told["status"] == status
    assert told["error"] == error
    assert told.keys() >= MEMBERS
    assert told["service"] == "things"
    assert told["additional_data"]["request_id"] == "r-7"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "r-7"


def test_a_problem_tells_its_code_and_its_data(mesh: Any) -> None:
    told = mesh.get("/things/problem").json()
    assert told["error_code"] == "THERE"
    assert told["additional_data"]["place"] == "here"
    assert told["operation"] == "problem"


def test_a_defect_says_nothing_of_its_cause(mesh: Any) -> None:
    assert "secret" not in mesh.get("/things/defect").text


def test_the_log_says_why_a_service_failed_and_not_why_it_refused(
    mesh: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("away", "problem", "engine", "limited"):
        mesh.get(f"/things/{path}")
    said = [r.getMessage() for r in caplog.records if r.name == "chassis._app"]
    assert said == ["database_error: the disk is gone"]


def test_an_engines_exception_keeps_its_message(mesh: Any) -> None:
    assert mesh.get("/things/engine").json()["message"] == "the engine says why"


def test_what_was_announced_is_said_in_a_failure_as_well(mesh: Any) -> None:
    answer = mesh.get("/things/limited")
    assert answer.headers["ratelimit-limit"] == "5"
    assert answer.headers["retry-after"] == "2"


def test_401_says_how_to_ask(mesh: Any) -> None:
    assert mesh.get("/things/unknown").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("id", ["", "a b", "x" * 129, "a\tb", "é"])
def test_a_request_id_that_is_none_is_replaced(mesh: Any, id: str) -> None:
    answer = mesh.get("/health/live", headers={"X-Request-Id": id.encode()})
    assert answer.headers["x-request-id"] not in ("", id)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/api/v1/health"])
def test_probes_need_no_credential(mesh: Any, path: str) -> None:
    answer = mesh.get(path, tenant=None)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def counted(mesh: Any) -> float:
    lines = mesh.get("/metrics", tenant=None).text.splitlines()
    wanted = ("_total{", 'operation="problem"', 'service="things"', 'status="409"')
    found = [line for line in lines if all(each in line for each in wanted)]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_metrics_count_requests_by_operation_and_status(mesh: Any) -> None:
    before = counted(mesh)
    mesh.get("/things/problem")
    assert counted(mesh) == before + 1


@pytest.mark.parametrize("hours", [-1, 24])
def test_how_long_it_took_does_not_depend_on_a_clock_that_is_set_meanwhile(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hours: int
) -> None:
    router, before = chassis.router("/clocks"), time.time()

    @router.get("", **chassis.policy(anonymous=True))
    async def set_clock() -> None:
        monkeypatch.setattr(time, "time", lambda: before + hours * 3600)

    caplog.set_level("INFO")
    with testing.mesh(chassis.create_app("clocks", router)) as running:
        running.get("/clocks")
        (line,) = (r for r in caplog.records if r.name == "chassis.span")
        metrics = running.get("/metrics", tenant=None).text.splitlines()
    (total,) = (m for m in metrics if m.startswith(TOTAL) and 'service="clocks"' in m)
    assert 0 <= line.duration_ms < 60_000
    assert 0 <= float(total.rpartition(" ")[2]) < 60


def test_a_draining_service_is_not_ready_until_it_starts_again() -> None:
    app = service()
    with testing.mesh(app) as running:
        app.state.runtime.draining = True
        ready = running.get("/health/ready", tenant=None)
        assert (ready.status_code, ready.json()["problems"]) == (503, ["draining"])
    with testing.mesh(app) as running:
        ready = running.get("/health/ready", tenant=None)
        assert (ready.status_code, ready.json()["problems"]) == (200, [])


def noting(seen: list[str], name: str) -> Any:
    """A resource that notes in *seen* when it is entered and left."""

    @asynccontextmanager
    async def entered(app: FastAPI) -> AsyncIterator[None]:
        seen.append(f"+{name}")
        yield
        seen.append(f"-{name}")

    return entered


def test_resources_are_left_in_reverse() -> None:
    seen: list[str] = []
    with testing.mesh(service(noting(seen, "a"), noting(seen, "b"))):
        assert seen == ["+a", "+b"]
    assert seen == ["+a", "+b", "-b", "-a"]


def test_what_stands_runs_from_one_mesh_to_the_next() -> None:
    seen: list[str] = []
    shared = service(noting(seen, "shared"))
    with testing.standing(shared):
        for _ in range(2):
            own = service(noting(seen, "own"))
            with testing.mesh(own, upstreams={"things": shared}) as running:
                assert running.get("/health/ready", tenant=None).status_code == 200
        assert seen == ["+shared", "+own", "-own", "+own", "-own"]
    assert seen[-1] == "-shared"


def test_an_answer_is_asked_for_once_and_kept() -> None:
    async def check() -> None:
        asked: list[int] = []

        async def ask() -> int:
            asked.append(1)
            await asyncio.sleep(0)
            return len(asked)

        kept = chassis.Remembered(seconds=60.0, most=2)
        together = await asyncio.gather(*(kept.get("a", ask) for _ in range(5)))
        assert [*together, await kept.get("a", ask)] == [1] * 6
        await kept.get("b", ask)
        await kept.get("c", ask)
        assert await kept.get("a", ask) == 4

    asyncio.run(check())


def test_who_gives_up_waiting_spoils_an_answer_for_nobody() -> None:
    async def check() -> None:
        go = asyncio.Event()

        async def ask() -> str:
            await go.wait()
            return "answer"

        kept = chassis.Remembered(seconds=60.0, most=2)
        first = asyncio.create_task(kept.get("a", ask))
        await asyncio.sleep(0)
        second = asyncio.create_task(kept.get("a", ask))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        go.set()
        assert await second == "answer"

    asyncio.run(check())


def test_what_was_forgotten_while_it_was_asked_for_is_not_kept() -> None:
    async def check() -> None:
        go, answers = asyncio.Event(), iter(["old", "new"])

        async def ask() -> str:
            answer = next(answers)
            await go.wait()
            return answer

        kept = chassis.Remembered(seconds=60.0, most=2)
        before = asyncio.create_task(kept.get("a", ask))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        kept.forget("a")
        go.set()
        assert [await before, await kept.get("a", ask)] == ["old", "new"]

    asyncio.run(check())


def test_an_old_answer_is_good_while_there_is_nobody_to_ask() -> None:
    async def check() -> None:
        answers: list[Any] = ["old", chassis.UpstreamFailed("away", upstream="x")]

        async def ask() -> Any:
            found = answers.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        kept = chassis.Remembered(seconds=0.0, most=2, stale=60.0)
        assert [await kept.get("a", ask) for _ in range(2)] == ["old", "old"]
        answers.append(chassis.UpstreamFailed("away", upstream="x"))
        with pytest.raises(chassis.UpstreamFailed):
            await kept.get("b", ask)

    asyncio.run(check())


def test_what_was_forgotten_is_no_good_even_while_there_is_nobody_to_ask() -> None:
    async def check() -> None:
        async def ask() -> str:
            return "old"

        async def ask_in_vain() -> str:
            kept.forget("a")
            raise chassis.UpstreamFailed("away", upstream="x")

        kept = chassis.Remembered(seconds=0.0, most=2, stale=60.0)
        assert await kept.get("a", ask) == "old"
        for _ in range(2):
            with pytest.raises(chassis.UpstreamFailed):
                await kept.get("a", ask_in_vain)

    asyncio.run(check())


def test_a_variable_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Settings(BaseModel):
        secret: str
        rate: int = 1

    monkeypatch.setenv("THINGS_RATE", "many")
    with pytest.raises(SystemExit) as ended:
        chassis.settings(Settings, prefix="THINGS_")
    assert "THINGS_SECRET" in str(ended.value)
    assert "THINGS_RATE" in str(ended.value)


def test_who_leaves_within_a_request_is_no_failure_of_the_service(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scope = {
        **{"type": "http", "method": "POST", "path": "/things/given"},
        **{"raw_path": b"/things/given", "query_string": b"", "root_path": ""},
        "headers": [(b"content-type", b"application/json")],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(service()(scope, receive, send))
    assert sent[0]["status"] == 400
    assert "ERROR" not in [record.levelname for record in caplog.records]
