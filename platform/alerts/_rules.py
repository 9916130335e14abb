"""The rules of one service, from the one source: rules.toml beside this file.

A rule says with plain conditions when it holds, so that whoever has the measurements
can evaluate it; ``alerts.promql`` says the same to Prometheus.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LATENCY_BUDGET = 0.05  # a promise of p95 leaves one answer in twenty


@dataclass(frozen=True, slots=True)
class Signal:
    """What is measured: ``of`` is a metric's name, ``where`` patterns of its labels.

    ``kind``: a ``share`` of a counter's increase, the share of answers ``slower`` than
    so many seconds, the ``fullness`` of a limit, a gauge's ``level``, ``ejections`` by
    proxies, a counter's ``increase``, the ``age`` of a time in seconds, or that nothing
    is there (``missing``).
    """

    kind: str
    of: str
    where: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """``signal`` over ``window`` is above ``above``; ``seconds`` is what is slow."""

    signal: str
    above: float
    window: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A service, as far as rules depend on it; *has* names what its declaration has.

    ``availability`` in per cent, ``p95`` in seconds.
    """

    service: str
    domain: str
    owner: str
    team: str
    availability: float
    p95: float
    has: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert of a service: it fires when all conditions have held for ``lasting``."""

    name: str
    subject: Subject
    conditions: tuple[Condition, ...]
    lasting: str
    severity: str
    summary: str


@cache
def _source() -> dict[str, Any]:
    return tomllib.loads(files("alerts").joinpath("rules.toml").read_text("utf-8"))


def signals() -> dict[str, Signal]:
    """Every signal by its name."""
    return {
        name: Signal(**given | {"by": tuple(given.get("by", ()))})
        for name, given in _source()["signals"].items()
    }


def names() -> list[str]:
    """Every alert's name."""
    return [each["name"] for each in _source()["alerts"]]


def rules(subject: Subject, buckets: Iterable[float]) -> list[Rule]:
    """The rules that hold for *subject*.

    *buckets* are the bounds, in seconds, that its histogram counts by; the promise of
    p95 is taken at the first that is not below it.
    """
    promised = min((b for b in buckets if b >= subject.p95), default=max(buckets))
    return [
        rule
        for given in _source()["alerts"]
        if _concerns(given, subject)
        for rule in _of(given, subject, promised)
    ]


def _concerns(given: dict[str, Any], subject: Subject) -> bool:
    if "services" in given:
        return subject.service in given["services"]
    return given.get("only") is None or given["only"] in subject.has


def _of(given: dict[str, Any], subject: Subject, promised: float) -> Iterator[Rule]:
    if "burns" in given:
        yield from _burning(given, subject, promised)
        return
    condition = Condition(
        given["signal"],
        given["above"],
        given.get("window", ""),
        given.get("seconds", 0.0),
    )
    yield _rule(given, subject, (condition,), given["severity"])


def _burning(
    given: dict[str, Any], subject: Subject, promised: float
) -> Iterator[Rule]:
    is_latency = given["budget"] == "latency"
    budget = LATENCY_BUDGET if is_latency else 1 - subject.availability / 100
    for burn in given["burns"]:
        above = round(burn["times"] * budget, 9)
        conditions = tuple(
            Condition(given["signal"], above, window, promised if is_latency else 0.0)
            for window in burn["windows"]
        )
        yield _rule(given, subject, conditions, burn["severity"], burn["times"])


def _rule(
    given: dict[str, Any],
    subject: Subject,
    conditions: tuple[Condition, ...],
    severity: str,
    times: float = 1,
) -> Rule:
    summary = given["summary"].format(service=subject.service, times=times)
    return Rule(given["name"], subject, conditions, given["for"], severity, summary)
