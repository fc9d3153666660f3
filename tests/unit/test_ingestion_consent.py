"""Lines of people who did not consent are counted, and not stored, even if they have other faults."""

import json
from pathlib import Path

import duckdb
import pytest

from footfall.core.settings import EventSource, Limits, Settings, Sources
from tests.support.lake import DAY, Lake, line
from tests.unit.test_ingestion_validation import consent, context

NO = '{"consent": {"categoryPreferences": {"Analytics": false}}, "groupId": "expo"}'
#: Lines without consent, each with another fault as well; `hermione` must be nowhere afterwards.
REFUSED_AND_WRONG = {
    "cut off": f'{{"messageId": "hermione", "context": {NO}, "prop',
    "cut off in the answer": '{"userId": "hermione", "context": {"consent": {"categoryPreferences": {"Analytics": f',
    "cut off before the answer": '{"userId": "hermione", "context": {"consent": {"categoryPr',
    "text after its end": f'{{"userId": "hermione", "context": {NO}}} hermione',
    "no object": f'["hermione", {NO}]',
    "context as a text": '{"messageId": "hermione", "context": ' + json.dumps(NO) + "}",
    "no UTF-8": f'{{"userId": "hermione", "context": {NO}, "x": "'.encode() + b'\xff"}',
    "oversized": f'{{"userId": "hermione", "context": {NO}, "x": "{"y" * 3_000}"}}',
    "longer than what is kept": b'{"userId": "hermione", "x": "' + b"y" * 17_000_000 + f'", {NO[1:]}'.encode(),
    "no message id": line(None, userId="hermione", context=consent(False)),
    "no time": line(userId="hermione", context=consent(False), timestamp="never", originalTimestamp="never"),
    "too late": line(userId="hermione", context=consent(False), timestamp="2020-01-01T00:00:00Z"),
    "in the future": line(userId="hermione", context=consent(False), timestamp="2030-01-01T00:00:00Z"),
    "a duration of nothing": line(userId="hermione", context=consent(False), properties={"duration_seconds": "x"}),
    "another workspace": line(userId="hermione", context=consent(False), properties={"workspaceId": "fair"}),
    "consent is no object": line(userId="hermione", context=context(consent=False)),
    "preferences are no object": line(userId="hermione", context=context(consent={"categoryPreferences": "denied"})),
    "the answer is an object": line(userId="hermione", context=consent({"is": "no"})),
    "snake case, cut off": '{"message_id": "hermione", "context_consent_category_preferences_analytics": false, "x',
    "snake case, nested": {"message_id": "hermione", "context": {"consent": {"category_preferences": "no"}}},
}


@pytest.mark.parametrize("case", REFUSED_AND_WRONG)
def test_nothing_is_kept_of_a_refused_line_whatever_else_is_wrong_with_it(tmp_path: Path, case: str) -> None:
    lake = Lake(tmp_path, Settings(limits=Limits(max_line_bytes=2_000)))
    lake.land("some.jsonl", [line("good"), REFUSED_AND_WRONG[case]])
    result = lake.load()
    assert (result.lines_in, result.loaded, result.no_consent + result.quarantined) == (2, 1, 1)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "landing" not in path.parts]
    assert not [path for path in kept if b"hermione" in path.read_bytes()]
    for row in lake.quarantine():
        assert (row["raw"], row["raw_bytes"]) == (None, None) and "not kept" in row["detail"]


YES = '{"categoryPreferences":{"Analytics":true}}'
#: Lines with the contract's yes, in its own form, and a refusal in another place.
SECOND_ANSWERS = [
    f'"context":{{"groupId":"expo","consent":{YES}}},"consent":false',
    f'"context":{{"groupId":"expo","consent":{YES},"consentManagement":{{"deniedConsentIds":["C0002"]}}}}',
    f'"context":{{"groupId":"expo","consent":{YES},"OnetrustActiveGroups":"C0001"}}',
    f'"context":{{"groupId":"expo","consent":{YES},"privacy":{{"analytics":false}}}}',
    f'"context":{{"groupId":"expo","consent":{YES},"consent":{{"analytics":"no"}}}}',
    '"context":{"groupId":"expo","consent":{"categoryPreferences":{"Analytics":true,"Analytics":false}}}',
    f'"context":{{"groupId":"expo","consent":{YES}}},"properties":{{"userConsents":{{"statistics":0}}}}',
    f'"context":{{"groupId":"expo","consent": {YES} , "Consent":{{"analytics": false}}}}',
]


@pytest.mark.parametrize("members", SECOND_ANSWERS)
def test_of_two_answers_a_refusal_counts_wherever_it_is(tmp_path: Path, members: str) -> None:
    lake = Lake(tmp_path)
    rest = '"userId":"u","timestamp":"2026-11-02T10:00:00Z","messageId":'
    lake.land("a.jsonl", [
        f'{{{rest}"no",{members}}}', f'{{{rest}"yes","context":{{"groupId":"expo","consent":{YES}}}}}',
    ])
    assert lake.load().no_consent == 1
    assert [message for _, message in lake.live()] == ["yes"]


@pytest.mark.parametrize("text", [
    '{"userId": "hermione", "context": {"groupId": "expo", "consent": {"categoryPreferences": {"C0002": false}}, "os',
    '{"userId": "hermione", "context": {"groupId": "expo", "OnetrustActiveGroups": ",C0001,", "os',
    '{"userId": "hermione", "context": {"consentManagement": {"deniedConsentIds": ["C0002"], "os',
    '{"userId": "hermione", "context": {"analytics_storage": "denied", "os',
    '{"userId": "hermione", "context": {"consent": {"Statistics": 0}, "os',
])
def test_nothing_is_kept_of_a_cut_off_line_with_a_refusal_of_a_consent_manager(tmp_path: Path, text: str) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("good"), text])
    result = lake.load()
    assert (result.loaded, result.no_consent + result.quarantined) == (1, 1)
    assert [row["raw"] for row in lake.quarantine()] == [None] * result.quarantined


def test_a_refused_copy_of_an_accepted_line_is_counted_and_changes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    earlier = f"{DAY}T09:00:00Z"
    lake.land("a.jsonl", [line("m1", properties={"x": 1})])
    lake.load()
    lake.land("b.jsonl", [line("m1", context=consent(False), userId="hermione", receivedAt=earlier)])
    result = lake.load()
    assert (result.no_consent, result.displaced, len(lake.live())) == (1, 0, 1)
    assert lake.row()["user_id"] == "u1"


@pytest.mark.parametrize("others", [True, False])
@pytest.mark.parametrize(("wrong", "is_kept"), [
    ('{"type": "page", "userId": "hermione", "context": {"groupId": "expo", "os', False),
    ('{"type": "page", "userId": "hermione", "context": {"os', None),
    ('{"type": "page", "userId": "u", "context": {"groupId": "fair", "os', True),
    ('{"type": "track", "userId": "u", "context": {"groupId": "expo", "os": {"name": "iOS"}', True),
    (f'{{"type": "page", "userId": "u", "context": {NO.replace("false", "true")}, "os', True),
    ('{"type": "track", "context": {"groupId": "expo"}, "properties": {"content_type": "page", "x', True),
    (line(userId="hermione", type="page", context={"os": {}}, workspaceId=None), None),
    (line(userId="hermione", type="page", context=context(consent={"categoryPreferences": {"Analytics": ""}})), False),
])
def test_with_a_banner_the_text_of_a_browsers_unanswered_line_is_not_kept(
    tmp_path: Path, wrong: object, is_kept: bool | None, others: bool
) -> None:
    """None: it is where no workspace can be made out and there are others, without a banner."""
    lake = Lake(tmp_path)
    rows = [{"workspace_id": "expo", "cookie_banner": True}, {"workspace_id": "fair", "cookie_banner": not others}]
    if "fair" in str(wrong) and not others:
        is_kept = False
    lake.land("workspaces.jsonl", rows, kind="entities")
    lake.land("web.jsonl", [wrong])
    result = lake.load()
    assert result.loaded - 2 + result.no_consent + result.quarantined == 1 and result.loaded == 2
    expected = others if is_kept is None else is_kept
    assert [row["raw"] is not None for row in lake.quarantine()] == [expected] * result.quarantined


@pytest.mark.parametrize(("mapping", "header"), [
    ({"message_id": "id", "workspace_id": "'expo'", "user_id": "person", "occurred_at": "try_cast(ts as timestamp)",
      "consent": "agreed"}, "id,person,ts,agreed"),
    (None, "message_id,user_id,timestamp,context_consent_category_preferences_analytics"),
])
def test_refused_records_of_csv_files_leave_nothing(tmp_path: Path, mapping: dict | None, header: str) -> None:
    """Too many fields: the answer cannot be identified, so the text is not kept."""
    source = EventSource(name="legacy", path="landing/events/{load_date}/*.csv", format="csv", mapping=mapping)
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    records = ["1,hermione,2026-11-02 10:00:00,no", "2,hermione,never,no", "3,hermione,2026-11-02 10:00:00,no,more",
               '4,"hermione,2026-11-02 10:00:00,no']
    lake.land("a.csv", "\n".join([header, *records]).encode())
    result = lake.load()
    assert (result.no_consent, result.quarantined) == (2, 2)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "landing" not in path.parts]
    assert not [path for path in kept if b"hermione" in path.read_bytes()]


def test_a_refused_row_of_a_parquet_file_leaves_nothing(tmp_path: Path) -> None:
    source = EventSource(name="legacy", path="landing/events/{load_date}/*.parquet", format="parquet", mapping={
        "message_id": "id", "workspace_id": "'expo'", "user_id": "person", "occurred_at": "seen", "consent": "agreed",
    })
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    path = lake.land("a.parquet", b"")
    with duckdb.connect() as con:
        con.execute(
            "copy (select 1 as id, 'hermione' as person, timestamp '2026-11-02 10:00:00' as seen, false as agreed "
            f"union all select null, 'hermione', null, false) to '{path}' (format parquet)"
        )
    assert lake.load().no_consent == 2
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "landing" not in path.parts]
    assert not [path for path in kept if b"hermione" in path.read_bytes()]


def test_a_banner_that_is_switched_on_holds_from_then_on_and_a_backfill_applies_it_to_what_was_loaded(
    tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    lake.land("web.jsonl", [line("page", type="page"), line("app")], day="2026-11-02")
    assert lake.load().loaded == 2
    lake.land("workspaces.jsonl", [{"workspace_id": "expo", "cookie_banner": True}], day="2026-11-03", kind="entities")
    lake.land("web.jsonl", [line("other", type="page")], day="2026-11-03")
    assert lake.load().no_consent == 1
    assert {message for _, message in lake.live()} == {"page", "app"}, "taken in under the answer of then"
    assert lake.backfill("2026-11-02").no_consent == 1
    assert {message for _, message in lake.live()} == {"app"}


def test_what_a_killed_load_had_spilled_to_disk_is_swept_by_the_next(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    (lake.home.temp / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("hermione")
    lake.load()
    assert not list(lake.home.temp.iterdir())
