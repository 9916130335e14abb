"""What in a document speaks to the assistant rather than to the reader.

It is looked for in what a reader would make out: invisible characters, letters of
another alphabet that look like Latin ones, markup and spaced-out letters hide nothing.
"""

import re

from normalization import identity

_COMMANDS = [
    (
        "ignor disregard forget overrid bypass",
        r"(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
        r"\b(?:instructions?|prompts?|rules|guidelines|above|previous|directives?)",
    ),
    (
        "system developer",
        r"\b(?:system|developer)\s+(?:prompt|message|instruction)",
    ),
    ("instruction", r"\b(?:new|updated|important)\s+instructions?\b"),
    (
        "instruction note message memo reminder",
        r"\b(?:instructions?|notes?|messages?|memos?|reminders?)\s+(?:to|for)\s+"
        r"(?:the\s+|any\s+|all\s+|every\s+)?"
        r"(?:ai|assistants?|chat\s*bots?|bots?|(?:language\s+)?models?|llms?)\b",
    ),
    (
        "system assistant user developer human ai",
        # But not a table's row, "System: Debian; Command: apt install".
        r"^\W*(?:system|assistant|user|developer|human|ai)\s*"
        r"(?:\]|>|:(?![^;]{1,80};\s*[^:;]{1,40}:))",
    ),
    (
        "im_start im_end system assistant instruction",
        r"<\|?/?\s*(?:im_start|im_end|system|assistant|instructions?)\b",
    ),
    (
        "you",
        r"\byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?"
        r"(?:ai\b|assistant|chat\s*bot|language\s+model|in\s+\w+\s+mode|dan\b)",
    ),
    ("ai assistant model", r"\bas\s+an\s+(?:ai|assistant|language\s+model)\b"),
    (
        "ai bot assistant model llm",
        r"\b(?:the\s+)?(?:ai|chat\s*bot|assistant|language\s+model|llm|bot)s?\s+"
        r"(?:must|should|shall|will|is\s+to|has\s+to|reading)\b",
    ),
    (
        "reply respond answer",
        # "To stop receiving this, answer with the word STOP" speaks to the reader.
        r"^(?!.*\bto\s+(?:stop|end|cancel|unsubscribe|leave|opt\s+out|confirm)\b"
        r".{0,60}\b(?:reply|respond|answer)).*\b(?:reply|respond|answer)\s+(?:only\s+|always\s+)?(?:with|that|by)\b|"
        r"\b(?:reply\s+to|respond\s+to|answer)\s+(?:every|all|each|any)\s+"
        r"(?:questions?|messages?)\b",
    ),
    (
        "answer repl response output",
        r"\b(?:include|insert|add|append|put|give|mention)\b.{0,60}\bin\s+"
        r"(?:every|each|all|your)\s+(?:answers?|repl(?:y|ies)|responses?|outputs?)\b",
    ),
    (
        "task role mission",
        r"\byour\s+(?:new\s+|only\s+|real\s+)?(?:task|role|mission)\s+is\b",
    ),
    ("pretend", r"\bpretend\s+(?:that\s+)?(?:you|to\s+be)\b"),
    (
        "say tell inform assure convince persuade advise",
        r"\b(?:say|tell|inform|assure|convince|persuade|advise)\s+"
        r"(?:to\s+)?(?:the\s+|every|all\s+|any|each\s+)+(?:users?|customers?|"
        r"visitors?|one|body|patients?|guests?|people|clients?|readers?)",
    ),
    ("asked", r"\b(?:when|if)\s+(?:you\s+are\s+|you're\s+)?asked\b"),
    (
        "not",
        r"\bdo\s+not\s+(?:reveal|disclose|mention|follow)\b.{0,60}"
        r"\b(?:instructions?|prompt|users?|rules)",
    ),
    (
        "prompt instructions",
        r"\b(?:reveal|print|repeat|output|show)\b.{0,30}\b(?:prompt|instructions)",
    ),
    (
        "ignorier vergiss",
        r"\b(?:anweisungen|instruktionen)\b.{0,30}\b(?:ignorier|vergiss)|"
        r"\b(?:ignorier|vergiss)\w*\b.{0,40}\b(?:anweisungen|instruktionen|regeln)",
    ),
]
# To look for one of its marks is far cheaper than to try a pattern, and hardly any
# sentence has one.
_MARKED = [(marks.split(), re.compile(pattern)) for marks, pattern in _COMMANDS]
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХаеорсухіјѕԁӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικ",
    "ABEKMHOPCTXaeopcyxijsdlABEZHIKMNOPTYXovik",
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|[*_`~]+")
_SPACED = re.compile(r"\b(?:[^\W\d_][-. ]){3,}[^\W\d_]\b")
# Overrides show characters in another order than they stand in; tags show nothing.
_DECEIVES = re.compile("[\u202d\u202e\U000e0000-\U000e007f]")


def _seen(text: str) -> str:
    """The text as a reader makes it out."""
    if not text.isascii():
        text = identity(text).translate(_LOOKALIKES)
    return _SPACED.sub(lambda found: re.sub("[-. ]", "", found[0]), text)


def is_command(text: str) -> bool:
    """Whether a sentence addresses the assistant that reads the document."""
    seen = _seen(text).lower()
    bare = _MARKUP.sub("", seen)
    return _commands(seen) or (bare != seen and _commands(bare))


def _commands(lower: str) -> bool:
    return any(
        pattern.search(lower)
        for marks, pattern in _MARKED
        if any(mark in lower for mark in marks)
    )


def deceives(text: str) -> bool:
    """Whether a text reads otherwise than it stands."""
    return bool(_DECEIVES.search(text))


_FINISHED = re.compile(r"[.!?…:][)\"'”’»]*\Z")
_LINES = 3


def is_finished(text: str) -> bool:
    """Whether a line ends as sentences do, so that the next one begins anew."""
    return bool(_FINISHED.search(text))


def begins_order(pieces: list[str], at: int) -> bool:
    """Whether a sentence gives orders, alone or with the lines that it runs on into."""
    if is_command(pieces[at]):
        return True
    for end in range(at + 2, min(len(pieces), at + _LINES) + 1):
        if is_finished(pieces[end - 2]):
            return False
        if is_command(" ".join(pieces[at:end])):
            return not is_command(" ".join(pieces[at + 1 : end]))
    return False
