"""Grafana's dashboards as data: panels in rows, of equal width, one below another."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 24, 8  # a dashboard's columns; a panel's rows
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# The second of Grafana's schemas for time series; a newer Grafana migrates it.
SCHEMA = 39


@dataclass(frozen=True, slots=True)
class Panel:
    """``queries`` are PromQL by legend; ``unit`` is one of Grafana's unit ids."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    kind: str = "timeseries"
    about: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Up to four panels beside one another, below a heading."""

    title: str
    panels: tuple[Panel, ...]


def dashboard(
    uid: str, title: str, rows: Iterable[Row], choices: dict[str, list[str]] | None
) -> str:
    """A dashboard's JSON; *choices* are its variables beside the source of its data."""
    panels: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        panels.append(_heading(row, len(panels) + 1, top))
        width = WIDTH // len(row.panels)
        for column, panel in enumerate(row.panels):
            place = {"x": column * width, "y": top + 1, "w": width, "h": HEIGHT}
            panels.append(_panel(panel, len(panels) + 1, place))
        top += 1 + HEIGHT
    given = {
        "uid": uid,
        "title": title,
        "tags": ["filigree"],
        "editable": False,
        "schemaVersion": SCHEMA,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [_sources(), *map(_choice, (choices or {}).items())]},
        "links": [
            {
                "type": "dashboards",
                "title": "Filigree",
                "tags": ["filigree"],
                "asDropdown": True,
                "keepTime": True,
            }
        ],
        "panels": panels,
    }
    return json.dumps(given, indent=1, sort_keys=True) + "\n"


def _heading(row: Row, number: int, top: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "row",
        "title": row.title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
        "panels": [],
    }


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0},
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE,
                "expr": query,
                "legendFormat": legend,
            }
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def _sources() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
    }


def _choice(given: tuple[str, list[str]]) -> dict[str, Any]:
    name, values = given
    return {
        "name": name,
        "type": "custom",
        "query": ",".join(values),
        "current": {"text": values[0], "value": values[0]},
        "options": [
            {"text": each, "value": each, "selected": each == values[0]}
            for each in values
        ],
    }
