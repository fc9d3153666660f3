"""One live line a message, in any order and grouping of files."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.ingestion.ledger import update_ledger
from footfall.ingestion.ledger.ledger import read_lake
from tests.support.lake import DAY, Lake, line

EARLIER, LATER = f"{DAY}T10:00:01Z", f"{DAY}T10:00:09Z"


def test_the_same_line_twice_loads_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), line("m2"), line("m1")])
    lake.load()
    row = lake.ledger()["a.jsonl"]
    assert (row["loaded"], row["duplicates"], row["quarantined"]) == (2, 1, 0)
    assert lake.live()["expo", "m1"]["line_number"] == 1


def test_the_same_message_id_in_two_workspaces_is_two_messages(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), line("m1", context={"groupId": "fair"})])
    assert lake.load().loaded == 2


def test_a_line_sent_again_is_a_duplicate_though_its_clocks_of_sending_differ(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", receivedAt=LATER, sentAt=LATER), line("m1", receivedAt=EARLIER)])
    lake.load()
    assert lake.ledger()["a.jsonl"]["duplicates"] == 1
    assert lake.row()["line_number"] == 2


def test_other_content_under_a_known_id_is_a_conflict_with_its_exact_text(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    other = line("m1", event="Another", receivedAt=LATER)
    lake.land("a.jsonl.gz", [line("m1"), other])
    lake.load()
    (row,) = lake.quarantine()
    assert (row["line_number"], row["reason"], json.loads(row["raw"])) == (2, "conflicting_duplicate", other)
    assert "a.jsonl.gz, line 1" in row["detail"]


@pytest.mark.parametrize("most", [1, 3, 2_000])
def test_conflicts_of_several_files_keep_the_exact_text_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(update_ledger, "_MOST_TEXTS", most)
    lake = Lake(tmp_path)
    expected = {}
    for name in ("a", "b", "c"):
        other = [line(f"{name}{no}", event=f"Another {name}{no}", receivedAt=LATER) for no in range(2)]
        lake.land(f"{name}.jsonl", [line(f"{name}{no}") for no in range(2)] + other)
        expected |= {(f"landing/events/{DAY}/{name}.jsonl", 3 + no): one for no, one in enumerate(other)}
    lake.load()
    assert {(row["file"], row["line_number"]): json.loads(row["raw"]) for row in lake.quarantine()} == expected


def test_a_line_received_earlier_takes_the_place_of_one_loaded_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", receivedAt=LATER, event="Second")])
    lake.load()
    lake.land("b.jsonl", [line("m1", receivedAt=EARLIER, event="First")], day="2026-11-03")
    result = lake.load()
    assert lake.row()["event"] == "First"
    assert result.displaced == 1
    ledger = lake.ledger()
    assert ledger["a.jsonl"]["reasons"] == {"conflicting_duplicate": 1}
    assert (ledger["a.jsonl"]["loaded"], ledger["b.jsonl"]["loaded"]) == (0, 1)
    (row,) = lake.quarantine()
    assert (row["load_date"].isoformat(), row["file"]) == (DAY, f"landing/events/{DAY}/a.jsonl")
    assert json.loads(row["raw"])["event"] == "Second"


def test_a_conflict_with_a_line_that_gave_way_becomes_a_duplicate_of_the_new_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", receivedAt=LATER), line("m1", receivedAt=f"{DAY}T11:00:00Z", event="First")])
    lake.load()
    assert lake.ledger()["a.jsonl"]["reasons"] == {"conflicting_duplicate": 1}
    lake.land("b.jsonl", [line("m1", receivedAt=EARLIER, event="First")])
    lake.load()
    ledger = lake.ledger()["a.jsonl"]
    assert (ledger["loaded"], ledger["duplicates"], ledger["quarantined"]) == (0, 1, 1)
    assert [row["line_number"] for row in lake.quarantine()] == [1]


def test_a_copy_comes_alive_when_the_winners_file_is_taken_back(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("other.jsonl", [line("m2")])
    winner = lake.land("a.jsonl", [line("m1", receivedAt=EARLIER, event="First")])
    lake.land("b.jsonl", [line("m1", receivedAt=LATER, event="Second")], day="2026-11-03")
    lake.load()
    winner.unlink()
    result = lake.backfill()
    assert result.warnings == [
        f"landing/events/{DAY}/a.jsonl is no longer in landing as it was loaded; its lines were removed."
    ]
    assert lake.live()["expo", "m1"]["event"] == "Second"
    assert lake.quarantine() == []
    assert set(lake.ledger()) == {"other.jsonl", "b.jsonl"}


def test_a_backfill_of_the_same_files_touches_no_live_row(tmp_path: Path) -> None:
    from footfall.ingestion.lake.commit_log import read_commits

    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), line("m2"), line("m2"), line("m3", event="Another")])
    lake.land("b.jsonl", [line("m3", receivedAt=LATER)], day="2026-11-03")
    lake.load()
    before, ledger = lake.live(), lake.ledger()
    lake.backfill()
    commit = read_commits(lake.home)[-1]
    assert (commit.replaces, commit.events["added_rows"], commit.events["removed_rows"]) == ([1], 0, 0)
    assert lake.live() == before
    untimed = [{**row, "loaded_at": None, "run_id": None} for row in lake.ledger().values()]
    assert untimed == [{**row, "loaded_at": None, "run_id": None} for row in ledger.values()]
    lake.land("late.jsonl", [line("m1", receivedAt=LATER)], day="2026-11-04")
    assert lake.load().duplicates == 1


def test_a_line_that_gave_way_is_counted_by_workspace_on_the_winners_date_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", receivedAt=LATER), line("m2")])
    lake.load()
    winner = lake.land("b.jsonl", [line("m1", receivedAt=EARLIER)], day="2026-11-03")
    lake.load()
    assert loaded(lake) == {(DAY, "expo"): 1, ("2026-11-03", "expo"): 1}
    winner.unlink()
    lake.backfill("2026-11-03")
    assert loaded(lake) == {(DAY, "expo"): 2}


def test_a_backfill_counts_lines_by_workspace_as_the_loads_it_replaces_did(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", timestamp="2026-10-20T10:00:00Z"), line("m2"), line("m2")])
    lake.load()
    before = read_lake(lake.home).by_workspace
    assert [(row["loaded"], row["late_7d"]) for row in before] == [(2, 1)]
    lake.backfill()
    assert read_lake(lake.home).by_workspace == before


def loaded(lake: Lake) -> dict[tuple[str, str], int]:
    lake.ledger()  # holds the counts to the rows that are live
    return {(row["load_date"], row["workspace_id"]): row["loaded"] for row in read_lake(lake.home).by_workspace}


def test_a_backfill_says_again_what_its_date_said_about_other_files(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", receivedAt=LATER), line("m1", receivedAt=f"{DAY}T11:00:00Z", event="First")])
    lake.load()
    lake.land("b.jsonl", [line("m1", receivedAt=EARLIER, event="First")], day="2026-11-03")
    lake.load()
    before = [(row["file"], row["line_number"], row["raw"]) for row in lake.quarantine()]
    assert [number for _, number, _ in before] == [1]
    for _ in range(2):
        lake.backfill("2026-11-03")
        assert [(row["file"], row["line_number"], row["raw"]) for row in lake.quarantine()] == before


def test_a_conflict_told_by_another_dates_commit_goes_and_comes_with_its_file(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", [line("m1", receivedAt=LATER, event="Second")])
    lake.load()
    lake.land("b.jsonl", [line("m1", receivedAt=EARLIER, event="First")], day="2026-11-03")
    lake.load()
    first = [(row["file"], row["line_number"], row["raw"]) for row in lake.quarantine()]
    assert len(first) == 1
    shutil.move(path, tmp_path / "away")
    lake.backfill()
    assert lake.quarantine() == []
    shutil.move(tmp_path / "away", path)
    for _ in range(2):
        lake.backfill()
        assert [(row["file"], row["line_number"], row["raw"]) for row in lake.quarantine()] == first


#: Variants of three messages: content, time received (None: unknown) and time sent. Many ties on purpose.
LINES = st.builds(
    lambda message, event, received, sent: line(message, event=event, receivedAt=received, sentAt=sent),
    st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(["A", "B"]),
    st.sampled_from([None, EARLIER, LATER]), st.sampled_from([None, EARLIER]),
)
FILES = st.lists(
    st.tuples(st.sampled_from([DAY, "2026-11-03", "2026-11-04"]), st.lists(LINES, min_size=1, max_size=4)),
    min_size=2, max_size=4, unique_by=lambda file: json.dumps(file[1]),
)


def outcome(lake: Lake) -> tuple:
    ledger = {
        name: (row["loaded"], row["duplicates"], row["quarantined"], row["reasons"].get("conflicting_duplicate", 0))
        for name, row in lake.ledger().items()
    }
    rejected = [(row["file"], row["line_number"], row["reason"], row["raw"]) for row in lake.quarantine()]
    return lake.live(), ledger, read_lake(lake.home).by_workspace, sorted(rejected)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(files=FILES, order=st.randoms(use_true_random=False), backfills=st.lists(st.integers(2, 4), max_size=2))
def test_every_order_and_grouping_of_deliveries_gives_the_same_rows_ledger_and_quarantine(
    files: list, order: object, backfills: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        at_once, bit_by_bit = Lake(Path(folder) / "at_once"), Lake(Path(folder) / "bit_by_bit")
        names = [f"{number}.jsonl" for number in range(len(files))]
        for name, (day, lines) in zip(names, files, strict=True):
            at_once.land(name, lines, day)
        at_once.load()

        shuffled = list(zip(names, files, strict=True))
        order.shuffle(shuffled)
        for number, (name, (day, lines)) in enumerate(shuffled):
            bit_by_bit.land(name, lines, day)
            if number % 2:
                bit_by_bit.load()
        bit_by_bit.load()
        for day in backfills:
            _without_one_file_and_again(bit_by_bit, f"2026-11-0{day}")
        assert outcome(bit_by_bit) == outcome(at_once)


def _without_one_file_and_again(lake: Lake, day: str) -> None:
    """Backfill a date while one of its files is away, then once more with it."""
    files = sorted((lake.root / "landing" / "events" / day).glob("*.jsonl"))
    if files:
        away = lake.root / "away.jsonl"
        shutil.move(files[0], away)
        lake.backfill(day)
        outcome(lake)
        shutil.move(away, files[0])
    lake.backfill(day)
