"""The lake after an erasure, lines that had lost to a removed one, and the ledger."""

from pathlib import Path

import pytest

from footfall.erasure.intent import Intent
from footfall.erasure.lake import new_name
from footfall.erasure.people import distinct
from footfall.erasure.plan import make_plan
from footfall.erasure.search import scan
from footfall.erasure.verify import verify
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.ledger.ledger import read_lake, repaired_values
from footfall_cli.rejected_lines import Filter
from footfall_cli.repaired_values import fetch_repaired
from tests.support.erased_lake import carry_out, erase
from tests.support.lake import DAY, Lake, line

NEXT = "2026-11-03"
LATER = f"{DAY}T10:00:09.000Z"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_rows_go_and_the_ledger_tells_it(lake: Lake) -> None:
    lake.land("a.jsonl", [line("m1"), line("m2", userId="anna-01"), line("m2", userId="anna-01"), "{not json anna-01"])
    lake.load()
    erase(lake, "anna-01")
    assert set(lake.live()) == {("expo", "m1")}
    row = lake.ledger()["a.jsonl"]
    assert {name: row[name] for name in ("lines_in", "loaded", "duplicates", "quarantined", "erased")} == {
        "lines_in": 4, "loaded": 1, "duplicates": 0, "quarantined": 0, "erased": 3,
    }
    assert read_lake(lake.home).live_rows == 1
    assert scan(lake.home, ["anna-01"]).found == {}


def test_repaired_values_of_the_erased_and_those_that_name_them_go(lake: Lake) -> None:
    lake.land("a.jsonl", [
        line("m1", userId="anna-01", properties={"duration_seconds": "anna's hour"}),
        line("m2", userId="ben", properties={"duration_seconds": "call anna-01"}),
        line("m3", userId="ben", properties={"duration_seconds": "1h"}),
    ])
    people = [{"workspace_id": "expo", "user_id": user, "deleted_at": f"{user} left"} for user in ("anna-01", "ben")]
    lake.land("participants.jsonl", people, kind="entities")
    lake.load()
    erase(lake, "anna-01")
    shown = fetch_repaired(lake.home, Filter(), 99)
    assert [(row["line_number"], row["field"], row["value"]) for row in shown] == [
        (2, "deleted_at", "ben left"), (2, "duration_seconds", None), (3, "duration_seconds", "1h"),
    ]
    assert {row["field"]: row["lines"] for row in repaired_values(read_lake(lake.home))} == {
        "duration_seconds": 2, "deleted_at": 1,
    }
    assert not any(b"anna" in path.read_bytes() for path in (lake.root / "quarantine").rglob("*") if path.is_file())
    assert not any(path.startswith(("lake/", "quarantine/")) for path in scan(lake.home, ["anna-01"]).found)


def test_a_line_that_had_lost_to_an_erased_one_is_live_now(lake: Lake) -> None:
    erased_line = line("m1", userId="anna-01", receivedAt=f"{DAY}T10:00:01.000Z")
    lake.land("a.jsonl", [erased_line, line("m1", userId="ben")])
    lake.land("b.jsonl", [line("m1", userId="ben"), line("m1", userId="carl", receivedAt=LATER)], day=NEXT)
    lake.load()
    assert lake.row()["user_id"] == "anna-01"
    erase(lake, "anna-01")
    assert (lake.row()["user_id"], lake.row()["load_date"].isoformat()) == ("ben", DAY)
    ledger = lake.ledger()
    assert [ledger["a.jsonl"][name] for name in ("loaded", "duplicates", "quarantined", "erased")] == [1, 0, 0, 1]
    assert [ledger["b.jsonl"][name] for name in ("loaded", "duplicates", "quarantined", "erased")] == [0, 1, 1, 0]
    assert [row["reason"] for row in lake.quarantine()] == ["conflicting_duplicate"]
    # a backfill decides the same from the landing zone that is left
    lake.backfill(DAY, NEXT)
    assert lake.row()["user_id"] == "ben"
    lake.ledger()


def test_a_late_copy_that_had_taken_their_place_and_back_again(lake: Lake) -> None:
    lake.land("a.jsonl", [line("m1", userId="ben"), line("m2", userId="anna-01")])
    lake.load()
    lake.land("b.jsonl", [line("m1", userId="anna-01", receivedAt=f"{DAY}T10:00:01.000Z")], day=NEXT)
    lake.load()
    assert lake.live()["expo", "m1"]["user_id"] == "anna-01"
    erase(lake, "anna-01")
    assert lake.row()["user_id"] == "ben"
    lake.ledger()


def test_erasing_twice_and_others_later_keeps_the_account_straight(lake: Lake) -> None:
    lake.land("a.jsonl", [line(f"m{n}", userId=user) for n, user in enumerate(["anna-01", "bernd-02", "ben", "ben"])])
    lake.load()
    erase(lake, "anna-01")
    commits = len(read_commits(lake.home))
    names = {path for commit in read_commits(lake.home) for path in commit.paths()}
    erase(lake, "bernd-02")
    assert len(read_commits(lake.home)) == commits + 1
    assert {path for commit in read_commits(lake.home) for path in commit.paths()}.isdisjoint(
        path for path in names if "added" in path or "/events/" in path
    )
    assert lake.ledger()["a.jsonl"]["erased"] == 2
    assert len(lake.live()) == 2
    assert lake.load().is_empty
    lake.backfill()
    assert len(lake.live()) == 2


def test_a_device_others_signed_in_on_is_not_erased(lake: Lake) -> None:
    own = {"groupId": "expo", "device": {"id": "annas phone"}}
    shared = {"groupId": "expo", "device": {"id": "the kiosk"}}
    lake.land("a.jsonl", [
        line("m1", userId="anna-01", anonymousId=None, context=own),
        line("m2", userId=None, anonymousId=None, context=own),
        line("m3", userId="anna-01", anonymousId=None, context=shared),
        line("m4", userId=None, anonymousId=None, context=shared),
        line("m5", userId="ben", anonymousId=None, context=shared),
    ])
    lake.load()
    erase(lake, "anna-01")
    # sessions say whose m4 was, and no table was built here
    assert {message for _, message in lake.live()} == {"m4", "m5"}


def test_the_profile_of_somebody_else_with_the_same_id_in_another_workspace_is_no_find(lake: Lake) -> None:
    """An event without a device gets `user:<id>` as its device, which looks like that profile in a path."""
    lake.land("a.jsonl", [
        line("m1", userId="anna-01", anonymousId=None, context={"groupId": "expo"}),
        line("m2", userId="anna-01", context={"groupId": "fair"}),
        line("m3", userId="ben-0001", context={"groupId": "fair"}),
    ])
    lake.load()
    people = distinct([("expo", "anna-01"), ("fair", "ben-0001")])
    intent = Intent(1, "2026-11-24T00:00:00", people, make_plan(lake.home, lake.settings, people))
    carry_out(lake, intent)
    path = lake.home.exports / "fair" / "paths.csv"
    path.parent.mkdir(parents=True)
    path.write_text("item\nuser:anna-01\n", encoding="utf-8")
    assert intent.plan is not None
    assert verify(lake.home, lake.settings, intent, intent.plan).scanned.found == {}
    path.write_text("item\nuser:ben-0001\n", encoding="utf-8")
    assert verify(lake.home, lake.settings, intent, intent.plan).scanned.found == {"exports/fair/paths.csv": 1}


def test_a_rewritten_file_keeps_its_commits_number_in_front() -> None:
    assert new_name("lake/events/2026-11-02/00000012-0003.parquet", 1).endswith("2026-11-02/00000012-e1-0003.parquet")
    assert new_name("lake/keys/00000012-e1.parquet", 2) == "lake/keys/00000012-e2.parquet"
    assert new_name("lake/keys/00000012-e2.parquet", 2, 3) == "lake/keys/00000012-e2r3.parquet"
    assert new_name("lake/keys/00000012-e2r3.parquet", 2, 4) == "lake/keys/00000012-e2r4.parquet"
    assert new_name("a/00000012-e1-revived.parquet", 10) == "a/00000012-e10-revived.parquet"


def test_a_sponsor_with_a_persons_name_keeps_it(lake: Lake) -> None:
    """The sponsor is the organiser's: the receipt counts the name, and nothing renames the sponsor."""
    lake.land("participants.jsonl", [
        {"workspace_id": "expo", "user_id": "anna-01", "first_name": "Hugo", "last_name": "Boss",
         "email": "hugo@example.org"},
    ], kind="entities")
    lake.land("content.jsonl", [
        {"workspace_id": "expo", "content_type": "sponsor", "content_id": "s1", "title": "Hugo Boss"},
        {"workspace_id": "expo", "content_type": "user", "content_id": "anna-01", "title": "Hugo Boss"},
    ], kind="entities")
    lake.load()
    plan = make_plan(lake.home, lake.settings, [("expo", "anna-01")])
    assert plan.shared_names == 1
    assert {text for _, text in plan.traces} == {"anna-01", "hugo@example.org"}
    erase(lake, "anna-01")
    assert [(row["content_id"], row["title"]) for row in lake.entity("content")] == [("s1", "Hugo Boss")]
