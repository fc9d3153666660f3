"""Parquet files that say little and hold much: memory stays bounded and other files load."""

import resource
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.lake import DAY, Lake, line

_TIMES = {"user_id": "u1", "context_group_id": "expo", "timestamp": f"{DAY}T10:00:00Z"}


def _write(lake: Lake, columns: dict[str, list | pa.Array], name: str = "a.parquet") -> Path:
    path = lake.land(name, b"")
    pq.write_table(pa.table(columns), path, compression="zstd", dictionary_pagesize_limit=1 << 30)
    return path


def _rows(messages: list[str], **more: list | pa.Array) -> dict[str, list | pa.Array]:
    return {"message_id": messages, **{name: [text] * len(messages) for name, text in _TIMES.items()}, **more}


@pytest.mark.parametrize("value", ["x" * (80 << 20), ["x" * (1 << 20)] * 80, {"a": {"b": "x" * (80 << 20)}}],
                         ids=["text", "list", "object"])
def test_a_row_that_holds_very_much_is_a_fault_of_its_file_alone(tmp_path: Path, value: object) -> None:
    lake = Lake(tmp_path)
    lake.land("good.jsonl", [line("good")])
    path = _write(lake, _rows(["m1"], big=[value]))
    assert path.stat().st_size < 200_000
    assert lake.load().loaded == 1
    assert lake.ledger()["a.parquet"]["reason"] == "corrupt_file"


def test_a_long_row_is_oversized_as_a_long_line_is_and_the_others_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    _write(lake, _rows(["m1", "m2", "m3"], event=["Opened", "x" * 2_000_000, "Closed"]))
    assert lake.load().loaded == 2
    (rejected,) = lake.quarantine()
    assert (rejected["line_number"], rejected["reason"]) == (2, "oversized")
    assert '"m2"' in rejected["raw"] and len(rejected["raw"]) > 2_000_000
    assert {row["event"]: row["line_number"] for row in lake.live().values()} == {"Opened": 1, "Closed": 3}


def test_one_long_value_named_by_very_many_rows_takes_little_memory(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("good.jsonl", [line("good")])
    event = pa.DictionaryArray.from_arrays(pa.array([0] * 60_000, pa.int32()), ["x" * 500_000])
    path = _write(lake, _rows(["m"] * 60_000, event=event))
    assert path.stat().st_size < 10_000, "30 GB of values"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert lake.load().loaded == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 20, "kilobytes"
    assert lake.ledger()["a.parquet"]["reason"] == "corrupt_file"
