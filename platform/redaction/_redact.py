"""What is secret by its name and by its shape."""

import base64
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from redaction._cards import (
    is_card,
    may_hold_card_data,
    without_card_data,
    without_cards,
)

SECRET, CARD = "[redacted]", "[redacted card]"
DEEPEST = 12  # levels of JSON; what is nested further is dropped whole

# Words and small numbers, which can hold nothing: most members are such.
_PLAIN = re.compile(r"[a-z_-]{0,18}|[\d.]{1,12}")
# The end of a name says what it is: `token_type` and `prompt_tokens` are no secrets.
_NAMES = (
    r"(?:pass(?:word|wort|wd|phrase|code)|kennwort|mot[ _]de[ _]passe|contraseñas?"
    r"|pwd|secrets?|credentials?|authorization|cookie"
    r"|api[_-]?keys?|access[_-]?keys?|private[_-]?keys?|signing[_-]?keys?"
    r"|secret[_-]?keys?|encryption[_-]?keys?|account[_-]?keys?|token|jwt|cvv2?|cvc2?"
    r"|security[_-]code|one[_-]time[_-]code|otp|pin|(?:php|j)?sess(?:ion)?id|card[_-]?number"
    r"|signature)"
)
_SECRET_NAME = re.compile(rf"(?:^|.*[_\-. ]){_NAMES}(?:[_-]?hash)?$|.*token$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_URL_SAFE = str.maketrans("-_", "+/")

# What each of the shapes has: most texts have none of it, and this is quickly seen.
_MARKS = (
    "-----BEGIN eyJ _live_ _test_ whsec_ sk- AKIA ASIA AIza ghp_ gho_ ghu_ ghs_ ghr_ "
    "github_pat_ glpat- xox xapp- SG. .eJ ya29. GOCSPX- npm_ pypi- hf_ dp. _v1_ shp "
    "hvs. hvb. lin_ dapi EAAA AGE- SK :AA hooks."
).split()
_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}"  # JWS and JWE
    r"|\b(?:sk|rk|pk)_(?:live|test)_\w{8,}|\bwhsec_[\w+/=]{8,}"
    r"|\bsk-[\w-]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abeoprs]-[\w-]{8,}|\bxapp-\d-[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}"
    r"|\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[\w-]{50,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bdp\.[a-z]{2,5}\.[A-Za-z0-9]{40,}|\bdo[opr]_v1_[0-9a-f]{64}\b"
    r"|\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b|\bhv[sb]\.[\w-]{20,}"
    r"|\blin_(?:api|oauth)_[A-Za-z0-9]{32,}"
    r"|\bdapi[0-9a-f]{32}\b|\bEAAA[\w-]{56,}|\bSK[0-9a-f]{32}\b"
    r"|\b\d{8,10}:AA[\w-]{32,}"  # Telegram's
    r"|(?<=hooks\.slack\.com/)services/\w+/\w+/\w+"
    r"|\.eJ[\w-]{10,}\.[\w-]+\.[\w-]+",  # a signed context, compressed
    re.DOTALL,
)
_OPAQUE = re.compile(r"\b\w{2,12}\.[\w-]{1,100}\.[\w-]{1,100}\.[\w-]{43}(?![\w-])")
# What follows "basic" is a word as a rule; base64 has signs of other kinds.
_SCHEME = re.compile(
    r"\b((?i:bearer)|(?i:basic|digest|negotiate)(?=[ \t]+\S[^\sA-Z\d=+/]*[A-Z\d=+/]))"
    r"[ \t]+[\w.~+/=:-]{6,}"
)
# A header whose scheme is another, and all members of Digest's.
_HEADER = re.compile(
    r"""((?i:\bauthorization)\\?["']?[ \t]*[:=][ \t]*\\?["']?[A-Za-z][\w-]*)[ \t]+"""
    r"""(?:(?:\w+=\\?"[^"\\]*\\?",?[ \t]*)+|(?=[^\s"']*[A-Z\d=])[^\s"',;]{8,})"""
)
_USERINFO = re.compile(
    r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@:]*:[^\s/@]+@", re.IGNORECASE
)
# name=value and name: value, quoted or not, as in query strings and dumped JSON. What
# is true, false or null is no secret, as in JSON.
_PAIR = re.compile(
    rf"""((?:(?:(?<![a-z])|(?-i:(?<=[a-z0-9])(?=[A-Z]))){_NAMES}|token"""
    r"""|(?<=[?&])(?:sig|auth|bearer))\\?["']?[ \t]*(?:=>|[=:]|%3[AD])[ \t]*)"""
    r"""(?!(?:true|false|null|none)\b)"""
    r"""(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s"'&,;<>\]})]+)""",
    re.IGNORECASE,
)
# What people say of one: what has a digit or a sign, or of their own is one word that
# tells nothing of it ("my password is lost").
_WORD = r"[^\s\"'“”„«»,;()<>]"
_SPOKEN = re.compile(
    r"(\b(?:pass(?:word|code|phrase|wort)|kennwort|mot de passe|contraseña"
    r"|(?P<pin>pin|geheimzahl))(?:[ ](?:code|number|nummer))?"
    r"(?:[ ](?:for|für|pour|para)[ ](?:[^\W\d]+[ ]){0,2}[^\W\d]+)?"
    r"[ ](?:is|was|ist|war|lautet|heißt|est|es|era)[ ]?:?[ ]+[\"'“„«]?)"
    rf"(?P<told>(?(pin)\d{{4,8}}(?!\w)|{_WORD}{{4,}}))",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:my|mein|mon|mi)[ ](?:[^\W\d]+[ ]){0,2}\Z", re.IGNORECASE)
_SAYING = (" is", " was", " ist", " war", " lautet", " heißt", " est", " es", " era")
_OF_IT = re.compile(
    r"[a-zà-ÿ]*(?:ed|en|ing|able|ible|iert|ée?|és|ido|ado|lich|bar)|not|wrong|lost"
    r"|still|what|that|this|there|here|very|also|only|just|never|always|weak|strong"
    r"|safe|secure|unknown|correct|right|case|long|short|nicht|falsch|schon|noch|auch"
    r"|sehr|immer|kein|keine|richtig|unsicher|sicher|geheim|dass|mein|trop|faux|court"
    r"|toujours|incorrecta?|correcta?|muy|malo|mala|está|mine|okay|fine|same|like|from"
    r"|with|your|their|gone|stolen",
    re.IGNORECASE,
)
# A JSON object, or a list of them, in base64.
_ENCODED = re.compile(r"(?<![\w+/-])(?:e[wy]|W[w-z1-3])[\w+/-]{10,}={0,2}")

# --password value, and <password>value</password>.
_OPTION = re.compile(rf"(--(?:[a-z]+-)*{_NAMES}[ \t]+)(?!-)[^\s\"']+", re.IGNORECASE)
_ELEMENT = re.compile(rf"(<(?:[\w:-]*[_:-])?{_NAMES}>)[^<>]+(?=</)", re.IGNORECASE)


@lru_cache(4096)
def is_secret_name(name: str) -> bool:
    """Whether a member of that name holds a secret: ``apiKey``, ``X-Auth-Token``."""
    return _SECRET_NAME.match(_CAMEL.sub("_", name[-100:]).lower()) is not None


def redact_text(text: str) -> str:
    """*text* without secrets and card numbers; the rest stays as it is."""
    if _PLAIN.fullmatch(text):
        return text
    if text.count(".") > 2:
        text = _OPAQUE.sub(SECRET, text)
    for marks, pattern, shown in _MARKED:
        if any(mark in text for mark in marks):
            text = pattern.sub(shown, text)
    return without_cards(text, CARD)


def _unspoken(found: re.Match[str]) -> str:
    told = found["told"].rstrip(".!?")
    is_word = told.isalpha() and told[1:] in (told[1:].lower(), told[1:].upper())
    before = found.string[max(0, found.start() - 40) : found.start()]
    if is_word and (_OF_IT.fullmatch(told) or not _OWN.search(before)):
        return found[0]
    return f"{found[1]}{SECRET}{found['told'][len(told) :]}"


def _unless_secret(found: re.Match[str]) -> str:
    """What is encoded, unless it is JSON with a secret in it."""
    text = found[0].rstrip("=").translate(_URL_SAFE)
    try:
        held = json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return found[0]
    return found[0] if redact(held) == held else SECRET


# What a text must have some of for the pattern to be worth a try, and what is left of
# what it finds.
_MARKED: tuple[tuple[Sequence[str], re.Pattern[str], Any], ...] = (
    (_MARKS, _SHAPES, SECRET),
    ((" ",), _HEADER, rf"\1 {SECRET}"),
    ((" ",), _SCHEME, rf"\1 {SECRET}"),
    (("--",), _OPTION, rf"\1{SECRET}"),
    (("</",), _ELEMENT, rf"\1{SECRET}"),
    (("://",), _USERINFO, rf"\1{SECRET}@"),
    (("=", ":", "%3"), _PAIR, rf"\1{SECRET}"),
    (_SAYING, _SPOKEN, _unspoken),
    (("ey", "ew", "W"), _ENCODED, _unless_secret),
)


def redact_said(text: str, *, before: str = "") -> str:
    """What a person typed: without a card's security code and expiry, too, and without
    what looks like a card's number but for a slip, in words, or in part.

    ``before``: what the same person said before, redacted: where a card was taken out
    of it, its number may end here.
    """
    return without_card_data(redact_text(text), CARD, goes_on=CARD in before)


def cardless(text: str) -> str:
    """What may be kept of *text* where no card is taken: nothing of one that may hold
    a card's data, and else all but its secrets."""
    kept = redact_said(text)
    return CARD if CARD in kept or may_hold_card_data(text) else kept


def redact(value: Any, depth: int = 0) -> Any:
    """JSON *value* without secrets and card numbers, in names, texts and numbers."""
    match value:
        case str():
            return redact_text(value)
        case dict() | list() if depth >= DEEPEST:
            return SECRET
        case dict():
            return _members(value, depth + 1)
        case list():
            return [redact(item, depth + 1) for item in value]
        case int() if is_card(str(value)):
            return CARD
    return value


def _members(value: dict[str, Any], depth: int) -> dict[str, Any]:
    return {
        redact_text(name): SECRET if _is_secret(name, held) else redact(held, depth)
        for name, held in value.items()
    }


def _is_secret(name: str, held: Any) -> bool:
    return not isinstance(held, bool | None) and is_secret_name(name)
