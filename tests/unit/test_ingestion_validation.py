"""What becomes of a line: its columns, or its reason (contract, sections 2 and 5)."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from footfall.core.settings import Limits, Settings
from tests.support.lake import DAY, Lake, line

CONTEXT = {"groupId": "expo", "device": {"id": "d1"}, "os": {"name": "iOS"}}


def context(**more: object) -> dict[str, object]:
    return {name: value for name, value in {**CONTEXT, **more}.items() if value is not None}


def consent(answer: object) -> dict[str, object]:
    return context(consent={"categoryPreferences": {"Analytics": answer}})


#: A line and the reason it must be rejected for, or the column's value it must load with.
REJECTED = {
    "cut": ('{"messageId": "m1", "type"', "malformed_json"),
    "two objects": ('{"messageId": "m1"}{"messageId": "m2"}', "malformed_json"),
    "not json at all": ("<html>", "malformed_json"),
    "a nul byte": ('{"messageId": "m\x00"}', "malformed_json"),
    "an array": ("[1, 2]", "not_an_object"),
    "a number": ("  42", "not_an_object"),
    "null": ("null", "not_an_object"),
    "a string with an object in it": ('"{}"', "not_an_object"),
    "invalid utf-8": (b'{"messageId": "caf\xe9"}', "bad_encoding"),
    "too long": (line(properties={"text": "x" * 2000}), "oversized"),
    "message id is an object": (line(messageId={"id": 1}), "bad_type"),
    "user id is a list": (line(userId=["u1"]), "bad_type"),
    "user id is a boolean": (line(userId=True), "bad_type"),
    "context is a list": (line(context=["mobile"]), "bad_type"),
    "context is a text": (line(context="mobile"), "bad_type"),
    "device is a text": (line(context=context(device="d1")), "bad_type"),
    "timestamp is an object": (line(timestamp={"seconds": 1}), "bad_type"),
    "no message id": (line(messageId=None), "missing_message_id"),
    "empty message id": (line(messageId=""), "missing_message_id"),
    "an empty object": ("{}", "missing_message_id"),
    "no workspace": (line(context=context(groupId=None)), "missing_workspace_id"),
    "two workspaces": (line(properties={"workspaceId": "other"}), "workspace_mismatch"),
    "two workspaces, top level": (line(workspaceId="other"), "workspace_mismatch"),
    "no actor": (line(userId=None, anonymousId="", context=context(device=None)), "missing_actor"),
    "timestamp is a word": (line(timestamp="yesterday"), "bad_timestamp"),
    "timestamp is a number": (line(timestamp=1793613600), "bad_timestamp"),
    "30 February": (line(timestamp="2026-02-30T10:00:00Z"), "bad_timestamp"),
    "infinity": (line(timestamp="infinity"), "bad_timestamp"),
    "the epoch": (line(timestamp="epoch", receivedAt=None), "bad_timestamp"),
    "year 1970": (line(timestamp="1970-01-01T00:00:00Z", receivedAt=None), "bad_timestamp"),
    "year 9999": (line(timestamp="9999-01-01T00:00:00Z", receivedAt=None), "bad_timestamp"),
    "sentAt is a word, and there is no timestamp": (line(timestamp=None, sentAt="soon"), "bad_timestamp"),
    "no time": (line(timestamp=None, originalTimestamp=None, receivedAt=None), "bad_timestamp"),
    "just over 5 minutes ahead": (line(timestamp=f"{DAY}T10:05:02.001Z"), "future_event"),
    "ahead of the end of its load date": (line(timestamp="2026-11-03T00:05:00.001Z", receivedAt=None), "future_event"),
    "just over 30 days late": (line(timestamp="2026-10-03T10:00:01.999Z"), "too_late"),
}


def test_every_bad_line_is_rejected_for_its_reason_with_its_exact_text(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Settings(limits=Limits(max_line_bytes=1500)))
    lines = [one for one, _ in REJECTED.values()]
    lake.land("bad.jsonl.gz", lines)
    result = lake.load()

    reasons = lake.reasons()
    wrong = {
        name: reasons.get(number)
        for number, (name, (_, reason)) in enumerate(REJECTED.items(), start=1) if reasons.get(number) != reason
    }
    assert not wrong
    assert result.quarantined == result.lines_in == len(REJECTED)
    for row, one in zip(lake.quarantine(), lines, strict=True):
        exact = row["raw_bytes"] if row["raw_bytes"] is not None else row["raw"].encode()
        assert exact == (one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else _json(one))
    assert lake.ledger()["bad.jsonl.gz"]["quarantined"] == len(REJECTED)


def _json(one: object) -> bytes:
    return json.dumps(one).encode()


WITHOUT_CONSENT = {
    "false": line(context=consent(False)),
    "false as a text": line(context=consent("false")),
    "zero": line(context=consent(0)),
    "denied": line(context=consent("denied")),
    "no consent and of a wrong type": line(userId=["u"], context=consent(False)),
    "no consent and without ids": {"context": {"consent": {"categoryPreferences": {"Analytics": False}}}},
    "snake case": {"message_id": "s", "user_id": "u", "context_consent_category_preferences_analytics": False},
    "lower case": line(context=context(consent={"categoryPreferences": {"analytics": False}})),
    "snake case inside a camelCase line": line(context=context(consent={"category_preferences": {"analytics": False}})),
    "a capital": line(context=context(Consent={"CategoryPreferences": {"ANALYTICS": False}})),
    "no object": line(context=context(consent=False)),
    "beside the context": line(consent={"analytics": "denied"}),
    "a refusal beside a yes": line(context=context(consent={"web": {"analytics": True}, "app": {"analytics": False}})),
    "JSON text": line(context=json.dumps(consent(False))),
}


def test_a_refused_line_is_counted_and_nothing_of_it_is_stored(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("no-consent.jsonl", [{**one, "userId": "secret-person"} for one in WITHOUT_CONSENT.values()])
    result = lake.load()
    assert result.no_consent == result.lines_in == len(WITHOUT_CONSENT)
    stored = [path for folder in ("lake", "quarantine") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert stored
    assert not any(b"secret-person" in path.read_bytes() for path in stored)
    assert not any(path.suffix == ".parquet" for path in stored)


ACCEPTED = {
    "consent given": (line(context=consent(True)), {}),
    "consent given as a text": (line(context=consent("true")), {}),
    "consent without an answer": (line(context=consent(None)), {}),
    "exactly 5 minutes ahead": (line(timestamp=f"{DAY}T10:05:02Z"), {"occurred_at": datetime(2026, 11, 2, 10, 5, 2)}),
    "exactly 30 days late": (
        line(timestamp="2026-10-03T10:00:02Z"), {"occurred_at": datetime(2026, 10, 3, 10, 0, 2)}
    ),
    "too old, but without the time it was received": (
        line(timestamp="2020-01-01T00:00:00Z", receivedAt=None), {"occurred_at": datetime(2020, 1, 1)}
    ),
    "a zone": (line(timestamp=f"{DAY}T15:45:00+05:45"), {"occurred_at": datetime(2026, 11, 2, 10)}),
    "no zone is UTC": (line(timestamp=f"{DAY}T10:00:00.5"), {"occurred_at": datetime(2026, 11, 2, 10, 0, 0, 500_000)}),
    "microseconds": (
        line(timestamp=f"{DAY}T10:00:00.123456Z"), {"occurred_at": datetime(2026, 11, 2, 10, 0, 0, 123456)}
    ),
    "clock corrected": (
        line(timestamp=None, originalTimestamp="1970-01-01T00:00:00Z", sentAt="1970-01-01T00:01:00Z"),
        {"occurred_at": datetime(2026, 11, 2, 9, 59, 2), "sent_at": datetime(1970, 1, 1, 0, 1)},
    ),
    "original time, as nothing was sent": (
        line(timestamp=None, sentAt=None, originalTimestamp=f"{DAY}T09:00:00Z"),
        {"occurred_at": datetime(2026, 11, 2, 9)},
    ),
    "received time, as there is no other": (
        line(timestamp=None, sentAt=None, originalTimestamp=None), {"occurred_at": datetime(2026, 11, 2, 10, 0, 2)}
    ),
    "workspace of properties": (
        line(context=context(groupId=None), properties={"workspaceId": "expo"}),
        {"workspace_id": "expo", "properties": None},
    ),
    "workspace of the line": (line(context=context(groupId=""), workspaceId="expo"), {"workspace_id": "expo"}),
    "the same workspace twice": (line(workspaceId="expo", properties={"workspaceId": "expo"}), {}),
    "device falls back to the anonymous id": (line(context=context(device=None)), {"device_id": "a1"}),
    "device falls back to the user": (
        line(context=context(device=None), anonymousId=None), {"device_id": "user:u1"}
    ),
    "type falls back to track": (line(type=None), {"type": "track"}),
    "a screen has a name": (line(type="screen", event=None, name="Home"), {"type": "screen", "event": "Home"}),
    "a page is web": (line(type="page", event=None, name="Home"), {"os": "web"}),
    "a browser is web": (line(channel="browser"), {"os": "web"}),
    "android": (line(context=context(os={"name": "Android", "version": 14})), {"os": "android", "os_version": "14"}),
    "another system": (line(context=context(os={"name": "watchOS"})), {"os": "other"}),
    "no system": (line(context=context(os=None)), {"os": "unknown"}),
    "a number as user id": (line(userId=12345678901234567890), {"user_id": "12345678901234567890"}),
    "text that looks like a list": (
        line(properties={"content_title": "[Live] Keynote", "query": "{x}"}),
        {"content_title": "[Live] Keynote", "query": "{x}"},
    ),
    "text that looks like a boolean": (line(properties={"query": "true"}), {"query": "true"}),
    "overrides leave the properties": (
        line(properties={"module": "docs", "content_type": "document", "content_id": 7, "duration_seconds": "2.5",
                         "results": 3, "position": 1, "nested": {"a": None}}),
        {"module": "docs", "content_type": "document", "content_id": "7", "duration_seconds": Decimal("2.500"),
         "results": 3, "properties": '{"position":1,"nested":{"a":null}}'},
    ),
    "null members are absent": (
        {**line(), "userId": None, "properties": None, "channel": None}, {"user_id": None, "properties": None}
    ),
    "unknown members are ignored": ({**line(), "integrations": {"All": True}, "version": [2]}, {}),
    "a member twice": (
        json.dumps(line("twice"))[:-1] + ', "userId": "u2"}', {"user_id": "u1"}
    ),
    "a deep property": (
        '{"messageId":"deep","userId":"u","context":{"groupId":"expo"},"timestamp":"2026-11-02T10:00:00Z",'
        '"properties":{"deep":' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}}", {},
    ),
    "characters of every plane": (line(event="Größe 🎉 \u0001 عربى"), {"event": "Größe 🎉 \u0001 عربى"}),
    "spaces around the object": ("  " + json.dumps(line("spaces")) + " \t", {}),
}


def test_every_good_line_loads_with_its_columns(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lines = []
    for number, (one, _) in enumerate(ACCEPTED.values()):
        lines.append(one if isinstance(one, str) else {**one, "messageId": f"m{number}"})
    lake.land("good.jsonl", lines)
    result = lake.load()
    assert lake.quarantine() == []
    assert result.loaded == len(ACCEPTED)
    rows = {row["line_number"]: row for row in lake.live().values()}
    for number, (name, (_, expected)) in enumerate(ACCEPTED.items(), start=1):
        assert {column: rows[number][column] for column in expected} == expected, name


def test_the_lake_has_the_agreed_columns_in_their_order_and_types(tmp_path: Path) -> None:
    import duckdb

    from footfall.ingestion.lake.contents import EVENTS

    lake = Lake(tmp_path)
    lake.land("one.jsonl", [line()])
    lake.load()
    (path,) = (tmp_path / "lake" / "events").rglob("*.parquet")
    with duckdb.connect() as con:
        described = con.execute("describe select * from read_parquet($path)", {"path": str(path)}).fetchall()
    assert ", ".join(f"{name} {kind.lower()}" for name, kind, *_ in described) == EVENTS


def test_max_late_days_of_zero_is_no_limit(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Settings(limits=Limits(max_late_days=0)))
    lake.land("old.jsonl", [line(timestamp="2001-01-01T00:00:00Z")])
    assert lake.load().loaded == 1


@pytest.mark.parametrize(("is_on", "answer", "loaded"), [(True, None, 0), (True, True, 1), (False, None, 1)])
def test_where_the_cookie_banner_is_on_a_browser_needs_a_yes(
    tmp_path: Path, is_on: bool, answer: bool | None, loaded: int
) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [{"workspace_id": "expo", "cookie_banner": is_on}], kind="entities")
    lake.land("web.jsonl", [
        line("page", type="page", context=consent(answer)), line("app", context=consent(None)),
    ])
    result = lake.load()
    assert (result.loaded - 1, result.no_consent) == (loaded + 1, 1 - loaded)


def test_the_newest_version_of_the_cookie_banner_counts(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [
        {"workspace_id": "expo", "cookie_banner": False, "updated_at": "2026-10-02T00:00:00Z"},
        {"workspace_id": "expo", "cookie_banner": True, "updated_at": "2026-10-01T00:00:00Z"},
    ], kind="entities")
    lake.land("web.jsonl", [line(type="page")])
    assert lake.load().no_consent == 0


def test_workspace_counts_have_lines_loaded_without_consent_and_late(tmp_path: Path) -> None:
    from footfall.ingestion.lake.commit_log import read_commits

    lake = Lake(tmp_path)
    lake.land("some.jsonl", [
        line("now"), line("hour", timestamp=f"{DAY}T09:00:02Z"), line("day", timestamp="2026-11-01T10:00:02Z"),
        line("week", timestamp="2026-10-26T10:00:02Z"), line("no", context=consent(False)),
    ])
    lake.load()
    (commit,) = read_commits(lake.home)
    assert commit.by_workspace == [
        {"workspace_id": "expo", "loaded": 4, "no_consent": 1, "late_1h": 1, "late_24h": 1, "late_7d": 1}
    ]
