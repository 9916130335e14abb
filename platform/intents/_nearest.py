"""What a message calls for, told by the nearest of a few example sentences."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import similarity
from contracts.assistant.plans import Action, ActionSpec
from schemas import admits


def plain(text: str) -> str:
    """Lower case and words alone: the rest is noise between sentences of a few. A text
    without words, such as a thumb, is left as it is."""
    return " ".join(re.findall(r"[\w']+", text.lower())) or text


class Near(NamedTuple):
    """The intent that a message is nearest to, and their cosine; ``values`` are what
    was found on the way, which whoever looks for an answer needs, too."""

    intent: str
    cosine: float
    why: str
    values: dict[str, Any]
    degraded: str | None = None


class Intents:
    """Intents by name, each with ``examples``, and what it calls for: ``actions`` with
    arguments that may be ``"{name}"`` of a value, or a ``reply``, which is named as
    ``phrases`` does."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        self._known = known
        pairs = [(name, text) for name, i in known.items() for text in i["examples"]]
        self._names = [name for name, _ in pairs]
        self.sentences = [plain(text) for _, text in pairs]

    def nearest(
        self, rows: Iterable[similarity.Row], vector: str, chance: float = 0.0
    ) -> tuple[str, float]:
        """The intent of the sentence nearest to *vector*, base64 of float32, and how
        far their cosine is beyond *chance*.

        *rows*: unit vectors of ``sentences``, in their order.
        """
        row = similarity.unpack(vector)
        cosines = [similarity.cosine(row, each) for each in rows]
        best = cosines.index(max(cosines))
        return self._names[best], similarity.beyond(cosines[best], chance)

    def wanted(self, name: str, values: Mapping[str, Any]) -> list[Action]:
        """The actions of an intent; an argument that has no value is left out."""
        return [
            Action(name=each["name"], arguments=_filled(each["arguments"], values))
            for each in self._known[name].get("actions", ())
        ]

    def reply(self, name: str) -> str | None:
        """The name of what is said where nothing needs to be looked for."""
        return self._known[name].get("reply")


def _filled(template: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: _value(given, values) for name, given in template.items()}
    return {name: value for name, value in made.items() if value is not None}


def _value(given: Any, values: Mapping[str, Any]) -> Any:
    named = re.fullmatch(r"{(\w+)}", given) if isinstance(given, str) else None
    return values.get(named[1]) if named else given


def fitting(actions: Iterable[Action], offered: Iterable[ActionSpec]) -> list[Action]:
    """Those of *actions* that are *offered* and whose arguments their schemas admit."""
    known = {spec.name: spec.parameters for spec in offered}
    return [
        action
        for action in actions
        if action.name in known and admits(known[action.name], action.arguments)
    ]
