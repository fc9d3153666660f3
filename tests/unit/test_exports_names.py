"""Folder names: safe everywhere, one folder each, plain ids as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.core.safe_names import MAX_LENGTH, encoded, folder_names

HOSTILE = ["../x", "..", ".", "", "CON", "con.txt", "nul", "COM1", "a/b", "a\\b", "x" * 255, "name.", "name..", " ",
           "index.html", "-rf", ".hidden", "a\x00b", "ü", "%2E", "~", "a:b", "a?b*", "LPT9.tar", "é" * 120]


@pytest.mark.parametrize("one", ["expo", "WS-001", "event_2026.v2", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "1"])
def test_a_plain_id_is_its_own_folder_name(one: str) -> None:
    assert folder_names([one]) == {one: one}


def test_hostile_ids_get_one_safe_folder_each() -> None:
    names = folder_names(HOSTILE)
    assert len({name.lower() for name in names.values()}) == len(HOSTILE)
    for name in names.values():
        assert_safe(name)


def test_ids_that_differ_in_case_only_get_folders_that_differ_in_more() -> None:
    names = folder_names(["Expo", "expo", "EXPO", "other"])
    assert names["expo"] == "expo"
    assert names["other"] == "other"
    assert len({name.lower() for name in names.values()}) == 4


def test_a_device_name_is_no_folder_name() -> None:
    assert encoded("CON") == "%43ON"
    assert encoded("con.txt") == "%63on.txt"
    assert encoded("console") == "console"


@settings(deadline=None)
@given(st.sets(st.text(max_size=150), max_size=8))
def test_any_ids_get_one_safe_folder_each(ids: set[str]) -> None:
    names = folder_names(ids)
    assert len({name.lower() for name in names.values()}) == len(ids)
    for name in names.values():
        assert_safe(name)


def assert_safe(name: str) -> None:
    assert name
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>|\x00 ')
    assert name[0] not in ".-"
    assert name[-1] not in ". "
    assert name.lower().split(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert len(name) <= MAX_LENGTH + 17
