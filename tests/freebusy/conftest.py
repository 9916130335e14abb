"""What several tests write."""

from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def vevent() -> Callable[..., str]:
    """``vevent(*lines)``: a calendar with one event of these lines."""

    def text(*lines: str) -> str:
        body = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:u", *lines]
        return "\r\n".join([*body, "END:VEVENT", "END:VCALENDAR", ""])

    return text
