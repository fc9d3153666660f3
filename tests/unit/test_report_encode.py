"""Columns of the report: stored narrow, read back exactly."""

import base64
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.report.assemble import SCRIPTS, STYLES, static
from exports.report.encode import encode_columns, packed


def decoded(index: dict, data: bytes) -> np.ndarray:
    """What ``static/decode.js`` does."""
    planes = np.frombuffer(data, dtype=np.uint8, count=index["n"] * index["w"], offset=index["at"])
    values = (planes.reshape(index["w"], -1).astype(np.int64) << (8 * np.arange(index["w"]))[:, None]).sum(axis=0)
    return (np.cumsum(values) if index["d"] else values) * index["f"]


@given(
    st.lists(st.integers(0, 2**48 - 1)), st.booleans(), st.sampled_from([np.int64, np.uint8, np.int32]),
    st.sampled_from([1, 2, 60]),
)
def test_columns_come_back_as_they_were(values: list[int], is_sorted: bool, kind: type, factor: int) -> None:
    column = np.array(sorted(values) if is_sorted else values, dtype=np.int64)
    column = (column % (np.iinfo(kind).max + 1)).astype(kind) if kind is not np.int64 else column
    column = (np.sort(column) if is_sorted else column) // factor * factor
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
