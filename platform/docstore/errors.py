"""What can keep the store from doing what was asked."""


class Missing(Exception):
    """There is no such document or blob."""


class Stale(Exception):
    """The document is not at the version that the caller wants to change."""


class Taken(Exception):
    """Another live document of the collection has one of the unique keys."""


class Reused(Exception):
    """The write id was used for something else before."""


class Unusable(Exception):
    """The request cannot be carried out as it stands; the message says why."""


class TooLarge(Exception):
    """A document or a blob exceeds its limit."""


class Contended(Exception):
    """Others changed the same documents at the same moment, several times over."""


class Away(Exception):
    """PostgreSQL does not answer. What was in flight may or may not be committed."""


class Unfit(Exception):
    """PostgreSQL is there and cannot be used as it is; the message says what to do."""


class Full(Exception):
    """PostgreSQL's disk has no room for it, or it only reads. Nothing was stored."""


class Undeclared(Exception):
    """The source was not granted what it asked for."""
