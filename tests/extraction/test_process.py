"""The reading process: bounded, alone, and gone when nobody waits for it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import extraction
from extraction import _child, _group
from filigree import bench_cgroup

# Markdown whose reading takes minutes: every bracket is tried as a link's beginning.
SLOW = b"# Slow\n\n" + (b"[" * 19_000 + b"\n\n") * 100
FULL = Path("/dev/full")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def fields(pid: int) -> list[str]:
    """``/proc/pid/stat`` from the state on; of a process that is gone, a dead one's."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ["X", "0"]
    return stat.rpartition(")")[2].split()


def children(pid: int) -> list[int]:
    """The reading processes that *pid* started and that still run."""
    running = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    own = [one for one in running if fields(one)[1] == str(pid) and runs(one)]
    return [one for one in own if reads(one)]


def reads(pid: int) -> bool:
    """Whether it is ours: other tests' servers may be children of this process too."""
    try:
        return b"extraction" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def runs(pid: int) -> bool:
    return fields(pid)[0] not in "XZ"


def ticks(pid: int) -> int:
    """The processor time that *pid* used, in hundredths of a second."""
    return int(fields(pid)[11])


def until(holds):
    """Wait for a condition; its value."""
    deadline = time.monotonic() + 10
    while not (value := holds()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
    return value


def own_worker() -> int:
    [worker] = until(lambda: children(os.getpid()))
    return worker


def test_reading_beyond_the_deadline_is_refused(refused):
    ended = refused(SLOW, seconds=0.5)
    assert ended.code == "killed"
    assert "0.5 seconds" in ended.reason


@LINUX
def test_no_process_is_left_after_a_deadline(refused):
    refused(SLOW, seconds=0.5)
    assert children(os.getpid()) == []


@LINUX
def test_cancelling_the_caller_ends_the_process():
    async def scenario():
        reading = asyncio.create_task(extraction.extract(SLOW, "slow.md"))
        worker = await asyncio.to_thread(own_worker)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(10):
                await reading
        return worker

    assert not runs(asyncio.run(scenario()))


@LINUX
def test_where_memory_runs_out_the_process_goes_before_the_service():
    async def scenario():
        reading = asyncio.create_task(extraction.extract(SLOW, "slow.md"))
        worker = await asyncio.to_thread(own_worker)
        score = Path(f"/proc/{worker}/oom_score_adj")
        await asyncio.to_thread(until, lambda: score.read_text() == "1000\n")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    asyncio.run(scenario())
    assert Path("/proc/self/oom_score_adj").read_text() != "1000\n"


IN_A_POD = """
import asyncio, sys
from pathlib import Path
from filigree.bench_cgroup import Group
Group(Path(sys.argv[1]), False).join()
import extraction
ballast = b"x" * (15 * 2**20)
try:
    most = extraction.Limits(characters=10**8, blocks=10**7)
    asyncio.run(extraction.extract(Path(sys.argv[2]), "rooms.csv", most))
except extraction.Refused as refused:
    print(refused.code, refused.reason)
"""


@LINUX
def test_a_file_that_takes_more_memory_than_the_pod_has_fails_by_itself(tmp_path):
    """The kernel would end a process, and where a pod is one group, all of it."""
    rows = "".join(f"{n},Room {n},{n} nights\n" for n in range(90_000))
    (table := tmp_path / "rooms.csv").write_text(f"number,room,stay\n{rows}")
    with bench_cgroup.limited("reading") as group:
        if group is None:
            pytest.skip("no control group can be made here")
        command = [sys.executable, "-c", IN_A_POD, group.folder, table]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert group.kills() == 0
    told = r"killed reading it takes more than [\d.]+ MiB of memory; send it in parts"
    assert re.fullmatch(told, ran.stdout.strip())


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_a_pod_has_left_is_told_by_its_tightest_group(
    version, tmp_path, monkeypatch
):
    """Of both versions; seen from within, a group of the first has another path."""
    _, limit, used, prefix = _group.KINDS[version == "1"]
    own = tmp_path / "pods/one" if version == "2" else tmp_path
    for folder, most in ((own, 50), (tmp_path / "pods", 90)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / limit).write_text(f"{most * 2**20}\n")
        (folder / used).write_text(f"{30 * 2**20}\n")
        files = f"{prefix}inactive_file {2**20}\n{prefix}active_file {3 * 2**20}\n"
        (folder / "memory.stat").write_text(f"anon 5\n{files}")
    monkeypatch.setattr(_group, "KINDS", [(tmp_path, limit, used, prefix)])
    monkeypatch.setattr(_group, "OWN", tmp_path / "own")
    told = {"1": "5:cpu:/x\n4:memory:/kubepods/pods/one\n", "2": "0::/pods/one\n"}
    (tmp_path / "own").write_text(told[version])
    assert _group.room() == 24 * 2**20
    (own / limit).write_text("max\n")
    (tmp_path / "pods" / limit).unlink()
    assert _group.room() is None


@LINUX
def test_a_process_that_is_killed_from_outside_is_a_refusal():
    async def scenario():
        reading = asyncio.create_task(extraction.extract(SLOW, "slow.md"))
        worker = await asyncio.to_thread(own_worker)
        os.kill(worker, signal.SIGKILL)
        await reading

    with pytest.raises(extraction.Refused) as refused:
        asyncio.run(scenario())
    assert refused.value.code == "killed"


@LINUX
def test_the_process_dies_with_its_parent():
    program = (
        "import asyncio, extraction\n"
        "slow = b'# Slow\\n\\n' + (b'[' * 19_000 + b'\\n\\n') * 100\n"
        "asyncio.run(extraction.extract(slow, 'slow.md'))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        [worker] = until(lambda: children(parent.pid))
        # It is bound to its parent before it reads the file, which takes longest.
        until(lambda: ticks(worker) > 40)
        parent.kill()
        until(lambda: not runs(worker))


def test_several_files_may_be_asked_for_at_once():
    async def scenario():
        files = (extraction.extract(b"Text %d." % at, "x") for at in range(4))
        return [document.text for document in await asyncio.gather(*files)]

    assert asyncio.run(scenario()) == [f"Text {at}." for at in range(4)]


def test_the_loop_is_free_while_a_file_is_read(pdf):
    content = pdf([f"Sentence number {at} of a long text." for at in range(300)])

    async def scenario():
        reading = asyncio.create_task(extraction.extract(content, "long.pdf"))
        turns = 0
        while not reading.done():
            turns += 1
            await asyncio.sleep(0)
        return turns, await reading

    turns, document = asyncio.run(scenario())
    assert turns > 100
    assert "number 299" in document.text


def test_a_document_comes_piece_by_piece_and_is_the_same():
    rows = "".join(f"Boat {at},{at * 3} euros\n" for at in range(5_500))
    text = f"# Boats\n\nAll of them.\n\n## Ours\n\n{rows}".encode()

    async def scenario():
        whole = await extraction.extract(text, "boats.md")
        async with extraction.opened(text, "boats.md", 90, 10) as opened:
            pieces, chunks = list(opened.texts()), list(opened.chunks())
        return whole, opened, pieces, chunks

    whole, opened, pieces, chunks = asyncio.run(scenario())
    assert "".join(pieces) == whole.text
    assert max(map(len, pieces)) == extraction.PIECE < len(whole.text)
    assert chunks == extraction.chunk(whole, 90, 10)
    assert opened.facts() == whole.facts()
    [top] = opened.hierarchy
    assert (top["title"], top["children"][0]["title"]) == ("Boats", "Ours")


def test_headings_beyond_their_room_lose_the_deepest():
    lines = [f"# Part {at}\n\n## Section {at} {'of it ' * 20}\n" for at in range(999)]

    async def scenario():
        text = "".join(f"{line}\nText.\n\n" for line in lines).encode()
        async with extraction.opened(text, "parts.md") as opened:
            return opened.hierarchy

    hierarchy = asyncio.run(scenario())
    assert [node["title"] for node in hierarchy] == [f"Part {at}" for at in range(999)]
    assert all(node["children"] == [] for node in hierarchy)


def test_a_refusal_comes_before_any_piece():
    async def scenario():
        async with extraction.opened(b"\x7fELF" + bytes(99), "x"):
            raise AssertionError("nothing was opened")

    with pytest.raises(extraction.Refused) as refused:
        asyncio.run(scenario())
    assert refused.value.code == "unsupported"


def test_a_document_of_too_many_chunks_is_refused_before_any_piece():
    text = "".join(f"Boat number {at} is in the shed. " for at in range(400)).encode()

    async def count(most):
        limits = extraction.Limits(chunks=most)
        async with extraction.opened(text, "boats.txt", 90, 10, limits) as document:
            assert "".join(document.texts())
            return sum(1 for _ in document.chunks())

    chunks = asyncio.run(count(1_000))
    assert asyncio.run(count(chunks)) == chunks > 10
    with pytest.raises(extraction.Refused, match="passages") as refused:
        asyncio.run(count(chunks - 1))
    assert refused.value.code == "too_long"


def test_content_may_come_in_pieces():
    async def pieces():
        for word in (b"name,price\n", b"Cleaning,", b"80\n"):
            yield word

    document = asyncio.run(extraction.extract(pieces(), "prices.csv"))
    assert document.text == "name: Cleaning; price: 80"


def test_pieces_above_the_limit_are_not_taken_to_the_end():
    taken = []

    async def pieces():
        for at in range(1_000):
            taken.append(at)
            yield bytes(1_000)

    limits = extraction.Limits(bytes=10_000)
    with pytest.raises(extraction.Refused) as refused:
        asyncio.run(extraction.extract(pieces(), "x", limits))
    assert refused.value.code == "too_large"
    assert len(taken) == 11


def test_the_parent_imports_no_reader():
    """Readers cost memory, and a hostile file must not meet one in the service."""
    program = (
        "import asyncio, sys, extraction\n"
        "asyncio.run(extraction.extract(b'# Title\\n\\nText.', 'x.md'))\n"
        "heavy = {'pypdf', 'markdown_it', 'selectolax', 'charset_normalizer', 'docx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@LINUX
@pytest.mark.parametrize("kind", ["pdf", "pictures", "docx", "html", "text"])
def test_the_process_is_small(kind, pdf, pictured, word, tmp_path):
    """The pod has 50 MB in all; a page or twenty must fit beside the service."""
    paragraph = "A cleaning takes half an hour and costs eighty euros. " * 8
    made = {
        "pdf": lambda: pdf([paragraph] * 100),
        "pictures": lambda: pictured(12 * 2**20),
        "docx": lambda: word(
            lambda file: [file.add_paragraph(paragraph) for _ in range(100)]
        ),
        "html": lambda: b"<!doctype html>" + f"<p>{paragraph}</p>".encode() * 100,
        "text": lambda: f"{paragraph}\n\n".encode() * 100,
    }
    (tmp_path / "file").write_bytes(made[kind]())
    program = (
        "import json, os, sys\n"
        "sys.path[:] = json.loads(sys.argv[1])\n"
        "from extraction import _limits, _sniff, _worker\n"
        "with open(sys.argv[2], 'rb') as file:\n"
        "    _worker._document(file, 'x', _limits.Limits())\n"
        "print(open('/proc/self/status').read())\n"
    )
    home = str(Path(extraction.__file__).parent.parent)
    path = json.dumps([*filter(None, sys.path), home])
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, path, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=True,
    )
    peak = int(ran.stdout.split("VmHWM:")[1].split()[0]) / 1024
    most = {"pdf": 30, "pictures": 30, "docx": 22, "html": 24, "text": 20}
    assert peak < most[kind]


@pytest.mark.skipif(not FULL.is_char_device(), reason=f"this system has no {FULL}")
def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    sent = tmp_path / "sent.txt"
    sent.write_text("The annual fee is 240 euros.")
    limits = extraction.Limits()
    order = _child._order("sent.txt", limits, (180, 30))
    with (
        sent.open("rb") as content,
        FULL.open("wb", buffering=0) as result,
        pytest.raises(OSError, match="No space left"),
    ):
        asyncio.run(_child._run(content, result, order, limits))
