"""Where an image's service can be reached."""

import inspect
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx

import chassis
from chassis import _serve, testing


def test_a_service_listens_for_ipv4_and_for_ipv6():
    """As the loop resolves its host: a pod may have addresses of one kind alone."""
    host = inspect.signature(_serve.serve).parameters["host"].default
    found = socket.getaddrinfo(
        host or None, 80, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    addresses = {family: address[0] for family, *_, address in found}
    assert addresses == {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}


def test_a_module_is_served_by_its_name_until_it_is_told_to_stop(tmp_path: Path):
    """As an image starts it."""
    (tmp_path / "served.py").write_text(
        "import chassis\napp = chassis.create_app('served')\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = [str(tmp_path), *filter(None, sys.path)]
    env = os.environ | {"PORT": str(port), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "chassis", "served"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as served:
        try:
            url = f"http://127.0.0.1:{port}/health/live"
            assert testing.until(lambda: answered(url), 30.0) == 200
            served.terminate()
            # The signal ends it once all is put down, for whoever counts by signals.
            assert served.wait(20.0) == -signal.SIGTERM
        finally:
            served.kill()


def answered(url: str) -> int | None:
    with suppress(httpx.TransportError):
        return httpx.get(url).status_code
    return None


def test_whatever_a_service_is_asked_it_may_answer_before_it_ends():
    """What streams ends with its stream, or when its service does."""
    told = [
        operation["x-timeout"]
        for document in chassis.contracts().values()
        for methods in document["paths"].values()
        for operation in methods.values()
        if "x-stream" not in operation
    ]
    assert max(told) < _serve.DRAIN
