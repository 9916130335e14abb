"""What is printed can be read, whatever it is printed to."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from filigree import cli, ps

HERE = Path(__file__).parents[2]
ROW = {
    "name": "configuration-management",
    "kind": "service",
    "port": 8030,
    "pid": 12345,
    "state": "ready",
    "startup": 12.1,
    "restarts": 2,
    "breaker": [],
    **dict.fromkeys(("pss", "rss", "anonymous"), 50 * ps.MIB),
}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["call", "--help"], "METHOD "),
        (["explain", "faq-management", "slot-management"], ": denied"),
        (["doctor"], "ok python "),
    ],
)
def test_a_sign_that_the_output_has_not_ends_nothing(encoding, words, said, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "filigree", "--root", str(HERE), *words],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("columns", "is_short"), [(80, True), (120, False)])
def test_no_name_is_cut_in_a_narrow_terminal(columns, is_short, monkeypatch):
    # A dumb terminal, so that no colours stand between; it has 80 columns, unless its
    # size is told whole.
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as shown, os.fdopen(theirs, "w") as terminal:
        ps.show({"rows": [ROW]}, terminal)
        terminal.flush()
        lines = shown.read1(4096).decode().splitlines()
    assert "configuration-management" in lines[1]
    assert ("RSS" not in lines[0]) is is_short
    assert lines[1].split()[-2:] == ["2", "closed"]
    assert max(map(len, lines)) <= columns


def test_a_narrow_terminal_tells_whose_breakers_are_open_below(monkeypatch):
    out = io.StringIO()
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    row = ROW | {"name": "callee", "breaker": ["action-executor", "api-gateway"]}
    ps.show({"rows": [row]}, out)
    assert "open for action-executor, api-gateway" in out.getvalue()


def test_a_domain_that_is_not_there_is_not_admitted(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"items": []})))
    assert cli.main(["--root", str(HERE), "admitted", "knowlege"]) == 1
    assert "there is no domain knowlege" in capsys.readouterr().err


def test_which_release_it_is_is_told_where_programs_read(capsys):
    with pytest.raises(SystemExit) as told:
        cli.main(["--version"])
    assert told.value.code in (None, 0)
    assert capsys.readouterr().out.startswith("filigree ")
