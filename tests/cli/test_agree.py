"""What a service's code names, and what it declares, must be the same."""

import inspect
from dataclasses import is_dataclass

import pytest

import chassis
from filigree import edges, graph_agree, graph_code, graph_events

EVENTS = """
from typing import Literal
from pydantic import BaseModel

class ThingMade(BaseModel):
    type: Literal["thing.made"] = "thing.made"

class ThingLost(BaseModel):
    type: Literal["thing.lost"] = "thing.lost"
"""
CODE = """
from typing import Annotated
from fastapi import Depends
import chassis
from contracts.toys.events import ThingLost, ThingMade

mail = chassis.upstream("mail")
Prices = Annotated[chassis.Upstream, Depends(chassis.upstream("prices"))]
things = chassis.collection("things", dict)
others = chassis.collection("others", dict)

async def make(prices: Prices) -> None:
    await prices.call("quote")
    await mail.call("send", json={})
    things.put("1", await others.get("2"))
    chassis.publish(ThingMade())

@chassis.on(ThingLost)
async def forget(event: ThingLost) -> None:
    await things.query({})
"""
DECLARED = {
    "calls": [
        {"service": "mail", "operations": ["send"]},
        {"service": "prices", "operations": ["quote"]},
        {
            "service": "database-operations",
            "operations": ["read", "query", "transact"],
        },
    ],
    "collections": [
        {"name": "things", "access": "write"},
        {"name": "others", "access": "read"},
    ],
    "publishes": ["thing.made"],
    "consumes": ["thing.lost"],
}


@pytest.fixture
def found(repository):
    """What is found for one service with this code and this declaration."""
    repository.write("contracts/toys/events.py", EVENTS)

    def find(code=CODE, **changed):
        repository.declare("shop", 8001, **(DECLARED | changed))
        repository.write("services/toys/shop/app.py", code)
        models = graph_events.models(repository.root)
        mesh = edges.resolve(repository.root)
        return [str(each) for each in graph_agree.agree(repository.root, mesh, models)]

    return find


def without(key, **wanted):
    """The declared list without the entry that has these values."""
    return {
        key: [
            entry
            for entry in DECLARED[key]
            if not all(entry[name] == value for name, value in wanted.items())
        ]
    }


def test_code_and_declaration_that_agree_have_no_findings(found):
    assert found() == []


@pytest.mark.parametrize("upstream", ["mail", "prices"])
def test_an_upstream_that_only_the_code_names_is_found(found, upstream):
    said = found(**without("calls", service=upstream))
    assert any(f"{upstream} is not in `calls`" in each for each in said)
    assert all(each.startswith("services/toys/shop/app.py:") for each in said)


def test_an_upstream_that_is_only_declared_is_found(found):
    extra = [*DECLARED["calls"], {"service": "fax", "operations": ["dial"]}]
    said = found(calls=extra)
    assert any("the code never calls fax; remove it" in each for each in said)


@pytest.mark.parametrize("operation", ["send", "quote"])
def test_an_operation_that_only_the_code_names_is_found(found, operation):
    said = found(CODE.replace(f'"{operation}"', '"other"'))
    assert any(f"never calls {operation}; remove it" in each for each in said)
    assert any("other is not among the operations in `calls`" in each for each in said)


def test_an_operation_of_another_upstream_does_not_count(found):
    (said,) = found(CODE.replace('mail.call("send"', 'mail.call("quote"') + '"send"\n')
    assert "mail: quote is not among the operations" in said


def test_a_collection_that_only_the_code_names_is_found(found):
    (said,) = found(**without("collections", name="others"))
    assert said.startswith("services/toys/shop/app.py:10: others is not in")


def test_a_collection_that_is_only_declared_is_found(found):
    extra = [*DECLARED["collections"], {"name": "more", "access": "read"}]
    (said,) = found(collections=extra)
    assert "the code never uses more; remove it" in said


def test_a_write_to_what_may_only_be_read_is_found(found):
    said = found(CODE.replace("others.get(", "others.delete("))
    assert "others is written, but" in said[0]


@pytest.mark.parametrize("operation", ["read", "query", "transact"])
def test_what_collections_need_of_the_store_must_be_declared(found, operation):
    kept = [each for each in ("read", "query", "transact") if each != operation]
    calls = [*DECLARED["calls"][:2], {"service": "database-operations"}]
    calls[2]["operations"] = kept
    (said,) = found(calls=calls)
    assert f"needs {operation} of database-operations" in said


def test_what_nothing_needs_of_the_store_is_found(found):
    calls = [*DECLARED["calls"][:2], {"service": "database-operations"}]
    calls[2]["operations"] = ["read", "query", "transact", "explain"]
    (said,) = found(calls=calls)
    assert "nothing needs explain of database-operations; remove it" in said


def test_what_an_engine_does_with_a_collection_is_not_judged(found):
    blobs = ["read", "query", "transact", "get_blob", "put_blob"]
    calls = [*DECLARED["calls"][:2]]
    calls.append({"service": "database-operations", "operations": blobs})
    (said,) = found(calls=calls)
    assert "nothing needs get_blob, put_blob" in said
    assert found(CODE + "\nkept = shelf.Shelf(things)\n", calls=calls) == []
    (said,) = found(CODE + "\nkept = chassis.odd(things)\n", calls=calls)
    assert "nothing needs get_blob, put_blob" in said


def test_a_keyed_operation_needs_a_journal(found, repository, operation):
    repository.offer("shop", operation("make", "/api/v1/m", "post", retry="keyed"))
    code = 'import chassis\nx = chassis.upstream("mail")\nx.call("send")\n'
    said = found(
        code, calls=DECLARED["calls"][:1], collections=[], publishes=[], consumes=[]
    )
    needed = [each.partition(": ")[2] for each in said]
    assert [each.split(" of ")[0] for each in needed] == [
        "needs read",
        "needs transact",
    ]


def test_an_operation_that_replays_its_answers_needs_none(found, repository, operation):
    made = operation("make", "/api/v1/m", "post", retry="keyed", replays=True)
    repository.offer("shop", made)
    code = 'import chassis\nx = chassis.upstream("mail")\nx.call("send")\n'
    known = {"collections": [], "publishes": [], "consumes": []}
    assert found(code, calls=DECLARED["calls"][:1], **known) == []


def test_an_event_that_only_the_code_publishes_is_found(found):
    (said,) = found(publishes=[])
    assert "thing.made is in neither `publishes` nor `consumes`" in said


def test_an_event_that_is_only_declared_is_found(found):
    (said,) = found(publishes=["thing.made", "thing.sold"])
    assert "the code has no thing.sold; remove it" in said


def test_a_handler_of_an_event_that_is_not_consumed_is_found(found):
    (said,) = found(publishes=["thing.made", "thing.lost"], consumes=[])
    assert "thing.lost is not in `consumes`" in said


def test_an_annotation_is_no_use_of_an_event(found):
    code = CODE.replace("    chassis.publish(ThingMade())\n", "    kept: ThingMade\n")
    (said,) = found(code)
    assert "the code has no thing.made; remove it" in said


def test_events_may_be_named_through_their_module(found):
    code = CODE.replace(
        "from contracts.toys.events import ThingLost, ThingMade",
        "from contracts.toys import events",
    )
    code = code.replace("ThingMade(", "events.ThingMade(")
    assert found(code.replace("(ThingLost)", "(events.ThingLost)")) == []


def test_the_routes_that_the_chassis_adds_count_as_uses(found):
    code = CODE.replace("await others.get(", "dict(")
    code += 'router = chassis.router("/x")\n'
    lacking = found(code, **without("collections", name="nothing"))
    assert lacking == []
    calls = [*DECLARED["calls"][:2], {"service": "database-operations"}]
    calls[2]["operations"] = ["query", "transact"]
    code += 'chassis.items(router, others, "other", delete_roles=("owner",))\n'
    said = found(code, calls=calls, consumes=["thing.lost"])
    assert any("needs read of" in each for each in said)
    assert any("others is written, but" in each for each in said)


@pytest.mark.parametrize("kind", ["upstream", "collection"])
def test_a_computed_name_is_refused(found, kind):
    (said,) = found(CODE + f"\nhidden = chassis.{kind}(*names)\n")
    assert f"name the {kind} by a literal" in said


def test_who_fans_out_may_compute_its_upstreams(found):
    code = CODE + "\nevery = [chassis.upstream(name) for name in names]\n"
    assert found(code, fan_out=["public"]) == []


def test_a_provider_s_operations_are_no_edges(found):
    code = CODE + 'bank = chassis.provider("Bank")\nbank.call("POST /pay", print)\n'
    assert found(code) == []


def test_every_use_of_a_collection_is_known_to_the_check():
    methods = {
        name
        for name, value in vars(chassis.Collection).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
    # Who watches hears of what its own process did, and asks nobody.
    assert methods - {"watch"} == graph_code.ASKS.keys()
    parts = {
        name
        for name in chassis.__all__
        if (inspect.isfunction(made := getattr(chassis, name)) or is_dataclass(made))
        and "Collection[" in str(inspect.signature(made).parameters)
    }
    assert parts == graph_code.USES.keys()


def test_a_service_without_an_application_is_found(repository):
    repository.declare("shop", 8001)
    mesh = edges.resolve(repository.root)
    (said,) = graph_agree.agree(repository.root, mesh, {})
    assert "there is no services/toys/shop/app.py" in said.message


def test_code_that_is_no_python_is_found(found):
    assert "not valid Python" in found("def (:\n")[0]
