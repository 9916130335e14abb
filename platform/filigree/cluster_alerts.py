"""charts/observability's rules and values: what is watched, and who is told of it."""

from collections.abc import Iterable
from typing import Any

import alerts
from alerts import promql
from chassis import _metrics
from filigree.cluster_values import PREFIX, team
from filigree.declarations import Declaration
from filigree.generate_source import Source, as_yaml

CHART = "charts/observability"
# In this repository; a release may say below which address they are instead.
RUNBOOKS = "docs/runbooks"
LISTED = ("consumes", "publishes", "providers", "collections")


def rules(source: Source) -> dict[str, str]:
    """charts/observability/rules: Prometheus' rule files, one for each domain."""
    watched = {
        each.name: alerts.rules(subject(each), _metrics.BUCKETS)
        for each in source.services
    }
    every = [rule for each in watched.values() for rule in each]
    records = [_group("filigree-shares", promql.recording(every))]
    texts = {f"{CHART}/rules/shares.yaml": as_yaml({"groups": records})}
    for domain in sorted({each.domain for each in source.services}):
        groups = [
            _group(f"filigree-{each.name}", _alerting(watched[each.name]))
            for each in source.services
            if each.domain == domain
        ]
        texts[f"{CHART}/rules/{domain}.yaml"] = as_yaml({"groups": groups})
    return texts


def values(source: Source) -> dict[str, str]:
    """charts/values/observability.yaml: the namespaces, and the teams that own them."""
    namespaces = sorted({PREFIX + each.domain for each in source.services})
    teams = sorted({team(each.owner) for each in source.services})
    given = {"namespaces": namespaces, "teams": {each: {} for each in teams}}
    return {"charts/values/observability.yaml": as_yaml(given)}


def subject(service: Declaration) -> alerts.Subject:
    """A service as the alert rules see it."""
    return alerts.Subject(
        service=service.name,
        domain=service.domain,
        owner=service.owner,
        team=team(service.owner),
        availability=service.slo.availability,
        p95=service.slo.p95_ms / 1000,
        has=frozenset(each for each in LISTED if getattr(service, each)),
    )


def _alerting(watched: Iterable[alerts.Rule]) -> list[dict[str, Any]]:
    return [promql.alerting(each, RUNBOOKS) for each in watched]


def _group(name: str, given: list[Any]) -> dict[str, Any]:
    return {"name": name, "rules": given}
