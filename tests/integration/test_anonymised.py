"""What is published of protected people: nothing that names them, no number about few of them, even by subtraction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from exports.build_all import export_all
from footfall.core.database import connect
from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.core.secret import pseudonym, secret_key
from footfall.metrics.answers import ANSWERS
from footfall.metrics.disclosure.answers import COLUMNS, write_answers
from footfall.metrics.disclosure.protected import find_hidden
from footfall.metrics.layer import answer, exact
from footfall.metrics.question import Question
from footfall.metrics.source import open_published
from footfall.publishing.history import RunRecord
from footfall.publishing.ops import TABLES
from footfall.publishing.publish import publish
from footfall.publishing.shown_states import read_states
from footfall.publishing.versions import current_version
from tests.integration.conftest import Protected
from tests.support import disclosure, protected
from tests.support.combinations import combined
from tests.support.unpacked import found_in, unpacked
from tests.support.warehouse import Warehouse

# One worker for all tests of the file: what they read takes long to make.
pytestmark = pytest.mark.xdist_group("anonymised")

#: What keeps personal data, as docs/privacy.md says; all else below a home is for readers, or is about no person.
KEEPS = (
    "landing", "lake/events", "lake/entities", "quarantine", "warehouse/marts.duckdb", "warehouse/warehouse.duckdb",
)


@dataclass(frozen=True)
class World:
    """A home, the complete tables with protected people, and the output of the commands."""

    warehouse: Warehouse
    tables: Mapping[str, list[dict]]
    output: str

    @property
    def home(self) -> Home:
        return self.warehouse.home

    def hidden(self, workspace: str) -> set[str]:
        """Actor ids of protected people: of guests on their devices too."""
        users = {row["user_id"] for row in self.tables["dim_participants"]
                 if row["workspace_id"] == workspace and row["is_anonymized"]}
        devices = {row["device_id"] for row in self.tables["fct_events"]
                   if row["workspace_id"] == workspace and (row["user_id"] in users or workspace == protected.FULL)}
        return users | {f"device:{device}" for device in devices}


@pytest.fixture(scope="module")
def world(protected_home: Protected) -> World:
    warehouse = Warehouse.at(protected_home.home.root)
    return World(warehouse, warehouse.tables(), protected_home.output)


def publish_again(warehouse: Warehouse) -> Any:
    now = datetime.now(UTC)
    return publish(warehouse.home, warehouse.settings, run=RunRecord(f"run {now}", "run", now), published_at=now)


def answers_of(con: duckdb.DuckDBPyConnection, workspace: str) -> dict[str, list[dict]]:
    return {name: answer(con, name, Question(workspace)).to_pylist() for name in ANSWERS}


def cells_of(
    world: World, answers: Mapping[str, list[dict]], workspace: str, k: int = 5
) -> tuple[disclosure.Facts, list]:
    (about,) = answers["data_facts"]
    start, end = about["range_start"], about["range_end"]
    facts = disclosure.Facts(world.tables, workspace, start, end, world.hidden(workspace), k)
    key = secret_key(world.home, world.warehouse.settings)
    # of the state that is published, and of answers that a test makes
    states = {read_states(world.home, current_version(world.home).name)[workspace].state, ""}
    users = {pseudonym(key, workspace, f"{start}_{end}", state, user): user for state in states for user in facts.users}
    return facts, disclosure.cells(facts, answers, users.get)


@pytest.mark.parametrize("workspace", [protected.FULL, protected.DOMAINS])
def test_no_published_number_nor_difference_is_about_few_protected_people(world: World, workspace: str) -> None:
    with open_published(world.home) as con:
        facts, cells = cells_of(world, answers_of(con, workspace), workspace)
    assert len(cells) > 60 and len({cell.family for cell in cells}) > 15, "there is something to hold"
    assert disclosure.wrong_values(cells) == []
    assert disclosure.isolated(facts, cells, 5) == []
    assert combined(facts, cells, 5) == []


@pytest.mark.parametrize("k", [2, 3, 1000])
def test_groups_of_another_size_are_kept_as_well(world: World, k: int) -> None:
    with unprojected(world, f"update marts.dim_workspaces set min_group_size = {k}") as con:
        answers = answered(world, con)
        for workspace, shown in answers.items():
            if (k, workspace) != (1000, protected.DOMAINS):
                facts, cells = cells_of(world, shown, workspace, k)
                assert disclosure.wrong_values(cells) == []
                assert disclosure.isolated(facts, cells, k) == []
    if k == 1000:
        # Nothing about anyone, where all are protected; the numbers of the named people where they are not.
        (nobody,), (named,) = answers[protected.FULL]["insights"], answers[protected.DOMAINS]["insights"]
        assert set(nobody.values()) == {None}
        assert {name for name, rows in answers[protected.FULL].items() if rows} == {
            "insights", "data_facts", "meetings", "meetings_summary", "meeting_history", "sponsors", "reconciliation"}
        assert named["active_users"] == len(answers[protected.DOMAINS]["top_users"]) > 0


def answered(world: World, con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[dict]]]:
    con.execute(f"create table marts.anonymized_answers ({COLUMNS})")
    write_answers(con, secret_key(world.home, world.warehouse.settings), "marts.anonymized_answers")
    return {workspace: answers_of(con, workspace) for workspace in (protected.FULL, protected.DOMAINS)}


def test_domains_that_no_email_has_protect_everyone(world: World) -> None:
    nobody = f"update marts.dim_participants set is_anonymized = false where workspace_id = '{protected.DOMAINS}'"
    with unprojected(world, nobody) as con:
        assert con.execute("from protected_workspaces order by all").fetchall() == [
            (protected.DOMAINS, True), (protected.FULL, True)]
        shown = answered(world, con)[protected.DOMAINS]
    assert shown["insights"][0]["active_users"] > 5 and len(shown["by_functionality"]) > 5
    text = repr({name: rows for name, rows in shown.items() if not name.startswith("meeting")})
    people = {row["user_id"]: row["email"] for row in world.tables["dim_participants"]
              if row["workspace_id"] == protected.DOMAINS and not row["is_inferred"]}
    assert [one for pair in people.items() for one in pair if one in text] == []


@pytest.mark.parametrize("workspace", [protected.FULL, protected.DOMAINS])
def test_the_search_for_isolated_people_finds_them_where_nothing_is_suppressed(world: World, workspace: str) -> None:
    with unprojected(world, "update marts.dim_workspaces set min_group_size = 1") as con:
        facts, cells = cells_of(world, answered(world, con)[workspace], workspace, 1)
    assert disclosure.wrong_values(cells) == []
    found = disclosure.isolated(facts, cells, 5)
    assert len(found) > 100
    assert any(" minus " in one for one in found)
    three = combined(facts, [cell for cell in cells if cell.kind == "people"], 5)
    assert any(one.count(" people ") == 3 for one in three), "sums of three cells are found too"


@pytest.mark.parametrize("workspace", [protected.FULL, protected.DOMAINS])
def test_numbers_for_the_whole_are_those_of_the_unprotected_answer(world: World, workspace: str) -> None:
    with open_published(world.home) as con:
        shown = answers_of(con, workspace)
    with unprojected(world) as con:
        for name in ("insights", "meetings", "meetings_summary", "meeting_history"):
            for row, whole in zip(shown[name], exact(con, name, Question(workspace)).to_pylist(), strict=True):
                assert {key: value for key, value in row.items() if value not in (None, whole[key])} == {}
    (insights,) = shown["insights"]
    with_guests = ("guests", "visits", "guest_visits", "interactions")
    # So few guests came to one of the two workspaces that totals with guests would show what these few did.
    lacks_guests = cells_of(world, shown, workspace)[0].lacks_guests
    assert lacks_guests == (workspace == protected.FULL)
    assert [name for name in with_guests if insights[name] is None] == (list(with_guests) if lacks_guests else [])
    total = insights["visit_interactions" if lacks_guests else "interactions"]
    for name in ("by_functionality", "interactions_by_day_os", "interactions_by_os"):
        assert sum(row["interactions"] for row in shown[name]) == total, name
    people = shown["by_participant"]
    for name, total in (("visits", "user_visits"), ("elapsed_seconds", "elapsed_seconds")):
        assert insights[total] == pytest.approx(sum(row[name] for row in people))


def test_few_guests_hide_totals_with_guests_and_no_number_of_users(world: World) -> None:
    with open_published(world.home) as con:
        (insights,) = answer(con, "insights", Question(protected.FULL)).to_pylist()
    headlines = ("active_users", "user_visits", "average_elapsed_seconds", "average_engaged_seconds",
                 "visits_per_user", "interactions_per_visit", "interactions_per_visit_mean_of_users")
    assert [name for name in headlines if insights[name] is None] == []


def unprojected(world: World, sql: str = "") -> duckdb.DuckDBPyConnection:
    """A connection that sees the finished marts as they were before anything was left out."""
    con = connect()
    con.execute(f"attach '{world.home.marts_file}' as built (read_only)")
    con.execute("create schema marts; create schema ops")
    for table in world.tables:
        con.execute(f"create table marts.{table} as from built.marts.{table}")
    for table, columns in TABLES.items():
        con.execute(f"create table ops.{table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    con.execute(sql) if sql else None
    find_hidden(con)
    return con


def test_nothing_but_what_keeps_raw_data_names_a_protected_person(world: World) -> None:
    words, ids = secrets(world)
    assert len(words) > 400 and len(ids) > 60
    assert {place for place, text in pieces(world) for word in words if word.lower() in text} == set()
    # Meetings stay identified, as the settings of such apps leave them.
    assert {place for place, text in pieces(world) for word in ids if word.lower() in text} == {
        "published fct_meeting_participants.user_id", "parquet fct_meeting_participants.user_id",
    }


def test_the_search_sees_into_every_kind_of_file_and_finds_protected_people_in_what_keeps_raw_data(
    world: World,
) -> None:
    titles = {row["title"].lower().encode() for row in world.tables["dim_content"] if len(row["title"] or "") > 10}
    files = [path for path in (world.home.exports / protected.DOMAINS).rglob("*") if path.is_file()]
    seen = {path.suffix for path in files if any(title in piece.lower() for piece in unpacked(path)
                                                 for title in titles)}
    assert seen == {path.suffix for path in files} - {".png", ".json"}, "pixels, and a list of files"
    words, _ = secrets(world)
    for place in KEEPS:
        assert found_in(world.home.root / place, words), place
    texts = dict(pieces(world))
    for place in ("dagster/history/runs.db", "warehouse/dbt/dbt.log", "exports/index.html", "published/checks.html"):
        assert len(texts[f"file {place}"]) > 500, place
    assert "quarantine" in texts["output"]


def test_a_png_is_drawn_from_the_words_of_the_svg_beside_it_and_holds_no_text(world: World) -> None:
    pictures = list(world.home.exports.rglob("*.png"))
    assert len(pictures) > 15
    for path in pictures:
        assert path.with_suffix(".svg").exists()
        assert set(chunks(path.read_bytes())) <= {"IHDR", "sRGB", "gAMA", "pHYs", "PLTE", "IDAT", "IEND"}, path


def chunks(png: bytes) -> Iterator[str]:
    """Kinds of the parts of a PNG; text would be in tEXt, zTXt, iTXt or eXIf."""
    at = 8
    while at < len(png):
        yield png[at + 4 : at + 8].decode()
        at += int.from_bytes(png[at : at + 4]) + 12


def test_the_bytes_of_the_published_file_hold_no_leftover(world: World) -> None:
    words, ids = secrets(world)
    met = {row["user_id"] for row in world.tables["fct_meeting_participants"]}
    for path in world.home.published.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes().lower()
            assert [word for word in (*words, *(ids - met)) if word.lower().encode() in data] == [], path


def secrets(world: World) -> tuple[set[str], set[str]]:
    """All that a profile of a protected person says but the role, and their devices; and their user ids."""
    words, ids = set(), set()
    for row in world.tables["dim_participants"]:
        if row["is_anonymized"] and not row["is_inferred"]:
            ids.add(row["user_id"])
            words |= set(protected.names(row["user_id"]).values())
    for workspace in (protected.FULL, protected.DOMAINS):
        words |= {actor.removeprefix("device:") for actor in world.hidden(workspace) if actor.startswith("device:")}
    return words - ids, ids


def pieces(world: World) -> Iterator[tuple[str, str]]:
    """Everything but what keeps raw data as text in lower case, with where it stands: tables by column."""
    home = world.home
    yield "output", world.output.lower()
    with duckdb.connect(str(home.published_file.resolve()), read_only=True) as con:
        for schema, table, column in con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            rows = con.execute(f'select distinct "{column}"::varchar from {schema}.{table}').fetchall()
            yield f"published {table}.{column}", "\n".join(str(row[0]) for row in rows).lower()
    for path in sorted(home.root.rglob("*")):
        place = path.relative_to(home.root).as_posix()
        if not path.is_file() or path.is_symlink() or place.startswith(KEEPS):
            continue
        yield "name of a file", place.lower()
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            for name in table.column_names:
                yield f"parquet {path.parent.name}.{name}", "\n".join(map(str, table[name].to_pylist())).lower()
        elif path != home.published_file.resolve():
            yield f"file {place}", b"\n".join(unpacked(path)).decode(errors="replace").lower()


def test_exports_of_protected_workspaces_have_their_own_range_and_say_what_is_left_out(world: World) -> None:
    for workspace in (protected.FULL, protected.DOMAINS):
        assert [path.name for path in (world.home.exports / workspace).iterdir()] == ["event"]
        folder = world.home.exports / workspace / "event" / "interaction_stats"
        about = (folder / "about.csv").read_text("utf-8-sig")
        assert "Smallest group" in about and "has this one range only" in about and "mean" in about
        people = pq.read_table(folder / "by_participant.parquet")
        assert ("email" in people.column_names) == (workspace == protected.DOMAINS)


@pytest.mark.parametrize("options", [
    {"start": datetime(2026, 9, 8).date(), "end": datetime(2026, 9, 9).date()}, {"ranges": ("last_7_days",)},
])
def test_another_range_of_a_protected_workspace_is_refused(world: World, options: dict) -> None:
    with pytest.raises(UsageError, match="anonymized"):
        export_all(world.home, world.warehouse.settings, run_id="run", workspaces=[protected.FULL], **options)


def test_only_named_people_have_files_of_their_own(world: World) -> None:
    for workspace, number in ((protected.FULL, 1), (protected.DOMAINS, 3)):
        user = f"{'qf' if workspace == protected.FULL else 'qd'}user{number:05}"
        with pytest.raises(UsageError, match=r"anonymized|No participant"):
            export_all(world.home, world.warehouse.settings, run_id="run", workspaces=[workspace], user=user)
    with open_published(world.home) as con:
        named = [row["user_id"] for row in answers_of(con, protected.DOMAINS)["top_users"]]
        assert named and not set(named) & world.hidden(protected.DOMAINS)
        assert answer(con, "insights", Question(protected.DOMAINS, user_id=named[0])).to_pylist()[0]["visits"] > 0


def test_nothing_is_published_anew_while_nothing_changes(world: World) -> None:
    assert publish_again(world.warehouse).is_new is False


def test_published_tables_are_of_the_storage_version_that_older_clients_open(world: World) -> None:
    header = Path(world.home.published_file.resolve()).read_bytes()[:20]
    assert int.from_bytes(header[12:20], "little") == 64
