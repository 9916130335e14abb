"""Whole dialogues, each a block of ``dialogues.txt``, with the real services behind."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

BLOCKS = [
    block.strip().splitlines()
    for block in re.split(
        r"(?m)^= ", Path(__file__).with_name("dialogues.txt").read_text("utf-8")
    )[1:]
]
FILE = files("services.payment.conversational_payment").joinpath("words.json")
REPLIES = json.loads(FILE.read_text("utf-8"))["replies"]


def named(reply: str) -> set[str]:
    """The names of the replies that this text may be: "" of none."""
    if not reply:
        return {""}
    for table in REPLIES.values():
        if reply.startswith(table["lost"]):
            left = reply.removeprefix(table["lost"]).strip()
            return {f"lost {name}" for name in named(left)}
        if reply.startswith(table["refund"]) and reply != table["refund"]:
            left = reply.removeprefix(table["refund"]).strip()
            return {f"refund {name}" for name in named(left)}
        if reply.endswith(table["person"]) and reply != table["person"]:
            left = reply.removesuffix(table["person"]).strip()
            return {f"{name} person" for name in named(left)}
    found = set()
    for table in REPLIES.values():
        for name, text in table.items():
            pieces = map(re.escape, re.split(r"\{\w+\}", text))
            if re.fullmatch(".+?".join(pieces).replace("EUR.+?", "EUR.*?"), reply):
                found.add(name)
    return found - {"unclear", "told", "which"} or {"unclear"}


def happen(till: Any, what: str, url: str) -> None:
    name, _, service = what.partition(" ")
    if name == "away":
        till.leave(service)
    elif name == "back":
        till.come_back()
    elif name.startswith("expire"):
        till.expire(*([1] if name == "expire-first" else []))
    else:
        does = {"paid": till.pay, "paying": till.try_to_pay, "late": till.tell_late}
        does |= {"end": till.end, "over": till.require_over}
        does[name](url)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
def test_a_dialogue_goes_as_its_table_says(block: list[str], till: Any) -> None:
    id, first, before, links = till.begin()["id"], "", "", 0
    for line in block[1:]:
        if line.startswith("! "):
            happen(till, line[2:], first)
            continue
        message, _, expected = line.partition(" => ")
        name, _, texts = expected.partition(": ")
        said = till.say(id, message)
        assert name in named(said["reply"]), said["reply"]
        for text in filter(None, texts.split(" | ")):
            assert text in said["reply"]
        is_new = said["url"] is not None and name in ("linked", "relinked")
        assert not is_new or before.endswith("confirm")
        links += is_new
        first, before = first or said["url"] or "", name
        assert (said["link_id"] is not None) == (links > 0)
