"""Engines started one by one, each in a state folder of its own."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from filigree import engines, processes
from filigree.engines import Program
from filigree.state import State


@pytest.fixture
def held() -> Iterator[State]:
    """A state folder that every user of the machine can reach, unlike pytest's own.

    With a blank and a letter beyond ASCII, as many a home has.
    """
    with tempfile.TemporaryDirectory(prefix="fili grée-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        state = State(Path(folder))
        state.prepare()
        yield state


@contextlib.asynccontextmanager
async def running(program: Program) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run an engine for the block; it must become ready first."""
    process = await engines.launch(program)
    try:
        async with asyncio.timeout(30):
            while not await program.ready():
                assert process.returncode is None, engines.tail(program.log)
                await asyncio.sleep(0.02)
        yield process
    finally:
        await processes.end(process, program.stop, 20.0)


@pytest.fixture(name="running")
def running_fixture() -> Callable[..., Any]:
    return running
