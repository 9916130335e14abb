"""A declaration is read whole, or refused with file, line, place and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filigree import declarations
from filigree.declarations import (
    Breaker,
    Call,
    DeclarationError,
    Grant,
    InCluster,
    Setting,
)

FULL = {
    "calls": [
        {"service": "store", "operations": ["get"], "timeout": "1500ms"},
        {"service": "mail", "operations": ["send", "list"], "optional": True},
    ],
    "collections": [{"name": "things", "access": "read", "platform": True}],
    "publishes": ["thing.made"],
    "in_cluster": [
        {"setting": "A_URL", "service": "shelf", "namespace": "store", "port": 9090}
    ],
    "settings": {
        "A_URL": {"about": "of the shelf"},
        "A_MOST": {"about": "things at once", "default": 5},
    },
    "resilience": {"attempts": 3, "breaker": {"ejection": "2m"}},
}


def only(repository):
    return next(iter(declarations.load(repository.root).values()))


def test_every_part_of_a_declaration_is_read(repository):
    repository.declare("a-service", 8001, **FULL)
    read = only(repository)
    assert read.calls == (
        Call("store", ("get",), 1.5, False),
        Call("mail", ("send", "list"), None, True),
    )
    assert read.collections == (Grant("things", "read", True),)
    assert read.publishes == ("thing.made",)
    assert read.in_cluster == (InCluster("A_URL", "shelf", "store", 9090),)
    assert read.settings == (
        Setting("A_URL", "of the shelf"),
        Setting("A_MOST", "things at once", 5),
    )
    assert read.resilience.attempts == 3
    assert read.resilience.breaker == Breaker(5, 120.0)
    assert read.module == "services.toys.a_service.app"
    assert read.folder.as_posix() == "services/toys/a_service"


def test_what_is_not_declared_has_the_platform_s_default(repository):
    repository.declare("a", 8001)
    read = only(repository)
    assert (read.calls, read.fan_out, read.budget) == ((), (), ())
    assert read.resilience.attempts == 2
    assert read.resilience.breaker == Breaker(5, 60.0)


def test_declarations_come_in_the_order_of_their_ports(repository):
    repository.declare("late", 8009)
    repository.declare("early", 8002)
    assert list(declarations.load(repository.root)) == ["early", "late"]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"calss": []}, "calss: unknown; remove it, or use one of: name, domain"),
        (
            {"calls": [{"service": "b", "operations": ["x"], "retries": 3}]},
            "calls.0.retries: unknown",
        ),
        ({"calls": [{"service": "b"}]}, "calls.0: operations missing; add it"),
        ({"calls": [{"service": "b", "operations": []}]}, "calls.0.operations: []"),
        (
            {"calls": [{"service": "b", "operations": ["x"], "timeout": "fast"}]},
            "such as 500ms, 1.5s or 2m",
        ),
        ({"calls": [7]}, "calls.0: 7 is not of type 'object'"),
        ({"owner": "the knowledge team"}, "as CODEOWNERS spells it"),
        ({"publishes": ["Document processed"]}, "publishes.0"),
        ({"collections": [{"name": "x", "access": "own"}]}, "collections.0.access"),
        ({"fan_out": ["everything"]}, "fan_out.0"),
        ({"resources": {"memory": "lots"}}, "resources.memory"),
        ({"settings": {"colour": {"about": "of it"}}}, "settings"),
        (
            {"in_cluster": FULL["in_cluster"]},
            "in_cluster.0: A_URL is not among `settings`; say there what it is",
        ),
        (
            {"budget": [{"budget": "lines", "reason": "too hard", "measured": 170}]},
            "budget.0.reason",
        ),
    ],
)
def test_what_the_schema_does_not_admit_is_refused_by_place(repository, extra, says):
    repository.declare("a", 8001, **extra)
    with pytest.raises(DeclarationError) as refused:
        declarations.load(repository.root)
    assert says in str(refused.value)
    assert str(refused.value).startswith("services/toys/a/service.yaml:")


@pytest.mark.parametrize("port", [7999, 8100, "8001"])
def test_a_port_out_of_range_is_refused(repository, port):
    repository.declare("a", port)
    with pytest.raises(DeclarationError, match="port"):
        declarations.load(repository.root)


def test_the_line_is_that_of_the_mistake(repository):
    path = repository.declare("a", 8001)
    path.write_text(path.read_text() + "publishes: []\nslo:\n  p95: 3\n")
    with pytest.raises(DeclarationError, match=r"service\.yaml:8: slo\.p95: unknown"):
        declarations.load(repository.root)


def test_all_mistakes_of_all_files_come_at_once(repository):
    repository.declare("a", 8001, one=1, calls=[{"service": "B"}])
    repository.declare("b", 8002, two=2)
    with pytest.raises(DeclarationError) as refused:
        declarations.load(repository.root)
    for part in ("one: unknown", "calls.0: operations", "calls.0.service", "two: unkn"):
        assert part in str(refused.value)


def test_a_key_given_twice_is_refused(repository):
    path = repository.declare("a", 8001)
    path.write_text(path.read_text() + "port: 8002\n")
    with pytest.raises(DeclarationError, match=r":6: `port` stands here twice"):
        declarations.load(repository.root)


@pytest.mark.parametrize("text", ["", "- a\n", "name: [", "\t", "42"])
def test_a_file_that_is_no_mapping_is_refused(repository, text):
    repository.write("services/toys/a/service.yaml", text)
    with pytest.raises(DeclarationError, match=r"services/toys/a/service\.yaml"):
        declarations.load(repository.root)


def test_a_declaration_lies_where_its_name_says(repository):
    repository.declare("a", 8001).rename(
        repository.write("services/toys/b/service.yaml", "")
    )
    with pytest.raises(DeclarationError, match="must lie in services/toys/a/"):
        declarations.load(repository.root)


def test_two_services_of_one_name_are_refused(repository):
    repository.declare("a", 8001)
    repository.declare("a", 8002, domain="games")
    with pytest.raises(DeclarationError, match="has this name as well"):
        declarations.load(repository.root)


def test_a_place_is_given_with_its_line(repository):
    repository.declare("a", 8001, **FULL)
    lines = (repository.root / "services/toys/a/service.yaml").read_text().splitlines()
    place = only(repository).place("calls", 1)
    assert "mail" in lines[int(place.rpartition(":")[2]) - 1]


@given(st.integers(0, 10**6), st.sampled_from(["ms", "s", "m", "h"]))
def test_durations_scale_by_their_unit(number, unit):
    factor = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
    assert declarations.seconds(f"{number}{unit}") == pytest.approx(number * factor)
