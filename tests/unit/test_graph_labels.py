"""Labels of graphs: shortened at whole graphemes, client names apart from markers, work by days with data."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from exports.graphs import fill, labels, specs_path
from exports.graphs.build import write_graphs
from exports.graphs.render import render
from exports.tables.labels import client_name
from footfall.core.database import connect
from tests.browser.world import World, publish

DAY = date(2026, 6, 1)
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
#: Texts that are longer than any room for them, without a place that a cut at a UTF-16 unit could not hit.
LONG = {
    "mathematical bold": "".join(chr(0x1D400 + place % 26) for place in range(85)),
    "pictographs": "\U0001f389" * 60, "families": FAMILY * 40, "flags": "\U0001f1e8\U0001f1ed" * 50,
    "combining marks": "e\u0301\u0323" * 200, "hebrew": "\u05e9\u05dc\u05d5\u05dd " * 40,
    "arabic": "\u0645\u0631\u062d" * 60, "devanagari": "\u0928\u093f" * 90,
    "skin tones": "\U0001f44b\U0001f3fd" * 50, "half of a pair": "\ud83c" * 90,
}


def frame(days: int, workspace: str = "Expo") -> fill.Frame:
    return fill.Frame(workspace, DAY, DAY + timedelta(days=days - 1), "Europe/Zurich")


def link(step: int, source: str | None, target: str | None, kinds: str = "item item", visits: int = 3) -> dict:
    source_kind, target_kind = kinds.split()
    return {"step": step, "source": source, "source_kind": source_kind, "target": target, "target_kind": target_kind,
            "visits": visits}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_in_any_place_is_cut_at_a_whole_grapheme_and_drawn(text: str, tmp_path: Path) -> None:
    about = frame(1, text)
    graphs = {
        "ranking": fill.ranking_graph([(text, {"Views": 5})], {"Views": "#000000"}, about, "Views", "Caption."),
        "path": fill.path_graph([link(1, text, text), link(2, text, None, "item exit")], {}, about, "Paths", "x"),
    }
    whole = set(regex.findall(r"\X", labels.clean_label(text, 10_000))) | {"\u2026"}
    for name, spec in graphs.items():
        (path,) = render(spec, tmp_path, name, ["svg"])
        shown = [node.text for node in ET.parse(path).iter("{http://www.w3.org/2000/svg}text") if node.text]
        cut = [one for one in shown if one.endswith("\u2026")]
        assert cut or text.strip("\ud83c") == "", name
        assert all(set(regex.findall(r"\X", one.split(" \u00b7 ")[0])) <= whole for one in cut), name


@given(st.text(max_size=60), st.floats(20, 300))
def test_a_fitted_label_is_a_beginning_of_whole_graphemes(text: str, room: float) -> None:
    text = labels.clean_label(text)
    found = labels.fitted(text, room)
    if found != text:
        kept = found.removesuffix("\u2026")
        parts = regex.findall(r"\X", text)
        assert kept in {"".join(parts[:count]).rstrip() for count in range(len(parts))}
    found.encode("utf-16")  # raises for half of a pair


def test_labels_take_the_room_that_they_have() -> None:
    assert labels.fitted("Opening keynote", 200) == "Opening keynote"
    assert labels.fitted("Opening keynote of the chief executive", 100) == "Opening keynot\u2026"
    assert labels.clean_label(FAMILY * 9, 5) == FAMILY * 4 + "\u2026"


def test_a_screen_called_like_a_marker_has_a_node_and_a_label_of_its_own(tmp_path: Path) -> None:
    rows = [link(1, "(exit)", "(other)"), link(2, "(other)", None, "item exit"), link(1, None, None, "other exit", 2)]
    spec = fill.path_graph(rows, {}, frame(1), "Paths", "Caption.")
    nodes = next(source["values"] for source in spec["data"] if source["name"] == "nodes")
    assert sorted((node["column"], node["kind"], node["label"], node["visits"]) for node in nodes) == [
        (1, "item", "\u201c(exit)\u201d", 3), (1, "other", "(other)", 2), (2, "exit", "(exit)", 2),
        (2, "item", "\u201c(other)\u201d", 3), (3, "exit", "(exit)", 3),
    ]
    (path,) = render(spec, tmp_path, "graph", ["svg"])
    assert path.read_text(encoding="utf-8").count(">(exit)<") == 4  # twice each: with the halo around it
    assert client_name("(Exit)") == "(Exit)"


def test_a_picture_of_centuries_is_as_large_as_its_days_with_data() -> None:
    long = fill.Frame("Expo", date(1, 1, 1), date(9999, 12, 31), "UTC")
    days = [datetime(1970, 1, 1), datetime(2026, 6, 1), datetime(2026, 6, 2)]
    rows = [{"bucket": day, "os": "web", "interactions": 7} for day in days]
    meetings = [{"local_date": day.date(), "status": "accepted"} for day in days]
    for spec in (fill.time_graph(rows, long, "Time", "Caption."), fill.status_graph(meetings, long, "Meetings", "C.")):
        (table,) = (source["values"] for source in spec["data"] if source["name"] == "table")
        assert len(table) == 3
        (shown,) = (signal["value"] for signal in spec["signals"] if signal["name"] == "labels")
        assert list(shown.values()) == ["1 Jan 1970", "1 Jun 2026", "2 Jun 2026"]
    assert len(fill._buckets(frame(400), False, {days[1]})) == 400


def test_the_label_beside_the_last_column_has_the_room_at_the_right() -> None:
    assert specs_path.label_room(11, 11) == specs_path.TAIL - specs_path.NODE_WIDTH - 8
    assert specs_path.label_room(1, 11) == pytest.approx((1180 - 92) / 10 - 20)


def test_a_graph_that_fails_leaves_the_others(tmp_path: Path) -> None:
    publish(tmp_path / "footfall.duckdb", World(users=6, visits=20, days=2, items=2))
    folder, failed = tmp_path / "graphs", []
    (folder / "top_features.svg").mkdir(parents=True)  # in the way of the picture

    @contextmanager
    def contain(name: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError):
            failed.append(name)

    with connect(tmp_path / "footfall.duckdb", read_only=True) as con:
        written = {path.stem for path in write_graphs(con, "expo", None, None, folder, ["svg"], contain)}
    assert failed == ["top_features"]
    assert {"interactions_by_os", "paths_features", "paths_content", "top_documents", "meetings"} <= written
