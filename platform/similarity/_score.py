"""The one score of hybrid search: absolute, in [0, 1], and what passages are ranked by.

Minimum-maximum scaling makes the best candidate 1 however bad it is, so that no
threshold means anything. Here both sides have a scale of their own: BM25 is divided by
the score that no passage can exceed, and a cosine is one already. A threshold on this
number therefore means the same for every question, and sorting by it is the ranking.
"""

TEXT_SHARE = 0.6
"""Weight of BM25 against the cosine, chosen on data; see the README."""


def score(
    bm25: float, ideal: float, cosine: float, text_share: float = TEXT_SHARE
) -> float:
    """How well a passage fits a question, in [0, 1]; rises with both sides.

    ``ideal``: sum of idf * (k1 + 1) over the question's terms, 0 if it has none that
    count. Then, or with ``text_share`` 0, the cosine alone decides; a caller without
    vectors passes ``text_share`` 1.
    """
    meaning = min(1.0, max(0.0, cosine))
    if ideal <= 0:
        return (1 - text_share) * meaning
    return text_share * min(1.0, max(0.0, bm25) / ideal) + (1 - text_share) * meaning
