"""What an answer says of itself, in the customer's language."""

import evidence
import langid
import phrases
from contracts.knowledge.answers import AnswerRequest, Evidence

READ = 3  # passages that tell the business's language


def language(asked: AnswerRequest, given: Evidence) -> str:
    """The customer's, as far as anything tells it; else that of the evidence."""
    said = [(turn.role, turn.text) for turn in asked.history]
    theirs = asked.language or phrases.spoken(asked.question, said, asked.locale)
    return theirs or langid.spoken(" ".join(r.text for r in given.results[:READ]))


def clarifying(about: evidence.Unclear, language: str) -> str:
    """One question back, with examples where there are any."""
    asking = phrases.say(about.asking, language)
    if not about.examples:
        return asking
    *some, last = about.examples
    if some:
        last = phrases.say("or", language, some=", ".join(some), last=last)
    return f"{asking} {phrases.say('example', language, listed=last)}"


def joined(quotes: list[str], unanswered: tuple[str, ...], language: str) -> str:
    """Quoted sentences as one answer, and what of the question they leave open."""
    lines = [quote.strip() for quote in quotes]
    if unanswered:
        parts = "; ".join(unanswered)
        lines.append(phrases.say("unanswered", language, parts=parts))
    return "\n".join(lines)
