"""Grafana's dashboards, from the declarations: the mesh, each domain, one service.

The fourth is in ``dashboard_cost``: what it costs that services are small.
"""

from filigree import dashboard_cost, dashboard_panels
from filigree.cluster_alerts import CHART
from filigree.dashboard_panels import Panel, Row
from filigree.declarations import Declaration
from filigree.generate_source import Source

REQUESTS = "filigree_requests_total"
SECONDS = "filigree_request_seconds"


def dashboards(source: Source) -> dict[str, str]:
    """charts/observability/dashboards: a file for each."""
    names = [each.name for each in source.services]
    made = {
        "mesh": _written("mesh", "Filigree: mesh", _mesh()),
        "service": _written(
            "service", "Filigree: service", _service(), {"service": names}
        ),
        "cost": _written(
            "cost",
            "Filigree: cost of granularity",
            dashboard_cost.rows(source),
        ),
    }
    for domain in sorted({each.domain for each in source.services}):
        services = [each for each in source.services if each.domain == domain]
        uid = f"domain-{domain}"
        made[uid] = _written(uid, f"Filigree: {domain}", _domain(services))
    return {f"{CHART}/dashboards/{name}.json": text for name, text in made.items()}


def _written(
    uid: str, title: str, rows: list[Row], choices: dict[str, list[str]] | None = None
) -> str:
    return dashboard_panels.dashboard(f"filigree-{uid}", title, rows, choices)


def _rate(metric: str, by: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{{{where}}}[5m]))"


def _errors(by: str, where: str = "") -> str:
    within = f"{where}," if where else ""
    failed = _rate(REQUESTS, by, f'{within}status=~"5.."')
    every = _rate(REQUESTS, by, where)
    # Who never failed has no series to divide.
    return f"({failed} or 0 * {every}) / {every}"


def _p95(by: str, where: str = "", metric: str = SECONDS) -> str:
    return f"histogram_quantile(0.95, {_rate(f'{metric}_bucket', f'{by}, le', where)})"


def _work(where: str, by: str = "service") -> Row:
    legend = "{{" + by + "}}"
    return Row(
        "Work",
        (
            Panel("Requests", {legend: _rate(REQUESTS, by, where)}, "reqps"),
            Panel("Failing (5xx)", {legend: _errors(by, where)}, "percentunit"),
            Panel("Time to answer, p95", {legend: _p95(by, where)}, "s"),
        ),
    )


def _others(where: str) -> Row:
    """What a service depends on: upstreams, providers, events."""
    return Row(
        "What it depends on",
        (
            Panel(
                "Calls to upstreams that failed",
                {
                    "{{service}} → {{upstream}}: {{outcome}}": _rate(
                        "filigree_upstream_calls_total",
                        "service, upstream, outcome",
                        f'{where},outcome!="ok"',
                    )
                },
                "reqps",
            ),
            Panel(
                "Providers' breakers",
                {
                    "{{service}} → {{provider}}": "max by (service, provider) "
                    f"(filigree_provider_breaker{{{where}}})"
                },
                about="0 closed, 1 half open, 2 open",
            ),
            Panel(
                "Providers, p95",
                {
                    "{{service}} → {{provider}}": _p95(
                        "service, provider", where, "filigree_provider_seconds"
                    )
                },
                "s",
            ),
            Panel(
                "Events",
                {
                    "{{service}}: {{type}}, {{outcome}}": _rate(
                        "filigree_events_total", "service, type, outcome", where
                    )
                },
                "ops",
            ),
        ),
    )


def _pods(names: str) -> Row:
    own = f'namespace=~"filigree-.+",container=~"{names}"'
    held = f"container_memory_working_set_bytes{{{own}}}"
    limit = f'kube_pod_container_resource_limits{{{own},resource="memory"}}'
    by = "namespace, pod, container"
    return Row(
        "Pods",
        (
            Panel(
                "Memory, share of the limit",
                {
                    "{{pod}}": f"max by ({by}) ({held}) / on ({by}) "
                    f"max by ({by}) ({limit})"
                },
                "percentunit",
            ),
            Panel(
                "CPU",
                {"{{pod}}": _rate("container_cpu_usage_seconds_total", "pod", own)},
                "short",
            ),
            Panel(
                "Restarts",
                {
                    "{{pod}}": "sum by (pod) (increase("
                    f"kube_pod_container_status_restarts_total{{{own}}}[1h]))"
                },
            ),
        ),
    )


def _mesh() -> list[Row]:
    firing = 'ALERTS{alertstate="firing",domain!=""}'
    outbox = "filigree_outbox_drained_timestamp_seconds"
    return [
        Row(
            "Now",
            (
                Panel(
                    "Firing, by team",
                    {"{{team}}, {{severity}}": f"count by (team, severity) ({firing})"},
                ),
                Panel(
                    "Instances that answer",
                    {"{{service}}": 'sum by (service) (up{domain!=""})'},
                ),
                Panel(
                    "Outbox, age of its oldest",
                    {"{{service}}": f"time() - max by (service) ({outbox} > 0)"},
                    "s",
                ),
                Panel(
                    "Instances left out by a caller's proxy",
                    {
                        "{{cluster_name}}": "max by (cluster_name) "
                        "(envoy_cluster_outlier_detection_ejections_active"
                        '{cluster_name=~".+[|].+"}) > 0'
                    },
                ),
            ),
        ),
        _work(""),
        Row(
            "Pipelines",
            (
                Panel(
                    "Executions that ended",
                    {
                        "{{pipeline}}: {{status}}": _rate(
                            "filigree_executions_total", "pipeline, status"
                        )
                    },
                    "ops",
                ),
                Panel(
                    "Executions, p95",
                    {
                        "{{pipeline}}": _p95(
                            "pipeline", "", "filigree_execution_seconds"
                        )
                    },
                    "s",
                ),
            ),
        ),
    ]


def _domain(services: list[Declaration]) -> list[Row]:
    names = "|".join(each.name for each in services)
    where = f'service=~"{names}"'
    return [_work(where), _promises(services), _others(where), _pods(names)]


def _promises(services: list[Declaration]) -> Row:
    """How much of an hour's error budget is used, and answers against their p95."""

    def own(service: Declaration) -> str:
        return f'service="{service.name}"'

    spent = {
        each.name: f"filigree:errors:share1h{{{own(each)}}} / "
        f"{round(1 - each.slo.availability / 100, 9):g}"
        for each in services
    }
    late = {
        each.name: f"{_p95('service', own(each))} / {each.slo.p95_ms / 1000:g}"
        for each in services
    }
    return Row(
        "Promises",
        (
            Panel(
                "Error budget, times the speed that it lasts for",
                spent,
                about="Above 14.4 a month's budget is gone in two days.",
            ),
            Panel("p95, share of what is promised", late, "percentunit"),
        ),
    )


def _service() -> list[Row]:
    where = 'service="$service"'
    return [_work(where, "operation"), _others(where), _pods("$service")]
