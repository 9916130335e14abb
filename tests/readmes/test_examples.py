"""What the engines' own documentation says that a call gives is what it gives."""

import ast
import doctest
import importlib
import io
import re
import tokenize
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

PLATFORM = Path(__file__).parents[2] / "platform"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
# Those whose examples need nothing that is not in them, and from which on.
WHOLE = {
    "amounts_in_words": 0,
    "edit_distance": 0,
    "encryption": 0,
    "glosses": 0,
    "intents": 1,
    "langid": 0,
    "money": 0,
    "normalization": 0,
    "patterns": 0,
    "replies": 0,
}
GIVEN: dict[str, Any] = {"Decimal": Decimal, "secret": "a secret of the tests"}


def told(comment: str) -> Iterator[Any]:
    """The value that a comment is, or begins with before a colon or semicolon."""
    ends = [each.start() for each in re.finditer("[:;]|$", comment)]
    for end in reversed(ends):
        try:
            yield eval(comment[:end], dict(GIVEN))
        except (SyntaxError, NameError):
            continue
        return


def comments(block: str) -> dict[int, str]:
    """The comment at the end of each line, by its number."""
    tokens = tokenize.generate_tokens(io.StringIO(block).readline)
    found = (each for each in tokens if each.type == tokenize.COMMENT)
    return {each.start[0]: each.string.lstrip("# ") for each in found}


def examples(engine: str) -> Iterator[tuple[str, Any, Any]]:
    """Each call that the README of *engine* gives the value of: the value that it has,
    and the one that it is said to have."""
    known = GIVEN | {engine: importlib.import_module(engine)}
    text = (PLATFORM / engine / "README.md").read_text("utf-8")
    for block in BLOCK.findall(text)[WHOLE[engine] :]:
        said = comments(block)
        for each in ast.parse(block).body:
            source = ast.get_source_segment(block, each) or ""
            if not isinstance(each, ast.Expr):
                exec(source, known)
                continue
            for value in told(said.get(each.end_lineno or 0, "")):
                yield source, eval(source, known), value


@pytest.mark.parametrize("engine", WHOLE)
def test_a_call_gives_what_the_documentation_says(engine: str) -> None:
    found = list(examples(engine))
    assert found
    for source, value, said in found:
        assert value == said, source


def test_the_filter_language_is_documented_as_it_is() -> None:
    import json_filters

    text = "\n".join(
        BLOCK.findall((PLATFORM / "json_filters/README.md").read_text("utf-8"))
    )
    ran = doctest.DocTestParser().get_doctest(
        text, {"json_filters": json_filters}, "", None, 0
    )
    assert ran.examples
    assert doctest.DocTestRunner().run(ran).failed == 0
