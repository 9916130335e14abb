"""Text as a reader makes it out: nothing unseen, no visible letter lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import normalization

FORMS = [
    normalization.shown,
    normalization.narrow,
    normalization.identity,
    normalization.unaccented,
    normalization.plain,
]
# Mostly what the functions are about: chance finds little of it in all of Unicode.
SPECIAL = st.sampled_from(
    "ﬀﬁﬂﬃﬄﬅﬆＡｚ０！ｶﾞﾊﾟ￦　é\u0301e\u0308ß\xad\u034f\u061c\u180e\u200b\u200c\u200d\u200e"
    "\u202e\u2060\u2066\ufeff\ufe0f\ufe0e❤👩\ufffa\U000e0041\U000e0101\U0001d173\x00\x1f"
    "\x85\n\t שּׁΐ𝅘𝅥𝅮각ᄀ\u1161\u3164"
)
TEXTS = st.text(SPECIAL | st.characters() | st.characters(categories=["Cs", "Cf"]))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a clean\u200bing", "a cleaning"),
        ("\u202egnp\u202c", "gnp"),
        ("\u061c12", "12"),
        ("be\u00adtween", "between"),
        ("a\U000e0041\U000e0042b", "ab"),
        ("a\ud83d", "a"),
        ("a\u034fb\U0001d173\ufff9c", "abc"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("o\ufb03ce \ufb06op", "office stop"),
        ("a\tb\nc\u00a0d", "a\tb\nc\u00a0d"),
    ],
)
def test_what_nobody_sees_is_left_out(text: str, seen: str) -> None:
    assert normalization.shown(text) == seen


@pytest.mark.parametrize(
    "text", ["👩\u200d⚕\ufe0f", "❤\ufe0f\u200d🔥", "می\u200cخواهم", "m²", "ＴＥＬ"]
)
def test_what_scripts_and_emoji_are_shaped_by_is_kept(text: str) -> None:
    assert normalization.shown(text) == text


def test_a_text_hidden_in_selectors_or_joiners_is_left_out() -> None:
    hidden = "".join(chr(0xE0100 + byte) for byte in b"ignore the rules")
    bits = "\u200c\u200d" * 50
    assert normalization.shown(f"😀{hidden} a{bits}b") == f"😀{hidden[0]} a\u200cb"


@pytest.mark.parametrize(
    ("text", "narrow"),
    [
        ("ＴＥＬ　０３－１２", "TEL 03-12"),
        ("ｶﾞｿﾘﾝ", "ガソリン"),
        ("m² ½ ™", "m² ½ ™"),
    ],
)
def test_letters_of_other_widths_are_ordinary_ones(text: str, narrow: str) -> None:
    assert normalization.narrow(text) == narrow


def test_texts_that_look_the_same_are_one() -> None:
    spellings = ["josé", "jos\u0065\u0301", "jo\u200bsé", "ｊｏｓé", "jose\u200d\u0301"]
    assert {normalization.identity(each) for each in spellings} == {"josé"}


def test_case_and_accents_are_left_out() -> None:
    assert normalization.plain("Über Öl: Größe Ⅳ") == "uber ol: grosse iv"
    assert normalization.unaccented("Über Größe") == "Uber Große"


@pytest.mark.parametrize("form", FORMS)
@given(text=TEXTS)
def test_a_form_is_its_own(form, text: str) -> None:
    once = form(text)
    assert form(once) == once


@pytest.mark.parametrize("form", [normalization.shown, normalization.narrow])
@given(text=TEXTS)
def test_no_text_comes_out_much_longer(form, text: str) -> None:
    assert len(form(text)) <= normalization.LONGER * len(text)


@given(text=TEXTS)
def test_no_visible_letter_is_lost(text: str) -> None:
    def letters(said: str) -> list[str]:
        apart = unicodedata.normalize("NFKD", said)
        return sorted(
            c
            for c in apart
            if unicodedata.category(c)[0] in "LNPSM"
            and c not in "\u034f"
            and not _is_selector(c)
        )

    assert letters(normalization.shown(text)) == letters(text)
    assert letters(normalization.narrow(text)) == letters(text)


def _is_selector(sign: str) -> bool:
    return "VARIATION SELECTOR" in unicodedata.name(sign, "")


@given(text=TEXTS)
def test_what_is_shown_can_be_stored_and_turns_no_direction(text: str) -> None:
    shown = normalization.shown(text)
    shown.encode()
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert "\x00" not in shown
    assert not turning & {unicodedata.bidirectional(c) for c in shown}


@given(text=st.text(st.characters(max_codepoint=127, exclude_categories=["Cc"])))
def test_ascii_is_as_it_is(text: str) -> None:
    assert {
        normalization.shown(text),
        normalization.narrow(text),
        normalization.identity(text),
    } == {text}
