"""Parquet files of every logical type under hostile names: every one loads, and nothing reaches the other files."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.core.settings import EventSource, Settings, Sources
from footfall.ingestion.formats.arrow_types import nested_as_text, readable
from tests.support.lake import DAY, Lake, line

#: Far beyond what a clock shows; DuckDB 2.0.1 ends with an internal error on some of these.
FAR = 2**62
MAP = pa.map_(pa.string(), pa.int64())
#: Every type Parquet can hold as Arrow sees it, with ordinary and with extreme values; the last value is null.
COLUMNS: dict[str, pa.Array] = {
    "bool": pa.array([True, None]),
    **{f"{kind}": pa.array([1, None], kind) for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32())},
    "int64": pa.array([2**63 - 1, None]),
    "uint64": pa.array([2**64 - 1, None], pa.uint64()),
    "half": pa.array([1.5, None], pa.float16()),
    "float": pa.array([float("nan"), None], pa.float32()),
    "double": pa.array([float("-inf"), None]),
    "decimal32": pa.array([Decimal("1.5"), None], pa.decimal32(5, 2)),
    "decimal64": pa.array([Decimal("1.5"), None], pa.decimal64(15, 2)),
    "decimal128": pa.array([Decimal("1.5"), None], pa.decimal128(38, 2)),
    "decimal256": pa.array([Decimal("1.5"), None], pa.decimal256(50, 2)),
    "huge decimal256": pa.array([Decimal(10) ** 47, None], pa.decimal256(50, 2)),
    "string": pa.array(["a\0é🎉", None]),
    "large string": pa.array(["a", None], pa.large_string()),
    "string view": pa.array(["a", None], pa.string_view()),
    "broken string": pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\1"), pa.py_buffer(b"\0\0\0\0\3\0\0\0\3\0\0\0"), pa.py_buffer(b"caf\xe9"[1:])]
    ),
    "binary": pa.array(["é".encode(), None]),
    "other binary": pa.array([b"\xff\0", None], pa.large_binary()),
    "fixed binary": pa.array([b"\xff\0", None], pa.binary(2)),
    "date32": pa.array([2**31 - 1, None], pa.int32()).cast(pa.date32()),
    "date64": pa.array([86_400_000, None], pa.int64()).cast(pa.date64()),
    **{
        f"timestamp {unit} {zone}": pa.array([number, None], pa.timestamp(unit, zone))
        for unit, number in (("s", 1), ("ms", FAR), ("us", FAR), ("ns", FAR)) for zone in (None, "Nowhere/Else")
    },
    "time32": pa.array([2**31 - 1, None], pa.int32()).view(pa.time32("ms")),
    "time64": pa.array([FAR, None], pa.int64()).view(pa.time64("us")),
    "duration": pa.array([FAR, None], pa.duration("us")),
    "null": pa.nulls(2),
    "dictionary": pa.array(["a", None]).dictionary_encode(),
    "dictionary of numbers": pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), pa.array([Decimal("1.5")])),
    "uuid": pa.array([b"0123456789abcdef", None], pa.uuid()),
    "json": pa.array(['{"cut', None], pa.json_()),
    "list": pa.array([[1.0, float("nan"), None], None]),
    "large list": pa.array([["a"], None], pa.large_list(pa.string())),
    "fixed list": pa.array([[1, 2], None], pa.list_(pa.int64(), 2)),
    "list of times": pa.array([[1, FAR], None], pa.list_(pa.timestamp("ms"))),
    "struct": pa.array([{"a": {"b": [1]}}, None]),
    "struct with hostile names": pa.StructArray.from_arrays(
        [pa.array([number, None]) for number in range(5)], [*"aA", "", "b\0c", 'd"'],
        mask=pa.array([False, True]),
    ),
    "struct of times": pa.array([{"at": FAR}, None], pa.struct([("at", pa.timestamp("us"))])),
    "map": pa.array([[("a", 1), ("b", 2)], None], MAP),
    "map with a key twice": pa.array([[("a", 1), ("a", 2)], None], MAP),
    "map of numbers": pa.array([[(1, [1])], None], pa.map_(pa.int64(), pa.list_(pa.int64()))),
    "map of structs": pa.array([[({"x": 1}, FAR)], None], pa.map_(pa.struct([("x", pa.int8())]), pa.timestamp("ms"))),
}
HOSTILE = (
    "", " ", "a b", 'say "x"', "it's", "semi;colon", "null", "select", "c0", "c1", "file_no", "line_number", "raw",
    "line", "slice", "__raw", "a.b", "A.B", "aB", "a_b", "nul\0nul", "new\nline", "é", "É", "🎉" * 40, "x" * 3000,
    "properties", "context", "context_consent", "settings", "$.a", "--", "/*", "\\", "{", "%s", "?", "$1", "event_text",
    "userId", "user_id",
)
BASE = {
    "message_id": ["m1", "m2"], "event": ["Opened", "Opened"], "anonymous_id": ["a1", "a1"],
    "context_group_id": ["expo", "expo"], "timestamp": [f"{DAY}T10:00:00Z", f"{DAY}T10:00:01Z"],
}
#: Names that a text of any kind may change what becomes of the line.
MEANINGFUL = ("userId", "user_id", "context", "context_consent", "properties", "event_text")


def write(path: Path, columns: list[tuple[str, pa.Array]]) -> None:
    every = [*((name, pa.array(values)) for name, values in BASE.items()), *columns]
    table = pa.Table.from_arrays([array for _, array in every], names=[name for name, _ in every])
    pq.write_table(table, path)


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_a_column_of_any_type_is_kept_in_the_properties(tmp_path: Path, kind: str) -> None:
    lake = Lake(tmp_path)
    write(lake.land("a.parquet", b""), [("odd", COLUMNS[kind])])
    result = lake.load()
    assert (result.loaded, result.file_reasons, result.reasons) == (2, {}, {})
    properties = json.loads(lake.live()["expo", "m1"]["properties"] or "{}")
    is_unusable = kind in ("float", "double", "null")
    assert ("odd" in properties) != is_unusable
    assert lake.live()["expo", "m2"]["properties"] is None


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=st.lists(
    st.tuples(st.sampled_from(HOSTILE), st.sampled_from(sorted(COLUMNS))), min_size=1, max_size=8
), is_mapped=st.booleans())
def test_columns_of_any_types_under_any_names_never_stop_the_load(
    tmp_path_factory: pytest.TempPathFactory, columns: list[tuple[str, str]], is_mapped: bool
) -> None:
    lake = Lake(tmp_path_factory.mktemp("home"))
    if is_mapped:
        lake.settings = Settings(sources=Sources(events=(
            EventSource(name="odd", path="landing/events/{load_date}/*.parquet", format="parquet", mapping={
                "message_id": "message_id", "workspace_id": "context_group_id", "event": "event",
                "device_id": "anonymous_id", "occurred_at": "timestamp",
            }),
            EventSource(name="good", path="landing/events/{load_date}/*.jsonl", format="jsonl"),
        )))
    write(lake.land("a.parquet", b""), [(name, COLUMNS[kind]) for name, kind in columns])
    lake.land("b.jsonl", [line("good")])
    result = lake.load()
    ledger = lake.ledger()
    assert ledger["b.jsonl"]["loaded"] == 1
    assert result.file_reasons == {}
    assert ledger["a.parquet"]["lines_in"] == 2
    if is_mapped or not any(name in MEANINGFUL for name, _ in columns):
        assert ledger["a.parquet"]["loaded"] == 2


def test_times_and_ids_of_typed_columns_are_what_they_say(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    table = pa.table({
        "message_id": pa.array([b"m1", b"m2"]), "user_id": pa.array(["Zo\u00eb".encode(), b"Zo\xeb"]),
        "context_group_id": pa.array(["expo"] * 2).dictionary_encode(), "event": ["Opened"] * 2,
        "timestamp": pa.array([datetime(2026, 11, 2, 10), datetime(2026, 11, 2, 10)], pa.timestamp("ms", "Asia/Tokyo")),
        "received_at": pa.array([1_793_613_602, FAR // 1000], pa.timestamp("s")),
        "duration_seconds": pa.array([1500, None], pa.duration("ms")),
    })
    pq.write_table(table, lake.land("a.parquet", b""))
    lake.load()
    row, other = (lake.live()["expo", message] for message in ("m1", "m2"))
    assert (row["user_id"], other["user_id"]) == ("Zoë", "Zo\N{REPLACEMENT CHARACTER}")
    assert (row["occurred_at"], row["received_at"]) == (datetime(2026, 11, 2, 10), datetime(2026, 11, 2, 10, 0, 2))
    assert row["duration_seconds"] == Decimal("1.500")
    assert (other["received_at"], lake.ledger()["a.parquet"]["repaired"]) == (None, 1)


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_readable_values_are_the_same_in_a_slice_of_an_array(kind: str) -> None:
    array = pa.concat_arrays([COLUMNS[kind]] * 2) if kind != "json" else COLUMNS[kind]
    whole, part = readable(array), readable(array.slice(1))
    assert part.to_pylist() == whole.slice(1).to_pylist()
    batch = pa.RecordBatch.from_arrays([readable(array)], names=["c0"])
    assert not pa.types.is_nested(nested_as_text(batch).schema.field(0).type)
