"""Everyone sees people who count in the own workspace, and nobody of another one."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exports.build_all import export_all
from footfall.core.database import connect
from footfall.core.home import Home
from footfall.core.settings import Exports, Settings
from footfall.erasure.plan import make_plan
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish
from footfall.transform.dbt_args import PROJECT
from tests.conftest import Answer
from tests.support.unpacked import found_in
from tests.support.warehouse import Warehouse
from tests.unit.test_publishing_older_clients import old_python

DAY = date(2026, 11, 2)
LATER = date(2026, 11, 9)
SETTINGS = Settings(exports=Exports(workers=1, formats=("xlsx", "csv", "parquet", "html", "svg", "pdf")))
#: Of alpha only the group `vip` counts; ids are the same in both workspaces, and everything else differs.
PEOPLE = {
    "alpha": {"u1": ("Quillon", ["vip"], False), "u2": ("Ysolde", [], False), "u3": ("Thaddeus", ["vip"], True)},
    "beta": {"u1": ("Bartholomew", [], False), "u2": ("Cressida", [], False), "u3": ("Dorothea", [], True)},
}
TITLES = {"alpha": "Alphaland Forum", "beta": "Betaville Congress"}


def words(workspace: str, *users: str) -> set[str]:
    """What identifies the people of a workspace: names, e-mails, companies, devices, and what they did."""
    found = set()
    for user in users or ("u1", "u2", "u3", "guest"):
        name = PEOPLE[workspace].get(user, (f"{workspace}guest",))[0]
        found |= {name, f"dev-{name}", f"{name}search", paper(workspace, user)}
    return found


def paper(workspace: str, user: str) -> str:
    """Id and title of the document that one person opened."""
    return f"paper-of-{user}-in-{workspace}"


def _event(workspace: str, user: str, number: int, **more: object) -> dict[str, object]:
    name = PEOPLE[workspace].get(user, (f"{workspace}guest",))[0]
    at = f"{DAY}T10:{number:02}:00Z"
    return {
        "messageId": f"m-{user}-{number}", "type": "track", "event": "Document opened", "timestamp": at,
        "receivedAt": at, "anonymousId": f"anon-{name}",
        "context": {"groupId": workspace, "device": {"id": f"dev-{name}"}, "os": {"name": "iOS"}},
        "properties": {"module": "documents", "content_type": "document", "content_id": paper(workspace, user)},
        **({"userId": user} if user != "guest" else {}), **more,
    }


def _land(warehouse: Warehouse) -> None:
    for workspace, people in PEOPLE.items():
        lines = []
        for user, (name, *_) in {**people, "guest": (f"{workspace}guest",)}.items():
            lines += [_event(workspace, user, number) for number in range(4)]
            found = {"module": "search", "query": f"{name}search", "results": 3}
            lines.append(_event(workspace, user, 5, event="Searched", properties=found))
        warehouse.land_events(DAY, f"{workspace}.jsonl", lines)
    warehouse.land_entity(DAY, "participants", [
        {"workspace_id": workspace, "user_id": user, "first_name": name, "last_name": name, "company": f"{name} Ltd",
         "email": f"{name}@example.org", "groups": groups, "is_test": is_test}
        for workspace, people in PEOPLE.items() for user, (name, groups, is_test) in people.items()
    ])
    papers = [(workspace, paper(workspace, user)) for workspace, people in PEOPLE.items() for user in people]
    warehouse.land_entity(DAY, "content", [
        {"workspace_id": workspace, "content_type": "document", "content_id": name, "title": name}
        for workspace, name in papers
    ])


def _settings(warehouse: Warehouse, day: date, target_groups: list[str]) -> None:
    warehouse.land_entity(day, "workspaces", [
        {"workspace_id": workspace, "name": title, "timezone": "UTC",
         "target_groups": target_groups if workspace == "alpha" else []}
        for workspace, title in TITLES.items()
    ])


def _night(warehouse: Warehouse, number: int) -> int:
    """Load, build, publish; return how many published numbers were restated."""
    warehouse.load(f"run-{number}")
    warehouse.build()
    at = datetime(2026, 12, number, 3, tzinfo=UTC)
    return publish(warehouse.home, SETTINGS, run=RunRecord(f"run-{number}", "run", at), published_at=at).restated


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Alpha with a target group and beta without, exported."""
    warehouse = Warehouse.at(tmp_path_factory.mktemp("shown"))
    _land(warehouse)
    _settings(warehouse, DAY, ["vip"])
    _night(warehouse, 1)
    export_all(warehouse.home, SETTINGS, run_id="run-1")
    yield warehouse.home


def test_no_export_holds_a_byte_of_another_workspace(shown: Home) -> None:
    for workspace, other in (("alpha", "beta"), ("beta", "alpha")):
        folder = shown.exports / workspace
        assert found_in(folder, words(workspace, "u1")), "the search finds what is there"
        assert found_in(folder, {*words(other), TITLES[other]}) == []


def test_exports_of_a_workspace_with_target_groups_are_about_these_people_only(shown: Home) -> None:
    """Titles of content stay: a document is no person."""
    hidden = {word for word in words("alpha", "u2", "u3", "guest") if not word.startswith("paper")}
    assert found_in(shown.exports / "alpha", hidden) == []
    seen = {word for word, _ in found_in(shown.exports / "beta", words("beta", "u1", "u2", "guest"))}
    assert {"Bartholomew", "Cressida", "betaguestsearch"} <= seen, "without target groups everyone counts, guests too"
    assert found_in(shown.exports / "beta", {"Dorothea@", "dev-Dorothea", "Dorotheasearch"}) == [], "a test account"


def test_every_published_table_of_a_workspace_with_target_groups_is_about_these_people_only(shown: Home) -> None:
    """All participants are listed, with a mark of who counts; the sample has no staff of sponsors."""
    with connect(shown.published_file, read_only=True) as con:
        tables = con.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' "
            "and column_name in ('user_id', 'actor_id', 'device_id') and table_name <> 'dim_participants' group by 1"
        ).fetchall()
        assert len(tables) >= 9
        for table, columns in tables:
            for column in columns:
                found = dict(con.execute(
                    f"select workspace_id, list(distinct {column} order by {column}) from marts.{table} group by all"
                ).fetchall())
                if found:
                    assert found["alpha"] == (["dev-Quillon"] if column == "device_id" else ["u1"]), (table, column)
        left = dict(con.execute("select workspace_id, events_left_out from marts.dim_workspaces").fetchall())
        events = dict(con.execute("select workspace_id, count(*) from marts.fct_events group by 1").fetchall())
        loaded = dict(con.execute("select workspace_id, sum(loaded) from ops.load_by_workspace group by 1").fetchall())
        assert left == {"alpha": 15, "beta": 0}
        assert loaded == {workspace: events[workspace] + left[workspace] for workspace in events}


def test_published_totals_are_about_those_who_count_and_facts_say_who_they_are(shown: Home) -> None:
    with connect(shown.published_file, read_only=True) as con:
        daily = dict(con.execute(
            "select workspace_id, [sum(active_users), sum(guests), sum(interactions)] from marts.agg_workspace_daily "
            "group by all"
        ).fetchall())
        os_ = dict(con.execute("select workspace_id, sum(interactions) from marts.agg_interactions_by_os group by 1")
                   .fetchall())
        paths = dict(con.execute("select workspace_id, max(users) from marts.agg_path_links group by 1").fetchall())
        people = con.execute("select workspace_id, user_id from marts.dim_participants where is_targeted order by all")
        assert people.fetchall() == [("alpha", "u1"), ("beta", "u1"), ("beta", "u2")]
    assert daily == {"alpha": [1, 0, 5], "beta": [2, 1, 15]}
    assert (os_, paths) == ({"alpha": 5, "beta": 15}, {"alpha": 1, "beta": 2})


def test_a_changed_target_group_restates_the_past_and_changing_it_back_gives_the_tables_as_they_were(
    tmp_path: Path,
) -> None:
    warehouse = Warehouse.at(tmp_path)
    _land(warehouse)
    seen = []
    for number, groups in enumerate(([], ["vip"], []), start=1):
        _settings(warehouse, date(2026, 11, 1 + number), groups)
        restated = _night(warehouse, number)
        tables = warehouse.tables(["agg_workspace_daily", "agg_interactions_by_os", "agg_path_links", "fct_visits",
                                   "fct_events", "dim_participants", "dim_workspaces"])
        seen.append({name: sorted(map(repr, rows)) for name, rows in tables.items()})
        assert (restated > 0) == (number > 1)
    assert seen[0] == seen[2] and seen[0]["agg_workspace_daily"] != seen[1]["agg_workspace_daily"]
    with connect(warehouse.home.published_file, read_only=True) as con:
        answers = con.execute(
            "select run_id, workspace_id, local_date, old_value, new_value, reason from ops.restatements "
            "where metric = 'active_users' order by all"
        ).fetchall()
    assert answers == [
        ("run-2", "alpha", DAY, 2.0, 1.0, "entity_change"), ("run-3", "alpha", DAY, 1.0, 2.0, "entity_change"),
    ]


def test_nothing_is_left_of_people_whom_a_changed_target_group_leaves_out(tmp_path: Path) -> None:
    """Not in the bytes of the published file, in older versions, nor in exports that no run makes again."""
    warehouse = Warehouse.at(tmp_path)
    home = warehouse.home
    _land(warehouse)
    _settings(warehouse, DAY, [])
    _night(warehouse, 1)
    export_all(home, SETTINGS, run_id="run-1", formats=("csv",), start=DAY, end=LATER)
    export_all(home, SETTINGS, run_id="run-1", formats=("csv",), workspaces=["alpha"], user="u2")
    hidden = {"dev-Ysolde", "dev-Thaddeus", "dev-alphaguest", "Ysoldesearch"}
    shown = {word for word, _ in found_in(home.published, hidden) + found_in(home.exports, hidden)}
    assert shown == hidden, "the search finds what is there"
    (custom,) = {path.name for path in (home.exports / "alpha").iterdir()} - {"users"}

    _settings(warehouse, LATER, ["vip"])
    _night(warehouse, 2)
    export_all(home, SETTINGS, run_id="run-2", formats=("csv",))

    assert found_in(home.published, hidden) == []
    assert [folder.name[:6] for folder in sorted((home.published / "versions").iterdir())] == ["000002"]
    assert [path.parent.name for path in (home.exports / "alpha").rglob("manifest.json")] == ["event"]
    assert (home.exports / "beta" / custom).is_dir(), "nobody was hidden there"


def test_what_somebody_left_out_did_signed_out_is_known_to_erasure(tmp_path: Path) -> None:
    """No fact has the person: on a device of several people it is known by the session alone."""
    warehouse = Warehouse.at(tmp_path)
    _settings(warehouse, DAY, ["vip"])
    shared = {"groupId": "alpha", "device": {"id": "lobby"}, "os": {"name": "iOS"}}
    warehouse.land_events(DAY, "lobby.jsonl", [
        _event("alpha", user, number, context=shared, **({"userId": signed_in} if signed_in else {}))
        for number, (user, signed_in) in enumerate([("guest", None), ("u2", "u2"), ("u1", "u1")])
    ])
    warehouse.load("run-1")
    warehouse.build()
    plan = make_plan(warehouse.home, SETTINGS, [("alpha", "u2")])
    assert {name for kind, _, name in plan.names if kind == "message"} == {"m-guest-0"}


def test_a_target_group_nobody_is_in_gives_empty_answers_and_a_warning(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path)
    _land(warehouse)
    _settings(warehouse, DAY, ["nobody-is-in-it"])
    _night(warehouse, 1)
    exported = export_all(warehouse.home, SETTINGS, run_id="run-1", workspaces=["alpha"], formats=("xlsx", "csv"))
    people = (warehouse.home.exports / "alpha/event/interaction_stats/by_participant.csv").read_text(encoding="utf-8")
    assert exported.made and len(people.splitlines()) == 1, "the header alone"
    assert found_in(warehouse.home.exports / "alpha", {"Quillon@", "Quillonsearch", "dev-Quillon"}) == []
    totals = warehouse.tables(["agg_workspace_daily"])["agg_workspace_daily"]
    assert all(row["active_users"] == 0 for row in totals if row["workspace_id"] == "alpha")
    warning = (PROJECT / "tests" / "warn_settings_that_match_no_participant.sql").read_text(encoding="utf-8")
    query = re.sub(r"{{ config.*?}}", "", re.sub(r"{{ ref\('(\w+)'\) }}", r"built.marts.\1", warning))
    with warehouse.marts() as con:
        assert con.execute(query).fetchall() == [("alpha", "target_groups")]


def test_a_customers_file_holds_its_own_workspace_and_nothing_else(
    shown: Home, tmp_path: Path, footfall: Callable[..., Answer]
) -> None:
    target = tmp_path / "alpha.duckdb"
    arguments = ("export", "--home", shown.root, "--warehouse", "--workspace", "alpha", "--to", target, "--json")
    answer = footfall(*arguments)
    assert answer.code == 0, answer.err
    assert (answer.document["file"], answer.document["tables"]["marts.dim_workspaces"]) == (str(target), 1)
    assert target.stat().st_mode & 0o777 == 0o600
    assert found_in(target, {*words("beta"), TITLES["beta"], "beta"}) == []
    assert list(tmp_path.iterdir()) == [target]
    with connect(target, read_only=True) as con:
        people = con.execute("select distinct user_id from marts.fct_events").fetchall()
        tables = {f"{schema}.{name}" for schema, name in con.execute(
            "select schema_name, table_name from duckdb_tables()").fetchall()}
    assert people == [("u1",)], "as published: those who count"
    assert tables == set(answer.document["tables"]) and "ops.load_ledger" not in tables
    assert footfall(*arguments).code == 0, "made again in its place"


def test_a_customers_file_opens_in_duckdb_1_5(shown: Home, tmp_path: Path, footfall: Callable[..., Answer]) -> None:
    target = tmp_path / "both.duckdb"
    made = footfall("export", "--home", shown.root, "--warehouse", "-w", "alpha", "-w", "beta", "--to", target)
    assert made.code == 0, made.err
    read = "import sys, duckdb; c = duckdb.connect(sys.argv[1], read_only=True); " \
        "print(duckdb.__version__, *c.execute('select count(distinct workspace_id), count(*) from marts.fct_events')" \
        ".fetchone())"
    done = subprocess.run(
        [old_python(), "-c", read, target], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1.5.") and done.stdout.split()[1:] == ["2", "25"]


@pytest.mark.parametrize(("arguments", "message"), [
    ((), "needs a workspace"),
    (("-w", "nosuch"), "No workspace 'nosuch'"),
    (("-w", "alpha", "--from", "2026-11-01"), "--from cannot be used with --warehouse"),
    (("-w", "alpha", "--user", "u1"), "--user cannot be used with --warehouse"),
    (("-w", "alpha", "--to", "nosuch/alpha.duckdb"), "no such folder"),
    (("-w", "alpha", "--to", "notes.txt"), "is no DuckDB file"),
    (("-w", "alpha", "--to", "home/published/alpha.duckdb"), "Footfall manages"),
])
def test_a_customers_file_that_cannot_be_made_is_refused(
    shown: Home, tmp_path: Path, footfall: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("mine")
    Path("home").symlink_to(shown.root)
    answer = footfall("export", "--home", shown.root, "--warehouse", *arguments)
    assert answer.code == 2 and message in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "notes.txt"]
