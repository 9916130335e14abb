"""Starting, crashing, stopping: what happens to the processes of a mesh."""

import os
import resource
import signal
import socket
import subprocess
import sys
from functools import partial

import psutil
import pytest

from filigree import bench_mesh, control


def test_ctrl_c_leaves_no_process_and_no_socket_behind(make_mesh, until):
    mesh = make_mesh()
    mesh.start()
    started = mesh.processes()
    assert len(started) >= 5
    said = mesh.stop(signal.SIGINT)
    assert mesh.process.returncode == 0
    assert "everything is stopped" in said
    assert not [each for each in started if each.is_running()]
    assert not mesh.held.control.exists()


def test_a_killed_mesh_takes_everything_with_it(make_mesh, until):
    mesh = make_mesh()
    mesh.start()
    started = mesh.processes()
    mesh.process.kill()
    mesh.process.wait()
    until(lambda: not [each for each in started if _alive(each)])


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_after_a_kill_it_starts_again_where_it_was(make_mesh, until):
    mesh = make_mesh()
    mesh.start()
    mesh.process.kill()
    mesh.process.communicate()
    until(lambda: not control.is_locked(mesh.held))
    mesh.start()
    assert mesh.call("GET", "/api/v1/things/5").status_code == 200
    mesh.stop()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("name", ["callee", "envoy"])
def test_what_ends_is_started_again(running, until, name, sent):
    before = running.row(name)
    os.kill(before["pid"], sent)
    until(lambda: running.row(name)["restarts"] > before["restarts"])
    until(lambda: running.row(name)["state"] == "ready")
    assert running.row(name)["pid"] != before["pid"]
    until(lambda: running.call("GET", "/api/v1/things/5").status_code == 200)


def test_the_nursery_ends_and_the_services_come_back(running, until):
    before = running.row("callee")["pid"]
    os.kill(running.row("nursery")["pid"], signal.SIGKILL)
    until(lambda: running.row("callee")["pid"] not in (before, None))
    until(lambda: running.row("callee")["state"] == "ready")
    until(lambda: running.row("caller")["state"] == "ready")


def test_a_restart_leaves_no_gap(running, until):
    before = _pid(running)
    restarts = running.row("callee")["restarts"]
    assert running.command("restart", "callee").returncode == 0
    until(lambda: _pid(running) != before)
    assert running.row("callee")["restarts"] == restarts


def _pid(mesh) -> int:
    answer = mesh.call("GET", "/api/v1/things/5")
    assert answer.status_code == 200
    return answer.json()["pid"]


@pytest.mark.skipif(sys.platform != "linux", reason="nobody else tells it of another")
def test_everything_may_have_as_many_files_open_as_the_system_allows(make_mesh):
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (256, 3000))
    mesh = make_mesh()
    mesh.start(preexec_fn=few)
    pids = [mesh.row(name)["pid"] for name in ("envoy", "callee", "nursery")]
    allowed = {psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE) for pid in pids}
    mesh.stop()
    assert allowed == {(3000, 3000)}


def test_a_second_up_says_that_the_first_runs(running):
    again = running.command("up")
    assert again.returncode == 1
    assert f"already runs here (process {running.process.pid})" in again.stderr


def test_a_taken_port_is_named_with_its_holder(make_mesh):
    mesh = make_mesh()
    with socket.create_server(("127.0.0.1", 8002 + mesh.offset)):
        done = mesh.command("up")
    assert done.returncode == 1
    assert f"port {8002 + mesh.offset} (callee) is taken by" in done.stderr
    assert f"process {os.getpid()}" in done.stderr
    assert "--port-offset" in done.stderr
    assert not control.is_running(mesh.held)


def test_a_detached_mesh_outlives_the_command_until_down(make_mesh):
    mesh = make_mesh()
    up = mesh.command("up", "--detach", "--no-demo")
    assert up.returncode == 0, up.stderr
    assert "3 of 3 services ready" in up.stdout
    assert "Ctrl-C" not in up.stdout
    assert mesh.call("GET", "/api/v1/things/5").status_code == 200
    assert mesh.command("down").stdout == "everything is stopped\n"
    assert mesh.command("down").stdout == "nothing was running\n"
    assert mesh.command("ps").returncode == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["up --detach --no-demo", "bench up"])
def test_who_is_ended_while_the_mesh_it_began_starts_stops_it(
    make_mesh, until, command, sent
):
    mesh = make_mesh()
    app = mesh.root / "services" / "toys" / "callee" / "app.py"
    app.write_text("import time\ntime.sleep(60)")
    begun = mesh.held if "up --d" in command else bench_mesh.beside(mesh.held)
    up = subprocess.Popen(
        mesh.argv(*command.split()),
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until(lambda: control.is_running(begun))
    up.send_signal(sent)
    assert up.wait(60) == 130
    assert not control.is_locked(begun)


@pytest.mark.parametrize("command", ["up", "up --detach", "bench"])
def test_without_the_weights_of_the_embeddings_nothing_is_begun(make_mesh, command):
    mesh = make_mesh()
    toys, name = mesh.root / "services" / "toys", "embedding-generation"
    (toys / "caller").rename(toys / "embedding_generation")
    declared = toys / "embedding_generation" / "service.yaml"
    declared.write_text(declared.read_text().replace("name: caller", f"name: {name}"))
    documents = mesh.root / "contracts" / "openapi"
    (documents / "caller.json").rename(documents / f"{name}.json")
    given = {"FILIGREE_WEIGHTS": str(mesh.root / "none"), "OPENAI_API_KEY": ""}
    done = mesh.command(*command.split(), env=os.environ | given)
    assert done.returncode == 1
    assert f"not in {mesh.root / 'none'}" in done.stderr
    assert "-m embeddings.fetch" in done.stderr
    assert done.stdout == ""
    assert not (mesh.held.folder / "logs").exists()


def test_a_service_that_does_not_start_is_told_with_its_reason(make_mesh):
    mesh = make_mesh()
    app = mesh.root / "services" / "toys" / "caller" / "app.py"
    app.write_text("raise RuntimeError('no such luck')\n")
    up = mesh.command("up", "--detach", "--no-demo")
    mesh.command("down")
    assert up.returncode == 1
    assert "caller does not start" in up.stdout
    assert "no such luck" in up.stdout
    assert "2 of 3 services ready" in up.stdout


def test_one_service_starts_with_what_it_calls_and_no_more(make_mesh):
    mesh = make_mesh()
    mesh.start("callee")
    names = [row["name"] for row in control.ask(mesh.held, "ps")["rows"]]
    assert "callee" in names
    assert "caller" not in names
    mesh.stop()


def test_a_misspelt_domain_is_met_with_a_suggestion(make_mesh):
    done = make_mesh().command("up", "toy")
    assert done.returncode == 1
    assert "did you mean toys?" in done.stderr


def test_a_checkout_deep_in_the_disk_has_short_sockets(make_mesh, tmp_path):
    mesh = make_mesh()
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    moved = mesh.root.rename(deep / "toys")
    mesh = type(mesh)(moved, mesh.offset)
    mesh.start()
    assert mesh.call("GET", "/api/v1/things/5").status_code == 200
    assert not mesh.held.run.is_relative_to(moved)
    mesh.stop()
    assert not mesh.held.run.exists()
