"""What the machine cannot do is no fault of a file: the night fails and says so, and the next one loads the file."""

import errno
import os
import resource
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.core.errors import DiskFull, FootfallError, NotEnoughMemory
from footfall.ingestion.database import disk_error
from footfall.ingestion.formats.chunks import read_chunks
from footfall.ingestion.formats.parquet_records import read_parquet
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.hashes import hash_file
from footfall.ingestion.problems import machine_error
from tests.support.lake import Lake, line

#: A regular file whose first bytes no process can read: the address 0.
BROKEN = Path("/proc/self/mem")
#: Loads a home in which the machine fails once, while the landing file is read (it is hashed before).
CHILD = """
import os, resource, sys
from pathlib import Path
from footfall.core.errors import FootfallError
from tests.support.lake import Lake

limit, file, opened = int(sys.argv[2]), sys.argv[3], []
_, most = kind = resource.getrlimit(resource.RLIMIT_NOFILE)
def fails_once(event, about):
    if event == "open" and not isinstance(about[0], int):
        is_it = os.fsdecode(about[0]).endswith(file)
        opened.extend([file] * is_it)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0 if is_it and len(opened) == limit else kind[0], most))

sys.addaudithook(fails_once)
try:
    Lake(Path(sys.argv[1])).load()
except FootfallError as error:
    print(error.message, error.where, error.hint)
    sys.exit(error.exit_code)
"""


@contextmanager
def no_more_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_disk_that_cannot_be_read_is_not_the_fault_of_a_text_file() -> None:
    with pytest.raises(OSError) as caught:
        list(read_chunks(BROKEN, gzip=False))
    assert caught.value.errno == errno.EIO
    with pytest.raises(FootfallError, match="The machine could not read"):
        hash_file(BROKEN, "landing/events/2026-11-02/a.jsonl")


def test_too_many_open_files_are_not_the_fault_of_the_next_one(tmp_path: Path) -> None:
    text, table = tmp_path / "a.jsonl", tmp_path / "a.parquet"
    text.write_bytes(b"{}\n")
    pq.write_table(pa.table({"x": [1]}), table)
    for read in (lambda: list(read_chunks(text, gzip=False)), lambda: list(read_parquet(table))):
        with no_more_files(), pytest.raises(OSError) as caught:
            read()
        assert caught.value.errno == errno.EMFILE
        assert read()


@pytest.mark.parametrize("name", ["b.jsonl", "b.parquet"])
@pytest.mark.parametrize("time", [1, 2], ids=["while it is hashed", "while it is read"])
def test_a_night_in_which_the_machine_fails_commits_nothing_and_the_next_one_loads_the_file(
    tmp_path: Path, name: str, time: int
) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    if name.endswith("parquet"):
        target = lake.land(name, b"")
        pq.write_table(pa.table({
            "message_id": ["m2"], "context_group_id": ["expo"], "user_id": ["u1"], "event": ["Opened"],
            "timestamp": ["2026-11-02T10:00:00Z"],
        }), target)
    else:
        lake.land(name, [line("m2")])
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path), str(time), name], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())}, check=False,
    )
    assert (child.returncode, child.stderr) == (1, "")
    assert child.stdout.startswith(f"The machine could not read a landing file: {os.strerror(errno.EMFILE)}.")
    assert f"/{name} " in child.stdout and "run again" in child.stdout
    assert read_commits(lake.home) == []
    assert lake.load().loaded == 2
    assert lake.quarantine() == []


def test_memory_that_no_sound_file_needs_is_the_fault_of_the_file() -> None:
    with pytest.raises(pa.ArrowMemoryError) as caught:
        pa.allocate_buffer(1 << 60)
    assert machine_error(caught.value, "a.parquet") is None
    assert machine_error(MemoryError(), "a.parquet") is not None
    assert machine_error(PermissionError(errno.EACCES, "Permission denied"), "a.jsonl") is None


@pytest.mark.parametrize(("error", "kind"), [
    (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
    (duckdb.IOException("Could not write file: No space left on device"), DiskFull),
    (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"), NotEnoughMemory),
    (PermissionError(errno.EACCES, "Permission denied"), FootfallError),
])
def test_what_a_load_lacks_has_its_own_kind_and_remedy(tmp_path: Path, error: Exception, kind: type) -> None:
    found = disk_error(error, tmp_path)
    assert type(found) is kind
    assert found.where and found.hint
    assert ("Free disk space" in found.hint) == (kind is not NotEnoughMemory)
