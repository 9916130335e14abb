"""What holds of whatever amount is said."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import amounts

KNOWN = [
    [part.strip() or None for part in row.split("|")[:3]]
    for row in Path(__file__).with_name("known.txt").read_text("utf-8").splitlines()
    if "|" in row
]
DIGITS = ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]
UNITS = "noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton \
femton sexton sjutton arton nitton".split()
TENS = "_ _ tjugo trettio fyrtio femtio sextio sjuttio åttio nittio".split()
KANJI = "〇一二三四五六七八九"
# What may be a year is an amount only where a currency stands beside it.
euros = st.integers(1, 1_899) | st.integers(2_100, 9_999)


def swedish(number: int) -> str:
    if number >= 1000:
        rest = swedish(number % 1000) if number % 1000 else ""
        return f"{swedish(number // 1000)} tusen {rest}".strip()
    if number >= 100:
        rest = swedish(number % 100) if number % 100 else ""
        return f"{UNITS[number // 100]}hundra{rest}"
    if number >= 20:
        return TENS[number // 10] + (UNITS[number % 10] if number % 10 else "")
    return UNITS[number]


def japanese(number: int) -> str:
    said, powers = "", ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
    for power, name in powers:
        digit = number // power % 10
        is_told = digit and not (digit == 1 and power > 1)
        said += (KANJI[digit] if is_told else "") + (name if digit else "")
    return said


def clear(text: str, *given: str | None) -> list[tuple[int | None, str | None]]:
    found = amounts.find(text, *given)
    assert not any(one.doubt for one in found), text
    return [(one.minor_units, one.currency) for one in found]


@given(st.integers(2, 999_999))
def test_swedish_numbers_are_read_as_they_are_spelt(number):
    assert clear(f"{swedish(number)} kronor", "sv") == [(number * 100, "SEK")]


@given(st.integers(1, 9_999), st.integers(0, 9_999))
def test_kanji_are_read_as_they_are_spelt(myriads, rest):
    text = f"{japanese(myriads)}万{japanese(rest)}円"
    assert clear(text) == [(myriads * 10_000 + rest, "JPY")]


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 99))
def test_scales_that_count_down_are_one_number(crores, lakhs, thousands):
    text = f"{crores} crore {lakhs} lakh {thousands} thousand rupees"
    whole = crores * 10_000_000 + lakhs * 100_000 + thousands * 1_000
    assert clear(text, "en-IN") == [(whole * 100, "INR")]


@given(st.sampled_from(KNOWN), st.sampled_from(DIGITS))
def test_it_does_not_matter_in_whose_digits_a_text_is(case, digits):
    text, locale, currency = case
    other = text.translate(dict(zip(map(ord, "0123456789"), digits, strict=True)))

    def said(text: str) -> list[tuple[object, ...]]:
        found = amounts.find(text, locale, currency)
        return [(one.minor_units, one.currency, one.doubt) for one in found]

    assert said(other) == said(text)


@given(euros, euros)
def test_what_is_denied_is_no_amount(one, other):
    for text in (
        f"not {one} euros but {other} euros",
        f"{other} euros instead of {one} euros",
        f"{other} euros, not {one}",
        f"nicht {one} Euro, sondern {other} Euro",
    ):
        assert clear(text) == [(other * 100, "EUR")]


@given(st.lists(euros, min_size=2, max_size=5))
def test_the_members_of_a_list_share_its_currency(listed):
    said = f"{', '.join(map(str, listed[:-1]))} and {listed[-1]} euros"
    assert clear(said) == [(each * 100, "EUR") for each in listed]


@given(euros, euros)
def test_of_a_choice_none_is_guessed(one, other):
    for text in (f"{one} or {other}", f"{one}, {other}?", f"{one} - {other}"):
        found = amounts.find(text, None, "EUR")
        assert [each.minor_units for each in found] == [one * 100, other * 100]
        assert all(each.doubt for each in found)


@given(st.integers(1, 99), euros)
def test_a_share_of_an_amount_is_what_it_comes_to(share, whole):
    for text in (f"{share}% of {whole} euros", f"{share} % von {whole} Euro"):
        assert clear(text) == [(share * whole, "EUR")]


@given(euros)
def test_a_share_that_does_not_come_out_is_asked_about(whole):
    [found] = amounts.find(f"a third of {whole} euros")
    comes_out = whole % 3 == 0
    assert found.minor_units == (whole * 100 // 3 if comes_out else None)
    assert found.doubt == (None if comes_out else "number")


@given(euros, euros)
def test_what_is_added_or_taken_off_is_counted_in(one, other):
    more, less = max(one, other) + 1, min(one, other)
    assert clear(f"{more} euros plus {less} euros") == [((more + less) * 100, "EUR")]
    assert clear(f"{more} Euro minus {less} Euro") == [((more - less) * 100, "EUR")]
