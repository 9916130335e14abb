"""Complexity counts every place where the path may fork."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates import complexity


def of(code, name="f"):
    found = complexity.functions(ast.parse(code))
    return next(each.complexity for each in found if each.name == name)


def body(*lines):
    return "def f(a, b, c):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a", 1),
        ("return a < b < c", 1),
        ("return a and b", 2),
        ("return a and b and c", 3),
        ("return (a and b) or c", 3),
        ("return a if b else c", 2),
        ("assert a", 2),
        ("return [x for x in a]", 2),
        ("return [x for x in a if x if b]", 4),
        ("return {x: y for x in a for y in b}", 3),
        ("return sum(x for x in a)", 2),
        ("with a: return b", 1),
        ("return lambda: a if b else c", 2),
    ],
)
def test_an_expression_counts_its_forks(line, expected):
    assert of(body(line)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("if a:", "    return b", "return c"), 2),
        (("if a:", "    pass", "elif b:", "    pass", "else:", "    pass"), 3),
        (("for x in a:", "    pass", "else:", "    pass"), 2),
        (("while a:", "    pass"), 2),
        (("try:", "    a()", "except (OSError, ValueError):", "    pass"), 2),
        (
            (
                *("try:", "    a()", "except OSError:", "    pass"),
                *("except ValueError:", "    pass", "finally:", "    b()"),
            ),
            3,
        ),
        (("match a:", "    case 1:", "        pass", "    case _:", "        pass"), 2),
        (("match a:", "    case 1 if b:", "        pass"), 3),
        (("match a:", "    case _ if b:", "        pass"), 2),
        (("match a:", "    case 1 | 2:", "        pass"), 2),
        (("def g():", "    return a if b else c", "return g"), 3),
    ],
)
def test_a_statement_counts_its_forks(lines, expected):
    assert of(body(*lines)) == expected


def test_asynchronous_code_counts_alike():
    code = "async def f(a):\n    async for x in a:\n        await x\n"
    assert of(code) == 2


def test_nested_functions_and_methods_are_counted_by_themselves_too():
    code = (
        "class A:\n    def m(self, a):\n        def n(b):\n"
        "            return b or a\n        return n\n"
    )
    assert of(code, "A.m.n") == 2
    assert of(code, "A.m") == 3


def test_logic_cannot_hide_outside_of_functions():
    code = "LIMIT = 1 if __debug__ else 2\n\n\nclass A:\n    b = [x for x in ()]\n"
    found = complexity.functions(ast.parse(code))
    assert [(each.name, each.complexity) for each in found] == [
        ("line 1", 2),
        ("line 5", 2),
    ]
    assert not any(each.is_function for each in found)


@given(st.integers(0, 30))
def test_each_more_fork_counts_one(forks):
    assert of(body(*["if a: pass"] * forks, "return b")) == forks + 1
