"""The sample: the same bytes again, the contract's fields, a believable event app, faults with an exact answer key."""

import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.sample.faults import FAULTS
from footfall.sample.generate import Sampled, generate
from footfall.sample.tables import event_type, events
from tests.support import answer_key

START = date(2026, 9, 7)
CATALOGUE = Path(__file__).parents[2] / "dbt_project" / "seeds" / "event_catalog.csv"
Event = dict[str, object]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Sampled]:
    home = Home(tmp_path_factory.mktemp("clean"))
    return home, generate(home, workspaces=4, participants=60, days=8, start=START, threads=2)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Sampled]:
    home = Home(tmp_path_factory.mktemp("dirty"))
    return home, generate(home, workspaces=2, participants=60, days=3, start=START, dirty=0.1, threads=2)


@pytest.fixture(scope="module")
def lines(clean: tuple[Home, Sampled]) -> list[Event]:
    return [json.loads(line) for path in _event_files(clean[0]) for line in _texts(path)]


@pytest.fixture(scope="module")
def entities(clean: tuple[Home, Sampled]) -> dict[str, list[Event]]:
    found = defaultdict(list)
    for path in sorted((clean[0].landing / "entities").rglob("*.jsonl")):
        found[path.stem] += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def _event_files(home: Home) -> list[Path]:
    return sorted((home.landing / "events").rglob("*.jsonl.gz"))


def _texts(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()


def _digests(home: Home) -> dict[str, str]:
    files = [*home.landing.rglob("*.*"), *home.root.glob("sample_answer_key.*")]
    return {
        path.relative_to(home.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files if path.is_file()
    }


def _name(line: Event) -> str:
    return str(line.get("event") or line.get("name") or line["type"])


def _device(line: Event) -> str:
    return line["context"].get("device", {}).get("id") or line.get("anonymousId") or f"user:{line['userId']}"


# --- the same bytes --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_with_one_thread_and_with_two(dirty, tmp_path):
    again = Home(tmp_path)
    generate(again, workspaces=2, participants=60, days=3, start=START, dirty=0.1, threads=1)
    assert len(_digests(again)) > 20
    assert _digests(again) == _digests(dirty[0])


def test_another_seed_gives_other_bytes(tmp_path):
    homes = [Home(tmp_path / "one"), Home(tmp_path / "two")]
    for seed, home in enumerate(homes):
        generate(home, workspaces=1, participants=10, days=2, seed=seed)
    one, two = map(_digests, homes)
    assert {name for name in one if one[name] == two.get(name)} == {"landing/entities/2026-09-07/workspaces.jsonl"}


def test_a_sample_made_a_second_time_into_the_same_home_changes_no_byte(tmp_path):
    home = Home(tmp_path)
    first = generate(home, workspaces=1, participants=10, days=2)
    before = _digests(home)
    assert generate(home, workspaces=1, participants=10, days=2) == first
    assert _digests(home) == before


def test_the_bytes_are_those_of_every_machine_with_the_locked_duckdb(tmp_path):
    home = Home(tmp_path)
    generate(home, workspaces=2, participants=10, days=2, dirty=0.2)
    everything = hashlib.sha256(json.dumps(_digests(home), sort_keys=True).encode()).hexdigest()
    # another DuckDB may draw or compress otherwise, and a change of the sample does: note the new sum here then
    assert everything == "bf874e686430d87ca4466b4462703139dd68db5f8621f5df131f77c5ec16e271"


# --- what it refuses -------------------------------------------------------------------------------------------------


def test_a_sample_never_lands_among_other_files(tmp_path):
    home = Home(tmp_path)
    own = home.landing / "events" / "2026-09-07" / "own.jsonl"
    own.parent.mkdir(parents=True)
    own.write_text("{}\n")
    with pytest.raises(UsageError, match="already holds files") as refused:
        generate(home, workspaces=1, participants=10, days=1)
    assert refused.value.hint
    assert [path for path in home.landing.rglob("*") if path.is_file()] == [own]


def test_a_sample_with_other_options_never_lands_on_an_earlier_one(tmp_path):
    home = Home(tmp_path)
    generate(home, workspaces=1, participants=10, days=1)
    before = _digests(home)
    with pytest.raises(UsageError, match="already holds files"):
        generate(home, workspaces=1, participants=11, days=1)
    assert _digests(home) == before


@pytest.mark.parametrize("wrong", [
    {"workspaces": 0}, {"participants": 5}, {"days": 0}, {"days": 401}, {"dirty": -0.1}, {"dirty": 0.6},
])
def test_an_option_out_of_its_range_is_named_with_its_range(tmp_path, wrong):
    with pytest.raises(UsageError, match=f"--{next(iter(wrong))} is .*; it goes from"):
        generate(Home(tmp_path), **wrong)
    assert list(tmp_path.iterdir()) == []


# --- the contract's shape --------------------------------------------------------------------------------------------


def test_every_line_of_a_clean_sample_is_loaded(clean):
    fates = answer_key.expected_outcomes(clean[0].root)
    assert Counter(line.outcome for line in fates) == {"loaded": clean[1].lines}
    assert len(_event_files(clean[0])) == clean[1].files


def test_lines_lie_under_the_utc_date_of_their_receipt(clean):
    for path in _event_files(clean[0]):
        days = {json.loads(line)["receivedAt"][:10] for line in _texts(path)}
        assert days == {path.parent.name}


def test_a_busy_day_has_several_files(clean):
    files = Counter(path.parent.name for path in _event_files(clean[0]))
    assert min(count for day, count in files.items() if "2026-09-08" <= day <= "2026-09-14") >= 4


def test_every_event_has_the_fields_of_the_contract(lines):
    for line in lines:
        assert line["messageId"] and line["receivedAt"].endswith("Z") and line["context"]["groupId"]
        assert line["type"] in ("track", "screen", "page", "identify", "group")
        assert _device(line)
        assert line["type"] in ("identify", "group") or line.get("event") or line.get("name")
        assert all(value is not None for value in line.values())


def test_message_ids_are_unique(lines):
    assert len({line["messageId"] for line in lines}) == len(lines)


def test_the_stated_time_is_the_correction_of_the_devices_clock(lines):
    moment = datetime.fromisoformat
    stated = [line for line in lines if "timestamp" in line and "sentAt" in line]
    assert len(stated) > len(lines) / 2
    for line in stated:
        corrected = moment(line["receivedAt"]) - (moment(line["sentAt"]) - moment(line["originalTimestamp"]))
        assert corrected == moment(line["timestamp"])
    assert any("timestamp" not in line for line in lines)


def test_every_event_of_the_sample_is_in_the_catalogue_with_its_content_type():
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        catalogue = {row["event"]: row for row in csv.DictReader(file)}
    unknown = [event for event in events() if event not in catalogue]
    assert unknown == ["Quiz Answered"]
    for event in set(events()) - set(unknown):
        _, _, is_screen, is_opening, content_type, _ = event_type(event)
        assert catalogue[event]["content_type"] == (content_type or "")
        assert not (is_screen or is_opening) or catalogue[event]["kind"] == "view"
    assert {row["kind"] for row in catalogue.values()} == {"interaction", "view", "heartbeat", "impression", "system"}


def test_content_ids_of_events_exist_as_entities(lines, entities):
    known = {(item["workspace_id"], item["content_type"], item["content_id"]) for item in entities["content"]}
    known |= {(person["workspace_id"], "user", person["user_id"]) for person in entities["participants"]}
    used = {
        (line["context"]["groupId"], line["properties"]["content_type"], line["properties"]["content_id"])
        for line in lines if "content_id" in line["properties"]
    }
    assert used and used <= known


def test_entities_have_the_columns_of_the_contract(entities):
    columns = {entity: set(rows[0]) for entity, rows in entities.items()}
    assert columns == {
        "workspaces": {
            "workspace_id", "name", "timezone", "starts_on", "ends_on", "updated_at", "anonymization",
            "anonymized_domains", "cookie_banner", "modules", "target_groups", "visit_timeout_minutes",
            "idle_cap_seconds", "min_group_size",
        },
        "participants": {
            "workspace_id", "user_id", "first_name", "last_name", "email", "company", "job_title", "groups", "role",
            "is_test", "profile_url", "created_at", "updated_at", "deleted_at",
        },
        "content": {
            "workspace_id", "content_type", "content_id", "title", "url", "sponsor_id", "starts_at", "ends_at",
            "updated_at", "deleted_at",
        },
        "meetings": {
            "workspace_id", "meeting_id", "kind", "status", "scheduled_start", "scheduled_end", "created_at",
            "updated_at",
        },
        "meeting_participants": {
            "workspace_id", "meeting_id", "user_id", "response", "attended", "joined_at", "left_at", "updated_at",
        },
    }


def test_the_numbers_of_workspaces_and_participants_are_those_asked_for(entities):
    people = {(row["workspace_id"], row["user_id"]) for row in entities["participants"]}
    assert Counter(workspace for workspace, _ in people) == {
        "summit-2026": 60, "expo-2026": 60, "congress-2026": 60, "forum-2026": 60,
    }


# --- a believable event app ------------------------------------------------------------------------------------------


def test_nights_are_quiet_in_every_workspaces_own_zone(lines, entities):
    zones = {row["workspace_id"]: ZoneInfo(row["timezone"]) for row in entities["workspaces"]}
    assert {"Asia/Kathmandu", "America/St_Johns"} <= {zone.key for zone in zones.values()}
    hours: dict[str, Counter[int]] = defaultdict(Counter)
    for line in lines:
        if _name(line) != "Heartbeat":
            workspace = line["context"]["groupId"]
            moment = datetime.fromisoformat(line.get("timestamp") or line["originalTimestamp"])
            hours[workspace][moment.astimezone(zones[workspace]).hour] += 1
    for count in hours.values():
        assert sum(count[hour] for hour in (2, 3, 4)) < 0.03 * count.total()
        assert sum(count[hour] for hour in range(8, 18)) > 0.5 * count.total()


def test_days_of_the_event_are_busier_than_the_days_before(lines, entities):
    for workspace in entities["workspaces"]:
        own = [line for line in lines if line["context"]["groupId"] == workspace["workspace_id"]]
        days = Counter(line["receivedAt"][:10] for line in own)
        assert days[workspace["starts_on"]] > 1.5 * days["2026-09-08"]


def test_people_are_signed_out_on_a_device_before_they_sign_in(lines):
    first_named, anonymous = {}, defaultdict(list)
    for line in sorted(lines, key=lambda line: line["receivedAt"]):
        key = (line["context"]["groupId"], _device(line))
        if "userId" not in line:
            anonymous[key].append(line["receivedAt"])
        else:
            first_named.setdefault(key, line["receivedAt"])
    claimed = [key for key, times in anonymous.items() if key in first_named and times[0] < first_named[key]]
    guests = [key for key in anonymous if key not in first_named]
    assert len(claimed) > 100 and len(guests) > 5


def test_many_people_use_several_devices(lines):
    devices = defaultdict(set)
    for line in lines:
        if "userId" in line and line["channel"] != "server":
            devices[line["context"]["groupId"], line["userId"]].add(_device(line))
    assert sum(len(found) > 1 for found in devices.values()) > 0.2 * len(devices)


def test_heartbeats_on_documents_and_streams_come_every_thirty_seconds(lines):
    beats = defaultdict(list)
    for line in lines:
        if _name(line) in ("Document Heartbeat", "Live Stream Heartbeat"):
            beats[_device(line), line["properties"]["content_id"]].append(
                datetime.fromisoformat(line.get("timestamp") or line["originalTimestamp"])
            )
    gaps = Counter()
    for times in beats.values():
        times.sort()
        gaps.update(round((later - earlier).total_seconds()) for earlier, later in pairwise(times))
    assert sum(gaps[seconds] for seconds in (29, 30, 31)) > 0.8 * gaps.total()


def test_searches_find_something_or_nothing(lines):
    results = [line["properties"]["results"] for line in lines if _name(line) == "Search Performed"]
    assert 0 < results.count(0) < len(results) / 2


def test_meetings_have_a_history_with_answers_new_times_cancellations_and_attendance(entities):
    history = defaultdict(list)
    for row in sorted(entities["meetings"], key=lambda row: row["updated_at"]):
        history[row["workspace_id"], row["meeting_id"]].append(row)
    assert {row["status"] for rows in history.values() for row in rows} == {
        "requested", "accepted", "declined", "cancelled", "expired",
    }
    assert all(rows[0]["status"] == "requested" for rows in history.values())
    assert any(len({row["scheduled_start"] for row in rows}) > 1 for rows in history.values())
    parts = entities["meeting_participants"]
    assert {row["attended"] for row in parts} == {None, True, False}
    seats = Counter((row["workspace_id"], row["meeting_id"], row["user_id"], row["updated_at"]) for row in parts)
    assert max(seats.values()) == 1


def test_there_are_tests_staff_deleted_people_a_withdrawn_document_and_a_workspace_without_abstracts(lines, entities):
    people = entities["participants"]
    assert {row["role"] for row in people} == {"attendee", "speaker", "sponsor", "staff"}
    assert any(row["is_test"] for row in people) and any(row["deleted_at"] for row in people)
    assert any(row["deleted_at"] for row in entities["content"] if row["content_type"] == "document")
    assert [row["workspace_id"] for row in entities["workspaces"] if "abstracts" not in row["modules"]] == ["expo-2026"]
    assert {line["context"]["groupId"] for line in lines if _name(line).startswith("Abstract")} == {
        "summit-2026", "congress-2026", "forum-2026",
    }
    assert any(row["cookie_banner"] for row in entities["workspaces"])


def test_a_deleted_person_is_not_seen_any_more(lines, entities):
    people = entities["participants"]
    deleted = {(row["workspace_id"], row["user_id"]): row["deleted_at"] for row in people if row["deleted_at"]}
    last = defaultdict(str)
    for line in lines:
        if "userId" in line and not _name(line).startswith("Meeting"):
            last[line["context"]["groupId"], line["userId"]] = max(
                last[line["context"]["groupId"], line["userId"]], line.get("timestamp") or line["originalTimestamp"],
            )
    assert len(deleted) == 8
    assert all(last[person] < moment or person not in last for person, moment in deleted.items())


# --- planted faults --------------------------------------------------------------------------------------------------


def test_every_fault_is_planted_in_the_share_asked_for(dirty):
    planted = dirty[1].planted
    assert set(planted) == {fault.name for fault in FAULTS}
    assert 0.09 < sum(planted.values()) / dirty[1].lines < 0.11


def test_the_answer_key_is_what_an_independent_count_finds_line_by_line(dirty):
    with gzip.open(dirty[0].root / "sample_answer_key.jsonl.gz") as file:
        answers = {(row["file"], row["line_number"]): row for row in map(json.loads, file)}
    fates = {(line.file, line.number): line for line in answer_key.expected_outcomes(dirty[0].root)}
    assert len(fates) == dirty[1].lines
    wrong = Counter()
    for place, fate in fates.items():
        expected = answers.get(place, {"fault": None, "outcome": "loaded", "reason": None, "sha256": fate.sha256})
        if (expected["outcome"], expected["reason"], expected["sha256"]) != (fate.outcome, fate.reason, fate.sha256):
            wrong[expected["fault"], expected["outcome"], expected["reason"], fate.outcome, fate.reason] += 1
    assert not wrong
    assert {row["fault"] for place, row in answers.items() if place not in fates} == {"blank_line"}


def test_the_independent_count_adds_up_per_file(dirty):
    ledger = answer_key.ledger(answer_key.expected_outcomes(dirty[0].root))
    assert sum(count["lines_in"] for count in ledger.values()) == dirty[1].lines
    for count in ledger.values():
        assert count["lines_in"] == sum(count[name] for name in ("loaded", "duplicates", "quarantined", "no_consent"))


def test_a_clean_sample_has_no_answer_key(clean):
    assert clean[1].planted == {}
    assert not list(clean[0].root.glob("sample_answer_key*"))


def test_every_planted_repair_is_the_one_that_an_independent_reader_finds(dirty):
    with gzip.open(dirty[0].root / "sample_answer_key.jsonl.gz") as file:
        planted = {(row["file"], row["line_number"]): row["fault"] for row in map(json.loads, file)}
    repairs = {fault.name: fault.repaired for fault in FAULTS if fault.repaired}
    found = {
        (line.file, line.number): line.repaired for line in answer_key.expected_outcomes(dirty[0].root) if line.repaired
    }
    assert found == {place: (repairs[name],) for place, name in planted.items() if name in repairs}
    assert len(set(repairs.values())) > 8
