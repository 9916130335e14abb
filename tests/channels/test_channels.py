"""Channels: quiet hours on any wall clock, templates, and a real SMTP server."""

import email
import email.message
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

import channels

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(MOMENTS, HOURS, HOURS, st.sampled_from(ZONES))
def test_nothing_goes_out_in_quiet_hours_and_everything_within_a_day(
    wanted: datetime, start: time, end: time, zone: str
) -> None:
    at = channels.may_go(wanted, start, end, zone)
    local = at.astimezone(ZoneInfo(zone)).time()
    quiet = start <= local < end if start <= end else local >= start or local < end
    assert start == end or not quiet
    assert wanted <= at <= wanted + timedelta(hours=49)


@given(MOMENTS, HOURS, st.sampled_from(ZONES))
def test_no_hours_are_never_quiet(wanted: datetime, at: time, zone: str) -> None:
    assert channels.may_go(wanted, at, at, zone) == wanted


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("2026-03-28T22:30:00+00:00", "2026-03-29T05:00:00+00:00"),
        ("2026-10-24T21:30:00+00:00", "2026-10-25T06:00:00+00:00"),
        ("2026-06-01T04:59:59+00:00", "2026-06-01T05:00:00+00:00"),
        ("2026-06-01T05:00:00+00:00", "2026-06-01T05:00:00+00:00"),
    ],
)
def test_quiet_hours_end_at_the_same_hour_of_the_wall_clock(
    wanted: str, told: str
) -> None:
    at = channels.may_go(
        datetime.fromisoformat(wanted), time(22), time(7), "Europe/Berlin"
    )
    assert at == datetime.fromisoformat(told)


@pytest.mark.parametrize(
    ("start", "end", "wanted", "told"),
    [
        # The clock is put back: 02:15 to 02:45 comes twice.
        ("02:15", "02:45", "2026-10-25T00:20:00+00:00", "2026-10-25T00:45:00+00:00"),
        ("02:15", "02:45", "2026-10-25T01:20:00+00:00", "2026-10-25T01:45:00+00:00"),
        ("22:00", "02:30", "2026-10-25T00:10:00+00:00", "2026-10-25T00:30:00+00:00"),
        ("22:00", "02:30", "2026-10-25T01:10:00+00:00", "2026-10-25T01:30:00+00:00"),
        # It is put forward: there is no 02:30, nor anything between 02:00 and 03:00.
        ("22:00", "02:30", "2026-03-29T00:10:00+00:00", "2026-03-29T01:30:00+00:00"),
        ("03:00", "02:00", "2026-03-28T12:00:00+00:00", "2026-03-30T00:00:00+00:00"),
    ],
)
def test_quiet_hours_are_quiet_when_the_clock_is_changed(
    start: str, end: str, wanted: str, told: str
) -> None:
    hours = time.fromisoformat(start), time.fromisoformat(end)
    at = channels.may_go(datetime.fromisoformat(wanted), *hours, "Europe/Berlin")
    assert at == datetime.fromisoformat(told)


def test_a_missing_variable_is_named() -> None:
    assert channels.filled("${a} costs $$5", {"a": "It"}) == "It costs $5"
    with pytest.raises(channels.BadTemplate, match="name"):
        channels.filled("Dear ${name}", {})
    with pytest.raises(channels.BadTemplate):
        channels.filled("5 $ off", {})


@dataclass
class Words:
    text: str
    subject: str = ""


@pytest.mark.parametrize("text", ["$name", "${name}", "$$5", "{}", "{ 3 }", "a{b: 1}"])
def test_what_can_be_filled_is_a_template(text: str) -> None:
    channels.require_template(Words(text))
    channels.require_template(Words("x", text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Dear {name}", r"\$\{name\}"),
        ("Dear {{ first_name }},", r"\$\{first_name\}"),
        ("Dear ${}", "line 1, col 6"),
        ("Dear ${first name}", "col 6"),
        ("Dear $größe, $ö", "dollar sign"),
        ("only 5$", "dollar sign"),
    ],
)
def test_what_only_looks_like_a_variable_is_refused(text: str, why: str) -> None:
    for words in (Words(text), Words("x", text)):
        with pytest.raises(channels.BadTemplate, match=why):
            channels.require_template(words)
    with pytest.raises(channels.BadTemplate, match=why):
        channels.filled(text, {"name": "Ada", "first_name": "Ada", "gr": "1"})


@dataclass
class Attached:
    name: str
    media_type: str
    content: str


class Mailbox:
    """Takes every message but those to ``full@…``."""

    def __init__(self) -> None:
        self.messages: list[email.message.Message] = []
        self.recipients: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("full@"):
            return "552 the mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[str, Mailbox]]:
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    yield f"mailto://127.0.0.1:{port}?from=desk@shop.example&to={{to}}", mailbox
    server.stop()


def test_an_email_arrives_with_its_attachment(smtp: tuple[str, Mailbox]) -> None:
    url, mailbox = smtp
    event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    attached = [Attached("booking.ics", "text/calendar", event)]
    message = channels.Message("Your booking", "See you on Friday, Zoë.", attached)
    channels.sender(url, 10.0)("ada+x@example.org", message)
    (got,) = mailbox.messages
    assert mailbox.recipients == ["ada+x@example.org"]
    assert got["Subject"] == "Your booking"
    parts = {part.get_content_type(): part for part in got.walk()}
    assert "See you on Friday, Zoë." in parts["text/plain"].get_content()
    assert parts["text/calendar"].get_filename() == "booking.ics"
    assert "BEGIN:VCALENDAR" in str(parts["text/calendar"].get_content())


def test_what_the_server_refuses_is_refused_with_a_reason(
    smtp: tuple[str, Mailbox],
) -> None:
    url, mailbox = smtp
    with pytest.raises(channels.Refused) as refused:
        channels.sender(url, 10.0)("full@example.org", channels.Message("s", "t"))
    assert str(refused.value)
    assert mailbox.messages == []


def test_a_server_that_is_not_there_refuses() -> None:
    url = "mailto://127.0.0.1:9?from=desk@shop.example&to={to}"
    with pytest.raises(channels.Refused):
        channels.sender(url, 5.0)("ada@example.org", channels.Message("s", "t"))


@pytest.mark.parametrize("url", ["nosuch://x?to={to}", "mailto://h?to=a@b.example"])
def test_a_url_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError):
        channels.sender(url, 5.0)
