"""Where a local mesh keeps things: ``.filigree/`` and what is in it.

Two meshes run side by side with different port offsets; each has a folder of its own.
Every path of the mesh comes from here.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filigree.mesh_error import MeshError

SUN_PATH = 103  # bytes of a Unix socket's path on macOS; Linux takes 107
LONGEST_NAME = 40  # characters of a service's name, by the declaration's schema
FREE_BYTES = 500 * 1024 * 1024  # a first start writes about 120 MB


@dataclass(frozen=True)
class State:
    """The folders and secrets of the mesh of one repository at one port offset."""

    root: Path
    offset: int = 0

    @cached_property
    def folder(self) -> Path:
        home = self.root / ".filigree"
        return home / f"offset-{self.offset}" if self.offset else home

    @cached_property
    def run(self) -> Path:
        """Sockets live here. A short folder stands in when the path would be too long.

        The kernel bounds the path of a Unix socket, and checkouts may lie deep.
        """
        wanted = self.folder / "run"
        longest = wanted / "broken" / ("x" * LONGEST_NAME + ".sock")
        if len(os.fsencode(longest)) <= SUN_PATH:
            return wanted
        return Path(f"/tmp/filigree-{os.getuid()}-{self.digest}")

    @property
    def digest(self) -> str:
        """Eight characters that stand for this folder."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:8]

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def control(self) -> Path:
        return self.run / "control.sock"

    @property
    def log_intake(self) -> Path:
        """Where each service's standard output is connected to."""
        return self.run / "logs.sock"

    @property
    def admin(self) -> Path:
        """Envoy's administration interface."""
        return self.run / "envoy.sock"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def demo(self) -> Path:
        """What seeding the demo tenant left behind: its tenant and credentials."""
        return self.folder / "demo.json"

    @property
    def gateway(self) -> str:
        """The address of the one service that the world may call."""
        return f"http://127.0.0.1:{8000 + self.offset}"

    def egress(self, caller: str) -> Path:
        """The socket through which *caller* calls others."""
        return self.run / "egress" / f"{caller}.sock"

    def socket(self, service: str) -> Path:
        """The socket on which the service itself listens."""
        return self.run / f"{service}.sock"

    def broken(self, service: str) -> Path:
        """The socket of the fault that stands before a service that `break` broke."""
        return self.run / "broken" / f"{service}.sock"

    def prepare(self) -> None:
        """Make the folders; MeshError when that cannot be, or the disk is full."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for private in (self.run, self.logs, self.run / "egress"):
                private.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.run / "broken").mkdir(mode=0o700, exist_ok=True)
        except OSError as exc:
            raise MeshError(f"{exc.filename} cannot be made: {exc.strerror}") from exc
        self._require_own_run()
        require_room(self.folder)

    def leave(self) -> None:
        """Once nothing runs: remove the sockets' folder if it lies outside."""
        if not self.run.is_relative_to(self.folder):
            shutil.rmtree(self.run, ignore_errors=True)

    def _require_own_run(self) -> None:
        # Below /tmp the name can be guessed, and another user might have made it.
        if self.run.is_symlink() or self.run.stat().st_uid != os.getuid():
            raise MeshError(
                f"{self.run} belongs to somebody else",
                "Remove it, or move the checkout to a shorter path.",
            )
        self.run.chmod(0o700)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The internal keys and the master of all passwords, made on the first use."""
        path = self.folder / "secrets.json"
        if not path.exists():
            made = {name: secrets.token_urlsafe(32) for name in ("internal", "master")}
            write(path, json.dumps(made), mode=0o600)
        return json.loads(path.read_text("utf-8"))

    def password(self, whose: str) -> str:
        """The password of one user of one engine, such as ``nats/monitoring``."""
        key = self.secrets["master"].encode()
        return hmac.new(key, whose.encode(), hashlib.sha256).hexdigest()[:40]

    def overrides(self) -> dict[str, str]:
        """The variables of ``.filigree/env``: ``NAME=value`` lines, # for remarks.

        Those of a mesh beside it can be others: of ``.filigree/offset-…/env``.
        """
        shared = self.root / ".filigree"
        return {**_variables(shared / "env"), **_variables(self.folder / "env")}


def _variables(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    found = {}
    try:
        # Some editors begin a file with a mark of its encoding.
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise MeshError(f"{path} cannot be read: {exc}") from exc
    for number, row in enumerate(text.splitlines(), 1):
        line = row.strip()
        if not line or line[0] == "#":
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise MeshError(f"{path}, line {number}: NAME=value is wanted")
        found[name.removeprefix("export ").strip()] = value.strip().strip("\"'")
    return found


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file whole, so that no reader ever sees half of it."""
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, mode)
        os.replace(name, path)
    except OSError as exc:
        if name:
            Path(name).unlink(missing_ok=True)
        raise MeshError(
            f"{path} cannot be written: {exc.strerror}",
            "Is the disk full, or does the folder belong to another user?",
        ) from exc


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty when there is none, or nothing readable."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def require_room(folder: Path) -> None:
    """MeshError when the disk has no room for the engines' first start."""
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < FREE_BYTES:
        raise MeshError(
            f"the disk of {folder} has {free // 2**20} MB left; "
            f"the engines need {FREE_BYTES // 2**20} MB",
            "Free some, or move the checkout to another disk.",
        )


def find_root(start: Path) -> Path:
    """The repository that *start* is in; MeshError when it is in none."""
    for folder in (start, *start.parents):
        if (folder / "contracts" / "declaration.schema.json").is_file():
            return folder
    raise MeshError(
        f"{start} is not in a Filigree repository",
        "Change into the checkout, or name it: filigree --root FOLDER ...",
    )
