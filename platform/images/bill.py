"""A bill of materials of folders of packages: ``python bill.py FOLDER ...``.

CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), on standard output; the same
packages give the same bytes.
"""

import json
import sys
from importlib.metadata import Distribution, distributions
from typing import Any


def bill(*folders: str) -> dict[str, Any]:
    """Every distribution in *folders*, by name and version."""
    found = sorted(
        distributions(path=list(folders)), key=lambda each: each.name.lower()
    )
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": [_component(each) for each in found],
    }


def _component(package: Distribution) -> dict[str, Any]:
    name = package.name.lower().replace("_", "-")
    said = package.metadata.get("License-Expression")
    licences = {"licenses": [{"expression": said}]} if said else {}
    return {
        "type": "library",
        "name": name,
        "version": package.version,
        "purl": f"pkg:pypi/{name}@{package.version}",
        **licences,
    }


if __name__ == "__main__":
    print(json.dumps(bill(*sys.argv[1:]), indent=1))
