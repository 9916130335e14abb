"""The declarations: what every service is, whom it calls and what it owns.

``load`` reads services/<domain>/<service>/service.yaml of the whole repository and
refuses any that the JSON Schema contracts/declaration.schema.json does not admit.
Everything that the mesh allows is derived from what it returns.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from filigree import declarations_file
from filigree.declarations_file import DeclarationError
from filigree.declarations_parts import (
    Breaker,
    BudgetException,
    Call,
    Grant,
    InCluster,
    Resilience,
    Resources,
    Setting,
    Slo,
)

__all__ = [
    "Breaker",
    "BudgetException",
    "Call",
    "Declaration",
    "DeclarationError",
    "Grant",
    "InCluster",
    "Resilience",
    "Resources",
    "Setting",
    "Slo",
    "load",
    "parse",
    "seconds",
]

SCHEMA = "contracts/declaration.schema.json"
PLAIN = ("name", "domain", "port", "owner", "summary")
LISTED = ("publishes", "consumes", "providers", "fan_out", "secrets")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Declaration:
    """One service.yaml; ``path`` is the file, relative to the repository's root.

    ``secrets`` are the environment variables that it cannot start without.
    """

    name: str
    domain: str
    port: int
    owner: str
    summary: str
    calls: tuple[Call, ...] = ()
    collections: tuple[Grant, ...] = ()
    publishes: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    fan_out: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    in_cluster: tuple[InCluster, ...] = ()
    settings: tuple[Setting, ...] = ()
    resilience: Resilience = field(default_factory=Resilience)
    slo: Slo = field(default_factory=Slo)
    resources: Resources = field(default_factory=Resources)
    budget: tuple[BudgetException, ...] = ()
    path: Path = field(default=Path(), compare=False)
    lines: dict[declarations_file.Place, int] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def folder(self) -> Path:
        """services/<domain>/<service>, relative to the repository's root."""
        return self.path.parent

    @property
    def package(self) -> str:
        return f"services.{self.domain}.{self.name.replace('-', '_')}"

    @property
    def module(self) -> str:
        """The module whose attribute ``app`` is the service."""
        return f"{self.package}.app"

    @property
    def called(self) -> set[tuple[str, str]]:
        """(service, operation) of every named call."""
        return {(call.service, each) for call in self.calls for each in call.operations}

    def call(self, service: str) -> Call | None:
        return next((call for call in self.calls if call.service == service), None)

    def place(self, *place: str | int) -> str:
        """``file:line`` of a part, such as ``place("calls", 0)``."""
        return f"{self.path}:{self.lines.get(place, 1)}"


def seconds(duration: str) -> float:
    """``500ms``, ``1.5s``, ``2m`` or ``1h`` in seconds."""
    number = duration.rstrip("mhs")
    return float(number) * UNITS[duration.removeprefix(number)]


@cache
def _validator(schema: Path) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8")))


def load(root: Path) -> dict[str, Declaration]:
    """Every service's declaration by name, in the order of the ports.

    DeclarationError lists all that is wrong, in all files: where, and the remedy.
    """
    found, wrong = [], []
    for path in sorted((root / "services").glob("*/*/service.yaml")):
        try:
            found.append(parse(root, path))
        except DeclarationError as exc:
            wrong.append(str(exc))
    names = {declaration.name: declaration for declaration in found}
    for declaration in found:
        if names[declaration.name] is not declaration:
            other = names[declaration.name].path
            wrong.append(f"{declaration.place('name')}: {other} has this name as well")
    if wrong:
        raise DeclarationError("\n".join(wrong))
    return {each.name: each for each in sorted(found, key=lambda each: each.port)}


def parse(root: Path, path: Path) -> Declaration:
    """One declaration; DeclarationError says what is wrong with it, all at once."""
    given, lines = declarations_file.read(path)
    shown = path.relative_to(root)
    errors = [
        _remedy(error, shown, lines)
        for error in sorted(_validator(root / SCHEMA).iter_errors(given), key=str)
    ]
    errors = errors or [
        *_misplaced(given, shown, lines),
        *_undescribed(given, shown, lines),
    ]
    if errors:
        raise DeclarationError("\n".join(errors))
    return _build(given, shown, lines)


def _remedy(error: Any, path: Path, lines: dict[declarations_file.Place, int]) -> str:
    place = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        place = (*place, next(key for key in error.instance if key not in known))
        says = f"unknown; remove it, or use one of: {', '.join(known)}"
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        says = f"{', '.join(missing)} missing; add it"
    else:
        about = error.schema.get("description")
        says = error.message + (f" ({about})" if about else "")
    spelt = ".".join(map(str, place)) or "the file"
    return f"{path}:{lines.get(place, 1)}: {spelt}: {says}"


def _misplaced(
    given: dict[str, Any], path: Path, lines: dict[declarations_file.Place, int]
) -> list[str]:
    folder = ("services", given["domain"], given["name"].replace("-", "_"))
    if path.parts[:-1] == folder:
        return []
    where = "/".join(folder)
    return [
        f"{path}:{lines[('name',)]}: name: this must lie in {where}/, or be renamed"
    ]


def _undescribed(
    given: dict[str, Any], path: Path, lines: dict[declarations_file.Place, int]
) -> list[str]:
    described = given.get("settings", {})
    return [
        f"{path}:{lines['in_cluster', index]}: in_cluster.{index}: "
        f"{each['setting']} is not among `settings`; say there what it is"
        for index, each in enumerate(given.get("in_cluster", ()))
        if each["setting"] not in described
    ]


def _build(
    given: dict[str, Any], path: Path, lines: dict[declarations_file.Place, int]
) -> Declaration:
    resilience = dict(given.get("resilience", {}))
    breaker = dict(resilience.pop("breaker", {}))
    if "ejection" in breaker:
        breaker["ejection"] = seconds(breaker["ejection"])
    plain: dict[str, Any] = {key: given[key] for key in PLAIN}
    return Declaration(
        **plain | {key: tuple(given.get(key, ())) for key in LISTED},
        calls=tuple(_call(call) for call in given.get("calls", ())),
        collections=tuple(Grant(**grant) for grant in given.get("collections", ())),
        in_cluster=tuple(InCluster(**each) for each in given.get("in_cluster", ())),
        settings=tuple(
            Setting(name, **told) for name, told in given.get("settings", {}).items()
        ),
        resilience=Resilience(breaker=Breaker(**breaker), **resilience),
        slo=Slo(**given.get("slo", {})),
        resources=Resources(**given.get("resources", {})),
        budget=tuple(
            BudgetException(each["budget"], each["reason"], str(each["measured"]))
            for each in given.get("budget", ())
        ),
        path=path,
        lines=lines,
    )


def _call(given: dict[str, Any]) -> Call:
    timeout = given.get("timeout")
    return Call(
        given["service"],
        tuple(given["operations"]),
        None if timeout is None else seconds(timeout),
        given.get("optional", False),
    )
