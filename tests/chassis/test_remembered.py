"""Answers that are kept: bounded, renewed in time, and never what was forgotten."""

import asyncio

from chassis import LastGood, Remembered, errors


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


class Source:
    """Answers with how often it was asked, or fails."""

    def __init__(self) -> None:
        self.asked, self.fails = 0, False

    async def __call__(self) -> int:
        self.asked += 1
        if self.fails:
            raise errors.UpstreamFailed("gone", upstream="it")
        return self.asked


async def in_turns(kept: Remembered, source: Source, times: int) -> list[int]:
    """The answers, with time for what goes on in the background after each."""
    found = []
    for _ in range(times):
        found.append(await kept.get("a", source))
        for _ in range(5):
            await asyncio.sleep(0)
    return found


def test_what_is_wanted_ahead_of_its_end_is_renewed_in_the_background() -> None:
    source, kept = Source(), Remembered(seconds=60.0, most=1, ahead=60.0)
    assert asyncio.run(in_turns(kept, source, 3)) == [1, 1, 2]
    assert source.asked == 3


def test_what_is_good_for_longer_is_not_asked_for() -> None:
    source, kept = Source(), Remembered(seconds=60.0, most=1, ahead=1.0)
    assert asyncio.run(in_turns(kept, source, 3)) == [1, 1, 1]
    assert source.asked == 1


def test_what_fails_in_the_background_leaves_the_answer_as_good_as_it_was() -> None:
    source, kept = Source(), Remembered(seconds=60.0, most=1, ahead=60.0)

    async def failing() -> list[int]:
        found = await in_turns(kept, source, 1)
        source.fails = True
        return found + await in_turns(kept, source, 2)

    assert asyncio.run(failing()) == [1, 1, 1]
    assert source.asked == 3
