"""What a message shows, and what a follow-up rests on."""

import pytest

import wording


def test_words_are_in_lower_case_and_without_punctuation() -> None:
    assert wording.words("Größe: 12 cm, OK?") == ["größe", "12", "cm", "ok"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When are you open and what do you do?", "english"),
        ("Wann ist die Praxis offen und wie komme ich hin?", "german"),
        ("Vous êtes le dentiste et je cherche les horaires", "french"),
        ("¿Cómo son los horarios y qué es una limpieza?", "spanish"),
        ("Wann habt ihr offen?", "german"),
        ("Wo seid ihr?", "german"),
        ("Öffnen Sie am Sonntag?", "german"),
        ("Was kostet das?", "german"),
        ("Combien ça coûte", "french"),
        ("C'est où ?", "french"),
        ("dónde están?", "spanish"),
        ("¿Abren el domingo?", "spanish"),
        ("I am late, what was the code?", "english"),
        ("Is Dr. Müller there?", "english"),
        ("`ls -la`", "english"),
        ("Xyzzy", "english"),
        ("", "english"),
    ],
)
def test_the_language_is_that_of_the_commonest_words(text: str, language: str) -> None:
    assert wording.language(text) == language


@pytest.mark.parametrize(
    ("text", "has_code"),
    [
        ("```print(1)```", True),
        ("<b>bold</b>", True),
        ("def f(x): return {x}", True),
        ("SELECT name FROM t;", True),
        ("How do I do `for i in range(10): print(i)` in Python?", True),
        ("What does `ls -la` do?", True),
        ("What is the function of a crown?", False),
        ("Is 3 < 5?", False),
        ("", False),
    ],
)
def test_code_is_told_from_prose(text: str, has_code: bool) -> None:
    assert wording.has_code(text) is has_code


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("parking?", True),
        ("停车场？", True),
        ("هل أنتم مفتوحون؟", True),
        ("where do I park", True),
        ("wann habt ihr offen", True),
        ("Welche Karten nehmt ihr", True),
        ("Combien ça coûte", True),
        ("quelle heure", True),
        ("cuánto cuesta", True),
        ("Quelques mots", False),
        ("Wochenende passt", False),
        ("I am late.", False),
        ("Tell me how", False),
    ],
)
def test_a_question_is_told_by_its_mark_or_its_first_word(
    text: str, asks: bool
) -> None:
    assert wording.is_question(text) is asks


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Hi", "simple"),
        ("word " * 15, "simple"),
        ("word " * 16, "medium"),
        ("word " * 51, "complex"),
        ("When? Where?", "medium"),
        ("word " * 16 + "why? why?", "complex"),
        ("word " * 60 + "```x``` why? why?", "complex"),
    ],
)
def test_complexity_grows_with_length_code_and_questions(text: str, level: str) -> None:
    assert wording.complexity(text) == level


def asked_after(message: str, before: list[tuple[str, str]]) -> str:
    question: str = wording.whole(message, before)["question"]
    return question


def test_a_question_of_its_own_needs_nothing_from_before() -> None:
    before = [("user", "How much is a check-up?"), ("assistant", "55 euros.")]
    asked = "Where is the surgery located?"
    assert asked_after(asked, before) == asked


def test_a_follow_up_takes_its_subject_from_the_question_before() -> None:
    before = [("user", "How much is a check-up?"), ("assistant", "55 euros.")]
    whole = asked_after("And for children?", before)
    assert whole == "How much is a check-up for children?"


def test_a_follow_up_may_rest_on_another_follow_up() -> None:
    before = [("user", "How much is a check-up?"), ("user", "And for children?")]
    assert "check-up" in asked_after("And for pensioners?", before)


def test_what_the_assistant_said_is_no_question_to_rest_on() -> None:
    before = [("assistant", "Ask me anything.")]
    assert asked_after("And for children?", before) == "And for children?"


def test_a_question_has_a_longest_length() -> None:
    assert len(asked_after("why " * 4000, [])) == wording.LONGEST


@pytest.mark.parametrize(
    ("asked", "sought"),
    [
        ("what are your opening hours?", "When are you open?"),
        ("Opening hours on Saturday", "When are you open on Saturday"),
        ("hours?", "When are you open?"),
        ("What are your hours?", "When are you open?"),
        ("how many hours does it take?", "How many hours does it take?"),
        ("where is it?", "Where is it?"),
    ],
)
def test_who_asks_for_hours_asks_when_it_opens(asked, sought):
    assert wording.sought(asked) == sought


TITLES = wording.Titles(
    ["Haircut", "Massage (60 min)", "Bike fitting", "Class 7", "Check-up", "Cut – kids"]
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a haircut, then a massage", ["haircut", "massage"]),
        ("hair cut or HAIRCUTS", ["hair cut", "HAIRCUTS"]),
        ("a bike-fiting", ["bike-fiting"]),
        ("hiarcut", ["hiarcut"]),
        ("Checkup, check up", ["Checkup", "check up"]),
        ("class 7 at 3", ["class 7"]),
        ("class 8", []),
        ("leave a message", []),
        ("a cut on Friday", ["cut"]),
        ("shortcut, cutting", []),
        ("", []),
    ],
)
def test_titles_are_found_as_people_write_them(text: str, named: list[str]) -> None:
    assert TITLES.named(text) == named


def test_the_rest_of_a_text_stands_as_it_was() -> None:
    said = TITLES.without("A haircut, on Class 7 at 9!", instead="visit")
    assert said == "A visit, on visit at 9!"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("a cleaning tomorrow", ["cleaning"]),
        ("check up on Monday", ["check up"]),
        ("the hot stone one", ["hot stone"]),
        ("with Anna, please", ["Anna"]),
        ("is it hot there?", []),
        ("and for children?", []),
        ("the first of May", []),
    ],
)
def test_half_a_title_names_what_it_is_of(said: str, named: list[str]) -> None:
    titles = (
        "Dental cleaning and check-up",
        "Hot stone massage",
        "Haircut with Anna",
        "First visit for children",
    )
    assert wording.Titles(titles, halves=True).named(said) == named
    assert "cleaning" not in wording.Titles(titles).named(said)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Tuesday is fine\n> would Monday suit you?", "Tuesday is fine"),
        ("Yes\n\nOn 18 Nov 2026, Quay Spa wrote:\nMonday at 9?", "Yes"),
        ("Ja\n\nAm 18.11.2026 um 9:02 schrieb Praxis:\nMontag?", "Ja"),
        ("Oui\n-----Message d'origine-----\nlundi ?", "Oui"),
        ("From: a@b.example\nSubject: Re: hello\n\nHi, at 3?", "Hi, at 3?"),
        ("> all of it is quoted", "> all of it is quoted"),
        ("From: Berlin to Paris, on Monday", "From: Berlin to Paris, on Monday"),
    ],
)
def test_what_a_reply_quotes_is_left_out(text: str, left: str) -> None:
    assert wording.unquoted(text) == left
