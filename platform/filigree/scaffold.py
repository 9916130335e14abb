"""``filigree new DOMAIN SERVICE``: a service that works, is tested and keeps its gates.

It is a starting point to be rewritten: one collection, one keyed operation, one read.
"""

import json
import keyword
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from filigree import declarations, generate, hint
from filigree.publish import publish

DOMAIN = "lower-case letters a to z"
SERVICE = "lower-case words of a to z and 0 to 9 with hyphens between, a letter first"
COMPILED = shutil.ignore_patterns("__pycache__")
CORE = range(8000, 8035)  # each for one of the services that a mesh is made of
OVERRIDES = """\
# The team's own choices, laid over what is generated beside it; see
# charts/domain/values.yaml for what there is. Never written by a generator.
services: {}
"""


class ScaffoldError(Exception):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """``written`` by hand, ``generated`` from it; paths relative to the root."""

    written: tuple[Path, ...]
    generated: tuple[Path, ...]
    next_steps: str


def new(root: Path, domain: str, service: str, port: int | None = None) -> Scaffold:
    """Create a service on *port*, or on the first free one that is not for a core
    service, and generate the rest.

    All of it or nothing. ScaffoldError for a name or port that will not do.
    GenerateError when another service could not be read; the new one is complete all
    the same.
    """
    schema = json.loads((root / declarations.SCHEMA).read_text("utf-8"))
    declared = declarations.load(root)
    _require_name(schema["properties"]["domain"], "domain", domain, DOMAIN)
    _require_name(schema["$defs"]["name"], "service", service, SERVICE)
    if service in declared:
        raise ScaffoldError(f"{declared[service].path} is there already")
    taken = {each.port for each in declared.values()}
    values = _values(declared, domain, service, _port(schema, taken, port))
    texts = _texts(values)
    written = {p: text for p, text in texts.items() if not (root / p).exists()}
    wanted, generated = _derived(root, written)
    derived = {str(path): wanted.texts.get(str(path)) for path in generated}
    publish(root, {**written, **derived})
    if wanted.wrong:
        raise generate.GenerateError("\n".join(wanted.wrong))
    return Scaffold(
        tuple(map(Path, written)), tuple(generated), _next(values, list(texts))
    )


def _values(
    declared: Mapping[str, declarations.Declaration],
    domain: str,
    service: str,
    port: int,
) -> dict[str, object]:
    """What the templates are filled with."""
    peers = [each.owner for each in declared.values() if each.domain == domain]
    return {
        "service": service,
        "domain": domain,
        "module": service.replace("-", "_"),
        "title": service.replace("-", " ").capitalize(),
        "owner": peers[0] if peers else f"@filigree/{domain}",
        "port": port,
    }


def _derived(
    root: Path, written: dict[str, str]
) -> tuple[generate.Derived, list[Path]]:
    """What follows from the new files and those at *root*, and which of it is new.

    Found out in a copy: it takes seconds, and who interrupts it wants no half of one.
    """
    with tempfile.TemporaryDirectory(prefix="filigree-new-") as name:
        copy = Path(name).resolve()
        for place in generate.PLACES:
            if (root / place).is_dir():
                shutil.copytree(root / place, copy / place, ignore=COMPILED)
            elif (root / place).exists():
                shutil.copy(root / place, copy / place)
        publish(copy, written)
        wanted = generate.derive(copy)
        return wanted, generate.stale(copy, wanted)


def _require_name(
    schema: dict[str, object], what: str, given: str, admitted: str
) -> None:
    """A name becomes a folder, a host and a Python module; ScaffoldError for others."""
    pattern, most = str(schema["pattern"]), int(str(schema["maxLength"]))
    if not re.fullmatch(pattern, given) or len(given) > most:
        raise ScaffoldError(
            f"{given!r} cannot be the name of a {what}: {admitted}, "
            f"at most {most} characters"
        )
    if keyword.iskeyword(given):
        raise ScaffoldError(
            f"{given!r} cannot be the name of a {what}: it is a keyword of Python, "
            "and the name becomes a module's"
        )


def _port(schema: dict[str, dict], taken: set[int], wanted: int | None) -> int:
    limits = schema["properties"]["port"]
    free = [
        port
        for port in range(limits["minimum"], limits["maximum"] + 1)
        if port not in taken
    ]
    if wanted in free:
        return wanted
    within = f"{limits['minimum']} to {limits['maximum']}"
    spare = next((port for port in free if port not in CORE), None)
    if spare is None:
        raise ScaffoldError(f"every port from {within} is taken; give a core one")
    if wanted is None:
        return spare
    why = "is taken" if wanted in taken else f"is not within {within}"
    raise ScaffoldError(f"port {wanted} {why}; {spare} is free")


def _texts(values: dict[str, object]) -> dict[str, str]:
    folder = f"services/{values['domain']}/{values['module']}"
    tests = f"tests/services/{values['module']}"
    templates = {
        f"{folder}/service.yaml": "service.yaml.txt",
        f"{folder}/app.py": "app.py.txt",
        f"{tests}/test_{values['module']}.py": "test.py.txt",
    }
    held = files("filigree.templates")
    texts = {
        path: Template((held / name).read_text("utf-8")).substitute(values)
        for path, name in templates.items()
    }
    packages = (f"services/{values['domain']}/__init__.py", f"{folder}/__init__.py")
    chosen = {f"charts/values/{values['domain']}.overrides.yaml": OVERRIDES}
    return texts | chosen | dict.fromkeys(packages, "")


def _next(values: dict[str, object], paths: list[str]) -> str:
    declaration, app, test = paths[:3]
    up = f"up {values['domain']}"
    return "\n".join(
        [
            f"{values['service']} is a service on port {values['port']}. Next:",
            f"  1. {hint.program('pytest')} {test}",
            f"  2. say what it is in {app}; declare in {declaration} whom it calls",
            f"  3. {hint.command('generate')} && {hint.command('check')} && "
            f"{hint.program('python')} -m gates --write",
            f"  4. {hint.command(up)}",
            f"  5. curl localhost:{values['port']}/health/ready",
        ]
    )
