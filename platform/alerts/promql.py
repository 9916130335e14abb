"""The rules as Prometheus takes them: shares are recorded, and alerts compare."""

from collections.abc import Callable, Iterable
from typing import Any

from alerts._rules import Condition, Rule, Signal, Subject, signals

RECORDED = ("share", "slower")


def recording(rules: Iterable[Rule]) -> list[dict[str, str]]:
    """What the *rules* compare with, for all services at once, by window."""
    known, wanted = signals(), {}
    for condition in (each for rule in rules for each in rule.conditions):
        key = (condition.signal, condition.window)
        wanted.setdefault(key, set()).add(condition.seconds)
    return [
        {
            "record": recorded(name, window),
            "expr": RECORDS[known[name].kind](known[name], window, seconds),
        }
        for (name, window), seconds in sorted(wanted.items())
        if known[name].kind in RECORDED
    ]


def recorded(signal: str, window: str) -> str:
    """The name that a share has when it is recorded."""
    return f"filigree:{signal}:share{window}"


def alerting(rule: Rule, runbooks: str) -> dict[str, Any]:
    """An alerting rule; its runbook is a page below *runbooks*, address or folder."""
    subject = rule.subject
    return {
        "alert": rule.name,
        "expr": " and ".join(expression(rule, each) for each in rule.conditions),
        "for": rule.lasting,
        "labels": {
            "service": subject.service,
            "domain": subject.domain,
            "team": subject.team,
            "owner": subject.owner,
            "severity": rule.severity,
        },
        "annotations": {
            "summary": rule.summary,
            "description": "It is at {{ $value | humanize }}.",
            "runbook_url": f"{runbooks}/{rule.name}.md",
        },
    }


def expression(rule: Rule, condition: Condition) -> str:
    """One condition of a rule, of its own service."""
    signal = signals()[condition.signal]
    return EXPRESSIONS[signal.kind](signal, condition, rule.subject)


def _selector(labels: dict[str, str], exact: tuple[str, ...] = ()) -> str:
    pairs = [f'{k}{"=" if k in exact else "=~"}"{v}"' for k, v in labels.items()]
    return "{" + ",".join(pairs) + "}" if pairs else ""


def _share(signal: Signal, window: str, _: set[float]) -> str:
    some = f"sum by (service) (rate({signal.of}{_selector(signal.where)}[{window}]))"
    return f"{some} / sum by (service) (rate({signal.of}[{window}]))"


def _slower(signal: Signal, window: str, seconds: set[float]) -> str:
    bounds = "|".join(bound(each) for each in sorted(seconds)).replace(".", "[.]")
    within = f'{signal.of}_bucket{{le=~"{bounds}"}}'
    return (
        f"1 - sum by (service, le) (rate({within}[{window}]))"
        " / on (service) group_left ()"
        f" sum by (service) (rate({signal.of}_count[{window}]))"
    )


def bound(seconds: float) -> str:
    """A bucket's bound as it is exposed: ``30.0``."""
    return str(float(seconds))


def _on_share(_: Signal, condition: Condition, subject: Subject) -> str:
    name = recorded(condition.signal, condition.window)
    return f'{name}{{service="{subject.service}"}} > {condition.above:g}'


def _on_slower(_: Signal, condition: Condition, subject: Subject) -> str:
    name = recorded(condition.signal, condition.window)
    labels = f'service="{subject.service}",le="{bound(condition.seconds)}"'
    return f"{name}{{{labels}}} > {condition.above:g}"


def _on_fullness(signal: Signal, condition: Condition, subject: Subject) -> str:
    # The namespace tells a service's container from another's of the same name.
    own = f'namespace=~"filigree-.+",container="{subject.service}"'
    return (
        f"max by (namespace, pod, container) ({signal.of}{{{own}}})"
        " / on (namespace, pod, container) max by (namespace, pod, container) "
        f'({signal.limit}{{{own},resource="memory"}}) > {condition.above:g}'
    )


def _on_level(signal: Signal, condition: Condition, subject: Subject) -> str:
    by = ", ".join(("service", *signal.by))
    own = _selector({"service": subject.service, **signal.where}, ("service",))
    return f"max by ({by}) ({signal.of}{own}) > {condition.above:g}"


def _on_ejections(signal: Signal, condition: Condition, subject: Subject) -> str:
    own = f'{{cluster_name=~".+[|]{subject.service}[.].+"}}'
    return f"max by (cluster_name) ({signal.of}{own}) > {condition.above:g}"


def _on_increase(signal: Signal, condition: Condition, subject: Subject) -> str:
    by = ", ".join(("service", *signal.by))
    own = signal.of + _selector(
        {"service": subject.service, **signal.where}, ("service",)
    )
    # A counter that begins at one has not increased, as Prometheus sees it.
    new = f"(sum by ({by}) ({own}) unless sum by ({by}) ({own} offset "
    return (
        f"(sum by ({by}) (increase({own}[{condition.window}])) > {condition.above:g})"
        f" or ({new}{condition.window})) > {condition.above:g})"
    )


def _on_age(signal: Signal, condition: Condition, subject: Subject) -> str:
    # Zero is a time that was never set.
    own = f'{signal.of}{{service="{subject.service}"}}'
    return f"time() - max by (service) ({own} > 0) > {condition.above:g}"


def _on_missing(signal: Signal, condition: Condition, subject: Subject) -> str:
    # Anybody's target has a label `service`, by the name of its own Service.
    own = f'{signal.of}{{service="{subject.service}",domain="{subject.domain}"}}'
    return f"(sum by (service) ({own}) <= {condition.above:g}) or absent({own})"


RECORDS: dict[str, Callable[[Signal, str, set[float]], str]] = {
    "share": _share,
    "slower": _slower,
}
EXPRESSIONS: dict[str, Callable[[Signal, Condition, Subject], str]] = {
    "share": _on_share,
    "slower": _on_slower,
    "fullness": _on_fullness,
    "level": _on_level,
    "ejections": _on_ejections,
    "increase": _on_increase,
    "age": _on_age,
    "missing": _on_missing,
}
