"""Rules: a set of flags, and what each is in a context."""

import copy
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, OpenFeatureError
from openfeature.flag_evaluation import FlagResolutionDetails

from ofrep import _check

Evaluation = dict[str, Any]
log = logging.getLogger(__name__)


class Flag(Protocol):
    """``value`` is its definition in flagd's schema."""

    key: str
    value: Any


class Rules:
    """Flags, of which the last of a key counts. One that is none spoils no other."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        self._flags = {flag.key: flag.value for flag in flags}
        self.keys = sorted(self._flags)
        self._wrong = dict(_wrong(self._flags))
        sound = {k: flag for k, flag in self._flags.items() if k not in self._wrong}
        self._core = FlagdCore()
        # The evaluator renames members of what it is given.
        self._core.set_flags({"flags": copy.deepcopy(sound)})

    def evaluate(self, key: str, context: Mapping[str, Any]) -> Evaluation:
        """The flag as OFREP has it: an evaluationSuccess, or one with ``errorCode``.

        Without ``value`` the asker's own default counts: the flag is disabled, or no
        variant is its default.
        """
        if key not in self._flags:
            return failure(key, ErrorCode.FLAG_NOT_FOUND, f"there is no flag {key}")
        if key in self._wrong:
            return failure(key, ErrorCode.PARSE_ERROR, self._wrong[key])
        attributes = {k: v for k, v in context.items() if k != "targetingKey"}
        given = EvaluationContext(context.get("targetingKey"), attributes)
        try:
            return _success(key, self._resolver(key)(key, None, given))
        except OpenFeatureError as exc:
            return failure(key, exc.error_code, exc.error_message or "")
        except Exception as exc:
            log.warning("flag %s cannot be evaluated: %s", key, exc)
            return failure(key, ErrorCode.GENERAL, "the rule fails in this context")

    def _resolver(self, key: str) -> Any:
        """By type: the evaluator refuses a value of another type than asked for."""
        values = list(self._flags[key]["variants"].values())
        if all(type(value) is int for value in values):
            return self._core.resolve_integer_value
        return {
            "boolean": self._core.resolve_boolean_value,
            "string": self._core.resolve_string_value,
            "number": self._core.resolve_float_value,
        }.get(_check.kind(values[0]) or "", self._core.resolve_object_value)


def _wrong(flags: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for key, definition in flags.items():
        try:
            _check.check(definition)
        except _check.BadFlag as exc:
            yield key, str(exc)


def _success(key: str, found: FlagResolutionDetails[Any]) -> Evaluation:
    made: Evaluation = {"key": key, "reason": str(found.reason or "UNKNOWN")}
    if found.variant is not None:
        made |= {"variant": found.variant, "value": found.value}
    if found.flag_metadata:
        made["metadata"] = dict(found.flag_metadata)
    return made


def failure(key: str | None, code: ErrorCode, details: str) -> Evaluation:
    """An evaluationFailure; without a *key* a bulkEvaluationFailure."""
    named = {} if key is None else {"key": key}
    return {**named, "errorCode": code.value, "errorDetails": details}
