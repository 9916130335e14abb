"""Services as pods have them: alone, in an interpreter of their own, in 50 MiB."""

import json
import sys

import pytest

from filigree import bench_cgroup, bench_load, bench_memory, edges
from filigree.bench_load import Subject
from filigree.demo.api import Api
from filigree.state import State

REQUESTS = 80
# Those that come nearest to the limit, as docs/measured.json has them.
HEAVIEST = 3
# What reads a PDF takes 16 MiB beside it: together they are above the limit.
ABOVE = {"document-processing"}


def heaviest(root: State) -> list[str]:
    measured = json.loads((root.root / "docs/measured.json").read_text("utf-8"))
    named = sorted(measured, key=lambda name: -measured[name]["memory"])
    return [name for name in named if name not in ABOVE][:HEAVIEST]


@pytest.fixture(scope="module")
def subject(demo: dict[str, str], held: State, api: Api, documents: object) -> Subject:
    evidence = api.call("POST", "/api/v1/search", json=bench_load.QUERY)
    return Subject(held, demo["tenant"], demo["api_key"], evidence)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells or limits it")
@pytest.mark.parametrize("place", range(HEAVIEST))
def test_a_service_alone_serves_within_fifty_mib(
    place: int, held: State, subject: Subject
) -> None:
    name = heaviest(held)[place]
    declaration = edges.resolve(held.root).declarations[name]
    found = bench_memory.of(declaration, subject, REQUESTS)
    assert found.answers["2xx"] > 0
    assert found.answers["none"] == 0
    # Where no group can be made, what nobody can take from it has to be little enough.
    fits = found.taken.anonymous < bench_cgroup.LIMIT
    assert fits if found.survived is None else found.survived, name
