"""Entity files: typed versions in the lake, bad rows in quarantine (contract, section 3)."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.ingestion.entity_columns import lake_columns
from footfall.ingestion.lake.contents import ENTITIES, LINE
from tests.support.lake import DAY, Lake, line

WORKSPACE = {
    "workspace_id": "expo", "name": "Expo", "timezone": "Asia/Kathmandu", "starts_on": "2026-11-01",
    "ends_on": "2026-11-03", "anonymization": "domains", "anonymized_domains": ["a.example"], "cookie_banner": True,
    "modules": None, "target_groups": [], "visit_timeout_minutes": 45, "idle_cap_seconds": 60, "min_group_size": 3,
    "updated_at": "2026-10-01T00:00:00+02:00",
}
KEYS = {
    "workspaces": {"workspace_id": "expo"},
    "participants": {"workspace_id": "expo", "user_id": "u1"},
    "content": {"workspace_id": "expo", "content_type": "page", "content_id": "p1"},
    "meetings": {"workspace_id": "expo", "meeting_id": "g1"},
    "meeting_participants": {"workspace_id": "expo", "meeting_id": "g1", "user_id": "u1"},
}


def test_a_workspace_loads_typed(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [WORKSPACE], kind="entities")
    result = lake.load()
    (row,) = lake.entity("workspaces")
    assert row.pop("content_hash")
    assert row == {
        **WORKSPACE, "load_date": date.fromisoformat(DAY), "starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 3),
        "updated_at": datetime(2026, 9, 30, 22), "file": f"landing/entities/{DAY}/workspaces.jsonl", "line_number": 1,
        "repaired": None, "is_unreadable": False,
    }
    assert result.entities == {"workspaces": 1}
    assert lake.ledger()["workspaces.jsonl"]["source"] == "workspaces"


def test_settings_may_lie_in_an_object_of_their_own(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    nested = {"workspace_id": "expo", "settings": {"cookie_banner": True, "target_groups": ["VIP"]}}
    lake.land("workspaces.jsonl", [nested], kind="entities")
    lake.load()
    (row,) = lake.entity("workspaces")
    assert (row["cookie_banner"], row["target_groups"]) == (True, ["VIP"])


@pytest.mark.parametrize("entity", sorted(KEYS))
def test_the_keys_alone_are_enough_and_the_columns_are_those_the_models_read(tmp_path: Path, entity: str) -> None:
    lake = Lake(tmp_path)
    lake.land(f"{entity}.jsonl", [KEYS[entity]], kind="entities")
    assert lake.load().entities == {entity: 1}
    (path,) = (tmp_path / "lake" / "entities" / entity).rglob("*.parquet")
    with duckdb.connect() as con:
        described = con.execute("describe select * from read_parquet($path)", {"path": str(path)}).fetchall()
    columns = ", ".join(f"{name} {kind.lower()}" for name, kind, *_ in described)
    read = f"load_date date, {ENTITIES[entity]}, {LINE}"
    assert set(read.split(", ")) <= set(columns.split(", "))
    assert columns == lake_columns(entity).replace('"', "")


BAD = [
    ("workspaces", {"workspace_id": ""}, "missing_workspace_id"),
    ("workspaces", {"workspace_id": " null "}, "missing_workspace_id"),
    ("participants", {"user_id": None}, "missing_actor"),
    ("participants", {"user_id": "undefined"}, "missing_actor"),
    ("participants", {"user_id": ["u1"]}, "bad_type"),
    ("content", {"content_id": None}, "bad_type"),
    ("content", {"content_type": "song"}, "bad_type"),
    ("meeting_participants", {"meeting_id": {"id": 1}}, "bad_type"),
]


def test_bad_rows_of_entities_are_rejected_and_the_good_ones_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for entity, keys in KEYS.items():
        rows = [{**keys, **change} for name, change, _ in BAD if name == entity]
        lake.land(f"{entity}.jsonl", [keys, *rows, "nonsense", "[]", b"\xff"], kind="entities")
    lake.load()
    for entity in KEYS:
        reasons = [row["reason"] for row in lake.quarantine() if row["file"].endswith(f"/{entity}.jsonl")]
        expected = [reason for name, _, reason in BAD if name == entity]
        assert reasons == [*expected, "malformed_json", "not_an_object", "bad_encoding"], entity
        assert len(lake.entity(entity)) == 1
    lake.ledger()


def test_entities_come_as_csv_and_parquet_too(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    csv = 'workspace_id,user_id,groups,is_test,created_at\nexpo,u1,VIP; Press,true,2026-01-01\nexpo,u2,"[""A""]",,\n'
    lake.land("participants.csv.gz", csv.encode(), kind="entities")
    table = pa.table({
        "workspace_id": ["expo"], "user_id": ["u3"], "groups": [["VIP"]], "is_test": [False],
        "created_at": [datetime(2026, 1, 1)],
    })
    pq.write_table(table, lake.land("participants-2.parquet", b"", kind="entities"))
    lake.load()
    rows = {row["user_id"]: (row["groups"], row["is_test"], row["created_at"]) for row in lake.entity("participants")}
    assert rows == {
        "u1": (["VIP", "Press"], True, datetime(2026, 1, 1)), "u2": (["A"], None, None),
        "u3": (["VIP"], False, datetime(2026, 1, 1)),
    }


def test_every_delivered_version_is_kept_and_a_backfill_replaces_its_own(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("participants.jsonl", [KEYS["participants"]], kind="entities")
    lake.land("participants.jsonl", [{**KEYS["participants"], "company": "A"}], day="2026-11-03", kind="entities")
    lake.load()
    assert len(lake.entity("participants")) == 2
    lake.land("participants.jsonl", [{**KEYS["participants"], "company": "B"}], day="2026-11-03", kind="entities")
    lake.backfill("2026-11-03")
    assert {row["company"] for row in lake.entity("participants")} == {None, "B"}


def test_without_any_entity_files_events_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line(context={"groupId": "unknown workspace"})])
    assert lake.load().loaded == 1


def test_an_extract_that_comes_again_after_another_one_is_loaded_again(tmp_path: Path) -> None:
    """A setting that changes back is delivered with the bytes it had before."""
    lake = Lake(tmp_path)
    first, other = ([{"workspace_id": "expo", "name": name}] for name in ("One", "Two"))
    days = ("2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05")

    def loaded() -> list[str]:
        return sorted(str(row["load_date"]) for row in lake.entity("workspaces"))

    for day, rows in zip(days, (first, other, first, first), strict=True):
        lake.land("workspaces.jsonl", rows, day=day, kind="entities")
        lake.load()
    assert loaded() == list(days[:3]), "the fourth has nothing new"
    assert lake.load().is_empty
    lake.backfill(days[0], days[3])
    assert loaded() == list(days[:3])
    assert lake.load().is_empty
