"""By participant has a column a functionality, however many there are."""

import pyarrow as pa
import pytest

from exports.tables import by_participant
from exports.tables.by_participant import pivot
from footfall.core.database import connect

#: What stands for events without a functionality, which a functionality of a client may be called like.
UNMAPPED = "no functionality"
USERS = pa.chunked_array([["c", "a"], ["b", "quiet"]])


def used(*rows: tuple[str, str, int]) -> pa.Table:
    users, modules, counts = zip(*rows, strict=True)
    kinds = ["unmapped" if module == UNMAPPED else "named" for module in modules]
    names = ["(unmapped)" if module == UNMAPPED else module for module in modules]
    return pa.table([users, names, kinds, counts], names=["user_id", "module", "module_kind", "interactions"])


def wide(table: pa.Table) -> dict[str | None, list[int]]:
    with connect() as con:
        con.register("given", table)
        con.execute("create temp table used as from given")
        return {
            one and (one[0] if one[1] == "named" else UNMAPPED): column.to_pylist() for one, column in pivot(con, USERS)
        }


def test_the_most_used_functionality_comes_first_and_everybody_keeps_their_place() -> None:
    found = wide(used(("a", "map", 1), ("a", "agenda", 5), ("b", "agenda", 2), ("c", "map", 3)))
    assert found == {"agenda": [0, 5, 2, 0], "map": [3, 1, 0, 0]}
    assert list(found) == ["agenda", "map"]


def test_functionalities_of_equal_use_stand_in_order_of_name() -> None:
    assert list(wide(used(("a", "z", 2), ("b", "b", 1), ("c", "b", 1), ("c", "a", 2)))) == ["a", "b", "z"]


def test_a_functionality_called_unmapped_is_not_the_events_without_one() -> None:
    found = wide(used(("a", "(unmapped)", 2), ("b", UNMAPPED, 2), ("c", UNMAPPED, 3)))
    assert found == {UNMAPPED: [3, 0, 2, 0], "(unmapped)": [0, 2, 0, 0]}


def test_nothing_used_gives_no_column() -> None:
    texts = dict.fromkeys(("user_id", "module", "module_kind"), pa.string())
    schema = pa.schema({**texts, "interactions": pa.int64()})
    assert wide(schema.empty_table()) == {}


def test_three_hundred_functionalities_have_three_hundred_columns() -> None:
    found = wide(used(*(("b", f"m{number:03d}", number) for number in range(1, 301))))
    assert len(found) == 300
    assert found["m300"] == [0, 0, 300, 0]


def test_more_functionalities_than_columns_share_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_participant, "MODULE_COLUMNS", 2)
    rows = [("a", "m1", 9), ("a", "m2", 8), ("a", "m3", 1), ("b", "m4", 2), ("c", "m3", 3), ("a", "m4", 1)]
    assert wide(used(*rows)) == {"m1": [0, 9, 0, 0], "m2": [0, 8, 0, 0], None: [3, 2, 2, 0]}
