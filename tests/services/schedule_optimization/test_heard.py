"""What is said at one question of a dialogue: names, times, changes, and a yes."""

from pathlib import Path

import pytest

from tests.services.schedule_optimization.test_dialogues import play

BEFORE = {
    "slot": ["> book a check-up"],
    "name": ["> book a check-up on Friday at 15:00"],
    "email": ["> book a check-up on Friday at 15:00, my name is Ann Lee"],
    "confirm": ["> book a check-up on Friday at 15:00, my name is Ann Lee", "> no"],
    "begins": [],
    "had": ["@ has check-up 2026-11-27 15:00"],
    "moving": ["@ has check-up 2026-11-27 15:00", "> move my appointment"],
    "moved": [
        "@ has check-up 2026-11-27 15:00",
        "> move my appointment to Tuesday at 10",
    ],
}
TABLE = Path(__file__).with_name("heard.txt").read_text(encoding="utf-8").splitlines()
ROWS = [line for line in TABLE if line and line[0] != "#"]


@pytest.mark.parametrize("row", ROWS)
def test_what_is_said_at_a_question_is_taken_for_what_it_is(row: str) -> None:
    where, rest = row.split(" > ", 1)
    said, awaited = rest.rsplit(" < ", 1)
    messages = [f"> {each}" for each in said.split(" >> ")]
    reply = play([*BEFORE[where], *messages]).reply.casefold()
    for part in awaited.casefold().split(" | "):
        assert (part.removeprefix("!") in reply) == (part[0] != "!"), reply
