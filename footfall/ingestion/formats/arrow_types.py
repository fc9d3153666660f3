"""Columns of Parquet files as types and values that DuckDB reads without an error.

Out-of-range times, for example, end DuckDB 2.0.1 with an internal error, after which the database cannot be used.
"""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footfall.ingestion.formats.names import unique_names

#: Seconds of the years 1 and 9999, between which every part of DuckDB and of Python reads times.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400


def readable(array: pa.Array) -> pa.Array:
    """The same values in a type that DuckDB reads; see docs/landing.md, "Columns of Parquet".

    A number that is not a number, or infinite, becomes null; bytes that are not UTF-8 become U+FFFD.
    """
    kind = array.type
    for test, convert in _CONVERSIONS:
        if test(kind):
            return convert(array)
    return as_text(array)


def as_text(array: pa.Array) -> pa.Array:
    """The values as text, value by value; lists, structs and maps as JSON."""
    kind = array.type
    if pa.types.is_map(kind):
        pairs = readable(_pairs(array)).to_pylist()
        values = [None if row is None else _object(row) for row in pairs]
    elif pa.types.is_struct(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values = readable(array).to_pylist()
    else:
        values = [_value(array[place]) for place in range(len(array))]
    texts = (value if value is None or isinstance(value, str) else json.dumps(value, default=str) for value in values)
    return pa.array(list(texts), pa.large_string())


def nested_as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its nested columns as JSON texts."""
    columns = [as_text(column) if pa.types.is_nested(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _same(array: pa.Array) -> pa.Array:
    return array


def _floats(array: pa.Array) -> pa.Array:
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())
    is_finite = pc.is_finite(array)
    return array if pc.all(is_finite).as_py() is not False else pc.if_else(is_finite, array, None)


def _texts(array: pa.Array) -> pa.Array:
    text = array if pa.types.is_large_string(array.type) else array.cast(pa.string())
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return _from_bytes(text.cast(pa.large_binary() if pa.types.is_large_string(text.type) else pa.binary()))
    return text


def _from_bytes(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        values = (value if value is None else value.decode("utf-8", "replace") for value in array.to_pylist())
        return pa.array(list(values), pa.large_string())


def _decimals(array: pa.Array) -> pa.Array:
    scale = array.type.scale
    if pa.types.is_decimal256(array.type) or scale < 0:
        try:
            return array.cast(pa.decimal128(38, min(38, max(0, scale))))
        except pa.ArrowInvalid:
            return array.cast(pa.string())
    return array


def _dates(array: pa.Array) -> pa.Array:
    days = array.cast(pa.int32()) if pa.types.is_date32(array.type) else array.cast(pa.int64())
    unit = 1 if pa.types.is_date32(array.type) else _DAY_SECONDS * 1_000
    return _within(array, days, _FIRST_SECOND // _DAY_SECONDS * unit, _LAST_SECOND // _DAY_SECONDS * unit)


def _timestamps(array: pa.Array) -> pa.Array:
    per_second = _PER_SECOND[array.type.unit]
    if array.type.tz is not None:
        array = array.cast(pa.timestamp(array.type.unit, "UTC"))  # a zone that nobody knows is an error elsewhere
    return _within(array, array.cast(pa.int64()), _FIRST_SECOND * per_second, _LAST_SECOND * per_second)


def _times(array: pa.Array) -> pa.Array:
    numbers = array.view(pa.int32() if pa.types.is_time32(array.type) else pa.int64())
    return _within(array, numbers, 0, _DAY_SECONDS * _PER_SECOND[array.type.unit] - 1)


def _durations(array: pa.Array) -> pa.Array:
    """Seconds: the unit of every duration in the contract."""
    return pc.divide(array.cast(pa.int64()).cast(pa.float64(), safe=False), float(_PER_SECOND[array.type.unit]))


def _within(array: pa.Array, numbers: pa.Array, least: int, most: int) -> pa.Array:
    """The array where all its numbers are between the bounds; else texts, those beyond the bounds as bare numbers."""
    bounds = pc.min_max(numbers)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if low is None or (low >= least and high <= most):
        return array
    is_inside = pc.and_(pc.greater_equal(numbers, least), pc.less_equal(numbers, most))
    inside = pc.if_else(is_inside, array, pa.scalar(None, array.type))
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        # As UTC is written, without Arrow looking for the system's files of zones, which a container does not have.
        clock = inside.cast(pa.int64()).cast(pa.timestamp(array.type.unit)).cast(pa.string())
        inside = pc.binary_join_element_wise(clock, "Z", "")
    else:
        inside = inside.cast(pa.string())
    return pc.if_else(is_inside, inside, numbers.cast(pa.string()))


def _structs(array: pa.Array) -> pa.Array:
    if not array.type.num_fields:
        return array
    names = unique_names([field.name for field in array.type])
    columns = array.flatten()
    changed = [readable(column) for column in columns]
    if list(names) == [field.name for field in array.type] and all(map(_is_same, columns, changed)):
        return array
    return pa.StructArray.from_arrays(changed, names=list(names), mask=array.is_null())


def _lists(array: pa.Array) -> pa.Array:
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        array = array.cast(pa.list_(array.type.value_type))
    values = readable(array.values)
    if _is_same(array.values, values):
        return array
    array = array.take(pa.array(range(len(array)), pa.int64()))  # from_arrays takes no mask with a slice
    make = pa.LargeListArray if pa.types.is_large_list(array.type) else pa.ListArray
    return make.from_arrays(array.offsets, readable(array.values), mask=array.is_null())


def _maps(array: pa.Array) -> pa.Array:
    """Maps with plain keys; DuckDB refuses a key that comes twice."""
    keys = array.type.key_type
    if not (pa.types.is_string(keys) or pa.types.is_integer(keys)) or not _is_same(array.items, readable(array.items)):
        return as_text(array)
    lists = _pairs(array)
    pairs = pa.table({"row": pc.list_parent_indices(lists), "key": pc.list_flatten(lists).field(0)})
    return array if pairs.group_by(["row", "key"]).aggregate([]).num_rows == len(pairs) else as_text(array)


def _pairs(array: pa.MapArray) -> pa.Array:
    """Lists of structs of key and value."""
    entry = pa.struct([pa.field("key", array.type.key_type), pa.field("value", array.type.item_type)])
    return array.cast(pa.list_(entry))


def _object(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    names = unique_names([str(pair["key"]) for pair in pairs])
    return dict(zip(names, (pair["value"] for pair in pairs), strict=True))


def _is_same(before: pa.Array, after: pa.Array) -> bool:
    return before is after or (before.type == after.type and before.equals(after))


def _extensions(array: pa.Array) -> pa.Array:
    if array.type.extension_name == "arrow.uuid":
        return pa.array([value if value is None else str(value) for value in array.to_pylist()], pa.string())
    return array.cast(pa.bool_()) if array.type.extension_name == "arrow.bool8" else readable(array.storage)


_CONVERSIONS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...] = (
    (lambda kind: isinstance(kind, pa.BaseExtensionType), _extensions),
    (lambda kind: pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_integer(kind), _same),
    (pa.types.is_floating, _floats),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind), _texts),
    (lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
     or pa.types.is_fixed_size_binary(kind), _from_bytes),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_date, _dates),
    (pa.types.is_timestamp, _timestamps),
    (pa.types.is_time, _times),
    (pa.types.is_duration, _durations),
    (pa.types.is_dictionary, lambda array: readable(array.dictionary_decode())),
    (pa.types.is_run_end_encoded, lambda array: readable(pc.run_end_decode(array))),
    (pa.types.is_struct, _structs),
    (pa.types.is_map, _maps),
    (lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind), _lists),
)


def _value(scalar: pa.Scalar) -> Any:
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):
        return str(scalar)
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)
