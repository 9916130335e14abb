"""What a transaction's changes make of its documents, worked out before any is written.

The rules are here and touch no database: a change meets the document as the changes
before it left it, is refused or drafts the next state, and only the last state of each
document is written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts.infrastructure.database import Change, Index, Patch, Write, is_at
from docstore.errors import Missing, Stale, Unusable

Place = tuple[str, str]  # collection, id
T = TypeVar("T")


@dataclass(slots=True)
class Indexing:
    """What is to become of an index entry; ``keeps`` what it has and is not given."""

    given: Index | None = None
    keeps: bool = False

    def over(self, earlier: "Indexing | None") -> "Indexing":
        """Both in one: a patch adds to what came earlier, anything else replaces it."""
        if earlier is None or not self.keeps or self.given is None:
            return self
        return Indexing(overlaid(earlier.given, self.given), earlier.keeps)


@dataclass(slots=True)
class Draft:
    """A document in the making. ``version`` 0: there is none, though ``is_row`` may
    still hold where one has expired. ``unique`` None leaves the keys as they are,
    ``indexing`` None the index entry that ``is_indexed`` tells of."""

    is_row: bool = False
    is_indexed: bool = False
    version: int = 0
    body: dict[str, Any] | None = None
    is_changed: bool = False
    keeps_expiry: bool = True
    ttl: float | None = None
    unique: list[str] | None = None
    indexing: Indexing | None = None

    @property
    def changes_index(self) -> bool:
        return self.indexing is not None and (
            self.is_indexed or self.indexing.given is not None
        )


@dataclass(slots=True)
class Drafts:
    """The documents of a transaction, and the versions that its changes may use up."""

    versions: Iterator[int]
    at: dict[Place, Draft] = field(default_factory=dict)

    def apply(self, change: Change) -> int | None:
        """Draft one change; the version it leaves, None where no document is left.

        Stale unless the document is at the change's version, Missing when there is
        nothing to patch.
        """
        place = (change.collection, change.id)
        draft = self.at.setdefault(place, Draft())
        require_version(draft, change)
        match change.op:
            case "put":
                document = required(change.document, "a put needs a document")
                _put(draft, document, next(self.versions))
            case "patch":
                patch = required(change.patch, "a patch needs a patch")
                if not draft.version:
                    raise Missing(f"{change.collection} has no {change.id}")
                _patch(draft, patch, next(self.versions))
            case "delete":
                _delete(draft)
        return draft.version or None


def required(given: T | None, complaint: str) -> T:
    if given is None:
        raise Unusable(complaint)
    return given


def require_version(draft: Draft, change: Change) -> None:
    """Stale unless the document is at the version that the change names."""
    if is_at(change.version, draft.version):
        return
    name = f"{change.collection}/{change.id}"
    if change.version == 0:
        raise Stale(f"{name} exists")
    if draft.version == 0:
        raise Stale(f"{name} does not exist")
    raise Stale(f"{name} is at version {draft.version}, not {change.version}")


def _put(draft: Draft, document: Write, version: int) -> None:
    draft.version, draft.body, draft.is_changed = version, document.body, True
    draft.keeps_expiry, draft.ttl = False, document.ttl
    draft.unique = document.unique
    draft.indexing = Indexing(document.index)


def _patch(draft: Draft, patch: Patch, version: int) -> None:
    if not is_index_alone(patch):
        draft.version, draft.is_changed = version, True
        draft.body = merged(draft.body, patch.body)
    if patch.ttl is not None:
        draft.keeps_expiry, draft.ttl = False, patch.ttl
    if patch.index is not None:
        draft.indexing = Indexing(patch.index, keeps=True).over(draft.indexing)


def is_index_alone(patch: Patch) -> bool:
    """Whether it changes what finds a document, but nothing that a reader sees.

    Its version then stays: who has read the document has read it as it is.
    """
    return patch.index is not None and not patch.body and patch.ttl is None


def _delete(draft: Draft) -> None:
    draft.version, draft.body, draft.is_changed = 0, None, True
    draft.unique, draft.indexing = [], Indexing()


def merged(old: Any, new: Any) -> Any:
    """RFC 7396: null removes, objects merge, anything else replaces."""
    if not isinstance(new, dict):
        return new
    base = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            base.pop(key, None)
        else:
            base[key] = merged(base.get(key), value)
    return base


def overlaid(old: Index | None, new: Index) -> Index:
    """*new*, with the side that it leaves out taken from *old* in the same space."""
    if old is None or old.space != new.space:
        return new
    text, language = (
        (old.text, old.language) if new.text is None else (new.text, new.language)
    )
    return Index(
        space=new.space,
        text=text,
        language=language,
        vector=old.vector if new.vector is None else new.vector,
    )


def segments(
    changes: Iterable[tuple[int, Change]],
) -> Iterator[list[tuple[int, Change]]]:
    """Runs of changes that can be drafted together: a ``delete-all`` stands alone.

    What a filter finds depends on what was written before it.
    """
    run: list[tuple[int, Change]] = []
    for position, change in changes:
        if change.op != "delete-all":
            run.append((position, change))
            continue
        if run:
            yield run
        yield [(position, change)]
        run = []
    if run:
        yield run
