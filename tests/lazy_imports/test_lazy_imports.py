"""What is put off is all there once it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = {
    "__init__.py": "from shop.stock import COUNT\nfrom shop import till\nprint('shop')",
    "stock.py": "COUNT = 3",
    "till/__init__.py": "from shop.till.coins import COIN\nprint('till')",
    "till/coins.py": "COIN = 'penny'",
}
PUT_OFF = "import sys, lazy_imports\nlazy_imports.later('shop.till')\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def told_by(folder: Path, program: str) -> list[str]:
    """The lines that a fresh interpreter prints, with *folder*'s packages."""
    start = f"import sys\nsys.path.insert(0, {str(folder)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def test_importing_it_does_not_run_it(shop: Path) -> None:
    program = "import shop\nprint('shop.till.coins' in sys.modules)"
    assert told_by(shop, PUT_OFF + program) == ["shop", "False"]


def test_its_submodules_can_be_had_without_it(shop: Path) -> None:
    program = "import shop\nfrom shop.till.coins import COIN\nprint(COIN)"
    assert told_by(shop, PUT_OFF + program) == ["shop", "penny"]


def test_asking_for_a_name_runs_it_once(shop: Path) -> None:
    program = (
        "from shop import till\n"
        "print(till.COIN, till.COIN, till is sys.modules['shop.till'])"
    )
    assert told_by(shop, PUT_OFF + program) == ["shop", "till", "penny penny True"]


def test_what_it_has_not_it_has_not(shop: Path) -> None:
    program = "from shop import till\nprint(hasattr(till, 'NOTE'))"
    assert told_by(shop, PUT_OFF + program) == ["shop", "till", "False"]


@pytest.mark.parametrize("name", ["shop.cellar", "shop.cellar.wine", "nowhere.at_all"])
def test_what_is_not_installed_stays_so(shop: Path, name: str) -> None:
    program = (
        f"import lazy_imports\nlazy_imports.later({name!r})\n"
        f"try: import {name}\nexcept ImportError: print('none')"
    )
    assert told_by(shop, program)[-1] == "none"


def test_what_is_absent_is_back_afterwards_as_it_was(shop: Path) -> None:
    program = (
        "import lazy_imports\n"
        "for _ in range(2):\n"
        "    with lazy_imports.absent('shop'):\n"
        "        try: import shop\n"
        "        except ImportError: print('none')\n"
        "    import shop\n"
        "    print(shop.COUNT)"
    )
    there = ["till", "shop", "3"]
    assert told_by(shop, program) == ["none", *there, "none", "3"]
