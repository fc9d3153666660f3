"""Graphs as files: what they say, that text fits, that strangers' text does no harm."""

import re
import struct
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from exports.graphs import fill, labels, specs, specs_curve, specs_path, theme
from exports.graphs.build import graphs, write_graphs
from exports.graphs.render import render, renumbered
from footfall.core.database import connect
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.browser.world import World, publish

DAY = date(2026, 6, 1)
SVG = "{http://www.w3.org/2000/svg}"


def frame(days: int) -> fill.Frame:
    return fill.Frame("Expo", DAY, DAY + timedelta(days=days - 1), "Europe/Zurich")


def drawn(spec: specs.Spec, folder: Path) -> str:
    (path,) = render(spec, folder, "graph", ["svg"])
    return path.read_text(encoding="utf-8")


def texts(svg: str, role: str) -> list[tuple[float, float, str]]:
    """Visible texts of marks of one role: x, y, text; positions as written, with the groups around them left out."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if role in (group.get("class") or "").split():
            for node in group.findall(f"{SVG}text"):
                x, y = map(float, re.match(r"translate\(([-\d.]+),([-\d.]+)\)", node.get("transform")).groups())
                if node.get("opacity") != "0" and "".join(node.itertext()).strip():
                    found.append((x, y, "".join(node.itertext())))
    return found


def by_time(days: int) -> specs.Spec:
    step = timedelta(hours=1) if days < 4 else timedelta(days=1)
    rows = [
        {"bucket": datetime(2026, 6, 1) + step * place, "os": os, "interactions": 10 + place}
        for place in range(days * (24 if days < 4 else 1)) for os in ("ios", "web")
    ]
    return fill.time_graph(rows, frame(days), "Interactions", "What they are.")


@pytest.mark.parametrize("days", [1, 2, 3, 4, 14, 60, 200])
def test_time_labels_never_overlap(days: int, tmp_path: Path) -> None:
    labels = sorted(
        (x, text) for x, _, text in texts(drawn(by_time(days), tmp_path), "role-axis-label")
        if re.search(r"Jun|Jul|Aug|Sep|Oct|Nov|Dec|:00", text)
    )
    assert len(labels) >= min(days, 4)
    for (left, text), (right, following) in pairwise(labels):
        # 12 px type: a character is at most 8 px wide, text is centred
        assert right - left > 4 * (len(text) + len(following)) * 0.8, (text, following)


def test_every_midnight_of_three_days_is_named(tmp_path: Path) -> None:
    labels = [text for _, _, text in texts(drawn(by_time(3), tmp_path), "role-axis-label")]
    assert {"1 Jun", "2 Jun", "3 Jun"} <= set(labels)


@pytest.mark.parametrize(("features", "bars"), [(0, 0), (1, 1), (2, 2), (200, specs.RANKING_ROWS)])
def test_a_ranking_draws_what_fits_and_says_how_much_that_is(features: int, bars: int, tmp_path: Path) -> None:
    rows = [(f"Feature {number}", {"Interactions": 1000 - number}) for number in range(features)]
    svg = drawn(fill.ranking_graph(rows, {"Interactions": "#0072b2"}, frame(1), "Features", "x"), tmp_path)
    assert svg.count('fill="#0072b2"') == bars
    assert ("No data in this range" in [text for _, _, text in texts(svg, "role-mark")]) == (features == 0)
    assert ("(25 of 200)" in svg) == (features == 200)


def test_graphs_without_data_say_so(tmp_path: Path) -> None:
    for spec in (fill.time_graph([], frame(9), "a", "b"), fill.status_graph([], frame(9), "a", "b"),
                 fill.path_graph([], {}, frame(9), "a", "b")):
        assert "No data in this range" in [text for _, _, text in texts(drawn(spec, tmp_path), "role-mark")]


def test_hostile_titles_stay_text_in_well_formed_files(tmp_path: Path) -> None:
    evil = (
        "<script>alert(1)</script>", "a & b \x00\x0b\ud7ff\ufffe", "\u202eright to left", "line\none", "x" * 1000, "",
    )
    rows = [(title, {"Views": 5}) for title in evil]
    svg = drawn(fill.ranking_graph(rows, {"Views": "#000"}, frame(1), evil[0], evil[1]), tmp_path)
    shown = "".join(ET.fromstring(svg).itertext())
    assert "<script>alert(1)</script>" in shown
    assert "<script" not in svg and "\u202e" not in svg and "\x00" not in svg


def test_pictographs_and_foreign_scripts_print(tmp_path: Path) -> None:
    titles = (
        "\U0001f6e0\ufe0f Hands-on lab", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\u65e5\u672c\u8a9e",
        "\u0645\u0631\u062d\u0628\u0627",
    )
    rows = [(title, {"Views": 5}) for title in titles]
    spec = fill.ranking_graph(rows, {"Views": "#0072b2"}, frame(1), "Emoji", "x")
    written = render(spec, tmp_path, "graph", ["svg", "png", "pdf"])
    assert [path.suffix for path in written] == [".svg", ".png", ".pdf"]
    assert written[1].read_bytes().startswith(b"\x89PNG") and written[2].read_bytes().startswith(b"%PDF")
    assert "\U0001f6e0" in written[0].read_text(encoding="utf-8")


def test_a_drawing_does_not_depend_on_the_one_before_it(tmp_path: Path) -> None:
    row = {"step": 1, "source": "home", "source_kind": "item", "target": None, "target_kind": "exit", "visits": 3}
    spec = fill.path_graph([row], {}, frame(1), "Paths", "x")
    first = drawn(spec, tmp_path)
    drawn(by_time(4), tmp_path)
    assert drawn(spec, tmp_path) == first
    assert renumbered('<g id="clip7"/><g clip-path="url(#clip7)"/>') == '<g id="clip1"/><g clip-path="url(#clip1)"/>'


def test_a_png_has_two_pixels_a_unit(tmp_path: Path) -> None:
    (path,) = render(by_time(4), tmp_path, "graph", ["png"])
    assert struct.unpack(">II", path.read_bytes()[16:24])[0] > 1_700


def test_a_path_graph_as_png_is_as_wide_as_other_graphs(tmp_path: Path) -> None:
    row = {"step": 1, "source": "home", "source_kind": "item", "target": None, "target_kind": "exit", "visits": 3}
    wide, other = (
        struct.unpack(">II", render(spec, tmp_path, "graph", ["png"])[0].read_bytes()[16:24])[0]
        for spec in (fill.path_graph([row], {}, frame(1), "Paths", "x"), by_time(4))
    )
    assert wide == 1.5 * 1212
    assert abs(wide - other) < 0.05 * wide


def test_no_specification_can_load_anything() -> None:
    for spec in (specs.columns_spec(), specs.ranking_spec(), specs_curve.curve_spec(), specs_path.path_spec()):
        text = repr(spec)
        assert "'url'" not in text and "http" not in text


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graphs") / "footfall.duckdb"
    return publish(path, World(), World("empty", users=2, visits=0, items=1))


def test_the_path_graph_keeps_every_visit_and_its_labels_apart(published: Path, tmp_path: Path) -> None:
    with connect(published, read_only=True) as con:
        question = Question("expo")
        visits = answer(con, "insights", question).to_pylist()[0]["visits"]
        made = {name: make() for name, make in graphs(con, question).items()}
    for name in ("paths_features", "paths_content"):
        data = {source["name"]: source.get("values") for source in made[name]["data"]}
        kinds = {node["item"]: node["kind"] for node in data["nodes"]}
        into, out = Counter(), Counter()
        for link in data["links"]:
            out[link["step"], link["source"]] += link["visits"]
            into[link["step"] + 1, link["target"]] += link["visits"]
        assert sum(count for (step, _), count in out.items() if step == 1) == visits
        assert sum(count for (_, item), count in into.items() if kinds[item] in ("exit", "continues")) == visits
        assert all(out[node] == into[node] for node in out if node[0] > 1)
        named = Counter(step for step, item in out if kinds[item] != "other")
        assert max(named.values()) <= specs_path.PATH_ITEMS
        labels = defaultdict(list)
        for x, y, text in texts(drawn(made[name], tmp_path), "label"):
            labels[x].append((y, text))
        assert sum(text == "(exit)" for column in labels.values() for _, text in column) >= 5
        for column in labels.values():
            heights = sorted(y for y, _ in column)
            assert all(low - high >= 11 for high, low in pairwise(heights))


def test_graphs_of_a_workspace_are_written_in_the_formats_asked_for(published: Path, tmp_path: Path) -> None:
    with connect(published, read_only=True) as con:
        written = write_graphs(con, "expo", None, None, tmp_path, ["svg"])
        names = [path.name for path in written]
        assert names[:4] == ["interactions_by_os.svg", "top_features.svg", "paths_features.svg", "paths_content.svg"]
        assert {"top_sessions.svg", "top_documents.svg", "top_searches.svg", "meetings.svg"} <= set(names)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
        first = {path.name: path.read_bytes() for path in written}
        write_graphs(con, "expo", None, None, tmp_path, ["svg"])
        assert {path.name: path.read_bytes() for path in written} == first
        shown = "".join(ET.fromstring(first["interactions_by_os.svg"]).itertext())
        assert "Workspace expo" in shown and "Europe/Zurich" in shown and "1 Jun 2026" in shown


def test_a_workspace_without_events_has_its_four_graphs(published: Path, tmp_path: Path) -> None:
    with connect(published, read_only=True) as con:
        written = write_graphs(con, "empty", DAY, DAY, tmp_path, ["svg", "png"])
    assert len(written) == 10
    for path in written[::2]:
        if path.stem != "meetings":
            assert "No data in this range" in path.read_text(encoding="utf-8")


def test_labels_are_one_printable_line() -> None:
    assert labels.clean_label("a\x00\tb\nc\u202e  d\u2028e") == "a b c d e"
    assert labels.clean_label("x" * 300) == "x" * 199 + "\u2026"
    assert labels.clean_label(None) == ""
    assert theme.safe_url(" HTTPS://x.example ") == "HTTPS://x.example"
    assert theme.safe_url("javascript:alert(1)") is None


def test_the_palette_is_told_apart_on_white_and_on_black() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(one: str, other: str) -> float:
        low, high = sorted((light(one), light(other)))
        return (high + 0.05) / (low + 0.05)

    for colour in {*theme.CATEGORY, *theme.OS_COLOURS.values()}:
        assert contrast(colour, "#ffffff") >= 2.9, colour
        assert contrast(colour, "#1b2129") >= 2.9, colour
