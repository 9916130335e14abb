"""Lines that count pages, as programs write them at the edges of a page."""

import re

LONGEST = 40  # characters of such a line, whatever is drawn around the number
_WORD = (
    r"(?:page|seite|blatt|p[áa]gina|bladzijde|strona|str[aá]nka|strana|side|sida|sivu)"
)
_SHORT = r"(?:pg|p|s|p[áa]g|bl|blz|str)"
_OF = r"(?:/|\||of|von|de|sur|van|di|z|av|af)"
_TOTAL = rf"(?:\W*{_OF}?\W*\d*)?\W*"
_NAMED = re.compile(rf"\W*{_WORD}\W*\d*{_TOTAL}", re.IGNORECASE)
# A house or a telephone has a number, too; it has more digits, or other words.
_BARE = re.compile(
    rf"\W*(?:{_SHORT}\W*)?\d{{1,4}}(?:\s*{_OF}\s*\d{{0,4}})?\W*", re.IGNORECASE
)


def is_named(line: str) -> bool:
    """Whether *line* is "Page 1 of 3" alone; a program may leave one number out."""
    is_it = len(line) <= LONGEST and any(map(str.isdigit, line))
    return is_it and _NAMED.fullmatch(line) is not None


def is_one(line: str) -> bool:
    """Whether *line*, where numbers of pages stand, is one: "– 3 –", "p. 1/3", too."""
    is_bare = len(line) <= LONGEST and _BARE.fullmatch(line) is not None
    return is_bare or is_named(line)
