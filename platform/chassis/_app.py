"""The application around a service's routes: probes, metrics, errors, context, drain.

``create_app`` is the one wiring point; a service's module ends with it.
"""

import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import _context, _logs, _metrics, _page, _runtime, _unit, errors
from chassis._consuming import consuming
from chassis._events import Consumer

VERSION = os.environ.get("FILIGREE_VERSION", "dev")
QUIET = ("/health/", "/metrics")
log = logging.getLogger(__name__)

Resource = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Envelope:
    """ASGI middleware: each request's context, its span, its metrics, its failure."""

    def __init__(self, app: Any, runtime: _runtime.Runtime) -> None:
        self._app, self._runtime = app, runtime

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        began, status = _logs.Began(), 500

        async def observed(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                scope["chassis.answering"] = True
                message["headers"].append(
                    (b"x-request-id", _context.current().request_id.encode())
                )
                message["headers"].extend(scope.get("chassis.headers", {}).items())
            await send(message)

        with (
            _runtime.inside(self._runtime),
            _context.entered(_context.traced(headers)),
            _unit.gathering(),
        ):
            try:
                await self._identified(scope, receive, observed, headers)
            finally:
                self._account(scope, headers, began, status)

    async def _identified(
        self, scope: Any, receive: Any, send: Any, headers: Headers
    ) -> None:
        try:
            known = _context.identified(_context.current(), headers)
        except errors.Problem as problem:
            answer = render(scope, problem, self._runtime.service)
            return await answer(scope, receive, send)
        with _context.entered(known):
            try:
                await self._app(scope, receive, send)
            except Exception as exc:
                if scope.get("chassis.answering"):
                    raise
                answer = await _failed(Request(scope), exc)
                await answer(scope, receive, send)
            finally:
                # The span is written outside this block, and wants the tenant.
                scope["chassis.context"] = _context.current()

    def _account(
        self, scope: Any, headers: Headers, began: _logs.Began, status: int
    ) -> None:
        if scope["path"].startswith(QUIET):
            return
        service = self._runtime.service
        operation = scope.get("chassis.operation", "-")
        _metrics.REQUESTS.labels(service, operation, status).inc()
        _metrics.DURATION.labels(service, operation).observe(began.seconds)
        context = scope.get("chassis.context") or _context.current()
        if context.is_quiet:
            return
        with _context.entered(context):
            _logs.span(
                operation,
                began,
                status,
                method=scope["method"],
                path=scope.get("chassis.path", "-"),
                caller=headers.get("x-filigree-caller"),
            )


class Service(FastAPI):
    """FastAPI's application, whose document tells of failures as they come."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            # Pods answer with the generated file, and do without.
            from chassis import _described

            self.openapi_schema = _described.completed(super().openapi())
        return self.openapi_schema


def render(scope: Any, problem: errors.Problem, service: str) -> Response:
    """A problem as the one shape that every failure has; for a browser as a page."""
    headers = {}
    if "retry_after" in problem.data:
        headers["Retry-After"] = str(max(1, round(problem.data["retry_after"])))
    if problem.http_status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = errors.body(
        problem,
        service=service,
        operation=scope.get("chassis.operation", "-"),
        request_id=_context.current().request_id,
    )
    if _page.is_asked(scope):
        return _page.page(_page.failure(body), headers, body["status"])
    return JSONResponse(
        body, body["status"], headers, media_type="application/problem+json"
    )


async def _failed(request: Request, exc: Exception) -> Response:
    problem = errors.from_exception(exc)
    if problem is not exc and not isinstance(
        exc, RequestValidationError | HTTPException
    ):
        log.error("%s", exc, exc_info=exc)
    elif problem.http_status >= 500:
        # The access line has no room for why, and a caller is told less.
        log.warning("%s: %s", problem.type, problem)
    answer = render(request.scope, problem, _runtime.running().service)
    if isinstance(exc, HTTPException):
        answer.headers.update(exc.headers or {})  # Allow, beside a 405
    return answer


def _left(_: str) -> errors.Problem:
    """Of who leaves before all of a request has come; nobody gets the answer."""
    return errors.Invalid("the request broke off", code="BROKEN_OFF")


def _meaning(problem: Callable[[str], errors.Problem]) -> Any:
    async def translated(request: Request, exc: Exception) -> Response:
        return await _failed(request, problem(str(exc)))

    return translated


def _standing(runtime: _runtime.Runtime) -> dict[str, Any]:
    """Whether the service should get traffic, and why not. It asks nobody else: a
    service whose database is away can still say so."""
    wrong = ["draining"] if runtime.draining else []
    status = "unavailable" if wrong else "ok"
    return {"status": status, "problems": wrong, "version": VERSION}


def _probes(runtime: _runtime.Runtime) -> list[Route]:
    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> JSONResponse:
        body = _standing(runtime)
        return JSONResponse(body, 503 if runtime.draining else 200)

    async def health(_: Request) -> JSONResponse:
        from chassis._provider import states

        about = {
            "service": runtime.service,
            "uptime_seconds": round(time.time() - runtime.started, 1),
            "providers": states(),
        }
        return JSONResponse(_standing(runtime) | about)

    return [
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/api/v1/health", health),
        Route("/metrics", _metrics.exposition),
    ]


def _description(app: FastAPI) -> Callable[[Request], Awaitable[Response]]:
    """The service's own contract, which `filigree check` compares with its routes.

    Making it anew would keep megabytes that a service needs for nothing else. One that
    has none yet is described as it is.
    """

    async def described(_: Request) -> Response:
        file = files("contracts").joinpath(f"openapi/{app.title}.json")
        if not file.is_file():
            return JSONResponse(app.openapi())
        return Response(file.read_bytes(), media_type="application/json")

    return described


def create_app(
    name: str,
    *parts: APIRouter | Consumer,
    resources: tuple[Resource, ...] = (),
    meanings: Mapping[type[Exception], Callable[[str], errors.Problem]] | None = None,
    describe: bool = True,
) -> FastAPI:
    """The application of service *name*, from its routers and event consumers.

    ``resources`` are context managers over the application, entered at start-up in
    order and left in reverse: pools, models, watches. ``meanings`` says which problem
    an engine's exception is; its message goes to the caller. Without ``describe``
    there is no /openapi.json, for a service that serves another document there.
    """
    runtime = _runtime.Runtime(name)
    consumers = [part for part in parts if isinstance(part, Consumer)]

    app = Service(
        title=name,
        version=VERSION,
        lifespan=lambda app: _alive(app, runtime, resources, consumers),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    app.state.runtime = runtime
    app.state.consumers = consumers
    app.router.routes.extend(_probes(runtime))
    if describe:
        app.router.routes.append(Route("/openapi.json", _description(app)))
    for part in parts:
        if not isinstance(part, Consumer):
            # Included, FastAPI would make all models of its routes a second time, at
            # the first request, and look for each request's route twice.
            app.router.routes.extend(part.routes)
    for kind in (errors.Problem, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _failed)
    app.add_exception_handler(ClientDisconnect, _meaning(_left))
    for raised, meant in (meanings or {}).items():
        app.add_exception_handler(raised, _meaning(meant))
    app.add_middleware(Envelope, runtime=runtime)
    return app


@asynccontextmanager
async def _alive(
    app: FastAPI,
    runtime: _runtime.Runtime,
    resources: tuple[Resource, ...],
    consumers: list[Consumer],
) -> AsyncIterator[None]:
    """The client into the mesh, the resources in their order, then the consumers."""
    _runtime.adopt(runtime)
    runtime.draining = False
    async with AsyncExitStack() as stack:
        if runtime.transport is None:
            egress = os.environ.get("FILIGREE_EGRESS")
            runtime.transport = _runtime.mesh_transport(egress)
        stack.push_async_callback(_closed, runtime)
        for resource in resources:
            await stack.enter_async_context(resource(app))
        await stack.enter_async_context(consuming(runtime, consumers))
        yield
        runtime.draining = True


async def _closed(runtime: _runtime.Runtime) -> None:
    if runtime.transport is not None:
        await runtime.transport.aclose()
        runtime.transport = None
