"""Rules: a set of flags, and what each is in a context."""

import copy
import logging
from collections.abc import Mapping
from typing import Any

from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, OpenFeatureError
from openfeature.flag_evaluation import FlagResolutionDetails

from ofrep import _check

Evaluation = dict[str, Any]
log = logging.getLogger(__name__)


class Rules:
    """Flags by key, each of which ``check`` has passed; never changed."""

    def __init__(self, flags: Mapping[str, Any]) -> None:
        self.keys = sorted(flags)
        self._core = FlagdCore()
        # The evaluator renames members of what it is given.
        self._core.set_flags({"flags": copy.deepcopy(dict(flags))})
        self._resolve = {key: self._resolver(flag) for key, flag in flags.items()}

    def _resolver(self, flag: Mapping[str, Any]) -> Any:
        """By type: the evaluator refuses a value of another one, and so must we."""
        values = flag["variants"].values()
        if all(type(value) is int for value in values):
            return self._core.resolve_integer_value
        return {
            "boolean": self._core.resolve_boolean_value,
            "string": self._core.resolve_string_value,
            "number": self._core.resolve_float_value,
            "object": self._core.resolve_object_value,
        }[_check.kind(next(iter(values))) or "object"]

    def evaluate(self, key: str, context: Mapping[str, Any]) -> Evaluation:
        """The flag as OFREP has it: an evaluationSuccess, or one with ``errorCode``.

        Without ``value`` the asker's own default counts: the flag is disabled, or no
        variant is its default.
        """
        if key not in self._resolve:
            return failure(key, ErrorCode.FLAG_NOT_FOUND, f"there is no flag {key}")
        attributes = {k: v for k, v in context.items() if k != "targetingKey"}
        given = EvaluationContext(context.get("targetingKey"), attributes)
        try:
            return _success(key, self._resolve[key](key, None, given))
        except OpenFeatureError as exc:
            return failure(key, exc.error_code, exc.error_message or "")
        except Exception as exc:
            log.warning("flag %s cannot be evaluated: %s", key, exc)
            return failure(key, ErrorCode.GENERAL, "the rule fails in this context")


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
