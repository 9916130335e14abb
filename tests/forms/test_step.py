"""Whatever is said, in whatever order: nothing is done without its own yes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import forms
from forms import Heard

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORM = forms.Form(
    ("what", "why"), undone={"price": None}, patience=timedelta(minutes=30)
)


class Talk(BaseModel):
    state: str = "collecting"
    asked: str = ""
    updated_at: datetime = START
    what: str | None = None
    why: str | None = None
    price: int | None = None
    told: str = ""


READY = Talk(state="confirming", asked="confirm", what="tea", why="thirst", price=3)


def after(talk: Talk, *, minutes: float = 1, **heard: Any) -> forms.Step:
    return forms.step(FORM, talk, Heard(**heard), START + timedelta(minutes=minutes))


def host(found: forms.Step) -> Talk:
    """The dialogue after its deed, as a host makes it."""
    changes: dict[str, Any] = {}
    if found.deed == "prepare":
        changes = {"state": "confirming", "asked": "confirm", "price": 3}
    if found.deed == "perform":
        changes = {"state": "done", "asked": ""}
    return found.talk.model_copy(update=changes)


def test_fields_are_asked_for_in_their_order_and_then_there_is_something_to_confirm():
    first = after(Talk(), is_about=True)
    assert (first.reply, first.talk.asked) == ("what", "what")
    second = after(first.talk, values={"what": "tea"})
    assert second.reply == "why"
    third = after(second.talk, values={"why": "thirst"})
    assert (third.reply, third.deed) == ("confirm", "prepare")
    assert after(host(third), answer="yes")[1:] == ("done", "perform")


def test_fields_that_are_named_before_they_are_asked_for_are_not_asked_for():
    assert after(Talk(), values={"why": "thirst"}).reply == "what"
    assert after(Talk(), values={"what": "tea", "why": "thirst"}).deed == "prepare"


def test_a_yes_after_something_else_was_said_gets_the_question_again():
    left = after(READY).talk
    assert after(READY).reply == "aside"
    assert after(left, answer="yes")[1:] == ("confirm", "")
    assert after(after(left, answer="yes").talk, answer="yes").deed == "perform"


def test_what_the_host_tells_is_all_of_the_reply_and_a_yes_after_it_does_nothing():
    found = after(READY, told="It was paid on Monday.", answer="yes")
    assert found[1:] == ("told", "")
    assert (found.talk.told, found.talk.asked) == ("It was paid on Monday.", "")
    assert after(found.talk, answer="yes").deed == ""


@pytest.mark.parametrize("answer", ["perhaps", "none"])
def test_what_is_no_clear_yes_gets_the_question_again(answer: Any):
    found = after(READY, answer=answer, is_about=True)
    assert found[1:] == ("confirm", "")
    assert found.talk.asked == "confirm"


def test_an_answer_that_is_not_understood_changes_nothing_and_that_is_said():
    found = after(READY, is_answer=True)
    assert found[1:] == ("lost confirm", "")
    assert (found.talk.asked, found.talk.price) == ("confirm", 3)
    assert after(found.talk, answer="yes").deed == "perform"
    assert after(after(READY, answer="no").talk, is_answer=True).reply == "lost changed"
    asked = after(Talk(), values={"why": "thirst"}).talk
    assert after(asked, answer="perhaps", is_answer=True).reply == "lost what"
    assert after(asked, is_answer=True, is_about=True).reply == "what"


def test_what_is_in_doubt_is_asked_about_again():
    class Doubtful(Talk):
        doubt: str = "tea or coffee"

    asked = after(Doubtful(), unclear="what").talk
    assert after(asked, is_answer=True).reply == "lost unclear"


def test_a_no_takes_back_what_was_to_be_confirmed_and_keeps_the_fields():
    found = after(READY, answer="no")
    assert (found.reply, found.talk.state) == ("changed", "collecting")
    assert (found.talk.what, found.talk.price) == ("tea", None)
    assert found.talk.asked == "changed"


@pytest.mark.parametrize("answer", ["yes", "no", "perhaps", "none"])
def test_a_correction_counts_whatever_is_said_with_it(answer: Any):
    found = after(READY, answer=answer, values={"what": "milk"})
    assert (found.talk.what, found.talk.price, found.deed) == ("milk", None, "prepare")


def test_a_field_in_doubt_is_asked_about_and_its_old_value_is_gone():
    found = after(READY, unclear="what")
    assert (found.reply, found.talk.asked, found.talk.what) == ("unclear", "what", None)
    assert after(found.talk, answer="yes").reply == "what"


def test_a_question_for_a_field_outlives_another_matter():
    asked = after(Talk(), values={"what": "tea"}).talk
    assert after(asked).talk.asked == "why"


def test_time_ends_a_form_that_is_not_done_and_nothing_brings_it_back():
    assert after(READY, minutes=29, answer="yes").deed == "perform"
    late = after(READY, minutes=30, answer="yes")
    assert late[1:] == ("abandoned", "")
    assert after(late.talk, values={"what": "milk"})[1:] == ("abandoned", "")
    done = READY.model_copy(update={"state": "done"})
    assert after(done, minutes=60, is_about=True).reply == "again"


def test_a_cancelled_form_stays_so():
    gone = after(READY, answer="cancel")
    assert (gone.reply, gone.talk.state) == ("cancelled", "cancelled")
    assert after(gone.talk, answer="yes")[1:] == ("cancelled", "")


def test_what_is_done_can_be_had_again_let_go_or_begun_anew():
    done = host(after(READY, answer="yes"))
    for bare in ("yes", "no", "later"):
        assert after(done, answer=bare)[1:] == ("stays", "")
    assert after(done, answer="cancel").reply == "cancelled"
    assert after(done, values={"what": "milk"}).deed == "prepare"
    assert after(done, is_about=True)[1:] == ("again", "")
    assert after(done)[1:] == ("", "")


def test_a_no_that_is_about_what_is_done_takes_it_back():
    done = host(after(READY, answer="yes"))
    found = after(done, answer="no", is_about=True)
    assert (found.reply, found.talk.state) == ("changed", "collecting")
    assert (found.talk.what, found.talk.price) == ("tea", None)


HEARD = st.builds(
    Heard,
    answer=st.sampled_from(["yes", "no", "cancel", "perhaps", "none"]),
    values=st.dictionaries(st.sampled_from(["what", "why"]), st.just("x"), max_size=2),
    unclear=st.sampled_from(["", "", "", "what"]),
    is_about=st.booleans(),
    is_answer=st.booleans(),
    instead=st.sampled_from(["", "", "", "away"]),
)


@given(st.lists(st.tuples(HEARD, st.integers(0, 40)), max_size=12))
def test_nothing_is_done_without_a_yes_to_the_question_that_was_just_asked(
    said: list[tuple[Heard, int]],
):
    talk, now, last = Talk(), START, ""
    for heard, minutes in said:
        now += timedelta(minutes=minutes)
        found = forms.step(FORM, talk, heard, now)
        if found.deed == "perform":
            assert (heard.answer, last, minutes < 30) == ("yes", "confirm", True)
            assert talk.state == "confirming"
            assert None not in (talk.what, talk.why, talk.price)
        assert (found.talk.state == "confirming") <= (found.talk.price is not None)
        last = found.reply.removeprefix("lost ")
        talk = host(found).model_copy(update={"updated_at": now})


@pytest.mark.parametrize(
    ("message", "answer", "value"),
    [
        ("  the  crown ", "none", "the crown"),
        ("right front crown", "perhaps", "right front crown"),
        ("maybe", "perhaps", None),
        ("yes", "yes", None),
        ("", "none", None),
        ("the crown 🦷", "none", "the crown"),
        ("🦷", "none", None),
    ],
)
def test_whatever_is_said_fills_a_field_of_text_that_was_asked_for(
    message: str, answer: Any, value: str | None
):
    asked = READY.model_copy(update={"asked": "why"})
    assert forms.text(asked, ["why"], message, answer) == value
    assert forms.text(READY, ["why"], message, answer) is None
