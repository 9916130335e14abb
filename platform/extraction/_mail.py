"""E-mail: what its sender wrote, and not what is quoted below it."""

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from typing import BinaryIO

from extraction import _decode, _html, _plain
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._refused import Refused

FEW, LONG = 5, 80  # attachments that a refusal names, and characters of each

# "On Monday, Ann wrote:" above a quote, over a few lines.
_SAYS = re.compile(
    r"^(?:On|Am|Le|El)\b[^\n]*(?:\n[^\n>]*)?\b(?:wrote|schrieb|a écrit|escribió)\b"
    r"[^\n]*(?:\n[^\n>][^\n]*)?:[ \t]*\n+(?=>)",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^>.*\n?", re.MULTILINE)
_BELOW = re.compile(
    r"^(?:-{2,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine"
    r"|Mensaje original)[ \t]*-{2,}|_{10,}[ \t]*\n(?:From|Von|De):)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_HTML = "blockquote[type=cite], .gmail_quote, .moz-cite-prefix, .yahoo_quoted"


def read(file: BinaryIO, builder: Builder, limits: Limits) -> None:
    message = email.message_from_binary_file(file, policy=policy.default)
    subject = _told(message, "subject")
    builder.heading(subject, 1)
    # A sender's name tells who says so; an address is nobody else's business.
    sender = re.sub(r"\s*<[^>]*>|\S+@\S+", "", _told(message, "from")).strip(' "')
    told = {"From": sender, "Date": _told(message, "date")}
    head = "; ".join(f"{name}: {value}" for name, value in told.items() if value)
    body = message.get_body(("plain", "html"))
    attached = [*_attached(message)]
    text = _text(body) if body else ""
    if not text.strip():
        also = f"; send what is attached by itself: {_named(attached)}"
        raise Refused("no_text", f"it says nothing{also if attached else ''}")
    builder.paragraph(head)
    if body and body.get_content_type() == "text/html":
        _html.read(text, builder, limits, left_out=_QUOTED_HTML)
    else:
        _plain.read(own(text), builder, limits)
    for name in attached:
        builder.list_item(f"Attachment: {name}")
    builder.title = subject


def _told(message: EmailMessage, name: str) -> str:
    """A header as text; one that is not as it should be says nothing."""
    try:
        return str(message.get(name) or "")
    except (ValueError, IndexError, AttributeError):
        return ""


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # an encoding that nobody knows
        content = part.get_payload(decode=True)
        return _decode.text(content if isinstance(content, bytes) else b"")


def _attached(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments():
        yield part.get_filename() or part.get_content_type()


def _named(attached: list[str]) -> str:
    """A few of them, for a person to read: there can be thousands, with long names."""
    names = [name[:LONG] for name in dict.fromkeys(attached)]
    more = [f"{len(names) - FEW} more"] if len(names) > FEW else []
    return ", ".join(names[:FEW] + more)


def own(text: str) -> str:
    """*text* without what it quotes of other messages; all of it if it says no more."""
    above = _BELOW.split(text, maxsplit=1)[0]
    unquoted = _QUOTED.sub("", _SAYS.sub("", above))
    return unquoted if unquoted.strip() else text
