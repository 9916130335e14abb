"""Alert rules with one source: what is watched of a service, from when on it counts."""

from alerts._rules import Condition, Rule, Signal, Subject, names, rules, signals

__all__ = ["Condition", "Rule", "Signal", "Subject", "names", "rules", "signals"]
