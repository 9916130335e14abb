"""The gates fail on each violation planted in any layer, and on a stale table."""

import pytest

from gates import __main__ as command
from gates import formatting, gate, layers, review


@pytest.fixture
def violations(repository):
    """What breaks the gates, with a table that is up to date."""

    def run():
        document = gate.run(repository.root).document
        repository.write("docs/budgets.md", document)
        return list(gate.run(repository.root).violations)

    return run


def test_a_repository_that_keeps_its_gates_has_no_violations(violations):
    assert violations() == []


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# noqa: E501", "# type: ignore", "# fmt: off", "# fmt: skip", "#noqa"],
)
@pytest.mark.parametrize(
    "path",
    [
        "services/toys/shop/app.py",
        "platform/chassis/__init__.py",
        "platform/engine/__init__.py",
        "contracts/__init__.py",
    ],
)
def test_a_suppression_is_found_everywhere(repository, violations, path, comment):
    repository.write(
        path, f"import chassis\na = 1  {comment}\n".replace("chassis", "os")
    )
    assert violations() == [f"{path}:2: a suppression comment; mend the cause instead"]


def test_a_text_that_speaks_of_suppressions_is_none(repository, violations):
    repository.shop('a = "# noqa"\n"""\n# type: ignore\n"""\n')
    assert violations() == []


def test_a_line_of_89_columns_is_found(repository, violations):
    repository.shop(f"a = {'1' * 84}\n")
    assert violations() == []
    repository.shop(f"a = {'1' * 85}\n")
    assert violations() == ["services/toys/shop/app.py:13: wider than 88 columns"]


@pytest.mark.parametrize("layer", ["platform/chassis", "platform/engine", "contracts"])
def test_a_tangled_function_is_found_in_every_layer(repository, violations, layer):
    code = "def f(a):\n    return " + " or ".join("a" * 10)
    repository.write(f"{layer}/deep.py", code)
    (said,) = violations()
    assert f"{layer}/deep.py:1: f has complexity 10" in said


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services/toys/shop/app.py", "import services.toys.bank.app"),
        ("services/toys/shop/app.py", "from services.toys.bank import app"),
        ("contracts/__init__.py", "import chassis"),
        ("contracts/__init__.py", "import engine"),
        ("contracts/__init__.py", "import services.toys.shop.app"),
        ("platform/chassis/__init__.py", "import engine"),
        ("platform/chassis/__init__.py", "import services.toys.bank"),
        ("platform/engine/__init__.py", "import chassis"),
        ("platform/engine/__init__.py", "import services"),
    ],
)
def test_an_import_against_the_layers_is_found(repository, path, line):
    repository.write(path, f"def f():\n    {line}\n")
    (said,) = layers.broken(repository.root)
    assert said.startswith("layers: ")
    assert "is not allowed to import" in said


def test_an_import_by_way_of_a_library_is_found(repository):
    repository.write("platform/engine/__init__.py", "import contracts.way\n")
    repository.write("contracts/way.py", "import services.toys.shop.app\n")
    (said,) = layers.broken(repository.root)
    assert "contracts.way -> services.toys.shop.app" in said


def test_a_new_engine_makes_the_configuration_stale(repository):
    written = layers.configuration(repository.root)
    repository.write(".importlinter", written)
    assert list(layers.stale(repository.root)) == []
    repository.write("platform/another/__init__.py", "import engine\n")
    (said,) = layers.stale(repository.root)
    assert said.startswith(".importlinter: stale")


def test_imports_within_the_layers_pass(repository):
    repository.shop("import contracts, engine, services.toys.shop\n")
    repository.write("platform/chassis/more.py", "import contracts\n")
    assert list(layers.broken(repository.root)) == []


def test_another_service_s_sdk_is_found(repository, violations):
    repository.write("services/toys/bank/app.py", "import numpy\n")
    assert violations() == []
    repository.shop("import numpy\n")
    (said,) = violations()
    assert said == "services/toys/shop/app.py: numpy belongs to bank, not to shop"


@pytest.mark.parametrize("layer", ["chassis", "contracts"])
def test_an_sdk_in_a_shared_layer_is_found(repository, violations, layer):
    folder = "contracts" if layer == "contracts" else "platform/chassis"
    repository.write(f"{folder}/sdk.py", "import numpy\n")
    (said,) = violations()
    assert f"numpy belongs to bank, not to {layer}" in said


def test_a_broken_budget_fails_the_gates(repository, violations):
    repository.shop("#\n" * 150)
    (said,) = violations()
    assert "must be below 150" in said


def test_code_that_ruff_would_lay_out_otherwise_is_found(repository):
    assert list(formatting.unformatted(repository.root)) == []
    repository.shop("a = [ 1,2 ]; b = 3\n")
    (said,) = formatting.unformatted(repository.root)
    assert said.startswith("services/toys/shop/app.py:")


def test_a_wider_line_length_of_one_s_own_does_not_help(repository):
    repository.write("pyproject.toml", "[tool.ruff]\nline-length = 200\n")
    repository.shop(f"a = ['{'1' * 50}', '{'2' * 50}']\n")
    assert len(list(formatting.unformatted(repository.root))) == 1


def test_a_stale_table_is_found(repository, violations):
    assert violations() == []
    repository.shop("b = 2\n")
    assert gate.run(repository.root).violations == (
        "docs/budgets.md: stale; run `python -m gates --write`",
    )


def test_the_command_fails_until_the_table_is_written(repository, capsys):
    root = str(repository.root)
    assert command.main([root]) == 1
    assert "BROKEN docs/budgets.md: stale" in capsys.readouterr().err
    assert command.main([root, "--write"]) == 0
    assert command.main([root]) == 0
    assert "| shop | 10 |" in capsys.readouterr().out


def test_a_broken_declaration_fails_the_command(repository, capsys):
    repository.declare("shop", 8001, prot=1)
    assert command.main([str(repository.root)]) == 1
    assert "prot: unknown" in capsys.readouterr().err


def test_the_table_shows_totals_and_exceptions(repository):
    reason = "the provider's client alone needs thirty lines of set-up"
    exception = {"budget": "lines", "reason": reason, "measured": "171 lines"}
    repository.shop("#\n" * 159)
    repository.declare("shop", 8001, budget=[exception])
    document = gate.run(repository.root).document
    assert f"| shop | lines | 171 lines | {reason} |" in document
    assert "| shop | **171** |" in document
    assert "2 services, 181 lines: 90 on average" in document
    for part in ("services", "chassis", "engine engine", "contracts"):
        assert f"\n| {part} |" in document


def test_a_chassis_name_with_one_user_is_reported(repository):
    repository.write("platform/chassis/__init__.py", '__all__ = ["create_app", "odd"]')
    assert list(review.lonely(repository.root)) == ["chassis.odd is used by no service"]
    repository.shop("chassis.odd()\n")
    assert list(review.lonely(repository.root)) == ["chassis.odd is used by shop alone"]


@pytest.mark.parametrize(
    "code",
    [
        "def book(): ...\nSLOT_LENGTH = 5",
        "class PaymentLink: ...",
        "x.faqs",
        "refund = 1",
    ],
)
def test_a_business_noun_in_the_chassis_is_reported(repository, code):
    repository.write("platform/chassis/more.py", f"{code}\n")
    assert len(list(review.nouns(repository.root))) == 1


def test_a_plain_chassis_is_not_reported(repository):
    code = "def slotted(): ...\nrequest = taxonomy = document = 1\n"
    repository.write("platform/chassis/more.py", code)
    assert list(review.nouns(repository.root)) == []


def test_a_contract_with_behaviour_is_reported(repository):
    code = """
class A(BaseModel):
    @field_validator("x")
    def check(cls, value): ...

    def total(self): ...
"""
    repository.write("contracts/models.py", code)
    assert list(review.behaving(repository.root)) == ["contracts/models.py:6: total"]
