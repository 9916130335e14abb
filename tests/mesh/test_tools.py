"""The commands that look into a running mesh, and those that change it."""

import errno
import io
import json
import os
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout

import pytest
import yaml

from filigree import call, cli, control, log_tail, logs
from filigree.state import State


def test_call_shows_the_body_and_ends_well(running):
    done = running.command("call", "callee", "GET", "/api/v1/things/5")
    assert done.returncode == 0
    assert json.loads(done.stdout)["caller"] == "operator"
    assert "200 OK" in done.stderr


def test_call_as_a_service_shows_its_403(running):
    path = "/api/v1/secrets"
    done = running.command("call", "callee", "GET", path, "--as", "caller")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error_code"] == "UNDECLARED"


def test_call_as_nobody_suggests_who_there_is(running):
    done = running.command("call", "callee", "GET", "/x", "--as", "callr")
    assert done.returncode == 1
    assert "Did you mean caller" in done.stderr


def test_call_of_nobody_suggests_who_there_is(running):
    done = running.command("call", "calle", "GET", "/x")
    assert done.returncode == 1
    assert "calle is not part of the running mesh" in done.stderr
    assert "Did you mean" in done.stderr
    for words in (("call", "zzz", "GET", "/x"), ("restart", "zzz")):
        assert "ps lists it" in running.command(*words).stderr


def test_what_breaks_nothing_is_no_break(running):
    for words in (("--error", "200"), ("--error", "x"), ("--delay", "-1")):
        assert running.command("break", "callee", *words).returncode == 2


def test_an_engine_that_cannot_be_broken_so_is_told_as_one(running):
    done = running.command("break", "envoy", "--error", "503")
    assert done.returncode == 1
    assert "envoy is an engine" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["call", "callee", "GET", "/x", "--timeout", "0"],
        ["call", "callee", "GET", "/x", "--timeout", "nan"],
        ["logs", "-n", "-3"],
    ],
)
def test_a_number_that_is_none_of_its_kind_is_misuse(words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "is no number of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["/a\nb"],
        ["/x", "--header", "X-A: é"],
        ["/x", "--key", "schlüssel"],
        ["/x", "--tenant", "ünï"],
    ],
)
def test_what_cannot_be_sent_is_told_in_a_line(running, words, capsys):
    place = running.argv()[3:]
    assert cli.main([*place, "call", "callee", "GET", *words]) == 1
    assert capsys.readouterr().err.startswith("filigree: ")


def test_a_file_is_sent_as_an_upload_unless_it_is_json_or_told(tmp_path):
    plain, described = tmp_path / "a.pdf", tmp_path / "a.json"
    plain.write_bytes(b"%PDF-")
    described.write_bytes(b"{}")
    headers = {}
    assert call._body(f"@{plain}", headers) == {"files": {"file": ("a.pdf", b"%PDF-")}}
    assert headers == {}
    told = {"Content-Type": "application/pdf"}
    assert call._body(f"@{plain}", told) == {"content": b"%PDF-"}
    assert call._body(f"@{described}", headers) == {"content": b"{}"}
    assert headers == {"Content-Type": "application/json"}


def test_ps_lists_every_process_with_its_memory(running):
    told = json.loads(running.command("ps", "--json").stdout)
    rows = {row["name"]: row for row in told["rows"]}
    assert {"caller", "callee", "envoy", "nursery", "supervisor"} <= rows.keys()
    assert all(row["pss"] > 0 for row in rows.values())
    table = running.command("ps").stdout
    assert "3 of 3 services ready" in table
    assert str(8002 + running.offset) in table


def test_logs_tell_a_request_by_its_id(running, until):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    running.call("GET", "/api/v1/things/7", headers=headers)

    def told():
        done = running.command("logs", "--trace", trace[:12], "--json")
        return done.stdout if done.returncode == 0 else None

    lines = [json.loads(line) for line in until(told).splitlines()]
    assert [line["caller"] for line in lines] == ["caller"]
    assert lines[0]["trace_id"] == trace


def test_what_is_appended_is_followed_though_the_file_is_turned(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n")
    tail = log_tail.Tail(path)
    assert tail.last() == b"one\n"
    with path.open("ab") as file:
        file.write(b"two\nthr")
        file.flush()
        assert tail.new() == b"two\n"
        file.write(b"ee\n")
    path.replace(tmp_path / "a.log.1")
    assert tail.new() == b""
    path.write_bytes(b"four\nthis one is longer than all before it together\n")
    assert tail.new().splitlines()[:2] == [b"three", b"four"]
    assert tail.new() == b""
    path.write_bytes(b"six\n")
    assert tail.new() == b"six\n"


def test_as_many_lines_are_shown_as_are_asked_for(running):
    assert running.command("logs", "callee", "-n", "1").stdout.count("callee") == 1
    assert running.command("logs", "callee", "-n", "0").stdout == ""


def test_a_line_that_says_no_time_is_shown_without(tmp_path):
    held = State(tmp_path)
    held.logs.mkdir(parents=True)
    (held.logs / "a.log").write_text('{"time": "soon", "message": "one"}\n')
    out = io.StringIO()
    with redirect_stdout(out):
        assert logs.show(held, logs.Wanted()) == 0
    assert "one" in out.getvalue()


def test_logs_of_an_unknown_service_suggest_one(running):
    done = running.command("logs", "cale")
    assert done.returncode == 1
    assert "Did you mean" in done.stderr


def test_a_broken_service_fails_its_callers_until_mended(running, until):
    assert running.command("break", "callee", "--error", "503").returncode == 0
    until(lambda: running.call("GET", "/api/v1/things/5").status_code == 503)
    assert running.row("callee")["state"] == "broken"
    assert running.command("break", "callee", "--mend").returncode == 0
    until(lambda: running.call("GET", "/api/v1/things/5").status_code == 200)


def test_a_frozen_service_ends_in_a_timeout_that_names_it(running, until):
    assert running.command("break", "callee", "--pause").returncode == 0
    answer = running.call("POST", "/api/v1/deeds")
    assert answer.status_code == 504
    body = answer.json()
    assert body["error"] == "timeout_error"
    assert body["service"] == "callee"
    assert body["additional_data"]["timed_out"] is True
    assert running.command("break", "callee", "--mend").returncode == 0
    until(lambda: running.call("GET", "/api/v1/things/5").status_code == 200)
    until(lambda: running.row("callee")["state"] == "ready")


def test_a_killed_service_is_unreachable_and_then_there_again(running, until):
    before = running.row("callee")["restarts"]
    assert running.command("break", "callee", "--kill").returncode == 0
    until(lambda: running.row("callee")["restarts"] > before)
    until(lambda: running.call("GET", "/api/v1/things/5").status_code == 200)


def test_breaking_what_does_not_run_suggests_what_does(running):
    done = running.command("break", "calle", "--kill")
    assert done.returncode == 1
    assert "Did you mean" in done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"), [("lgos", "logs"), ("restrat", "restart"), ("chekc", "check")]
)
def test_a_misspelt_command_is_met_with_the_nearest(typed, meant, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([typed])
    assert ended.value.code == 2
    assert f"`filigree {meant}`" in capsys.readouterr().err


@pytest.mark.parametrize("offset", ["abc", "-1", "57001", "1.5"])
@pytest.mark.parametrize("given", ["option", "variable"])
def test_an_offset_that_is_none_is_misuse(given, offset, capsys, monkeypatch):
    typed = ["ps", f"--port-offset={offset}"] if given == "option" else ["ps"]
    if given == "variable":
        monkeypatch.setenv("FILIGREE_PORT_OFFSET", offset)
    with pytest.raises(SystemExit) as ended:
        cli.main(typed)
    told = f"'{offset}' is no number between 0 and 57000"
    assert (ended.value.code, told in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"filigree {name}" in capsys.readouterr().out


def test_outside_a_repository_it_says_so(tmp_path, running):
    done = subprocess.run(
        [*running.argv()[:3], "ps"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "is not in a Filigree repository" in done.stderr


def test_what_cannot_be_written_is_told_in_a_line(toys_root, monkeypatch, capsys):
    def refused(state):
        path = str(state.folder)
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr("filigree.up.down", refused)
    assert cli.main(["--root", str(toys_root), "down"]) == 1
    told = f"filigree: {toys_root / '.filigree'} cannot be written: Read-only"
    assert capsys.readouterr().err.startswith(told)


def test_the_doctor_goes_on_where_a_folder_cannot_be_made(toys_root, capsys):
    (toys_root / ".filigree").touch()
    assert cli.main(["--root", str(toys_root), "doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ disk" in said
    assert "memory" in said


def test_watching_renews_a_service_whose_code_changed(make_mesh, until):
    mesh = make_mesh()
    mesh.start("--watch")
    app = mesh.root / "services" / "toys" / "callee" / "app.py"
    code = app.read_text()
    app.write_text(code.replace('{"caller": caller', '{"new": 1, "caller": caller'))
    until(lambda: "new" in mesh.call("GET", "/api/v1/things/5").json())
    assert mesh.row("callee")["restarts"] == 0
    app.write_text("def")
    until(lambda: _says(mesh, "SyntaxError"))
    assert mesh.call("GET", "/api/v1/things/5").status_code == 200
    mesh.stop()


def _says(mesh, text):
    return text in (mesh.held.logs / "callee.log").read_text()


def test_what_cannot_be_imported_by_all_costs_no_service(make_mesh, until):
    mesh = make_mesh()
    mesh.start("--watch")
    before = {name: mesh.row(name)["pid"] for name in TOYS}
    # The chassis imports it, and so does whatever bears the services.
    shared = mesh.root / "contracts" / "__init__.py"
    shared.write_text("raise RuntimeError('no such luck')")
    until(lambda: "no such luck" in (mesh.held.logs / "nursery.log").read_text())
    os.kill(before["frail"], signal.SIGKILL)
    until(lambda: mesh.row("frail")["pid"] not in (None, before["frail"]))
    assert mesh.call("GET", "/api/v1/things/5").json()["pid"] == before["callee"]
    shared.unlink()
    until(lambda: not {mesh.row(name)["pid"] for name in TOYS} & set(before.values()))
    assert mesh.row("callee")["restarts"] == 0
    assert mesh.row("callee")["state"] == "ready"
    mesh.stop()


def test_what_is_wrong_with_one_keeps_no_other_from_being_renewed(make_mesh, until):
    mesh = make_mesh()
    mesh.start("--watch")
    toys = mesh.root / "services" / "toys"
    declared = toys / "frail" / "service.yaml"
    declared.write_text(declared.read_text() + "typo: 1\n")
    (toys / "caller" / "app.py").write_text("def")
    app = toys / "callee" / "app.py"
    app.write_text(app.read_text().replace('{"caller": caller', '{"new": caller'))
    until(lambda: "new" in mesh.call("GET", "/api/v1/things/5").json())
    assert "the declarations are wrong" in mesh.stop()


def test_a_request_is_answered_though_all_services_are_renewed(make_mesh, until):
    mesh = make_mesh()
    go, begun = mesh.root / "go", mesh.root / "begun"
    # The last one to be renewed has the least time left.
    app = mesh.root / "services" / "toys" / "frail" / "app.py"
    app.write_text(app.read_text().replace("    seen[name]", SLOW.format(begun, go)))
    offered = mesh.root / "contracts" / "openapi" / "frail.json"
    offered.write_text(
        offered.read_text().replace('"x-timeout": 2.0', '"x-timeout": 60')
    )
    mesh.start()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(mesh.call, "POST", "/api/v1/deeds", callee="frail")
        until(begun.exists)
        before = mesh.row("frail")["pid"]
        assert mesh.command("restart").returncode == 0
        assert mesh.row("frail")["pid"] != before
        go.touch()
        assert asked.result().json()["pid"] == before
    mesh.stop()


TOYS = ("caller", "callee", "frail")
SLOW = """
    import asyncio, pathlib
    pathlib.Path("{}").touch()
    while not pathlib.Path("{}").exists():
        await asyncio.sleep(0.01)
    seen[name]"""


def test_watching_admits_a_call_once_it_is_declared(make_mesh, until):
    mesh = make_mesh()
    mesh.start("--watch")
    assert mesh.call("GET", "/api/v1/secrets").status_code == 403
    _let_the_caller_get_secrets(mesh)
    until(lambda: mesh.call("GET", "/api/v1/secrets").status_code == 200)
    mesh.stop()


def _let_the_caller_get_secrets(mesh):
    path = mesh.root / "services" / "toys" / "caller" / "service.yaml"
    declared = yaml.safe_load(path.read_text())
    declared["calls"][0]["operations"].append("get_secrets")
    path.write_text(yaml.safe_dump(declared))


@pytest.mark.parametrize("asked", [["caller"], []])
def test_a_restart_takes_what_is_declared_now(make_mesh, until, asked):
    """Who may call whom, too: it does not take a new start of the whole mesh."""
    mesh = make_mesh()
    mesh.start()
    assert mesh.call("GET", "/api/v1/secrets").status_code == 403
    _let_the_caller_get_secrets(mesh)
    assert mesh.command("restart", *asked).returncode == 0
    until(lambda: mesh.call("GET", "/api/v1/secrets").status_code == 200)
    mesh.stop()


def test_a_restart_with_a_wrong_declaration_says_so_and_changes_nothing(make_mesh):
    mesh = make_mesh()
    mesh.start("callee")
    pid = mesh.row("callee")["pid"]
    path = mesh.root / "services" / "toys" / "callee" / "service.yaml"
    path.write_text(path.read_text() + "typo: 1\n")
    done = mesh.command("restart", "callee")
    assert done.returncode == 1
    assert "the declarations are wrong" in done.stderr
    assert "typo" in done.stderr
    assert mesh.row("callee")["pid"] == pid
    mesh.stop()


def test_where_forking_is_unsafe_services_start_as_interpreters(make_mesh, until):
    mesh = make_mesh()
    mesh.start(env={**os.environ, "FILIGREE_SPAWN": "1"})
    started = mesh.processes()
    assert mesh.call("GET", "/api/v1/things/5").status_code == 200
    mesh.stop(signal.SIGTERM)
    assert not [each for each in started if each.is_running()]


def test_an_engine_that_is_named_but_away_is_told(make_mesh):
    mesh = make_mesh()
    path = mesh.root / "services" / "toys" / "caller" / "service.yaml"
    declared = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**declared, "consumes": ["thing.made"]}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"nats://127.0.0.1:{port}"
    done = mesh.command("up", env={**os.environ, "NATS_URL": url})
    assert done.returncode == 1
    assert f"NATS_URL names 127.0.0.1:{port}, where nothing answers" in done.stderr
    assert not control.is_running(mesh.held)
