"""The parts of a mesh by themselves, each with what it must not get wrong."""

import asyncio
import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import _serve
from filigree import (
    breakers,
    control,
    edges,
    environment,
    hint,
    logs,
    orphans,
    outside,
    processes,
    reach,
    selection,
    sources,
    tokens,
    up,
    watch,
    weights,
)
from filigree.child import Order
from filigree.declarations import Call, Declaration
from filigree.log_intake import LogFile, LogIntake, as_json
from filigree.log_ship import INTAKE, ROOM, LogShipper
from filigree.mesh_error import MeshError
from filigree.nursery_client import NurseryClient
from filigree.progress import Report
from filigree.state import SUN_PATH, State, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def held(tmp_path):
    """The folders of a mesh that does not run."""
    state = State(tmp_path)
    state.prepare()
    yield state
    state.leave()


@pytest.mark.parametrize(
    ("there", "path"),
    [
        ("api-gateway", "/api/v1/health"),
        ("conversation-manager", "/v1/api/chat"),
    ],
)
def test_the_call_to_try_is_one_that_is_answered(
    tmp_path: Path, there: str, path: str
) -> None:
    held, mesh = State(tmp_path), edges.resolve(ROOT)
    held.demo.parent.mkdir(parents=True, exist_ok=True)
    told = {"base_url": held.gateway, "api_key": "fk.1"}
    held.demo.write_text(json.dumps(told))
    some = replace(mesh, declarations={there: mesh.declarations[there]})
    assert f"{held.gateway}{path}" in up.to_try(held, some)
    held.demo.unlink()
    assert f"{held.gateway}/api/v1/health" in up.to_try(held, some)


def test_a_mesh_that_is_slow_to_answer_is_not_told_to_be_down(held):
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(held.control))
        busy.listen()
        with pytest.raises(MeshError, match=r"restart takes longer than 0\.1 s"):
            control.ask(held, "restart", 0.1)


def test_a_mesh_that_does_not_run_is_told_as_that(held):
    with pytest.raises(MeshError, match="does not run here"):
        control.ask(held, "ps")


def declaration(name, domain="toys", **more):
    folder = Path("services") / domain / name.replace("-", "_")
    return Declaration(
        name, domain, 8000, "@x", "x", path=folder / "service.yaml", **more
    )


def mesh_of(*declarations):
    return edges.Mesh({each.name: each for each in declarations}, {})


# --- who is part of a mesh ---------------------------------------------------------


def test_a_domain_brings_all_that_it_calls_down_to_the_last():
    mesh = mesh_of(
        declaration("a", calls=(Call("b", ("x",)),)),
        declaration("b", "other", calls=(Call("c", ("x",)),)),
        declaration("c", "other"),
        declaration("d", "other"),
    )
    assert set(selection.select(mesh, ["toys"]).declarations) == {"a", "b", "c"}
    assert set(selection.select(mesh, ["d", "c"]).declarations) == {"c", "d"}
    assert set(selection.select(mesh, []).declarations) == {"a", "b", "c", "d"}


def test_a_service_gets_no_database_and_no_bus_that_it_did_not_declare(tmp_path):
    held = State(tmp_path)
    (held.folder / "nats").mkdir(parents=True)
    outer = {"DATABASE_URL": "postgresql://h/x", "NATS_URL": "nats://h"}
    plain = environment.environment(declaration("plain"), held, outer)
    assert plain["DATABASE_URL"] is None
    assert plain["NATS_URL"] is None
    reader = environment.environment(
        declaration("reader", consumes=("thing.made",)), held, {}
    )
    assert reader["NATS_URL"].startswith("nats://reader:")
    store = environment.environment(declaration("database-operations"), held, outer)
    assert store["DATABASE_URL"] == "postgresql://h/x"


def test_a_service_has_the_secrets_that_it_declares_and_no_others(tmp_path):
    held = State(tmp_path)
    (held.folder / "nats").mkdir(parents=True)
    one = environment.environment(declaration("one", secrets=("A_KEY",)), held, {})
    two = environment.environment(declaration("two", secrets=("A_KEY",)), held, {})
    none = environment.environment(declaration("none"), held, {})
    assert one["A_KEY"]
    assert one["A_KEY"] != two["A_KEY"]
    assert "A_KEY" not in none
    yours = {"A_KEY": "of yours"}
    given = environment.environment(declaration("one", secrets=("A_KEY",)), held, yours)
    assert given["A_KEY"] == "of yours"


def test_your_variables_pass_through_but_not_over_the_meshs_own(tmp_path):
    held = State(tmp_path)
    held.folder.mkdir()
    (held.folder / "env").write_text(
        "# keys\nexport OPENAI_API_KEY='sk-1'\nFILIGREE_SERVICE=forged\nA=file\n"
    )
    got = environment.environment(declaration("plain"), held, {"A": "shell"})
    assert got["OPENAI_API_KEY"] == "sk-1"
    assert got["FILIGREE_SERVICE"] == "plain"
    assert "A" not in got  # the shell's value is inherited


def test_every_mesh_of_a_checkout_has_its_variables_and_may_have_its_own(tmp_path):
    beside = State(tmp_path, 1000)
    beside.folder.mkdir(parents=True)
    (tmp_path / ".filigree" / "env").write_text("A=shared\nB=shared\n")
    (beside.folder / "env").write_text("B=own\n")
    got = environment.environment(declaration("plain"), beside, {})
    assert (got["A"], got["B"]) == ("shared", "own")
    assert State(tmp_path).overrides() == {"A": "shared", "B": "shared"}


def test_the_internal_keys_are_those_of_the_env_file_where_it_has_any(tmp_path):
    held = State(tmp_path)
    held.folder.mkdir()
    made = environment.internal_keys(held, {})
    (held.folder / "env").write_text("FILIGREE_INTERNAL_KEYS=new,old\n")
    assert environment.internal_keys(held, {}) == "new,old" != made
    got = environment.environment(declaration("plain"), held, {})
    assert got["FILIGREE_INTERNAL_KEYS"] == "new,old"


def test_an_env_file_of_another_encoding_is_told_and_a_mark_of_one_is_not_read(
    tmp_path,
):
    held = State(tmp_path)
    held.folder.mkdir()
    (held.folder / "env").write_bytes(b"\xef\xbb\xbfA=1\n")
    assert held.overrides() == {"A": "1"}
    (held.folder / "env").write_bytes(b"\xff\xfeA\x00")
    with pytest.raises(MeshError, match="env cannot be read"):
        held.overrides()


def test_a_file_that_cannot_be_written_leaves_no_half_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr("os.replace", _full)
    with pytest.raises(MeshError, match="cannot be written: No space left"):
        write(tmp_path / "a", "text")
    assert list(tmp_path.iterdir()) == []


def _full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_line_of_the_env_file_that_sets_nothing_is_told(tmp_path):
    beside = State(tmp_path)
    beside.folder.mkdir(parents=True)
    (beside.folder / "env").write_text("# mine\n\nFOO BAR\n")
    with pytest.raises(MeshError, match="env, line 3"):
        beside.overrides()


@pytest.mark.parametrize("url", ["nonsense", "http://h/x", "postgresql://h:0x/y"])
def test_what_is_no_address_of_a_database_is_refused_before_anything_starts(url):
    with pytest.raises(MeshError, match="DATABASE_URL"):
        outside.is_named("DATABASE_URL", {"DATABASE_URL": url})


def test_a_command_to_type_is_named_as_it_is_found_and_for_its_mesh(
    tmp_path, monkeypatch
):
    (tmp_path / "bin").mkdir()
    for name in ("python", "filigree"):
        (tmp_path / "bin" / name).touch(mode=0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.chdir(tmp_path)
    assert hint.command("ps", 1000) == "bin/filigree ps --port-offset 1000"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert hint.command("ps") == "filigree ps"


def test_the_weights_are_the_checkouts_unless_you_name_others(tmp_path):
    held, named = State(tmp_path), {"FILIGREE_WEIGHTS": "/elsewhere"}
    weights = held.folder / "weights"
    weights.mkdir(parents=True)
    plain = declaration("plain")
    got = environment.environment(plain, held, {})
    assert got["FILIGREE_WEIGHTS"] == str(weights)
    assert environment.environment(plain, held, named)["FILIGREE_WEIGHTS"] == (
        "/elsewhere"
    )


def test_weights_are_needed_where_embeddings_are_made_here_and_all_of_them(tmp_path):
    needed, nobody = ["embedding-generation"], ["caller"]
    given = {"FILIGREE_WEIGHTS": str(tmp_path)}
    elsewhere = given | {"OPENAI_BASE_URL": "http://127.0.0.1:1"}
    for services, said in ((nobody, given), (needed, elsewhere)):
        assert weights.require(tmp_path, services, said) == tmp_path
    (tmp_path / "matrix.safetensors").touch()
    with pytest.raises(MeshError, match="weights"):
        weights.require(tmp_path, needed, given)
    (tmp_path / "tokenizer.table").touch()
    assert weights.require(tmp_path, needed, given) == tmp_path


def test_secrets_are_private_and_stay_the_same(tmp_path):
    held = State(tmp_path)
    held.folder.mkdir()
    first = held.password("nats/reader")
    assert State(tmp_path).password("nats/reader") == first
    assert held.password("nats/other") != first
    assert (held.folder / "secrets.json").stat().st_mode & 0o077 == 0


@given(depth=st.integers(0, 12), offset=st.integers(0, 57_000))
def test_every_socket_of_every_checkout_has_a_path_that_the_kernel_takes(depth, offset):
    held = State(Path("/", *["deep-folder"] * depth), offset)
    longest = held.broken("x" * 40)
    assert len(str(longest)) <= SUN_PATH


def test_two_offsets_share_nothing():
    one, other = State(Path("/r"), 0), State(Path("/r"), 100)
    assert one.folder != other.folder
    assert one.control != other.control


# --- what is told of it ------------------------------------------------------------


def test_a_token_is_one_that_the_chassis_accepts(monkeypatch):
    from chassis import _context

    monkeypatch.setenv("FILIGREE_INTERNAL_KEYS", "new,old")
    _context._signer.cache_clear()
    token = tokens.mint("new,old", "t1", "u1", ["owner"], "operator")
    claims = _context.read_token(token)
    _context._signer.cache_clear()
    assert claims == {"t": "t1", "s": "u1", "r": ["owner"], "a": "operator"}


def test_an_ejected_host_is_told_by_callee_and_caller():
    def cluster(name, **health):
        return {"name": name, "host_statuses": [{"health_status": health}]}

    told = {
        "cluster_statuses": [
            cluster("a|x", failed_outlier_check=True),
            cluster("b|x", eds_health_status="HEALTHY"),
            cluster("b|y", failed_active_health_check=True),
            cluster("c|x", failed_outlier_check=True),
        ]
    }
    assert breakers.parse(told, "failed_outlier_check") == {"x": ["a", "c"]}
    assert breakers.parse(told, "failed_active_health_check") == {"y": ["b"]}


def test_a_report_off_a_terminal_is_plain_lines():
    out = io.StringIO()
    report = Report(["a", "b"], out)
    report.tell("ready", "a")
    report.tell("ready", "a")
    report.tell("ready", "b")
    report.finish()
    report.tell("ready", "b")
    lines = out.getvalue().splitlines()
    assert [line[9:] for line in lines[:2]] == [
        "a is ready (1 of 2)",
        "b is ready (2 of 2)",
    ]
    assert lines[2] == "b is ready again"
    assert "\x1b" not in out.getvalue()


def test_a_line_for_the_eye_has_time_service_status_and_caller():
    line = {
        "time": 1_700_000_000.5,
        "service": "api-gateway",
        "level": "info",
        "kind": "span",
        "method": "GET",
        "path": "/x",
        "status": 200,
        "duration_ms": 3.2,
        "caller": "operator",
        "trace_id": "4bf92f35" * 4,
    }
    shown = logs.rendered(line).plain
    assert "GET /x 200 3.2 ms for operator" in shown
    assert "trace 4bf92f35" in shown
    assert ".500 api-gateway" in shown


# --- what a change of files means --------------------------------------------------

DECLARED = {each.name: each for each in (declaration("a-b"), declaration("c"))}


@pytest.mark.parametrize(
    ("changed", "meant"),
    [
        (["services/toys/a_b/app.py"], watch.Meaning(frozenset({"a-b"}))),
        (["services/toys/a_b/plan.json"], watch.Meaning(frozenset({"a-b"}))),
        (["services/toys/a_b/service.yaml"], watch.Meaning(mesh=True)),
        (["contracts/openapi/c.json"], watch.Meaning(mesh=True)),
        (["contracts/grants.json"], watch.Meaning(frozenset({"database-operations"}))),
        (["platform/amounts/words.json"], watch.Meaning(frozenset({"c"}))),
        (["platform/gates/table.py"], watch.Meaning()),
        (["contracts/toys/events.py"], watch.Meaning(everything=True)),
        (["platform/chassis/_app.py"], watch.Meaning(everything=True)),
        (["platform/lazy_imports/__init__.py"], watch.Meaning(everything=True)),
        (["platform/filigree/up.py"], watch.Meaning(ourselves=True)),
        (
            ["services/toys/a_b/app.py", "services/toys/c/service.yaml"],
            watch.Meaning(frozenset({"a-b"}), mesh=True),
        ),
    ],
)
def test_a_changed_file_means_no_more_than_it_must(changed, meant):
    made_of = {
        "contracts": {"a-b", "c"},
        "platform/chassis": {"a-b", "c"},
        "platform/lazy_imports": {"c"},
        "platform/amounts": {"c"},
        "platform/gates": set(),
    }

    def users(packages):
        return frozenset().union(*(made_of[str(each)] for each in packages))

    assert watch.meaning(map(Path, changed), DECLARED, users) == meant


REPOSITORY = Path(__file__).parents[2]
NAMES = ("payment-link", "payment-confirmation", "embedding-generation")


@pytest.mark.parametrize(
    ("package", "using"),
    [
        ("platform/psp", {"payment-link", "payment-confirmation"}),
        ("platform/openai_endpoint", {"embedding-generation"}),
        ("platform/lazy_imports", {"embedding-generation"}),  # by way of another engine
        ("platform/chassis", {*NAMES}),
        ("contracts", {*NAMES}),
        ("platform/gates", set()),
    ],
)
def test_an_engine_belongs_to_the_services_that_import_it(package, using):
    assert reach.users(REPOSITORY, NAMES, [Path(package)]) == using


def test_what_bears_services_has_imported_nothing_that_is_not_inherited():
    """What a service is forked with stays as it is until whatever bears it is new."""
    script = (
        "import importlib, json, sys; from filigree import nursery; "
        "[importlib.import_module(each) for each in nursery.SHARED]; "
        "files = [getattr(each, '__file__', None) for each in sys.modules.values()]; "
        "print(json.dumps([each for each in files if each]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True
    )
    files = [Path(each) for each in json.loads(ran.stdout)]
    ours = [
        each.relative_to(REPOSITORY) for each in files if REPOSITORY in each.parents
    ]
    packages = {sources.package(each) for each in ours if each.parts[0] != ".venv"}
    assert packages - {None} == sources.INHERITED


def test_where_it_cannot_be_told_who_imports_an_engine_all_may(tmp_path):
    engine = [Path("platform/psp")]
    assert reach.users(tmp_path, ["a", "b"], engine) == {"a", "b"}
    assert reach.users(REPOSITORY, ["no-such-service"], engine) == {"no-such-service"}


# --- logs on their way -------------------------------------------------------------


def test_what_is_not_json_becomes_a_line_that_is():
    line = json.loads(as_json("a", b"Traceback (most recent call last):"))
    assert line["service"] == "a"
    assert line["level"] == "error"
    assert line["message"] == "Traceback (most recent call last):"
    assert as_json("a", b'{"x": 1}') == b'{"x": 1}'


def test_a_file_is_turned_before_it_grows_without_end(tmp_path):
    file = LogFile(tmp_path / "a.log")
    line = b"x" * 1023 + b"\n"
    for _ in range(3):
        file.append(line * 4096)
    file.close()
    assert (tmp_path / "a.log.1").exists()
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert total == 3 * 4096 * 1024


def test_a_full_disk_costs_lines_and_counts_them():
    file = LogFile(Path("/dev/full"))
    file.append(b"one\ntwo\n")
    assert file.lost == 2


def test_a_file_that_could_not_be_made_is_made_once_there_is_room(tmp_path):
    path = tmp_path / "away" / "a.log"
    file = LogFile(path)
    file.append(b"one\n")
    path.parent.mkdir()
    file.append(b"two\n")
    file.close()
    assert file.lost == 1
    assert path.read_bytes() == b"two\n"


def test_after_a_line_that_only_half_fitted_the_next_begins_anew(tmp_path):
    path = tmp_path / "a.log"
    # As a disk does, the limit takes what there is room for, and then nothing.
    work = """
import resource, signal, sys
from pathlib import Path
from filigree.log_intake import LogFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = LogFile(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (6, resource.RLIM_INFINITY))
file.append(b"one\\ntwo\\n")
file.append(b"three\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
file.append(b"four\\n")
print(file.lost)
"""
    done = subprocess.run(
        [sys.executable, "-c", work, str(path)], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("3\n", "")
    assert path.read_bytes() == b"one\ntw\nfour\n"


def test_lines_arrive_whole_however_they_are_cut(tmp_path):
    taken, text = [], b'{"service": "a", "pid": 1}\n{"n": 1}\n{"n": 2}\nlast words'

    async def work():
        complete = asyncio.Event()

        def take(service, line):
            taken.append(json.loads(line))
            if len(taken) == 3:
                complete.set()

        intake = LogIntake(tmp_path / "logs.sock", tmp_path, take)
        await intake.start()
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "logs.sock"))
        for at in range(0, len(text), 7):
            writer.write(text[at : at + 7])
            await writer.drain()
        writer.close()
        await asyncio.wait_for(complete.wait(), 5)
        intake.close()

    asyncio.run(work())
    assert [line.get("n") for line in taken] == [1, 2, None]
    assert taken[2]["message"] == "last words"
    assert len((tmp_path / "a.log").read_bytes().splitlines()) == 3


async def _logging_service(path, statuses, got, most=500):
    """An intake that answers with each status in turn and keeps what it gets, of which
    more than *most* lines at once take it too long."""

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        status = statuses.pop(0) if statuses else 202
        status = 504 if len(body.splitlines()) > most else status
        if status < 300:
            got.extend(body.splitlines())
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(serve, str(path))


def _shipper_of_many(held):
    """A shipper with 1,200 lines that wait."""
    shipper = LogShipper(held, lambda: "token")
    for number in range(1200):
        shipper.take("a", b'{"n": %d}' % number)
    return shipper


def test_lines_wait_for_a_logging_service_that_is_away_and_none_is_lost(held):
    got, shipper = [], _shipper_of_many(held)

    async def work():
        assert not await shipper.flush()
        async with await _logging_service(held.egress("agent"), [503], got):
            assert not await shipper.flush()
            assert await shipper.flush()

    asyncio.run(work())
    assert [json.loads(line)["n"] for line in got] == list(range(1200))
    assert shipper.dropped == 0


def test_a_logging_service_too_slow_for_a_whole_batch_gets_it_in_parts(held):
    got, shipper = [], _shipper_of_many(held)

    async def work():
        async with await _logging_service(held.egress("agent"), [], got, most=100):
            while not await shipper.flush():
                pass

    asyncio.run(asyncio.wait_for(work(), 30))
    assert [json.loads(line)["n"] for line in got] == list(range(1200))


def test_the_logging_services_own_intake_is_never_shipped(held):
    got = []
    shipper = LogShipper(held, lambda: "token")
    shipper.take("logging", json.dumps({"kind": "span", "path": INTAKE}).encode())
    shipper.take("logging", json.dumps({"message": INTAKE}).encode())

    async def work():
        async with await _logging_service(held.egress("agent"), [], got):
            await shipper.flush()

    asyncio.run(work())
    assert [json.loads(line) for line in got] == [{"message": INTAKE}]


def test_beyond_the_room_the_oldest_lines_go_and_are_counted(tmp_path):
    shipper = LogShipper(State(tmp_path), lambda: "token")
    for _ in range(ROOM + 7):
        shipper.take("a", b"{}")
    assert shipper.dropped == 7


# --- nothing is left over ----------------------------------------------------------


def test_the_guardian_kills_what_it_watches_and_spares_what_it_forgot():
    sleep = ["sleep", "60"]
    watched = subprocess.Popen(sleep, start_new_session=True)
    spared = subprocess.Popen(sleep, start_new_session=True)
    guardian = orphans.Guardian()
    guardian.watch([watched.pid, spared.pid])
    guardian.watch([], forget=[spared.pid])
    guardian.dismiss()
    assert watched.wait(10) == -signal.SIGKILL
    assert spared.poll() is None
    spared.kill()
    spared.wait()


def test_a_process_that_ignores_its_signal_is_killed_in_the_end():
    async def work():
        stubborn = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            "trap '' TERM; echo on; while :; do sleep 1; done",
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        await stubborn.stdout.readline()
        await processes.end(stubborn, signal.SIGTERM, 0.2)
        return stubborn.returncode

    assert asyncio.run(work()) == -signal.SIGKILL


def test_an_engine_that_cannot_run_ends_the_start_with_its_reason():
    async def start():
        raise MeshError("no such engine")

    async def ready():
        return False

    kept = processes.Kept("e", start, ready, lambda *_: None)
    with pytest.raises(MeshError, match="no such engine"):
        asyncio.run(kept.keep())


class Obedient:
    """A process that ends when it is asked to."""

    pid = 1

    def __init__(self):
        self.ended = asyncio.Event()

    async def wait(self):
        await self.ended.wait()
        return 0

    def send_signal(self, sent):
        self.ended.set()


def test_what_answers_and_is_of_no_use_is_started_anew(monkeypatch):
    monkeypatch.setattr(processes, "BETWEEN", 0.0)
    monkeypatch.setattr(processes, "SOONEST", 0.0)
    made, told = [], []

    async def start():
        made.append(Obedient())
        return made[-1]

    async def ready():
        return True

    async def spoilt():
        return len(made) == 1

    async def work():
        again = asyncio.Event()

        def tell(kind, _):
            told.append(kind)
            if told.count("ready") == 2:
                again.set()

        keeping = processes.Kept("e", start, ready, tell, spoilt).keep()
        task = asyncio.create_task(keeping)
        await again.wait()
        task.cancel()

    asyncio.run(asyncio.wait_for(work(), 10))
    assert (len(made), told) == (2, ["ready", "trouble", "crashed", "ready"])


def test_what_is_frozen_while_it_is_looked_at_stays_frozen(monkeypatch):
    monkeypatch.setattr(processes, "BETWEEN", 0.0)
    signals = []

    class Process:
        pid = 1

        async def wait(self):
            await asyncio.Event().wait()

        def send_signal(self, sent):
            signals.append(sent)

    async def start():
        return Process()

    async def work():
        looks, answers = asyncio.Event(), asyncio.Event()

        async def ready():
            if kept.state == "ready":
                looks.set()
                await answers.wait()
            return True

        kept = processes.Kept("e", start, ready, lambda *_: None)
        keeping = asyncio.create_task(kept.keep())
        await looks.wait()
        kept.pause(True)
        answers.set()
        for _ in range(10):
            await asyncio.sleep(0)
        seen = kept.state
        keeping.cancel()
        return seen

    assert asyncio.run(asyncio.wait_for(work(), 10)) == "paused"
    assert signals == [signal.SIGSTOP]


def heard_of(monkeypatch, looks):
    """What is told of a process whose looks after the first end so, in turn."""
    monkeypatch.setattr(processes, "BETWEEN", 0.0)
    monkeypatch.setattr(processes, "SOONER", 0.0)
    answers, done = iter([True, *looks]), asyncio.Event()

    async def start():
        return Obedient()

    async def ready():
        if (answer := next(answers, None)) is None:
            done.set()
            await asyncio.Event().wait()
        return answer

    async def work():
        told = []
        kept = processes.Kept("e", start, ready, lambda kind, _: told.append(kind))
        keeping = asyncio.create_task(kept.keep())
        await done.wait()
        keeping.cancel()
        return told

    return asyncio.run(asyncio.wait_for(work(), 10))


def test_an_answer_that_is_late_once_or_twice_makes_nothing_unready(monkeypatch):
    late = [False, False, True, False, True, False, False, True]
    assert heard_of(monkeypatch, late) == ["ready"]


def test_what_does_not_answer_three_times_is_unready_until_it_does(monkeypatch):
    away = [False, False, False, False, True]
    assert heard_of(monkeypatch, away) == ["ready", "unready", "ready"]


def followed(start):
    """A process that is ready at once, its keeping, and what is told of it in turn."""

    async def ready():
        return True

    told = asyncio.Queue()
    kept = processes.Kept("e", start, ready, lambda kind, _: told.put_nowait(kind))
    return kept, asyncio.create_task(kept.keep()), told


def test_what_goes_on_again_is_looked_at_at_once(monkeypatch):
    monkeypatch.setattr(processes, "BETWEEN", 3600.0)

    class Process(Obedient):
        def send_signal(self, sent):
            pass

    async def start():
        return Process()

    async def work():
        kept, keeping, told = followed(start)
        seen = [await told.get()]
        kept.pause(True)
        kept.pause(False)
        seen.append(await told.get())
        keeping.cancel()
        return seen

    assert asyncio.run(asyncio.wait_for(work(), 10)) == ["ready", "ready"]


def test_what_ends_while_it_is_renewed_is_not_started_beside_its_successor():
    made = []

    async def start():
        made.append(Obedient())
        return made[-1]

    async def work():
        kept, keeping, told = followed(start)
        await told.get()

        async def taken_over():
            made[0].ended.set()
            for _ in range(10):
                await asyncio.sleep(0)
            return len(made) == 2

        await kept.renew(start, lambda: taken_over)
        for _ in range(10):
            await asyncio.sleep(0)
        keeping.cancel()
        return kept.handle is made[1], len(made), kept.restarts

    assert asyncio.run(asyncio.wait_for(work(), 10)) == (True, 2, 0)


def test_what_is_renewed_may_finish_unless_all_is_to_stop(monkeypatch):
    made, given = [], []

    async def end(handle, _, seconds):
        given.append((made.index(handle), seconds))
        await handle.wait()

    async def start():
        made.append(Obedient())
        return made[-1]

    async def taken_over():
        return True

    async def work():
        monkeypatch.setattr(processes, "end", end)
        kept, keeping, told = followed(start)
        await told.get()
        await kept.renew(start, lambda: taken_over)
        keeping.cancel()
        made[1].ended.set()
        stopping = asyncio.create_task(kept.close())
        while len(given) < 3:  # noqa: ASYNC110 - which nobody tells of
            await asyncio.sleep(0)
        made[0].ended.set()
        await stopping
        return kept.drain

    drain = asyncio.run(asyncio.wait_for(work(), 10))
    assert given == [(0, processes.LEAVES_WITHIN), (1, drain), (0, drain)]
    assert drain < _serve.DRAIN < processes.LEAVES_WITHIN


def test_one_that_is_born_when_nobody_waits_for_it_is_not_kept(held):
    """As when the mesh is stopped while it starts."""

    async def work():
        nursery = NurseryClient(held.root, held.logs / "nursery.log")
        await nursery.start()
        order = Order("late", "sleepless", "", str(held.log_intake), "/", {})
        ordered = asyncio.create_task(nursery.spawn(order))
        while not nursery._births:  # noqa: ASYNC110 - which nobody tells of
            await asyncio.sleep(0)
        ordered.cancel()
        await nursery.leave()
        return nursery.pid, nursery._births, nursery._children

    pid, *left = asyncio.run(asyncio.wait_for(work(), 30))
    assert left == [{}, {}]
    assert not psutil.pid_exists(pid)


def test_who_is_stopped_as_it_gets_what_it_waited_for_is_stopped(held):
    """Both come at once where a mesh is ended while it starts."""

    class Hasty(NurseryClient):
        def _welcome(self, number, pid):
            super()._welcome(number, pid)
            ordered.cancel()

    async def work():
        nonlocal ordered
        nursery = Hasty(held.root, held.logs / "nursery.log")
        await nursery.start()
        order = Order("late", "sleepless", "", str(held.log_intake), "/", {})
        ordered = asyncio.create_task(nursery.spawn(order))
        await asyncio.wait([ordered])
        await nursery.leave()
        event = asyncio.Event()
        paused = asyncio.create_task(processes.within(5, event))
        await asyncio.sleep(0)
        event.set()
        paused.cancel()
        await asyncio.wait([paused])
        return ordered.cancelled(), paused.cancelled(), nursery._children

    ordered: asyncio.Task
    assert asyncio.run(asyncio.wait_for(work(), 30)) == (True, True, {})


def test_what_crashed_is_restarted_at_once_when_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(processes, "SOONEST", 3600.0)
    monkeypatch.setattr(processes, "LATEST", 3600.0)

    async def start():
        return Obedient()

    async def work():
        kept, keeping, told = followed(start)
        assert await told.get() == "ready"
        kept.handle.ended.set()
        assert await told.get() == "crashed"
        await kept.restart()
        keeping.cancel()
        return kept.state

    assert asyncio.run(asyncio.wait_for(work(), 10)) == "ready"


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with 0"), (1, "ended with 1"), (-9, "was ended by SIGKILL")],
)
def test_an_ending_is_told_in_words(code, words):
    assert processes.ending(code) == words
