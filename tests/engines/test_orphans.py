"""Engines end with the process that started them, however that ends."""

import subprocess
import sys

import psutil

STARTER = """
import asyncio, sys
from pathlib import Path
from filigree import engines, engines_nats, engines_postgres
from filigree.state import State

async def main():
    held = State(Path(sys.argv[1]))
    for program in (engines_postgres.program(held), engines_nats.program(held, ())):
        process = await engines.launch(program)
        while not await program.ready():
            await asyncio.sleep(0.02)
        print(process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_a_killed_starter_takes_its_engines_with_it(held):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(held.root)],
        stdout=subprocess.PIPE,
        text=True,
    )
    engines = [psutil.Process(int(starter.stdout.readline())) for _ in range(2)]
    started = [*engines, *engines[0].children(recursive=True)]
    assert len(started) > 3
    starter.kill()
    starter.communicate()
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive
