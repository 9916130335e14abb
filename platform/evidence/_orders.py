"""What in a document speaks to the assistant rather than to the reader.

It is looked for in what a reader would make out: invisible characters, letters of
another alphabet that look like Latin ones, markup and spaced-out letters hide nothing.
"""

import re
import unicodedata

_COMMAND = re.compile(
    r"""
      (?:ignore|disregard|forget|override|bypass)\b.{0,40}
        \b(?:instructions?|prompts?|rules|guidelines|above|previous|directives?)
    | \b(?:system|developer)\s+(?:prompt|message|instruction)
    | \b(?:new|updated|important)\s+instructions?\b
    | \b(?:instructions?|notes?|messages?|memos?|reminders?)\s+(?:to|for)\s+
        (?:the\s+|any\s+|all\s+|every\s+)?
        (?:ai|assistants?|chat\s*bots?|bots?|(?:language\s+)?models?|llms?)\b
    | ^\W*(?:system|assistant|user|developer|human|ai)\s*(?:\]|>|:)
    | <\|?/?\s*(?:im_start|im_end|system|assistant|instructions?)\b
    | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?
        (?:ai\b|assistant|chat\s*bot|language\s+model|in\s+\w+\s+mode|dan\b)
    | \bas\s+an\s+(?:ai|assistant|language\s+model)\b
    | \b(?:the\s+)?(?:ai|chat\s*bot|assistant|language\s+model|llm|bot)s?\s+
        (?:must|should|shall|will|is\s+to|has\s+to|reading)\b
    | \b(?:reply|respond|answer)\s+(?:only\s+|always\s+)?(?:with|that|by)\b
    | \b(?:reply\s+to|respond\s+to|answer)\s+(?:every|all|each|any)\s+
        (?:questions?|messages?)\b
    | \b(?:include|insert|add|append|put|give|mention)\b.{0,60}\bin\s+
        (?:every|each|all|your)\s+(?:answers?|repl(?:y|ies)|responses?|outputs?)\b
    | \byour\s+(?:new\s+|only\s+|real\s+)?(?:task|role|mission)\s+is\b
    | \bpretend\s+(?:that\s+)?(?:you|to\s+be)\b
    | \b(?:say|tell|inform|assure|convince|persuade|advise)\s+
        (?:to\s+)?(?:the\s+|every|all\s+|any|each\s+)+
        (?:users?|customers?|visitors?|one|body|patients?|guests?|people|clients?|readers?)
    | \b(?:when|if)\s+(?:you\s+are\s+|you're\s+)?asked\b
    | \bdo\s+not\s+(?:reveal|disclose|mention|follow)\b.{0,60}
        \b(?:instructions?|prompt|users?|rules)
    | \b(?:reveal|print|repeat|output|show)\b.{0,30}\b(?:prompt|instructions)
    | \b(?:anweisungen|instruktionen)\b.{0,30}\b(?:ignorier|vergiss)
    | \b(?:ignorier|vergiss)\w*\b.{0,40}\b(?:anweisungen|instruktionen|regeln)
    """,
    re.IGNORECASE | re.VERBOSE,
)
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
        shown = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
        text = "".join(c for c in shown if unicodedata.category(c) != "Cf")
    return _SPACED.sub(lambda found: re.sub("[-. ]", "", found[0]), text)


def is_command(text: str) -> bool:
    """Whether a sentence addresses the assistant that reads the document."""
    seen = _seen(text)
    return bool(_COMMAND.search(seen) or _COMMAND.search(_MARKUP.sub("", seen)))


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
