"""A repository in a temporary folder, made of declarations and OpenAPI documents."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

SCHEMA = Path(__file__).parents[2] / "contracts" / "declaration.schema.json"


class Repository:
    """Services are declared one by one; ``root`` is what filigree's functions take."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "contracts" / "openapi").mkdir(parents=True)
        (root / "services").mkdir()
        shutil.copy(SCHEMA, root / "contracts" / "declaration.schema.json")

    def declare(self, name: str, port: int, **more: Any) -> Path:
        """Write a service.yaml; ``domain`` is "toys" unless given."""
        domain = more.pop("domain", "toys")
        given = {"name": name, "domain": domain, "port": port}
        given |= {"owner": f"@filigree/{domain}", "summary": f"The {name} of {domain}"}
        folder = self.root / "services" / domain / name.replace("-", "_")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "service.yaml"
        path.write_text(yaml.safe_dump(given | more, sort_keys=False))
        return path

    def offer(self, service: str, *operations: dict[str, Any]) -> None:
        """Write an OpenAPI document: each operation has id, method, path, x-…."""
        paths: dict[str, Any] = {}
        for operation in operations:
            spec = dict(operation)
            method, path = spec.pop("method", "get"), spec.pop("path")
            paths.setdefault(path, {})[method] = spec
        document = {"openapi": "3.1.0", "paths": paths}
        target = self.root / "contracts" / "openapi" / f"{service}.json"
        target.write_text(json.dumps(document))

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target


def operation(name: str, path: str, method: str = "get", **extra: Any) -> dict:
    """An operation as ``offer`` takes it; ``retry="read"`` becomes ``x-retry``."""
    extensions = {f"x-{key}": value for key, value in extra.items()}
    return {"operationId": name, "path": path, "method": method, **extensions}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture(name="operation")
def operation_fixture() -> Any:
    return operation


STORE = '''
from fastapi import FastAPI

app = FastAPI(generate_unique_id_function=lambda route: route.name)
COLLECTION = "/api/v1/collections/{collection}"


@app.get(COLLECTION + "/documents/{id}", openapi_extra={"x-retry": "read"})
def read(collection: str, id: str) -> dict:
    """Read a document."""
    return {}


@app.post("/api/v1/transactions/{service}", openapi_extra={"x-retry": "keyed"})
def transact(service: str) -> dict:
    """Commit changes."""
    return {}


@app.get("/health/ready")
def ready() -> dict:
    return {}
'''
SHOP = '''
import chassis
from contracts.toys.events import ThingMade
from pydantic import BaseModel

class Thing(BaseModel):
    id: str

things = chassis.collection("things", Thing)
router = chassis.router("/api/v1/things")

@router.post("", **chassis.policy(retry="keyed", public=True, timeout=6.0))
async def make(thing: Thing) -> Thing:
    """Make a thing."""
    await things.find(thing.id)
    things.put(thing.id, thing)
    chassis.publish(ThingMade(id=thing.id))
    return thing

app = chassis.create_app("shop", router)
'''
EVENTS = '''
from typing import Literal
from pydantic import BaseModel

class ThingMade(BaseModel):
    """A thing was made."""

    type: Literal["thing.made"] = "thing.made"
    id: str
'''


def furnished(repository: Repository) -> Repository:
    """Two services with code, shop and database-operations; nothing is generated."""
    repository.declare("database-operations", 8028)
    calls = [{"service": "database-operations", "operations": ["read", "transact"]}]
    things = [{"name": "things", "access": "write"}]
    repository.declare(
        "shop", 8001, calls=calls, collections=things, publishes=["thing.made"]
    )
    repository.write("services/toys/database_operations/app.py", STORE)
    repository.write("services/toys/shop/app.py", SHOP)
    repository.write("contracts/toys/events.py", EVENTS)
    return repository


@pytest.fixture
def town(repository: Repository) -> Repository:
    return furnished(repository)


@pytest.fixture(scope="module")
def model_town(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A town in which a module's tests change nothing: they have copies of it."""
    return furnished(Repository(tmp_path_factory.mktemp("town")))
