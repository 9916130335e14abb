"""What a service does not load, and gives back once it has started."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

import chassis
from chassis import testing

SMAPS = Path("/proc/self/smaps_rollup")
Asked = Callable[[str], list[str]]


def test_the_programs_that_libraries_bring_along_are_not_loaded(told_by: Asked) -> None:
    loaded = told_by("import sys, chassis; print(*sys.modules, sep='\\n')")
    assert {"httpx", "uvicorn.server"} <= set(loaded)
    assert not {"click", "rich", "pygments", "uvicorn.main"} & set(loaded)


def test_what_no_service_uses_of_its_libraries_is_not_loaded(told_by: Asked) -> None:
    service = (
        "import sys, chassis\n"
        "from chassis import _lean\n"
        "_lean.without('aiohttp', 'nats')\n"
        "routes = chassis.router('/api/v1/toys')\n"
        "@routes.get('')\n"
        "async def toys() -> list[str]: return []\n"
        "chassis.create_app('toys', routes)\n"
    )
    loaded = told_by(service + "print(*sys.modules, sep='\\n')")
    assert {"fastapi.openapi.models", "nats"} <= set(loaded)
    assert not {"pydantic.v1.main", "aiohttp.client", "attr"} & set(loaded)


def test_the_libraries_are_whole_all_the_same(told_by: Asked) -> None:
    told = told_by(
        "import chassis, httpx, uvicorn, uvicorn.main\n"
        "print(uvicorn.Server is uvicorn.main.Server, callable(uvicorn.main.run))\n"
        "print(issubclass(httpx.AsyncClient, object), callable(httpx.main))\n"
        "import pydantic, pydantic.v1\n"
        "print(callable(pydantic.v1.create_model), callable(pydantic.create_model))"
    )
    assert told == ["True True", "True True", "True True"]


def test_a_model_of_pydantic_s_first_version_is_still_told_from_others(
    told_by: Asked,
) -> None:
    told = told_by(
        "import chassis, fastapi, pydantic.v1\n"
        "class Old(pydantic.v1.BaseModel): name: str\n"
        "def read() -> Old: ...\n"
        "try: fastapi.APIRouter().get('/')(read)\n"
        "except Exception as exc: print(type(exc).__name__)"
    )
    assert told == ["PydanticV1NotSupportedError"]


def test_a_library_that_is_loaded_already_stays_as_it_is(told_by: Asked) -> None:
    assert told_by("import uvicorn, chassis; print(callable(uvicorn.run))") == ["True"]


@pytest.mark.skipif(not SMAPS.exists(), reason="Linux alone tells what is anonymous")
def test_settling_gives_memory_back(told_by: Asked) -> None:
    before, after = told_by(
        "from chassis import _memory\n"
        "import re\n"
        "def anonymous():\n"
        "    told = open('/proc/self/smaps_rollup').read()\n"
        "    return int(re.search(r'Anonymous:\\s+(\\d+)', told)[1])\n"
        "_memory.settle()\n"
        # Alternate chunks are freed, so that none but a trim gives them back.
        "held = [bytearray(16_000) for _ in range(2_000)]\n"
        "del held[:-1]\n"
        "print(anonymous())\n"
        "_memory.settle()\n"
        "print(anonymous())"
    )
    assert int(after) < int(before) - 10_000  # kB


def test_a_service_serves_its_contract_as_it_was_reviewed() -> None:
    app = chassis.create_app("logging")
    contract = files("contracts").joinpath("openapi/logging.json").read_bytes()
    with testing.mesh(app) as mesh:
        answer = mesh.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.content == contract


def test_a_service_without_a_contract_describes_itself() -> None:
    routes = chassis.router("/api/v1/toys")

    @routes.get("")
    async def toys() -> list[str]:
        return []

    with testing.mesh(chassis.create_app("toys", routes)) as mesh:
        described = json.loads(mesh.get("/openapi.json").content)
    assert described["paths"]["/api/v1/toys"]["get"]["operationId"] == "toys"
