"""What services are asked while they are measured is what their contracts offer."""

import json
import re
from pathlib import Path

from filigree import bench_dealings

ROOT = Path(__file__).parents[2]


def offered(service: str) -> set[tuple[str, str]]:
    """(method, pattern of a path) of each operation."""
    contract = ROOT / "contracts/openapi" / f"{service}.json"
    return {
        (method.upper(), re.sub(r"\{\w+\}", "[^/]+", path))
        for path, methods in json.loads(contract.read_text())["paths"].items()
        for method in methods
    }


def test_every_request_is_of_an_operation() -> None:
    for service, asked in bench_dealings.requests().items():
        for method, path, _ in asked:
            assert any(
                method == known and re.fullmatch(pattern, path)
                for known, pattern in offered(service)
            ), (service, method, path)
