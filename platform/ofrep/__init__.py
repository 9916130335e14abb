"""OFREP: feature flags in flagd's schema, evaluated as the protocol answers.

``check`` says whether a definition can be evaluated; ``Rules`` evaluates a set of them;
``answer`` turns a request of the OpenFeature Remote Evaluation Protocol into status,
headers and body. Evaluation itself is ``openfeature-flagd-core``'s.
"""

from ofrep._check import BadFlag, check
from ofrep._protocol import Answer, answer
from ofrep._rules import Rules

__all__ = ["Answer", "BadFlag", "Rules", "answer", "check"]
