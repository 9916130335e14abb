"""Rules and dashboards ask for metrics and labels that are really exposed."""

import asyncio
import functools
import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

import chassis
from chassis import _consuming, _runtime, testing

CHART = Path(__file__).parents[2] / "charts/observability"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What others expose, with the labels that are used of it: Prometheus itself and its
# scrape, Istio's standard metrics and its Envoy, cAdvisor, kube-state-metrics.
OTHERS = {
    "up": {"service", "domain"},
    "ALERTS": {"alertstate", "domain", "team", "severity"},
    "istio_request_duration_milliseconds_bucket": {
        "reporter",
        "destination_workload_namespace",
        "le",
    },
    "istio_request_bytes_sum": {"reporter", "destination_workload_namespace"},
    "istio_response_bytes_sum": {"reporter", "destination_workload_namespace"},
    "envoy_cluster_outlier_detection_ejections_active": {"cluster_name"},
    # Relabelled: scrape.yaml says on whose account it is.
    "fluentbit_output_dropped_records_total": {"service", "name"},
    "container_cpu_usage_seconds_total": {"namespace", "pod", "container"},
    "container_memory_working_set_bytes": {"namespace", "pod", "container"},
    "kube_pod_container_resource_limits": {
        "namespace",
        "pod",
        "container",
        "resource",
    },
    "kube_pod_container_resource_requests": {
        "namespace",
        "pod",
        "container",
        "resource",
    },
    "kube_pod_container_status_restarts_total": {"namespace", "pod", "container"},
}
# Prometheus adds it to what it scrapes of a pod.
SCRAPED = {"service"}
METRIC = re.compile(r"\b((?:filigree|process)_\w+|filigree:\w+:\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!=|!~|=)")


class Broken(BaseModel):
    type: Literal["toy.broken"] = "toy.broken"


@chassis.on(Broken)
async def handle(event: Broken) -> None: ...


class Bus:
    """Takes what it is given."""

    async def publish(self, subject: str, data: bytes) -> None:
        self.subject = subject


class Delivery:
    """An event that has been tried for the last time."""

    data = json.dumps(
        {
            "id": "1",
            "type": "toy.broken",
            "tenant": "t",
            "data": {},
            "specversion": "1.0",
            "source": "test",
        }
    )
    metadata = type("Metadata", (), {"num_delivered": _consuming.LAST_DELIVERY + 1})

    async def ack(self) -> None: ...

    async def in_progress(self) -> None: ...


def toys() -> Any:
    router = chassis.router("/toys")
    upstream = chassis.upstream("embedding-generation")
    provider = chassis.provider("maker")

    async def made() -> str:
        return "toy"

    @router.get("", **chassis.policy(retry="read"))
    async def play() -> str:
        await upstream.call("embed", json={"texts": ["x"]})
        return await provider.call("make", made)

    return chassis.create_app("toys", router)


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """The labels of every metric that services expose, by the metric's name."""
    import asl._tally
    import docstore._relay  # the relay's metrics

    assert docstore._relay
    asl._tally.ENDED.labels("chat", "SUCCEEDED").inc()
    asl._tally.SECONDS.labels("chat").observe(1)
    answer = {"vectors": ["AAAA"], "model": "m", "dimensions": 1}
    upstreams = {"embedding-generation": {"embed": answer}}
    with testing.mesh(toys(), upstreams=upstreams) as running:
        answered = running.get("/toys")
        assert answered.status_code == 200, answered.text
        worker = _consuming.Worker("toys", handle, Bus())
        with _runtime.inside(running.app.state.runtime):
            asyncio.run(worker.settle(Delivery()))
        text = running.get("/metrics", tenant=None).text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@functools.cache
def asked() -> list[str]:
    """Every expression of the rules and the dashboards."""
    rules = [
        rule["expr"]
        for file in (CHART / "rules").glob("*.yaml")
        for group in yaml.load(file.read_text(), LOADER)["groups"]
        for rule in group["rules"]
    ]
    boards = [
        target["expr"]
        for file in (CHART / "dashboards").glob("*.json")
        for panel in json.loads(file.read_text())["panels"]
        for target in panel.get("targets", ())
    ]
    return rules + boards


@functools.cache
def recorded() -> set[str]:
    shares = yaml.load((CHART / "rules/shares.yaml").read_text(), LOADER)
    return {rule["record"] for each in shares["groups"] for rule in each["rules"]}


def test_every_metric_of_ours_and_its_labels_are_exposed(exposed):
    checked = set()
    for expression in asked():
        for name, within in METRIC.findall(expression):
            if name in recorded():
                continue
            assert name in exposed, expression
            assert set(LABEL.findall(within)) <= exposed[name] | SCRAPED, expression
            checked.add(name)
    assert {"filigree_requests_total", "filigree_events_total"} <= checked


def test_what_is_summed_by_is_a_label_of_what_is_summed(exposed):
    known = exposed | OTHERS
    grouped = re.compile(
        r"(?:sum|max) by \(([^)]*)\) \((?:(?:rate|increase)\()?(\w+)\{"
    )
    pairs = [pair for each in asked() for pair in grouped.findall(each)]
    assert pairs
    for labels, name in pairs:
        assert set(labels.split(", ")) <= known[name] | SCRAPED, (name, labels)


def test_what_others_expose_is_listed(exposed):
    words = re.compile(r"\b([a-zA-Z_:][\w:]*)\{")
    for expression in asked():
        for name in words.findall(expression):
            assert name in exposed or name in OTHERS or name in recorded(), expression


def test_a_recorded_share_that_is_asked_for_is_recorded():
    used = {n for each in asked() for n in re.findall(r"filigree:\w+:\w+", each)}
    assert used
    assert used <= recorded()
