"""Reading a service.yaml: the plain data, and the line that each part stands on.

A key given twice is refused: YAML's readers keep the last one without a word.
"""

from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]


class DeclarationError(Exception):
    """A declaration that is no declaration; each line says where and what to do."""


def read(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """The file's mapping, and the line (from 1) of every place in it."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise DeclarationError(f"{path}: not valid YAML: {exc}") from exc
    if not isinstance(node, yaml.MappingNode):
        raise DeclarationError(f"{path}: must be a mapping that begins with `name:`")
    lines: dict[Place, int] = {}
    _walk(path, node, (), lines)
    return yaml.SafeLoader("").construct_document(node), lines


def _walk(path: Path, node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(path, item, (*place, index), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            at = (*place, key.value)
            if at in lines:
                where = f"{path}:{key.start_mark.line + 1}"
                raise DeclarationError(f"{where}: `{key.value}` stands here twice")
            lines[at] = key.start_mark.line + 1
            _walk(path, value, at, lines)
