"""Last good answers: bounded, and never what was to be forgotten."""

from chassis import LastGood


def test_the_answer_kept_longest_goes_first() -> None:
    kept = LastGood(most=2)
    for key in ("a", "b", "c"):
        kept.keep(key, key.upper(), kept.forgotten)
    assert [kept.get(key) for key in ("a", "b", "c")] == [None, "B", "C"]


def test_what_matches_is_forgotten_and_the_rest_is_not() -> None:
    kept = LastGood(most=9)
    for key in ("a", "b"):
        kept.keep(key, key.upper(), kept.forgotten)
    kept.forget(lambda answer: answer == "A")
    assert [kept.get(key) for key in ("a", "b")] == [None, "B"]


def test_an_answer_that_began_before_something_was_forgotten_is_not_kept() -> None:
    kept = LastGood(most=9)
    began = kept.forgotten
    kept.forget(lambda answer: "removed text" in answer)
    kept.keep("a", "an answer with the removed text", began)
    assert kept.get("a") is None
    kept.keep("a", "a later answer", kept.forgotten)
    assert kept.get("a") == "a later answer"
