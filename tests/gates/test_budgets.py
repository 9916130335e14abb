"""Each budget breaks at its limit and not before it, and exceptions must be needed."""

import json

import pytest

from filigree import declarations
from gates import budgets

REASON = "measured on the image, and there is no smaller way to do it"


@pytest.fixture
def broken(repository):
    """What is broken in the service shop."""

    def measure():
        shop = declarations.load(repository.root)["shop"]
        return list(budgets.broken(budgets.measure(repository.root, shop)))

    return measure


@pytest.fixture
def shop(repository):
    return repository.shop


def test_a_service_within_its_budgets_breaks_nothing(broken):
    assert broken() == []


LINES_OF_APP = 12


def test_the_150th_line_breaks_the_budget(broken, shop):
    shop("#\n" * (149 - LINES_OF_APP))
    assert broken() == []
    shop("#\n" * (150 - LINES_OF_APP))
    assert broken() == ["services/toys/shop: lines 150, must be below 150"]


def test_all_files_of_a_service_count_together(broken, repository):
    repository.write("services/toys/shop/more/rules.py", "#\n" * 140)
    (said,) = broken()
    assert "lines 150" in said


def test_the_100th_statement_breaks_the_budget(broken, shop):
    shop("a = 1; " * 95)
    assert broken() == []
    shop("a = 1; " * 96)
    assert broken() == ["services/toys/shop: statements 100, must be below 100"]


def test_a_complexity_of_ten_breaks_the_budget(broken, shop):
    shop("def f(a):\n    return " + " or ".join("a" * 9))
    assert broken() == []
    shop("def f(a):\n    return " + " or ".join("a" * 10))
    assert broken() == ["services/toys/shop: complexity 10 (f), must be below 10"]


def test_the_fifteenth_function_breaks_the_budget(broken, shop):
    shop("".join(f"def f{n}(): ...\n" for n in range(13)))
    assert broken() == []
    shop("".join(f"def f{n}(): ...\n" for n in range(14)))
    assert broken() == ["services/toys/shop: functions 15, must be below 15"]


def test_methods_and_nested_functions_are_functions(broken, shop):
    shop("class A:\n" + "".join(f"    def f{n}(self): ...\n" for n in range(14)))
    assert len(broken()) == 1


def test_the_fifth_package_breaks_the_budget(broken, shop):
    shop("import fastapi, pydantic, numpy.linalg, numpy\nfrom httpx import get\n")
    assert broken() == []
    shop("def f():\n    import fastapi, pydantic, numpy, httpx, nats.js\n")
    assert broken() == ["services/toys/shop: packages 5, must be below 5"]


def test_the_library_and_our_own_packages_are_no_third_parties(broken, shop):
    shop(
        "import json, ast, re, os.path\nimport chassis, contracts.toys\n"
        "import engine, services.toys.shop\n"
    )
    assert broken() == []


def test_the_fifth_upstream_breaks_the_budget(broken, repository):
    calls = [{"service": name, "operations": ["x"]} for name in "abcde"]
    repository.declare("shop", 8001, calls=calls[:4])
    assert broken() == []
    repository.declare("shop", 8001, calls=calls)
    assert broken() == ["services/toys/shop: upstreams 5, must be below 5"]


@pytest.mark.parametrize(
    ("figure", "within", "beyond"), [("startup", 1.99, 2.0), ("memory", 49.9, 50.1)]
)
def test_what_was_measured_is_told_and_does_not_fail(
    broken, repository, figure, within, beyond
):
    for value, count in ((within, 0), (beyond, 1)):
        repository.write("docs/measured.json", json.dumps({"shop": {figure: value}}))
        shop = declarations.load(repository.root)["shop"]
        told = list(budgets.beyond(budgets.measure(repository.root, shop)))
        assert len(told) == count
        assert broken() == []


def excepted(budget):
    return [{"budget": budget, "reason": REASON, "measured": "170"}]


def test_a_declared_exception_is_respected(broken, repository):
    repository.shop("#\n" * 150)
    repository.declare("shop", 8001, budget=excepted("lines"))
    assert broken() == []


def test_an_exception_covers_its_own_budget_only(broken, repository):
    repository.shop("#\n" * 150)
    repository.declare("shop", 8001, budget=excepted("memory"))
    assert len(broken()) == 1


def test_an_exception_that_is_not_needed_must_go(broken, repository):
    repository.declare("shop", 8001, budget=excepted("lines"))
    (said,) = broken()
    assert "budget: lines is kept (10); remove the exception" in said
