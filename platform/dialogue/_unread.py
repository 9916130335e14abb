"""What is said while nobody can read, or keep, what was said before.

"Yes" without its question must not be taken for a question of its own: whoever said it
may believe that something was booked or paid by it.
"""

import phrases
import replies
import wording

SHORT = 4  # words of what is rather an answer than a wish


def rests(text: str) -> bool:
    """Whether *text* is likely said to something that was said before."""
    if replies.answer(text) != "none":
        return True
    is_alone = wording.is_question(text) or replies.is_courtesy(text)
    return len(text.split()) <= SHORT and not is_alone


def unread(text: str, locale: str | None) -> str:
    """That nobody knows what it answers, and that nothing came of it."""
    return phrases.say("unread", phrases.spoken(text, [], locale))


def unkept(text: str, locale: str | None) -> str:
    """That what was begun cannot be gone on with."""
    return phrases.say("unkept", phrases.spoken(text, [], locale))
