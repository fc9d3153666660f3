"""Columns of the report: stored narrow, read back exactly."""

import base64
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.report.assemble import SCRIPTS, STYLES, static
from exports.report.encode import encode_columns, packed
from exports.report.shrink import shrink


def decoded(index: dict, data: bytes) -> np.ndarray:
    """What ``static/decode.js`` does."""
    planes = np.frombuffer(data, dtype=np.uint8, count=index["n"] * index["w"], offset=index["at"])
    values = (planes.reshape(index["w"], -1).astype(np.int64) << (8 * np.arange(index["w"]))[:, None]).sum(axis=0)
    return np.cumsum(values) if index["d"] else values


@given(st.lists(st.integers(0, 2**48 - 1)), st.booleans(), st.sampled_from([np.int64, np.uint8, np.int32]))
def test_columns_come_back_as_they_were(values: list[int], is_sorted: bool, kind: type) -> None:
    column = np.array(sorted(values) if is_sorted else values, dtype=np.int64)
    column = (column % (np.iinfo(kind).max + 1)).astype(kind) if kind is not np.int64 else column
    column = np.sort(column) if is_sorted else column
    index, data = encode_columns({"t": {"before": np.arange(3), "c": column}})
    assert decoded(index["t"]["c"], data).tolist() == column.tolist()
    assert index["t"]["c"]["v"] >= max((int(value).bit_length() + 7) // 8 for value in [0, *column])


@pytest.mark.parametrize("value", [-1, 2**48])
def test_a_number_that_does_not_fit_is_an_error_and_never_a_wrong_number(value: int) -> None:
    with pytest.raises(OverflowError, match=r"t\.c"):
        encode_columns({"t": {"c": np.array([0, value])}})


def test_packing_is_gzip_without_time_or_system() -> None:
    data = base64.b64decode(packed(b"visits" * 1000))
    assert gzip.decompress(data) == b"visits" * 1000
    assert data[4:8] == bytes(4) and data[9] == 255


STEPS = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900)), min_size=1, max_size=14), max_size=6)


@given(STEPS, st.data())
def test_shrunk_milliseconds_add_up_again(visits: list, data: st.DataObject) -> None:
    content = {"visit": [], "item": [], "ms": []}
    modules = {"visit": [], "item": [], "ms": []}
    for number, steps in enumerate(visits):
        merged: list[list[int]] = []
        for module, ms in steps:
            if merged and merged[-1][0] == module:
                merged[-1][1] += ms
            else:
                merged.append([module, ms])
        for table, rows in ((content, steps), (modules, merged)):
            for item, ms in rows[:10]:  # a path has ten steps
                for column, value in (("visit", number), ("item", item), ("ms", ms)):
                    table[column].append(value)
    arrays = [
        {name: np.array(values, dtype=np.int32) for name, values in table.items()} for table in (content, modules)
    ]
    engaged = np.array([data.draw(st.integers(0, 9_000)) for _ in visits], dtype=np.int32)
    used = sorted({(visit, item) for visit, item in zip(modules["visit"], modules["item"], strict=True)})
    usage = {
        "visit": np.array([visit for visit, _ in used], dtype=np.int32),
        "module": np.array([item for _, item in used], dtype=np.int32),
        "engaged": np.array([data.draw(st.integers(0, 5_000)) for _ in used], dtype=np.int32),
    }
    tables = {"paths_content": dict(arrays[0]), "paths_module": arrays[1], "usage": dict(usage),
              "visits": {"engaged": engaged}}
    shrink(tables, np.arange(4))
    assert content_ms(tables["paths_content"], arrays[1]) == content["ms"]
    assert visit_engaged(tables["visits"], arrays[1]) == engaged.tolist()
    assert usage_engaged(tables["usage"], arrays[1]) == usage["engaged"].tolist()


def signed(value: int) -> int:
    return -(value + 1) // 2 if value % 2 else value // 2


def content_ms(content: dict, modules: dict) -> list[int]:
    """What ``contentMs`` of ``static/expand.js`` does."""
    out, left = [], iter(content["left"].tolist())
    for visit in dict.fromkeys(content["visit"].tolist()):
        steps = iter(modules["ms"][modules["visit"] == visit].tolist())
        ended = passed = 0
        for closes in content["closes"][content["visit"] == visit].tolist():
            ended += sum(next(steps) for _ in range(closes))
            out.append(ended - passed if closes else next(left))
            passed += out[-1]
    return out


def visit_engaged(visits: dict, modules: dict) -> list[int]:
    totals = [signed(value) for value in visits["engaged_left"].tolist()]
    for visit, ms in zip(modules["visit"].tolist(), modules["ms"].tolist(), strict=True):
        totals[visit] += ms
    return totals


def usage_engaged(usage: dict, modules: dict) -> list[int]:
    rows = [signed(value) for value in usage["engaged_left"].tolist()]
    first = {}
    for row, key in enumerate(zip(usage["visit"].tolist(), usage["module"].tolist(), strict=True)):
        first.setdefault(key, row)
    for key in zip(modules["visit"].tolist(), modules["item"].tolist(), modules["ms"].tolist(), strict=True):
        rows[first[key[:2]]] += key[2]
    return rows


def test_the_program_is_put_together_from_every_static_file_and_writes_no_markup() -> None:
    from importlib.resources import files

    names = {file.name for file in files("exports.report").joinpath("static").iterdir()}
    assert names == {*STYLES, *SCRIPTS, "template.html"}
    for name in SCRIPTS:
        text = static(name)
        assert len(text.splitlines()) <= 300, name
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
            assert way not in text, (name, way)
        assert "</script" not in text.lower()
