"""Many people of a sample erased, and everything delivered again: the issue's own proof.

A few people; with FOOTFALL_ERASE_PEOPLE=100 as many as the issue says.
"""

import gzip
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.state_files import read_json
from footfall.ingestion.ledger.ledger import OUTCOMES, read_lake
from tests.conftest import DEMO_SETTINGS, Answer
from tests.conftest import in_a_process as in_some_process
from tests.support.erasing import deliver_again, event_lines, participants, places_of, spelled, spelled_places, traces

PEOPLE = int(os.environ.get("FOOTFALL_ERASE_PEOPLE", "5"))
SAMPLE = (
    "--workspaces", "1", "--participants", str(max(40, PEOPLE + 10)), "--days", "2", "--seed", "5", "--dirty", "0.04",
)
# One worker for all tests of the file: what they read takes long to make.
pytestmark = pytest.mark.xdist_group("erasure")
#: Facts whose rows belong to one person each.
FACTS = ("fct_events", "fct_sessions", "fct_visits", "fct_feature_usage", "fct_searches", "fct_user_daily")


def in_a_process(*arguments: str | Path) -> Answer:
    return in_some_process(*arguments, timeout=1_200)


@dataclass(frozen=True)
class Erased:
    """A home whose sample was published and of which people were erased then.

    Attributes:
        landing: the landing zone as it was delivered. before: the published file as it was before.
        people: who was erased. traces: what tells of them and of nobody else.
    """

    home: Home
    landing: Path
    before: Path
    people: frozenset[tuple[str, str]]
    traces: frozenset[str]
    answer: Answer


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Erased:
    base = tmp_path_factory.mktemp("erasure")
    home = Home(base / "home").ensure()
    home.settings_file.write_text(DEMO_SETTINGS, encoding="utf-8")
    made = in_a_process("sample", *SAMPLE, "--home", home.root)
    assert made.code == 0, made.err
    everybody = participants(home)
    people = _chosen(home, everybody)
    _write_about(home, everybody, people)
    made = in_a_process("run", "--home", home.root)
    assert made.code == 0, made.err
    some = next(one for one in sorted(people) if everybody[one]["role"] == "attendee" and not everybody[one]["is_test"])
    exported = in_a_process(
        "export", "--home", home.root, "--workspace", some[0], "--user", some[1], "--from", "2026-09-07", "--to",
        "2026-09-08", "--formats", "csv",
    )
    assert exported.code == 0, exported.err
    personal = frozenset(traces(home, people))
    shutil.copytree(home.landing, base / "landing")
    shutil.copyfile(home.published_file.resolve(), base / "before.duckdb")
    found = spelled_places(home.root, personal)
    assert {Path(place).suffix for place in found} >= {".gz", ".jsonl", ".parquet", ".duckdb", ".html", ".xlsx"}
    assert {place.split("/")[0] for place in found} >= {"landing", "lake", "quarantine", "warehouse", "published",
                                                       "exports"}
    (base / "list.csv").write_text("workspace_id,user_id\n" + "".join(f"{w},{u}\n" for w, u in sorted(people)))
    answer = in_a_process("erase", "--home", home.root, "--file", base / "list.csv", "--json")
    return Erased(home, base / "landing", base / "before.duckdb", people, personal, answer)


def test_erased_people_are_in_no_byte_below_the_home_in_any_spelling(erased: Erased) -> None:
    assert erased.answer.code == 0, erased.answer.err + erased.answer.out
    assert len(erased.people) == PEOPLE
    assert len(erased.traces) > 3 * PEOPLE
    assert places_of(erased.home.root, erased.traces) == set()
    assert spelled_places(erased.home.root, {text for text in erased.traces if "@" in text or " " in text}) == set()


def test_what_others_wrote_about_them_keeps_the_rest_of_the_row(erased: Erased) -> None:
    (path,) = (erased.home.landing / "events" / "2026-09-08").glob("upload-*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 3 * PEOPLE
    assert {row["properties"]["place"] for row in lines} == {"list"}
    # a name that somebody else has too stays
    assert sum("(erased)" in str(row) for row in lines) >= 2 * PEOPLE
    counted = "select count(*) from marts.fct_events where message_id like 'about-%'"
    assert _one(erased.home.published_file, counted, []) == 3 * PEOPLE


def test_the_rows_of_everybody_else_are_what_they_were(erased: Erased) -> None:
    # a device is the same in upper and lower case
    devices = {form for text in erased.traces for form in (text, text.upper(), text.lower())}
    gone = [*(user for _, user in erased.people), *(f"device:{text}" for text in devices)]
    with duckdb.connect(str(erased.before.resolve()), read_only=True) as con:
        found = con.execute(
            "select distinct device_id from marts.fct_events where user_id in (select unnest($gone))", {"gone": gone}
        ).fetchall()
    shared = [device for (device,) in found]
    assert shared
    for fact in FACTS:
        before = _rows(erased.before, fact, gone, shared)
        assert len(before) > 10, fact
        assert _rows(erased.home.published_file, fact, gone, shared) == before, fact


def test_others_events_that_pointed_at_them_are_kept_with_a_placeholder(erased: Erased) -> None:
    gone = sorted(user for _, user in erased.people)
    asked = (
        "select count(*) from marts.fct_events where content_type = 'user' and actor_id not in (select unnest(?)) "
        "and content_id in (select unnest(?))"
    )
    before = _one(erased.before, asked, [gone, gone])
    assert before > 0
    assert _one(erased.home.published_file, asked, [gone, ["(erased)"]]) == before


def test_the_receipt_tells_what_was_done_and_nothing_of_the_people(erased: Erased) -> None:
    (path,) = (erased.home.lake / "erasures").iterdir()
    receipt = read_json(path)
    assert receipt is not None and receipt == erased.answer.document["receipt"]
    assert receipt["people"] == receipt["people_known"] == PEOPLE
    assert receipt["search"]["is_clean"]
    assert receipt["search"]["files_not_unpacked"] == 0
    assert receipt["search"]["texts"] > 3 * PEOPLE
    assert receipt["removed"]["exports"]["folders"] == 2
    assert receipt["removed"]["published"]["versions"] == 1
    assert receipt["removed"]["lake"]["events"] > 10 * PEOPLE
    events = receipt["marts"]["fct_events"]
    assert events["rows_after"] < events["rows_before"]
    assert events["hash_after"] == json.loads(erased.home.current.read_text())["hashes"]["fct_events"]
    assert receipt["marts"]["fct_meetings"]["rows_after"] == receipt["marts"]["fct_meetings"]["rows_before"]
    assert not any(text in path.read_text() for text in erased.traces)
    counted = "select sum(numbers) from ops.restatements where reason = 'erasure' and metric is null"
    restated = _one(erased.home.published_file, counted, [])
    assert receipt["restated_numbers"] == restated > 0
    others = "select count(*) from ops.restatements where reason <> 'erasure' or metric is not null"
    assert _one(erased.home.published_file, others, []) == 0


def test_the_ledger_still_adds_up_in_every_file(erased: Erased) -> None:
    lake = read_lake(erased.home)
    for row in lake.ledger:
        assert row["lines_in"] == sum(row[name] for name in OUTCOMES), row
        assert min(row[name] for name in OUTCOMES) >= 0, row
        assert sum(row["reasons"].values()) == row["quarantined"], row
    assert lake.loaded == lake.live_rows
    # lines they refused consent for stay counted as such: nothing kept says whose they were
    taken_out = erased.answer.document["receipt"]["removed"]["landing"]["lines"]
    refused = sum(row["no_consent"] for row in lake.ledger)
    assert 0 <= taken_out - sum(row["erased"] for row in lake.ledger) <= refused


def test_everything_delivered_again_brings_nobody_back(erased: Erased) -> None:
    home = Home(Path(shutil.copytree(erased.home.root, erased.home.root.with_name("again"), symlinks=True)))
    hashes = json.loads(home.current.read_text())["hashes"]
    deliver_again(erased.landing, home)
    deliver_again(erased.landing, home, under_another_name=True)
    # the lines themselves in a file never seen before, with one more of somebody who stayed
    stays = sorted(set(participants(home)) - erased.people)[0][1]
    day = sorted((erased.landing / "events" / "2026-09-07").iterdir())
    lines = [line for path in day for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)]
    fresh = next(row for row in event_lines(home) if row.get("userId") == stays and row["type"] == "track")
    lines.append(json.dumps({**fresh, "messageId": "never seen before"}).encode() + b"\n")
    folder = home.landing / "events" / "2026-09-25"
    folder.mkdir(parents=True)
    (folder / "all.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))
    assert places_of(home.root, erased.traces)

    again = in_a_process("run", "--home", home.root, "--json")

    assert again.code == 0, again.err
    assert places_of(home.root, erased.traces) == set()
    lines = again.document["lines"]
    # of event lines one is new; extracts that come again are taken as news of those who stayed
    events = [row for row in read_lake(home).event_files if row["load_date"] == "2026-09-25"]
    assert [row["loaded"] for row in events] == [1]
    assert lines["erased"] > 5 * PEOPLE
    assert lines["lines_in"] == sum(lines[name] for name in OUTCOMES)
    after = json.loads(home.current.read_text())["hashes"]
    assert after["dim_participants"] == hashes["dim_participants"]
    assert _one(home.published_file, "select count(*) from marts.fct_events", []) == 1 + _one(
        erased.home.published_file, "select count(*) from marts.fct_events", []
    )
    assert in_a_process("run", "--home", home.root, "--json").document["outcome"] == "nothing_new"


def _chosen(home: Home, everybody: dict) -> frozenset[tuple[str, str]]:
    """Half of them people whose profiles are opened most, since pictures show these; the others by chance."""
    opened = Counter(
        (row["context"]["groupId"], row["properties"].get("content_id")) for row in event_lines(home)
        if isinstance(row.get("context"), dict) and isinstance(row["context"].get("groupId"), str)
        and isinstance(row.get("properties"), dict) and isinstance(row["properties"].get("content_id"), str)
    )
    people = [person for person, _ in opened.most_common() if person in everybody][: PEOPLE // 2]
    rest = sorted(set(everybody) - set(people))
    return frozenset([*people, *random.Random(1).sample(rest, PEOPLE - len(people))])


def _write_about(home: Home, everybody: dict, people: Collection[tuple[str, str]]) -> None:
    """A file, named after one of the people, in which somebody who stays writes about all of them, each time in another
    spelling."""
    stays = next(one for one in sorted(everybody) if one not in people)
    chosen = random.Random(2)
    lines = []
    for number, person in enumerate(sorted(people)):
        row = everybody[person]
        for text in (row["user_id"], row["email"], f"{row['first_name']} {row['last_name']}"):
            one, two, three, four = (chosen.choice(sorted(spelled(text))) for _ in range(4))
            lines.append({
                "messageId": f"about-{number}-{len(lines)}", "type": "track", "event": "Search Performed",
                "userId": stays[1], "timestamp": "2026-09-08T10:00:00Z", "receivedAt": "2026-09-08T10:00:00Z",
                "context": {"groupId": stays[0], "page": {"url": f"https://app.example/?q={one}", "title": two}},
                "properties": {"place": "list", "note": f"about {three} - again", "query": four, "results": 1},
            })
    name = f"upload-{sorted(people)[0][1]}-{everybody[sorted(people)[0]]['email']}.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=len(line["messageId"]) % 2 == 0) + "\n" for line in lines)
    (home.landing / "events" / "2026-09-08" / name).write_text(text, encoding="utf-8")


def _rows(file: Path, fact: str, gone: Collection[str], devices: Collection[str]) -> set[int]:
    """Hashes of the rows of everybody but ``gone``; rows that point at one of these are left out, and signed-out events
    outside of sessions on ``devices``, on which one of these signed in: nothing says that they are somebody else's."""
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        columns = {name for name, *_ in con.execute(f"describe marts.{fact}").fetchall()}
        pointing = "true" if "content_id" not in columns else (
            "coalesce(content_type <> 'user' or content_id not in "
            "(select unnest($gone) union all select '(erased)'), true)"
        )
        listed = ", ".join(sorted(columns))
        about = "message_id not like 'about-%'" if "message_id" in columns else "true"
        if "kind" in columns:
            about += (
                " and (session_id is not null or user_id is not null or device_id not in (select unnest($devices)))"
            )
        found = con.execute(
            f"select hash(row({listed})) from marts.{fact} "
            f"where actor_id not in (select unnest($gone)) and {pointing} and {about}",
            {"gone": list(gone)} | ({"devices": list(devices)} if "kind" in columns else {}),
        ).fetchall()
    return {value for (value,) in found}


def _one(file: Path, query: str, values: list) -> int:
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        return con.execute(query, values).fetchone()[0]
