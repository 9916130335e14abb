"""Build images and run them as a cluster does: ``python smoke.py [SERVICE ...]``.

Each runs with a read-only root, without rights, as a user of no name and in 50 MiB; its
probes must answer, it must answer a tenant's request, and it must end when it is told
to. Who can have OpenAI or Stripe as its provider has it, so that its SDK is in memory.
By default: one plain service, and each that carries an SDK of somebody else's.

With podman or docker. ``BASE`` names another base image, ``BUILD_FLAGS`` has more flags
for the build, such as a volume with the settings of a package mirror.
"""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nats

from filigree import declarations, engines, engines_nats, nats_conf, operations, tokens
from filigree.declarations import Declaration, Resources
from filigree.edges import STORE

ROOT = Path(__file__).resolve().parents[2]
MEMORY = "50m"
NOTHING = Resources().besides
PORT, BUS_PORT = 18980, 18979  # of the host, which the container shares
KEYS = "only-for-a-trial-run"
NOBODY = "http://127.0.0.1:9"  # nobody is there, and says so at once
# Who is given its provider loads that one's SDK when it starts.
PROVIDERS = {
    "OPENAI_API_KEY": KEYS,
    "OPENAI_BASE_URL": NOBODY,
    "STRIPE_API_KEY": KEYS,
    "STRIPE_WEBHOOK_SECRET": KEYS,
    "STRIPE_BASE_URL": NOBODY,
}
DEADLINE = 60.0  # seconds for a service to become ready
REQUESTS = 200
# What a cluster's restricted standard and the charts demand of a pod.
CONFINED = (
    *("--network", "host", "--read-only", "--tmpfs", "/tmp:size=64m,mode=1777"),
    *("--user", "10001:10001", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
    *("--memory", MEMORY, "--memory-swap", MEMORY),
)


def engine() -> str:
    """The program that builds and runs; SystemExit where there is none that works."""
    for name in ("podman", "docker"):
        if shutil.which(name) and _quiet([name, "info"]) == 0:
            return name
    sys.exit("images-smoke needs podman or docker, running; nothing was built or run")


def chosen(known: dict[str, Declaration]) -> list[str]:
    """One service that needs nothing, and each that brings somebody else's SDK."""
    plain = next(
        name
        for name, each in known.items()
        if not (each.secrets or nats_conf.users([each]))
        and each.resources.besides == NOTHING
    )
    # Room beside its own memory is for an SDK, or for what reads files.
    heavy = [n for n, each in known.items() if each.resources.besides != NOTHING]
    return [plain, *heavy]


def build(program: str, service: str) -> None:
    """Raises CalledProcessError when it cannot be built."""
    base = os.environ.get("BASE")
    command = [program, "build", "--file", "platform/images/Dockerfile"]
    command += ["--build-arg", f"SERVICE={service}", "--tag", image(service)]
    command += ["--build-arg", f"BASE={base}"] if base else []
    command += shlex.split(os.environ.get("BUILD_FLAGS", ""))
    subprocess.run([*command, "."], cwd=ROOT, check=True, timeout=1800)


def image(service: str) -> str:
    return f"localhost/filigree/{service}:smoke"


def environment(service: Declaration) -> dict[str, str]:
    """What the charts would give it, as far as it can start without the others."""
    given = {"PORT": str(PORT), "FILIGREE_INTERNAL_KEYS": KEYS}
    given |= dict.fromkeys(service.secrets, KEYS)
    for call in service.calls:
        spelt = call.service.upper().replace("-", "_")
        given[f"FILIGREE_URL_{spelt}"] = NOBODY
    settings = {each.name for each in service.settings}
    given |= {name: PROVIDERS[name] for name in PROVIDERS.keys() & settings}
    bus = f"nats://{service.name}:{KEYS}@127.0.0.1:{BUS_PORT}"
    return given | ({"NATS_URL": bus} if nats_conf.users([service]) else {})


@contextmanager
def running(program: str, service: Declaration) -> Iterator[str]:
    """The container's name; it is told to stop at the end, and must by itself."""
    name = f"filigree-smoke-{service.name}"
    variables = (f"{key}={value}" for key, value in environment(service).items())
    given = [part for each in variables for part in ("--env", each)]
    _quiet([program, "rm", "--force", name])
    start = [program, "run", "--detach", "--name", name, *CONFINED, *given]
    subprocess.run([*start, image(service.name)], check=True, timeout=60)
    try:
        yield name
        _run([program, "stop", "--time", "20", name])
        if (code := _run([program, "wait", name]).strip()) != "0":
            raise RuntimeError(f"it ended with {code}")
    except BaseException:
        print(_run([program, "logs", "--tail", "5", name]), file=sys.stderr)
        raise
    finally:
        _quiet([program, "rm", "--force", name])


@contextmanager
def bus(known: Sequence[Declaration]) -> Iterator[None]:
    """A bus with every service's user, and the streams that the store would make."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "nats.conf")
        file.write_text(nats_conf.render(known, BUS_PORT, Path(folder), lambda _: KEYS))
        server = str(engines.script(engines_nats.WHEEL, "nats-server"))
        log = Path(folder, "log")
        with subprocess.Popen([server, "-c", str(file), "-l", str(log)]) as process:
            try:
                _wait("the bus", lambda: asyncio.run(engines_nats.greets(BUS_PORT)))
                asyncio.run(_streams())
                yield
            finally:
                process.terminate()


async def _streams() -> None:
    address = f"nats://{nats_conf.OPERATOR}:{KEYS}@127.0.0.1:{BUS_PORT}"
    client = await nats.connect(address)
    for name in ("events", "dead"):
        await client.jetstream().add_stream(name=name.upper(), subjects=[f"{name}.>"])
    await client.close()


def tried(program: str, service: Declaration) -> str:
    """Run one service and ask it; what was seen. RuntimeError when it failed."""
    with running(program, service) as name:
        ready = operations.BUILT_IN["ready"]
        _wait(ready, lambda: status(ready) == 200)
        for path in (operations.BUILT_IN["live"], operations.BUILT_IN["metrics"]):
            if (code := status(path)) != 200:
                raise RuntimeError(f"{path} answers {code}")
        offered = operations.load(ROOT)[service.name].values()
        path = operations.harmless(offered) or operations.BUILT_IN["health"]
        codes = {status(path) for _ in range(REQUESTS)}
        # 424: it did its part, and says that what it calls is not there.
        if not codes <= {200, 424}:
            raise RuntimeError(f"{path} answers {codes}")
        held = _run(
            [program, "stats", "--no-stream", "--format", "{{.MemUsage}}", name]
        )
    return f"{path} answers {codes}, {held.strip()}"


def status(path: str) -> int:
    """0 when nothing answers."""
    token = tokens.mint(KEYS, "smoke", "smoke", ["owner"], "smoke")
    given = {tokens.HEADER: token, "x-filigree-caller": "operator"}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers=given)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def _wait(what: str, happened: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE
    while not happened():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} was not in order within {DEADLINE:.0f} s")
        time.sleep(0.1)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr if "logs" in command else done.stdout


def _quiet(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, timeout=60).returncode


def main(wanted: list[str]) -> int:
    """How many services failed."""
    program, known = engine(), declarations.load(ROOT)
    failed = 0
    with bus(list(known.values())):
        for name in wanted or chosen(known):
            if name == STORE:
                sys.exit(f"{STORE} needs a database: try it in a cluster")
            build(program, name)
            try:
                print(f"{name}: {tried(program, known[name])}", flush=True)
            except (RuntimeError, subprocess.SubprocessError) as wrong:
                print(f"{name}: FAILED: {wrong}", file=sys.stderr, flush=True)
                failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
