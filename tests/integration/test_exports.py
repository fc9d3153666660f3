"""Exports of published tables: every file, only what changed, whole folders, the same bytes everywhere."""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas
import pytest

from exports.build_all import export_all
from exports.folder import write_folder
from exports.plan.fingerprint import SOURCES
from exports.tables.labels import CODES
from exports.tables.text import csv_original
from footfall.core.errors import FootfallError, UsageError
from footfall.core.home import Home
from footfall.core.settings import Exports, Settings
from tests.browser.world import World, publish
from tests.support.published import disclose

TABLES = ("xlsx", "csv", "parquet")
HOSTILE_IDS = ("../x", "CON", "w" * 200, "Expo", "expo", "", "<b>&\"'")
WORDS = {word for words in CODES.values() for word in words.values()}
SHEETS = {"About", "Summary", "By functionality", "By participant", "Interactions", "Top users", "Search", "Meetings",
          "Live streams", "Sponsors", "Paths", "Reconciliation"}


def home_with(folder: Path, *worlds: World) -> Home:
    home = Home(folder)
    home.published.mkdir(parents=True)
    home.temp.mkdir(parents=True)
    publish(home.published_file, *worlds)
    with duckdb.connect(str(home.published_file)) as con:
        con.execute(
            "insert into ops.load_ledger (load_date, source, file, lines_in, loaded, duplicates, quarantined,"
            " no_consent, erased, state) select max(load_date), 'events', 'a.jsonl', 1003, 1000, 0, 0, 3, 0, 'loaded'"
            " from ops.load_by_workspace")
    return home


def alter(home: Home, sql: str, also: Callable[[duckdb.DuckDBPyConnection], object] = lambda con: None) -> None:
    """Publish another version: the same tables, changed by a statement, then by a function."""
    copy = home.published / f"next-{time.monotonic_ns()}.duckdb"
    copy.write_bytes(home.published_file.read_bytes())
    with duckdb.connect(str(copy)) as con:
        con.execute(sql)
        also(con)
    copy.replace(home.published_file)


def export(home: Home, **more: object) -> object:
    settings = Settings(exports=Exports(workers=1))
    return export_all(home, settings, **{"run_id": "run-1", "formats": ("parquet",), **more})


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with(tmp_path_factory.mktemp("home"), World("expo", users=30, days=6, visits=80),
                     World("fair", users=12, days=4, visits=30, seed=3))


@pytest.fixture(scope="module")
def exported(world: Home) -> Iterator[Path]:
    export(world, formats=TABLES)
    return world.exports / "expo" / "event"


@pytest.fixture
def copied(world: Home, tmp_path: Path) -> Home:
    """A home of its own with the same published tables and nothing exported."""
    home = Home(tmp_path / "home")
    home.published.mkdir(parents=True)
    home.temp.mkdir(parents=True)
    home.published_file.write_bytes(world.published_file.read_bytes())
    return home


def test_the_workbook_has_every_sheet_of_the_issue(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "interaction_stats.xlsx")
    assert set(book.sheetnames) >= SHEETS
    assert {"Forms", "Pages", "Popular users", "Sessions", "Speakers", "Documents"} <= set(book.sheetnames)
    assert book.sheetnames[0] == "About"
    assert all(sheet.freeze_panes and sheet.auto_filter.ref for sheet in book.worksheets)
    texts = {row[1]: row[2] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert texts["Range"] == "2026-06-01 to 2026-06-06"
    assert texts["Time zone"] == "Europe/Zurich"
    assert texts["Data as of"] == "2026-06-07"
    assert texts["Lines without consent"]


def test_workbook_csv_and_parquet_have_the_same_values(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "interaction_stats.xlsx")
    parquets = sorted((exported / "interaction_stats").glob("*.parquet"))
    assert len(parquets) == len(book.sheetnames) >= 18
    by_title = {sheet.title.lower().replace(" ", "_"): sheet for sheet in book.worksheets}
    for path in parquets:
        frame = pandas.read_parquet(path)
        with path.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
            header, *fields = csv.reader(file)
        cells = list(by_title[path.stem].iter_rows(values_only=True))
        assert list(cells[0]) == header
        assert len(frame) == len(fields) == len(cells) - 1, path.stem
        for column, (_, values) in enumerate(frame.items()):
            for row, value in enumerate(values):
                assert_same(value, fields[row][column], cells[row + 1][column], path.stem)


def assert_same(value: object, field: str, cell: object, table: str) -> None:
    """One value in its three forms; the workbook has words in place of codes, and the numbers of About as numbers."""
    if getattr(value, "ndim", 0):
        value = ", ".join(value)
    if value is None or value is pandas.NaT or value != value or value == "":
        assert (field, cell) == ("", None)
    elif isinstance(value, pandas.Timestamp):
        shown = value.tz_localize(None).floor("ms")
        assert pandas.Timestamp(field) == shown
        assert abs(pandas.Timestamp(cell) - shown) < pandas.Timedelta("1ms")
    elif isinstance(value, date):
        assert field == value.isoformat()
        assert cell == datetime(value.year, value.month, value.day)
    elif isinstance(value, bool) or str(value) in ("True", "False"):
        assert field == str(value).lower()
        assert cell is bool(value)
    elif isinstance(value, str) and isinstance(cell, int | float):
        assert table == "about"
        assert float(field) == float(value) == pytest.approx(cell, rel=1e-12)
    elif isinstance(value, str):
        assert csv_original(field) == value
        is_titled = ":" in value and cell.endswith(f"({value.partition(':')[2]})")
        assert cell == value or cell in WORDS or cell == value.replace("_", " ").capitalize() or is_titled
    else:
        assert float(field) == pytest.approx(float(value), rel=1e-12)
        assert cell == pytest.approx(float(value), rel=1e-12)


def test_cells_have_words_where_the_files_for_programs_have_codes(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "interaction_stats.xlsx")
    for key, sheet, column, codes, words in (
        ("visit_frequency", "Visit frequency", "measure", {"active_days", "band"}, {"Number of active days"}),
        ("meetings", "Meetings", "kind", {"one_to_one"}, {"One to one"}),
        ("paths", "Paths", "level", {"module", "content"}, {"Functionalities", "Content"}),
        ("paths", "Paths", "source", {"document:do1"}, {"Document: Item document 1 (do1)"}),
    ):
        frame = pandas.read_parquet(exported / "interaction_stats" / f"{key}.parquet")
        cells = {row[list(frame).index(column)] for row in book[sheet].iter_rows(min_row=2, values_only=True)}
        assert codes <= set(frame[column])
        assert words <= cells
        assert not codes & cells


def test_about_leads_to_every_sheet_and_has_numbers_as_numbers(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "interaction_stats.xlsx")
    about = book["About"]
    links = {cell.hyperlink.location: cell.value for row in about.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1": name for name in book.sheetnames if name != "About"}
    assert not any(cell.hyperlink.target for row in about.iter_rows() for cell in row if cell.hyperlink)
    values = {row[1]: row[2] for row in about.iter_rows(min_row=2, values_only=True)}
    assert values["By functionality"] == book["By functionality"].max_row - 1
    assert isinstance(values["Lines without consent"], int)
    assert not any(cell.hyperlink for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row)


def test_wrapped_rows_are_as_high_as_their_text(exported: Path) -> None:
    about = openpyxl.load_workbook(exported / "interaction_stats.xlsx")["About"]
    for number, row in enumerate(about.iter_rows(min_row=2, values_only=True), 2):
        lines = -(-len(row[3]) // 60)
        assert (about.row_dimensions[number].height or 15) >= 15 * lines


def test_a_range_of_three_days_has_interactions_by_hour(copied: Home) -> None:
    first = date(2026, 6, 2)
    total = []
    for last, key in ((date(2026, 6, 4), "hour_local"), (date(2026, 6, 5), "local_date")):
        (folder,) = export(copied, workspaces=["expo"], start=first, end=last, formats=TABLES).made
        frame = pandas.read_parquet(copied.exports / folder / "interaction_stats" / "interactions.parquet")
        assert next(iter(frame)) == key
        if key == "hour_local":
            assert str(frame[key].dt.tz) == "Europe/Zurich"
            assert {moment.date() for moment in frame[key]} == {date(2026, 6, day) for day in (2, 3, 4)}
        assert list(frame.filter(like="interactions_").sum(axis=1)) == list(frame["interactions"])
        total.append(frame["interactions"].sum())
    assert 0 < total[0] < total[1]


def test_a_cookie_banner_is_mentioned_where_there_is_one(copied: Home) -> None:
    alter(copied, "update marts.dim_workspaces set has_cookie_banner = workspace_id = 'expo'")
    export(copied, formats=("csv",))
    texts = {one: (copied.exports / one / "event" / "interaction_stats" / "about.csv").read_text("utf-8-sig")
             for one in ("expo", "fair")}
    assert "ad blocker are not tracked" in texts["expo"]
    assert "ad blocker are not tracked" not in texts["fair"]


def test_totals_of_the_sheets_equal_the_published_tables(world: Home, exported: Path) -> None:
    with duckdb.connect(str(world.published_file), read_only=True) as con:
        interactions, visits = con.execute(
            "select sum(interactions), sum(visits) from marts.agg_workspace_daily"
            " where workspace_id = 'expo' and local_date between '2026-06-01' and '2026-06-06'").fetchall()[0]
    read = {path.stem: pandas.read_parquet(path) for path in (exported / "interaction_stats").glob("*.parquet")}
    summary = read["summary"].set_index("metric")["value"]
    assert summary["Interactions"] == read["by_functionality"]["interactions"].sum() == interactions
    assert read["interactions"]["interactions"].sum() == interactions
    assert summary["Visits"] == visits
    people = read["by_participant"]
    modules = people.filter(regex="^module(: |_unmapped$)")
    assert list(modules.sum(axis=1)) == list(people["interactions"])
    assert len(modules.columns) == len(read["by_functionality"].query("interactions > 0"))


def test_every_claim_of_the_reconciliation_agrees(exported: Path) -> None:
    claims = pandas.read_parquet(exported / "interaction_stats" / "reconciliation.parquet")
    assert len(claims) > 5
    assert claims["is_ok"].all()
    assert "Installation" not in set(claims["about"]), "lines of other workspaces are not counted here"


def test_the_manifest_is_true(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    found = contents(exported)
    del found["manifest.json"]
    assert set(manifest["files"]) == set(found)
    for name, facts in manifest["files"].items():
        assert facts["bytes"] == len(found[name])
        assert facts["sha256"] == hashlib.sha256(found[name]).hexdigest()
    assert manifest["files"]["interaction_stats/by_participant.csv"]["rows"] == 29
    assert manifest["range"] == {"name": "event", "start": "2026-06-01", "end": "2026-06-06"}
    assert manifest["timezone"] == "Europe/Zurich"
    assert (manifest["data_as_of"], manifest["run_id"]) == ("2026-06-07", "run-1")
    assert len(manifest["definitions_version"]) == 12


def test_exporting_again_touches_nothing(copied: Home) -> None:
    first = export(copied)
    before = {path: path.stat().st_mtime_ns for path in copied.exports.rglob("*")}
    again = export(copied, run_id="run-2")
    assert len(first.made) == 2
    assert again.made == ()
    assert again.unchanged == first.folders == ("expo/event", "fair/event")
    assert {path: path.stat().st_mtime_ns for path in copied.exports.rglob("*")} == before


def test_only_the_workspace_and_range_whose_data_changed_are_made_again(copied: Home) -> None:
    days = ("2026-06-01_2026-06-02", "2026-06-05_2026-06-06")
    export(copied, ranges=days)
    before = contents(copied.exports / "fair")
    alter(copied, "update marts.fct_visits set interactions = interactions + 1"
                  " where workspace_id = 'expo' and local_date = '2026-06-06'")
    assert export(copied, ranges=days, run_id="run-2").made == ("expo/2026-06-05_2026-06-06",)
    assert contents(copied.exports / "fair") == before


def test_a_load_without_lines_of_a_workspace_leaves_its_files(copied: Home) -> None:
    export(copied)
    alter(copied, "insert into ops.load_ledger by name select * replace (load_date + 5 as load_date, 'b.jsonl' as file,"
                  " 'y' as sha256) from ops.load_ledger")
    assert export(copied).made == ()
    alter(copied, "insert into ops.load_by_workspace values ('2026-06-12', 'expo', 5, 0, 0, 0, 0)")
    assert export(copied).made == ("expo/event",)


def test_a_changed_definition_makes_everything_again(copied: Home) -> None:
    export(copied, workspaces=["fair"])
    alter(copied, "update marts.metric_definitions set definition = definition || ' New.' where metric = 'visits'")
    assert len(export(copied, workspaces=["fair"]).made) == 1


def test_a_lost_or_cut_file_is_made_again_with_the_same_bytes(copied: Home) -> None:
    export(copied, workspaces=["fair"])
    folder = copied.exports / "fair" / "event"
    before = contents(folder)
    (folder / "interaction_stats" / "paths.parquet").unlink()
    (folder / "interaction_stats" / "about.parquet").write_bytes(b"cut")
    assert export(copied, workspaces=["fair"]).made == ("fair/event",)
    assert contents(folder) == before


def test_another_machine_time_zone_and_day_give_the_same_bytes(copied: Home, exported: Path) -> None:
    code = ("import sys; from pathlib import Path\n"
            "from footfall.core.home import Home; from footfall.core.settings import *\n"
            "from exports.build_all import export_all\n"
            "export_all(Home(Path(sys.argv[1])), Settings(duckdb=DuckDBSettings(threads=1)), run_id='run-1',"
            " formats=('xlsx', 'csv', 'parquet'))")
    subprocess.run([sys.executable, "-c", code, str(copied.root)], check=True, env={
        **os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TZ": "Pacific/Kiritimati", "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
    })
    assert contents(copied.exports / "expo" / "event") == contents(exported)


def test_side_by_side_gives_the_same_bytes_as_one_by_one(tmp_path: Path) -> None:
    made = []
    for workers in (1, 2):
        home = home_with(tmp_path / str(workers), *(World(f"w{n}", users=5, days=2, visits=5) for n in range(3)))
        messages: list[str] = []
        settings = Settings(exports=Exports(workers=workers))
        export_all(home, settings, run_id="r", formats=TABLES, progress=messages.append)
        assert sum(" files (" in sentence for sentence in messages) == 3
        made.append(contents(home.exports))
    assert made[0] == made[1]
    assert len(made[0]) > 100


def test_hostile_workspace_ids_get_one_safe_folder_each(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", *(World(one, users=4, days=2, visits=4) for one in HOSTILE_IDS))
    made = export(home).made
    assert len({folder.lower() for folder in made}) == len(HOSTILE_IDS)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
    found = {json.loads((home.exports / folder / "manifest.json").read_text())["workspace_id"] for folder in made}
    assert found == set(HOSTILE_IDS)
    assert "expo/event" in made
    page = (home.exports / "index.html").read_text()
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page


def test_an_id_that_comes_to_differ_in_case_only_takes_no_folder_over(copied: Home) -> None:
    alter(copied, "update marts.dim_workspaces set workspace_id = if(workspace_id = 'expo', 'FAIR', 'other')")
    assert export(copied).folders == ("FAIR/event", "other/event")
    alter(copied, "update marts.dim_workspaces set workspace_id = 'fair' where workspace_id = 'other'")
    found = {json.loads((copied.exports / folder / "manifest.json").read_text())["workspace_id"]: folder
             for folder in export(copied).folders}
    assert found["fair"] == "fair/event"
    assert found["FAIR"].startswith("FAIR~")
    assert not (copied.exports / "FAIR" / "event").exists()


def test_names_from_strangers_survive_in_every_file(tmp_path: Path) -> None:
    names = ("=HYPERLINK(\"http://x\")", "+1", "<img src=x onerror=alert(1)>", "\u202eevil", "a\x00b", "n" * 1000,
             "line\r\nbreak", "🎪", "'quoted", "@x")
    home = home_with(tmp_path / "home", World("expo", users=12, days=2, visits=20, names=names))
    export(home, formats=TABLES)
    folder = home.exports / "expo" / "event"
    people = pandas.read_parquet(folder / "interaction_stats" / "by_participant.parquet")
    # The fourth is the sample's test account.
    expected = {f"{name} Last{number}" for number, name in enumerate(names) if number != 3}
    assert expected <= set(people["name"])
    sheet = openpyxl.load_workbook(folder / "interaction_stats.xlsx")["By participant"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    with (folder / "interaction_stats" / "by_participant.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not [field for row in csv.reader(file) for field in row if field[:1] in ("=", "+", "@")]


def test_a_workspace_without_events_has_every_file_and_says_no_data(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", World("empty", users=2, days=1, visits=1, items=1))
    with duckdb.connect(str(home.published_file)) as con:
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            if table not in ("dim_workspaces", "metric_definitions", "load_ledger"):
                con.execute(f"delete from {schema}.{table}")
        con.execute("update marts.dim_workspaces set starts_on = null, ends_on = null, timezone = 'UTC'")
    export(home, formats=TABLES)
    folder = home.exports / "empty" / "event"
    book = openpyxl.load_workbook(folder / "interaction_stats.xlsx")
    assert set(book.sheetnames) == SHEETS | {"Visit frequency", "Meetings summary"}
    assert book["By participant"].max_row == 1
    about = {row[1]: row[2] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert about["Range"] == about["Data as of"] == about["By participant"] == "no data"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["range"] == {"name": "event", "start": None, "end": None}
    assert (manifest["data_as_of"], manifest["timezone"]) == (None, "UTC")
    assert "no data" in (home.exports / "index.html").read_text()


def test_an_anonymized_workspace_has_no_sheet_about_one_person(copied: Home) -> None:
    alter(copied, "update marts.dim_workspaces set anonymization = 'full' where workspace_id = 'expo'", disclose)
    export(copied, workspaces=["expo"], formats=TABLES)
    folder = copied.exports / "expo" / "event"
    book = openpyxl.load_workbook(folder / "interaction_stats.xlsx")
    assert not {"Top users", "Popular users"} & set(book.sheetnames)
    assert "This workspace is anonymized" in (folder / "interaction_stats" / "about.csv").read_text("utf-8-sig")
    people = pandas.read_parquet(folder / "interaction_stats" / "by_participant.parquet")
    assert all(re.fullmatch("[0-9a-f]{16}", user) for user in people["user_id"])
    everything = b"".join(contents(folder).values())
    assert b"@one.example" not in everything
    with pytest.raises(UsageError, match="anonymized"):
        export(copied, workspaces=["expo"], user="u1")


def test_one_person_gets_a_folder_of_their_own(copied: Home) -> None:
    made = export(copied, workspaces=["expo"], user="u1", start=date(2026, 6, 2), end=date(2026, 6, 5)).made
    assert made == ("expo/users/u1/2026-06-02_2026-06-05",)
    people = pandas.read_parquet(copied.exports / made[0] / "interaction_stats" / "by_participant.parquet")
    assert list(people["user_id"]) == ["u1"]
    assert "User <bdi>u1</bdi>" in (copied.exports / "index.html").read_text()


@pytest.mark.parametrize(("wrong", "says"), [
    ({"workspaces": ["nowhere"]}, "No workspace 'nowhere'"), ({"ranges": ["yesterday"]}, "No range 'yesterday'"),
    ({"ranges": ["2026-02-30_2026-03-01"]}, "does not exist"), ({"formats": ["docx"]}, "No format 'docx'"),
    ({"start": date(2026, 6, 2), "end": date(2026, 6, 1)}, "reversed"), ({"user": "u1"}, "one workspace"),
    ({"workspaces": ["expo"], "user": "nobody"}, "No participant"),
])
def test_wrong_questions_are_refused_before_anything_is_written(
    copied: Home, wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        export(copied, **wrong)
    assert not list(copied.exports.glob("*"))


def test_relative_ranges_count_from_the_last_load_and_never_from_today(copied: Home) -> None:
    made = export(copied, workspaces=["expo"], ranges=("last_7_days", "last_30_days")).made
    spans = [json.loads((copied.exports / folder / "manifest.json").read_text())["range"] for folder in made]
    assert spans == [{"name": "last_7_days", "start": "2026-06-01", "end": "2026-06-07"},
                     {"name": "last_30_days", "start": "2026-05-09", "end": "2026-06-07"}]


def test_one_missing_date_is_the_limit_of_the_data(copied: Home) -> None:
    assert export(copied, workspaces=["expo"], start=date(2026, 6, 3), formats=("csv",)).made[0].startswith(
        "expo/2026-06-03_2026-06-")


@pytest.mark.parametrize(("first", "last", "part"), [
    (date(1, 1, 1), date(9999, 12, 31), ("2026-06-01", "2026-06-07")),
    (date(2026, 6, 4), date(2999, 12, 31), ("2026-06-04", "2026-06-07")),
    (date(1900, 1, 1), date(1950, 1, 1), ("1900-01-01", "1901-01-02")),
    (date(9999, 1, 1), date(9999, 12, 31), None),
    (date(2026, 6, 2), date(2026, 6, 3), None),
])
def test_a_range_is_cut_to_the_dates_with_data(
    copied: Home, first: date, last: date, part: tuple[str, str] | None
) -> None:
    exported = export(copied, workspaces=["expo"], start=first, end=last, formats=("csv",))
    assert exported.made == (f"expo/{first}_{last}",)
    folder = copied.exports / exported.made[0]
    found = json.loads((folder / "manifest.json").read_text())["range"]
    assert (found["start"], found["end"]) == (part or (str(first), str(last)))
    assert len(exported.warnings) == (part is not None)
    about = (folder / "interaction_stats" / "about.csv").read_text("utf-8-sig")
    assert (f"The range {first} to {last} was cut" in about) == (part is not None)
    assert export(copied, workspaces=["expo"], start=first, end=last, formats=("csv",)).made == ()


def test_the_dates_of_an_event_that_last_for_centuries_are_cut_to_the_data(copied: Home) -> None:
    alter(copied, "update marts.dim_workspaces set starts_on = '0001-01-01', ends_on = '9999-12-31'")
    exported = export(copied, workspaces=["expo"], formats=("csv",))
    found = json.loads((copied.exports / exported.made[0] / "manifest.json").read_text())["range"]
    assert found["name"] == "event"
    assert (found["start"], found["end"]) == ("2026-06-01", "2026-06-07")


def test_workspaces_that_only_events_name_have_no_exports_once_there_are_extracts(copied: Home) -> None:
    invented = "insert into marts.dim_workspaces by name select w.* replace ('made up ' || n as workspace_id, true as" \
        " is_inferred) from marts.dim_workspaces as w, range(300) as r (n) where workspace_id = 'fair'"
    alter(copied, f"update marts.dim_workspaces set is_inferred = false; {invented}")
    exported = export(copied, formats=("csv",))
    assert exported.folders == ("expo/event", "fair/event")
    assert len(exported.warnings) == 1
    assert "300 workspaces" in exported.warnings[0]
    assert export(copied, workspaces=["made up 7"], formats=("csv",)).folders == ("made%20up%207/event",)
    alter(copied, "update marts.dim_workspaces set is_inferred = true; delete from marts.dim_workspaces"
                  " where workspace_id like 'made up%' and workspace_id <> 'made up 1'")
    assert len(export(copied, formats=("csv",)).folders) == 3


def test_a_workspace_that_is_held_back_keeps_its_export_marked_as_such(copied: Home) -> None:
    export(copied)
    before = contents(copied.exports / "expo")
    alter(copied, "update marts.dim_participants set company = 'Changed'; insert into ops.held_back"
                  " (workspace_id, source, load_date) values ('expo', 'events', '2026-06-08')")
    exported = export(copied)
    assert exported.made == ("fair/event",)
    assert [(one.folder, one.is_held_back) for one in exported.failures] == [("expo/event", True)]
    after = contents(copied.exports / "expo")
    assert {name for name in before if before[name] != after[name]} == {"event/manifest.json"}
    assert "rejected" in json.loads(after["event/manifest.json"])["held_back"]
    assert "last good export" in (copied.exports / "index.html").read_text()
    assert export(copied).made == ()
    assert contents(copied.exports / "expo") == after
    alter(copied, "delete from ops.held_back")
    assert export(copied).made == ("expo/event",)
    assert "held_back" not in json.loads((copied.exports / "expo" / "event" / "manifest.json").read_text())


def test_a_version_published_before_workspaces_were_held_back_is_exported(copied: Home) -> None:
    alter(copied, "drop table ops.held_back")
    assert export(copied, formats=("csv",)).made == ("expo/event", "fair/event")


def test_functionalities_that_differ_in_case_only_have_columns_of_their_own(copied: Home) -> None:
    alter(copied, "update marts.fct_feature_usage set module = 'MAP' where module = 'home';"
                  " update marts.fct_feature_usage set module = 'Map' where module = 'agenda';"
                  " update marts.fct_feature_usage set module = '(other)' where module = 'documents'")
    export(copied, workspaces=["expo"], formats=TABLES)
    folder = copied.exports / "expo" / "event" / "interaction_stats"
    frame = pandas.read_parquet(folder / "by_participant.parquet")
    with (folder / "by_participant.csv").open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    for names in (list(frame), header):
        assert len({name.casefold() for name in names}) == len(names)
    maps = [name for name in frame if "map" in name.casefold()]
    assert len(maps) >= 2
    assert list(frame.filter(regex="^module(: |_unmapped$)").sum(axis=1)) == list(frame["interactions"])
    with duckdb.connect() as con:
        con.execute("select * from read_parquet(?)", [str(folder / "by_participant.parquet")])
        assert [column[0] for column in con.description] == list(frame)


def test_nothing_published_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FootfallError, match="Nothing is published"):
        export(Home(tmp_path))


def test_an_export_killed_half_way_leaves_the_old_folder_and_the_next_run_completes_all(copied: Home) -> None:
    one = {"workspaces": ["expo"], "formats": ("xlsx", "parquet")}
    export(copied, **one)
    before = contents(copied.exports / "expo" / "event")
    alter(copied, "update marts.dim_participants set company = 'Changed'")
    code = ("import sys, os; from pathlib import Path; from footfall.core.home import Home\n"
            "from footfall.core.settings import Settings; from exports.folder import write_folder as make\n"
            "from exports.build_all import export_all\n"
            "make.write_workbook = lambda *a, **k: os.kill(os.getpid(), 9)\n"
            "export_all(Home(Path(sys.argv[1])), Settings(), run_id='run-2', formats=('xlsx', 'parquet'))")
    killed = subprocess.run([sys.executable, "-c", code, str(copied.root)], check=False,
                            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert killed.returncode == -9
    assert contents(copied.exports / "expo" / "event") == before
    assert len(list((copied.exports / "expo").iterdir())) == 2
    assert export(copied, **one).made == ("expo/event",)
    assert [path.name for path in (copied.exports / "expo").iterdir()] == ["event"]
    assert contents(copied.exports / "expo" / "event") != before


def test_a_folder_that_cannot_be_written_is_a_failure_and_the_others_are_made(copied: Home) -> None:
    copied.exports.mkdir()
    (copied.exports / "expo").write_text("a file where a folder should be")
    exported = export(copied, formats=("csv",))
    assert exported.made == ("fair/event",)
    (failure,) = exported.failures
    assert (failure.workspace_id, failure.folder, failure.file) == ("expo", "expo/event", None)
    assert "could not be written" in failure.what
    assert failure.where.endswith("expo/event")
    assert (copied.exports / "fair" / "event" / "manifest.json").exists()


@pytest.mark.parametrize(("part", "formats", "missing"), [
    ("exports.folder.write_folder.write_workbook", ("xlsx", "csv"), "interaction_stats.xlsx"),
    ("exports.report.build.write_report", ("csv", "html"), "report.html"),
    ("exports.graphs.build.render", ("csv", "svg"), "graphs/interactions_by_os"),
])
def test_a_file_that_cannot_be_made_is_named_in_the_manifest_and_made_by_the_next_run(
    copied: Home, part: str, formats: tuple[str, ...], missing: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("the text of the error names ann@one.example")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part, fail)
        exported = export(copied, workspaces=["fair"], formats=formats)
    assert exported.made == ("fair/event",)
    assert missing in {failure.file for failure in exported.failures}
    folder = copied.exports / "fair" / "event"
    manifest = json.loads((folder / "manifest.json").read_text())
    reasons = {one["file"]: one["reason"] for one in manifest["failed"]}
    assert "ValueError" in reasons[missing]
    assert "ann@" not in repr(exported.failures) + json.dumps(manifest)
    assert not any(name.startswith(missing) for name in manifest["files"])
    assert "interaction_stats/summary.csv" in manifest["files"]
    again = export(copied, workspaces=["fair"], formats=formats)
    assert again.made == ("fair/event",)
    assert again.failures == ()
    assert json.loads((folder / "manifest.json").read_text())["failed"] == []


def test_an_unexpected_error_in_one_workspace_leaves_the_others(copied: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    export(copied, formats=("csv",))
    before = contents(copied.exports / "expo")
    alter(copied, "update marts.dim_participants set company = 'Changed'")
    whole = write_folder.check_totals

    def fail(con: object, question: object, *more: object) -> None:
        if question.workspace_id == "expo":
            raise KeyError("u1")
        whole(con, question, *more)

    monkeypatch.setattr(write_folder, "check_totals", fail)
    exported = export(copied, formats=("csv",))
    assert exported.made == ("fair/event",)
    assert [(one.folder, one.file) for one in exported.failures] == [("expo/event", None)]
    assert "KeyError" in exported.failures[0].what
    assert contents(copied.exports / "expo") == before


def test_a_process_that_dies_costs_its_workspace_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with(tmp_path / "home", *(World(f"w{n}", users=4, days=2, visits=4) for n in range(5)))
    # A library that ends the process when it meets the workspace w1, as a lack of memory would.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and 'w1/.event' in str(args[0]): os._exit(9)\n"
        "sys.addaudithook(hook)\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    exported = export_all(home, Settings(), run_id="r", formats=("csv",))
    assert [(one.workspace_id, one.folder) for one in exported.failures] == [("w1", "w1/event")]
    assert "died" in exported.failures[0].what
    assert {path.name for path in home.exports.iterdir() if (path / "event").exists()} == {"w0", "w2", "w3", "w4"}


def test_processes_end_with_the_command_that_was_killed(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", *(World(f"w{n}", users=4, days=2, visits=4) for n in range(4)))
    code = ("import sys, os; from pathlib import Path; from footfall.core.home import Home\n"
            "from footfall.core.settings import Settings; from exports.build_all import export_all\n"
            "if __name__ == '__main__':\n"
            "    kill = lambda text: os.kill(os.getpid(), 9) if '(1 of 4)' in text else None\n"
            "    export_all(Home(Path(sys.argv[1])), Settings(), run_id='r', formats=('csv',), progress=kill)")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.root)], start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as killed:
        assert killed.wait() == -9
    until = time.monotonic() + 30
    while True:
        try:
            os.killpg(killed.pid, 0)
        except ProcessLookupError:
            break
        assert time.monotonic() < until, "a process of the pool still runs"
        time.sleep(0.1)


def test_every_table_behind_an_answer_is_in_the_fingerprint() -> None:
    root = Path(__file__).parents[2]
    known = {".".join(source.table) for source in SOURCES}
    # Lines and definitions come in by other ways: `exports.plan.plan.Loads` and `definitions_version`.
    # Which dates have data is in the span of a range, and follows from the facts.
    apart = {"ops.load_ledger", "marts.metric_definitions", "marts.agg_workspace_daily"}
    files = [*root.glob("footfall/metrics/sql/**/*.sql"), *root.glob("exports/report/**/*.sql")]
    used = {name for path in files for name in re.findall(r"\b(?:marts|ops)\.\w+", path.read_text())}
    assert used
    assert used - known - apart == set()


def test_a_folder_has_report_and_graphs_and_the_index_leads_there(copied: Home) -> None:
    wanted = ("xlsx", "html", "svg")
    folder = copied.exports / export(copied, workspaces=["fair"], formats=wanted).made[0]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["report.html"]["rows"] > 0
    assert {"graphs/interactions_by_os.svg", "graphs/top_features.svg"} <= set(manifest["files"])
    page = (copied.exports / "index.html").read_text()
    for link in re.findall(r'href="([^"]+)"', page)[1:]:
        assert (copied.exports / link).exists()
    assert 'href="fair/event/report.html"' in page
    before = contents(folder)
    (folder / "manifest.json").unlink()
    export(copied, workspaces=["fair"], formats=wanted)
    assert contents(folder) == before
