"""Log lines: what programs read of them."""

import json
import logging

from chassis._logs import JsonFormatter


def test_a_line_says_a_message_once_and_what_was_said_beside_it() -> None:
    for_terminals = "Started \x1b[36m%d\x1b[0m"
    record = logging.makeLogRecord(
        {"msg": "Started %d", "args": (7,), "levelname": "INFO", "port": 8000}
        | {"color_message": for_terminals}
    )
    line = json.loads(JsonFormatter("authentication").format(record))
    assert (line["message"], line["port"]) == ("Started 7", 8000)
    assert (line["level"], line["service"]) == ("info", "authentication")
    assert "color_message" not in line
