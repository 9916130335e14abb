"""Settings, flags and the catalogue of services, as a running mesh has them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from chassis.testing import until
from filigree.demo.api import Api

SERVICES = Path(__file__).parents[2] / "services"
EVALUATE = "/ofrep/v1/evaluate/flags/journey"


@contextmanager
def watched(demo: dict[str, str], path: str) -> Iterator[Iterator[Any]]:
    """The data of a stream's events, through the gateway."""
    headers = {"X-API-Key": demo["api_key"]}
    at: dict[str, Any] = {"base_url": demo["base_url"], "headers": headers}
    with (
        httpx.Client(**at, timeout=20.0) as client,
        client.stream("GET", path) as stream,
    ):
        assert stream.status_code == 200
        kept = (line for line in stream.iter_lines() if line.startswith("data:"))
        yield (json.loads(line.removeprefix("data:")) for line in kept)


def test_a_change_of_a_setting_is_heard_by_who_watches(
    demo: dict[str, str], api: Api
) -> None:
    with watched(demo, "/api/v1/config/watch") as told:
        assert "since" in next(told)
        for value in ("warm", "cool"):
            api.call("PUT", "/api/v1/config/tenant/journey.tone", json=value)
            heard = next(told)
            assert (heard["key"], heard["value"]) == ("journey.tone", value)
    found = api.call("GET", "/api/v1/config/effective/journey.tone")
    assert found["value"] == "cool"


def test_a_flag_that_was_changed_is_evaluated_as_it_is_now(api: Api) -> None:
    asked = {"context": {"targetingKey": "somebody"}}
    for variant, value in (("off", False), ("on", True), ("off", False)):
        flag = {"state": "ENABLED", "variants": {"on": True, "off": False}}
        flag["defaultVariant"] = variant
        api.call("PUT", "/api/v1/flags/journey", json=flag)
        until(lambda v=value: api.call("POST", EVALUATE, json=asked)["value"] is v)


def test_every_service_is_listed_as_ready_and_with_its_version(api: Api) -> None:
    found = {
        s["name"]: s["instances"] for s in api.call("GET", "/api/v1/services")["items"]
    }
    declared = {path.parent.name for path in SERVICES.glob("*/*/service.yaml")}
    assert {name.replace("-", "_") for name in found} == declared
    assert all(each["metadata"]["version"] for [each] in found.values())


def test_an_instance_that_registers_is_told_to_who_watches(
    demo: dict[str, str], command: Callable[..., Any]
) -> None:
    path = "/api/v1/services/journey-legacy/instances/one"
    here = {"address": "10.1.2.3", "port": 9000}
    with watched(demo, "/api/v1/services/watch") as told:
        assert "api-gateway" in next(told)
        given = ("--data", json.dumps(here))
        done = command("call", "service-discovery", "PUT", path, *given)
        assert done.returncode == 0, done.stderr
        [instance] = next(told)["journey-legacy"]["instances"]
        assert here.items() <= instance.items()
        assert command("call", "service-discovery", "DELETE", path).returncode == 0
