"""A repository in a temporary folder that keeps every gate, to plant violations in."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parents[2]
APP = '''"""A shop."""

import chassis


def price(amount: int) -> int:
    return amount if amount > 0 else 0


app = chassis.create_app("shop")
'''
PROJECT = """
[project]
dependencies = ["fastapi>=0.1"]

[project.optional-dependencies]
bank = ["numpy>=2"]
test = ["pytest>=9"]
"""


class Repository:
    """``root`` holds the services shop and bank, a chassis, contracts, one engine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pyproject.toml", PROJECT)
        schema = HERE / "contracts" / "declaration.schema.json"
        self.write("contracts/__init__.py", "")
        shutil.copy(schema, root / "contracts")
        self.write("services/__init__.py", "")
        self.write("services/toys/__init__.py", "")
        self.write("platform/chassis/__init__.py", '__all__ = ["create_app"]\n')
        self.write("platform/engine/__init__.py", "")
        for port, name in enumerate(("shop", "bank"), 8001):
            self.declare(name, port)
            self.write(f"services/toys/{name}/__init__.py", "")
            self.write(f"services/toys/{name}/app.py", APP)

    def declare(self, name: str, port: int, **more: Any) -> None:
        given = {"name": name, "domain": "toys", "port": port, "owner": "@x"}
        text = yaml.safe_dump(given | {"summary": "x"} | more, sort_keys=False)
        self.write(f"services/toys/{name}/service.yaml", text)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def shop(self, code: str) -> None:
        """Add code to the service shop."""
        self.write("services/toys/shop/app.py", f"{APP}\n\n{code}")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)
