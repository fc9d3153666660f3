"""Settings in quarantine may protect people: such a workspace is published as anonymised."""

import json
from pathlib import Path

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.ledger.ledger import read_lake
from footfall.publishing.projection import project, protected_workspaces
from tests.support.marts import commit, ledger_row
from tests.support.published import event, published_from, tables

AT = "2026-06-01T10:0"


def marts_of(home: Home) -> Path:
    """Finished marts of workspace `expo`, whose settings no extract has brought."""
    con = published_from(
        [event(f"{AT}{minute}:00", "Home", f"u{user}") for user in range(9) for minute in range(3)],
        participants=[{"user_id": f"u{user}", "first_name": "Ada", "email": f"u{user}@x.example"} for user in range(9)],
    )
    con.execute("update marts.dim_workspaces set is_inferred = true")
    con.execute(f"attach '{home.marts_file}' as target (storage_version 'v1.0.0'); create schema target.marts")
    for name in tables():
        if name.startswith("marts.") and name != "marts.anonymized_answers":
            con.execute(f"create table target.{name} as from {name}")
    con.execute("detach target")
    return home.marts_file


def quarantine(home: Home, text: str) -> None:
    path = home.quarantine / "1.parquet"
    row = ledger_row("settings", 1, source="workspaces", kind="entities", quarantined=1, loaded=0)
    with connect() as con:
        con.execute("create table rejected as select ? as file, ? as raw", [row["file"], text])
        con.execute(f"copy rejected to '{path}' (format parquet)")
    commit(home, 1, "2026-06-01", files=[row], quarantine=[path.relative_to(home.root).as_posix()])


def test_nobody_is_named_in_a_workspace_whose_settings_are_in_quarantine(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    marts = marts_of(home)
    quarantine(home, '{"workspace_id": "expo", "anonymization": "full", "timezone": "Mars"')
    lake = read_lake(home)
    is_protected, unread = protected_workspaces(home, marts, lake)
    assert (is_protected, unread) == (True, ["expo"])
    project(home, Settings(), marts, tmp_path / "shown.duckdb", lake, unread, version="1")
    with connect(tmp_path / "shown.duckdb", read_only=True) as con:
        anonymization, settings = con.execute("select anonymization, settings from marts.dim_workspaces").fetchone()
        assert anonymization == json.loads(settings)["anonymization"] == "full"
        assert con.execute("select count(*) from marts.dim_participants").fetchone() == (0,)
        assert con.execute("select count(*) from marts.fct_events").fetchone() == (0,)
        (row,) = con.execute("select \"row\" from marts.anonymized_answers where answer = 'insights'").fetchone()
        assert json.loads(row)["active_users"] == 9
    assert b"u1@x.example" not in (tmp_path / "shown.duckdb").read_bytes()


def test_without_such_a_line_the_marts_are_copied_as_they_are(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    marts = marts_of(home)
    quarantine(home, '{"workspace_id": "other", "anonymization": "full"')
    assert protected_workspaces(home, marts, read_lake(home)) == (False, [])
