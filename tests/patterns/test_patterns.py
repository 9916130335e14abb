"""What a text asks for, by the rank of a table."""

import patterns

KNOWN = patterns.Patterns(
    {"refund": [r"money back", r"\brefund"], "pay": [r"\bpay\b"]},
    never=[r"\bpay attention\b"],
)


def test_the_one_wish_of_a_text_is_surer_than_the_first_of_several():
    assert KNOWN.of("I want to PAY") == ("pay", 0.9)
    assert KNOWN.of("pay me my money back") == ("refund", 0.7)


def test_what_asks_for_nothing_is_told_so():
    assert KNOWN.of("hello") == ("none", 0.5)
    assert patterns.Patterns({}).of("pay") == ("none", 0.5)


def test_what_never_counts_does_not_hide_what_does():
    assert KNOWN.of("please pay attention") == ("none", 0.5)
    assert KNOWN.of("pay attention: I pay now").name == "pay"


def test_what_follows_a_pattern_is_trimmed_and_the_first_pattern_counts():
    listed = [r"\bfor (?P<what>[^.,]+)", r"\bpay (?P<what>[^.,]+)"]
    assert patterns.after(listed, "pay rent for  May , please") == "May"
    assert patterns.after(listed, "pay rent") == "rent"
    assert patterns.after(listed, "hello") is None


def test_two_things_are_told_with_a_plus_where_the_pattern_has_both():
    listed = [r"for (?P<what>\w+) and (?P<more>\w+)", r"for (?P<what>\w+)"]
    assert patterns.after(listed, "for rent and water") == "rent + water"
    assert patterns.after(listed, "for rent and rent") == "rent"
    assert patterns.after(listed, "for rent") == "rent"
