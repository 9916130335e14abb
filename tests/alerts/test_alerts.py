"""Each alert fires when it should, and does not when it should not."""

import json
from pathlib import Path

import pytest

import alerts
from alerts import promql

BUCKETS = (0.1, 0.25, 0.5, 1, 30)
TOYS = alerts.Subject(
    "toys", "play", "@play/team", "play.team", 99.9, 0.2, frozenset({"consumes"})
)
STORE = alerts.Subject(
    "database-operations", "base", "@base/team", "base.team", 99.9, 0.2
)
LINES = alerts.Subject("logging", "base", "@base/team", "base.team", 99.9, 0.2)
ANSWERS = 'filigree_requests_total{service="toys",operation="play",status="%s"}'
TIMES = 'filigree_request_seconds_%s{service="toys",operation="play"}'
WITHIN = 'filigree_request_seconds_bucket{service="toys",operation="play",le="%s"}'
POD = 'namespace="filigree-play",pod="toys-1",container="toys"'
USED = f"container_memory_working_set_bytes{{{POD}}}"
LIMIT = f'kube_pod_container_resource_limits{{{POD},resource="memory"}}'
BREAKER = 'filigree_provider_breaker{service="toys",provider="Fake"}'
EJECTED = (
    "envoy_cluster_outlier_detection_ejections_active"
    '{pod="caller-1",cluster_name="outbound|8000||%s.filigree-play.svc.cluster.local"}'
)
DEAD = 'filigree_events_total{service="toys",type="toy.broken",outcome="%s"}'
DRAINED = 'filigree_outbox_drained_timestamp_seconds{service="database-operations"}'
DROPPED = (
    "fluentbit_output_dropped_records_total"
    '{service="logging",pod="log-agent-%d",name="http.0"}'
)
UP = 'up{service="toys",domain="play",pod="toys-%d"}'
THEIRS = 'up{service="toys",namespace="elsewhere"}'


def failing(bad: int, good: int, minutes: int) -> dict[str, str]:
    return {
        ANSWERS % 500: f"0+{bad}x{minutes}",
        ANSWERS % 200: f"0+{good}x{minutes}",
    }


def slow(bound: str, fast: int, every: int, minutes: int) -> dict[str, str]:
    return {
        WITHIN % bound: f"0+{fast}x{minutes}",
        TIMES % "count": f"0+{every}x{minutes}",
    }


# name: alert, series, the minute that is looked at, the severities that fire then.
CASES = {
    "every tenth fails": ("HighErrorRate", failing(10, 90, 20), 20, ["high"]),
    "one in fifty fails": ("HighErrorRate", failing(2, 98, 20), 20, []),
    "a caller's own faults": (
        "HighErrorRate",
        {ANSWERS % 422: "0+50x20", ANSWERS % 424: "0+50x20"},
        20,
        [],
    ),
    "failures for too short a time": (
        "HighErrorRate",
        {ANSWERS % 500: "0x17 10 20 30", ANSWERS % 200: "0+90x20"},
        20,
        [],
    ),
    "nobody asks": ("HighErrorRate", failing(0, 0, 20), 20, []),
    "every tenth takes half a minute": (
        "HighLatency",
        slow("30.0", 90, 100, 20),
        20,
        ["high"],
    ),
    "one in fifty takes half a minute": (
        "HighLatency",
        slow("30.0", 98, 100, 20),
        20,
        [],
    ),
    "nearly full": ("HighMemory", {USED: "95x20", LIMIT: "100x20"}, 20, ["medium"]),
    # What was measured is 77 % of the limit: at work, and nobody is told.
    "at work": ("HighMemory", {USED: "85x20", LIMIT: "100x20"}, 20, []),
    "open": ("ProviderBreakerOpen", {BREAKER: "2x5"}, 5, ["medium"]),
    "half open": ("ProviderBreakerOpen", {BREAKER: "1x5"}, 5, []),
    "left out": ("ServiceEjected", {EJECTED % "toys": "1x5"}, 5, ["high"]),
    "another is left out": ("ServiceEjected", {EJECTED % "old-toys": "1x5"}, 5, []),
    "nobody is left out": ("ServiceEjected", {EJECTED % "toys": "0x5"}, 5, []),
    "the first dead letter ever": (
        "DeadLetters",
        {DEAD % "dead": "_x5 1x5"},
        8,
        ["high"],
    ),
    "one more dead letter": ("DeadLetters", {DEAD % "dead": "4x30 5x5"}, 33, ["high"]),
    "an old dead letter": ("DeadLetters", {DEAD % "dead": "4x60"}, 60, []),
    "tries that fail": ("DeadLetters", {DEAD % "failed": "0+5x20"}, 20, []),
    "nothing got out": ("OutboxLag", {DRAINED: "60x10"}, 10, ["critical"]),
    "all gets out": ("OutboxLag", {DRAINED: "0+60x10"}, 10, []),
    "no bus is used": ("OutboxLag", {DRAINED: "0x10"}, 10, []),
    "an agent's lines are refused": (
        "LogLinesDropped",
        {DROPPED % 1: "0x20 7x5", DROPPED % 2: "0x25"},
        23,
        ["high"],
    ),
    "lines were refused an hour ago": (
        "LogLinesDropped",
        {DROPPED % 1: "7x60"},
        60,
        [],
    ),
    "no instance answers": (
        "ServiceDown",
        {UP % 1: "0x10", UP % 2: "0x10"},
        10,
        ["critical"],
    ),
    "no instance is known": ("ServiceDown", {}, 10, ["critical"]),
    "somebody else's of the same name answers": (
        "ServiceDown",
        {UP % 1: "0x10", THEIRS: "1x10"},
        10,
        ["critical"],
    ),
    "one of two answers": ("ServiceDown", {UP % 1: "0x10", UP % 2: "1x10"}, 10, []),
    "two in a hundred, for long": (
        "AvailabilityBurn",
        failing(2, 98, 90),
        90,
        ["critical", "high", "low", "medium"],
    ),
    "eight in a thousand, for long": (
        "AvailabilityBurn",
        failing(8, 992, 90),
        90,
        ["high", "low", "medium"],
    ),
    "half of what is promised": (
        "AvailabilityBurn",
        failing(1, 1999, 90),
        90,
        [],
    ),
    "it is over": (
        "AvailabilityBurn",
        {ANSWERS % 500: "0+50x55 2750x34", ANSWERS % 200: "0+50x90"},
        90,
        ["low", "medium"],
    ),
    "all are late": (
        "LatencyBurn",
        slow("0.25", 10, 100, 90),
        90,
        ["high", "low", "medium"],
    ),
    "two in five are late": (
        "LatencyBurn",
        slow("0.25", 60, 100, 90),
        90,
        ["low", "medium"],
    ),
    "one in twenty is late": ("LatencyBurn", slow("0.25", 95, 100, 90), 90, []),
}


def groups(alert: str) -> dict:
    """The one alert's rules, and what is recorded for them: promtool evaluates every
    rule of a file in every minute of every test."""
    rules = [
        rule
        for who in (TOYS, STORE, LINES)
        for rule in alerts.rules(who, BUCKETS)
        if rule.name == alert
    ]
    told = [promql.alerting(each, "https://runbooks") for each in rules]
    shares = {"name": "shares", "rules": promql.recording(rules)}
    return {"groups": [shares, {"name": "alerts", "rules": told}]}


def a_test(name: str) -> dict:
    alert, series, minute, severities = CASES[name]
    own = f'alertname="{alert}",alertstate="firing"'
    if alert not in ("OutboxLag", "LogLinesDropped"):
        own += ',service="toys"'
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": s, "values": v} for s, v in series.items()],
        "promql_expr_test": [
            {
                "expr": f"count by (severity) (ALERTS{{{own}}})",
                "eval_time": f"{minute}m",
                "exp_samples": [
                    {"labels": f'{{severity="{each}"}}', "value": 1}
                    for each in severities
                ],
            }
        ],
    }


def test_each_alert_fires_when_it_should_and_only_then(promtool, tmp_path: Path):
    for alert in alerts.names():
        (tmp_path / f"{alert}.rules.yaml").write_text(json.dumps(groups(alert)))
        given = {
            "rule_files": [f"{alert}.rules.yaml"],
            "evaluation_interval": "1m",
            "tests": [a_test(name) for name in CASES if CASES[name][0] == alert],
        }
        (tmp_path / f"{alert}.yaml").write_text(json.dumps(given))
    every = [str(tmp_path / f"{alert}.yaml") for alert in alerts.names()]
    assert promtool("test", "rules", *every).count("SUCCESS") == len(every)


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_not():
    for name in alerts.names():
        fires = {
            bool(severities)
            for alert, _, _, severities in CASES.values()
            if alert == name
        }
        assert fires == {True, False}, name


def test_a_rule_says_whose_it_is_and_what_to_do():
    for rule in alerts.rules(TOYS, BUCKETS):
        told = promql.alerting(rule, "https://runbooks")
        assert told["labels"] == {
            "service": "toys",
            "domain": "play",
            "team": "play.team",
            "owner": "@play/team",
            "severity": rule.severity,
        }
        assert "toys" in told["annotations"]["summary"]
        assert told["annotations"]["runbook_url"] == f"https://runbooks/{rule.name}.md"


def test_who_hears_no_event_has_no_dead_letters():
    assert "DeadLetters" in {each.name for each in alerts.rules(TOYS, BUCKETS)}
    assert "DeadLetters" not in {each.name for each in alerts.rules(STORE, BUCKETS)}


@pytest.mark.parametrize(
    ("p95", "seconds"), [(0.1, 0.1), (0.2, 0.25), (0.3, 0.5), (99, 30)]
)
def test_a_promise_is_taken_at_a_bucket_that_is_counted(p95, seconds):
    subject = alerts.Subject("toys", "play", "@play/team", "play.team", 99.9, p95)
    burning = [r for r in alerts.rules(subject, BUCKETS) if r.name == "LatencyBurn"]
    assert {c.seconds for r in burning for c in r.conditions} == {seconds}


def test_a_condition_names_a_signal_that_there_is():
    known = alerts.signals()
    for rule in alerts.rules(TOYS, BUCKETS):
        assert all(each.signal in known for each in rule.conditions)
