"""The commands about a cluster: secrets, admitted."""

import argparse
import importlib
import json
import sys
from typing import Any

from filigree.mesh_error import MeshError

COMMANDS = ("secrets", "admitted")

SECRETS = """\
Print the Secrets that the charts name, for a development cluster: signing keys, the
passwords of the bus and the database, from this checkout's own master secret, and a
certificate for the way in that is signed by itself.

  filigree secrets | kubectl apply -f -
"""
ADMITTED = """\
Say whether the policies that a cluster has now admit what a domain will call, before
the domain is released. What is not admitted is listed: release that callee's domain
first. Exit code 0 means that everything is admitted.

  kubectl get authorizationpolicies -A -o json | filigree admitted knowledge
"""


def add(commands: Any) -> None:
    """Add these commands to the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    secrets = commands.add_parser(
        "secrets",
        help="the Secrets of a development cluster",
        description=SECRETS,
        formatter_class=raw,
    )
    secrets.set_defaults(run=run_secrets)

    admitted = commands.add_parser(
        "admitted",
        help="may a domain be released now?",
        description=ADMITTED,
        formatter_class=raw,
    )
    admitted.add_argument("domain", metavar="DOMAIN", help="that is to be released")
    admitted.set_defaults(run=run_admitted)


def run_secrets(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.cluster_secrets")
    given.state.folder.mkdir(parents=True, exist_ok=True)
    made = module.manifests(_mesh(given), given.state)
    print(importlib.import_module("yaml").safe_dump_all(made, sort_keys=False))
    return 0


def run_admitted(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.cluster_admitted")
    try:
        policies = json.load(sys.stdin)["items"]
    except (ValueError, KeyError, TypeError) as exc:
        raise MeshError(
            "standard input is not a list of policies",
            "kubectl get authorizationpolicies -A -o json | filigree admitted DOMAIN",
        ) from exc
    found = module.missing(_released(given), given.domain, policies)
    for each in found:
        print(f"{each.callee} does not admit {each.caller}: {each.method} {each.path}")
    return int(bool(found))


def _released(given: argparse.Namespace) -> Any:
    """The mesh; MeshError for a domain that it has not: nothing is wanted for that."""
    mesh = _mesh(given)
    domains = sorted({each.domain for each in mesh.declarations.values()})
    if given.domain not in domains:
        raise MeshError(f"there is no domain {given.domain}", ", ".join(domains))
    return mesh


def _mesh(given: argparse.Namespace) -> Any:
    return importlib.import_module("filigree.edges").resolve(given.state.root)
