"""Small talk is answered as such, and never in place of what is asked beside it."""

from pathlib import Path

import pytest

from chassis import testing

TABLE = Path(__file__).with_name("small.txt").read_text("utf-8").splitlines()
ROWS = [line.split(None, 1) for line in TABLE if line and line[0] != "#"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row[1]) for row in ROWS])
def test_small_talk_is_no_answer_to_another_matter(row: list[str]) -> None:
    from services.assistant.decision_planner.app import app, models

    intent, message = row
    models.forget()
    actions = [{"name": "search", "parameters": {}}]
    upstreams = {"response-generation": {"get_model": {"model": None}}}
    with testing.mesh(app, upstreams=upstreams) as mesh:
        asked = {"message": message, "actions": actions}
        plan = mesh.post("/api/v1/plans", json=asked).json()
    assert plan["intent"] == ("ask" if intent == "-" else intent)
    assert bool(plan["reply"]) == (intent != "-")
