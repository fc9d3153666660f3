"""Meetings, sponsors, facts about the data and reconciliation, on rows written by hand."""

from datetime import date, datetime

import pytest

from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, fill, published_from

RANGE = (date(2026, 6, 1), date(2026, 6, 30))


def rows(con, name, **question):
    return answer(con, name, Question("expo", *RANGE, **question)).to_pylist()


def meeting(meeting_id, at="2026-06-10T09:00:00", minutes=30, **columns):
    start = datetime.fromisoformat(at)
    return {
        "meeting_id": meeting_id, "kind": "one_to_one", "status": "accepted", "scheduled_start": start,
        "scheduled_end": start.replace(minute=minutes), "created_at": datetime(2026, 6, 1),
        "updated_at": datetime(2026, 6, 1), **columns,
    }


def invited(meeting_id, user_id, attended=None, response="accepted", **columns):
    # loaded after the meeting: a join after the end of its load date is not used
    loaded = {"meeting_id": meeting_id, "load_date": date(2026, 6, 30)}
    return {**loaded, "user_id": user_id, "attended": attended, "response": response, **columns}


@pytest.fixture(scope="module")
def diary():
    """Three held meetings (attendance known of one), one cancelled, one moved, one of a test account alone."""
    at = datetime(2026, 6, 10, 9)
    return published_from(
        [event("2026-06-01T10:00:00", "Home", "ada")],
        participants=[{"user_id": name} for name in ("ada", "bob", "zed")] + [{"user_id": "tester", "is_test": True}],
        meetings=[
            meeting("m1"), meeting("m2", minutes=20), meeting("m3", kind="group", minutes=10),
            meeting("m4", status="cancelled"),
            meeting("m5", at="2026-06-11T09:00:00", status="requested"),
            meeting("m5", at="2026-06-12T09:00:00", status="requested", updated_at=datetime(2026, 6, 2)),
            meeting("m6"), meeting("m7", at="2026-07-01T09:00:00"),
        ],
        meeting_participants=[
            invited("m1", "ada", True, joined_at=at, left_at=at.replace(minute=25)),
            invited("m1", "bob", True, joined_at=at.replace(minute=5), left_at=at.replace(minute=29)),
            invited("m1", "tester", True), invited("m1", "zed", False, response="declined"),
            invited("m2", "ada"), invited("m2", "bob", response="pending"),
            invited("m3", "ada"), invited("m4", "ada"), invited("m5", "zed"), invited("m6", "tester", True),
        ],
    )


def test_meetings_are_counted_by_kind_and_latest_status(diary):
    every, group, single = rows(diary, "meetings_summary")
    assert (every["kind"], group["kind"], single["kind"]) == ("all", "group", "one_to_one")
    assert [row["meetings"] for row in (every, group, single)] == [5, 1, 4]
    assert (every["accepted"], every["cancelled"], every["requested"], every["held"]) == (3, 1, 1, 3)
    assert (every["rescheduled_meetings"], every["reschedules"]) == (1, 1)


def test_attendance_is_averaged_over_held_meetings_with_evidence_and_test_accounts_are_not_in_it(diary):
    every, group, _ = rows(diary, "meetings_summary")
    assert (every["meetings_with_attendance"], every["average_attended"]) == (1, 2.0)
    assert every["average_accepted"] == (2 + 1 + 1) / 3
    assert (group["meetings_with_attendance"], group["average_attended"], group["average_accepted"]) == (0, None, 1.0)


def test_duration_is_as_scheduled_and_actual_from_the_second_join_to_the_last_leave(diary):
    every, _, _ = rows(diary, "meetings_summary")
    assert (every["average_duration_minutes"], every["average_actual_minutes"]) == (20.0, 24.0)
    assert every["meetings_with_actual"] == 1


def test_meetings_are_listed_with_those_who_count(diary):
    found = {row["meeting_id"]: row for row in rows(diary, "meetings")}
    assert list(found) == ["m1", "m2", "m3", "m4", "m5"]
    assert [found["m1"][name] for name in ("participants", "accepted", "attended")] == [3, 2, 2]
    assert [found["m2"][name] for name in ("participants", "accepted", "attended")] == [2, 1, None]
    assert (found["m5"]["local_date"], found["m5"]["reschedules"]) == (date(2026, 6, 12), 1)


def test_a_moved_meeting_is_neither_cancelled_nor_a_new_one(diary):
    found = [row for row in rows(diary, "meeting_history") if row["meeting_id"] == "m5"]
    assert [(row["position"], row["change"], row["status"], row["scheduled_start"].day) for row in found] == [
        (1, "created", "requested", 11), (2, "rescheduled", "requested", 12),
    ]


def test_one_users_meetings_are_those_he_was_part_of(diary):
    assert [row["meeting_id"] for row in rows(diary, "meetings", user_id="zed")] == ["m1", "m5"]
    assert rows(diary, "meetings_summary", user_id="zed")[0]["meetings"] == 2


def test_people_at_meetings_who_never_came_to_the_app_are_present_but_untracked(diary):
    (facts,) = rows(diary, "data_facts")
    assert (facts["present_people"], facts["present_untracked"]) == (2, 1)


def test_meetings_go_by_the_workspaces_own_date():
    con = published_from(
        [], workspaces=[{"name": "Expo", "timezone": "Asia/Kathmandu"}],
        meetings=[meeting("late", at="2026-06-30T18:15:00"), meeting("early", at="2026-05-31T18:20:00")],
    )
    (row,) = rows(con, "meetings")
    assert (row["meeting_id"], row["start_local"]) == ("early", datetime(2026, 6, 1, 0, 5))


@pytest.fixture(scope="module")
def fair():
    """Acme's own people are Sam (by company) and Sue (by profile); Ada and a guest are its audience."""
    day = "2026-06-10T10:0"
    return published_from(
        [
            event(f"{day}0:00", "Sponsor Viewed", "ada", "acme"),
            event(f"{day}0:10", "Sponsor Viewed", "sam", "acme"),
            event(f"{day}0:10", "Sponsor Viewed", "sue", "acme"),
            event(f"{day}0:20", "Sponsor Viewed", "sam", "other"),
            event(f"{day}0:20", "Sponsor Viewed", device_id="kiosk", item="acme"),
            event(f"{day}1:00", "Document Opened", "ada", "d1"),
            event(f"{day}1:30", "Document Opened", "ada", "d2"),
            event(f"{day}2:00", "Sponsor Link Clicked", "bob", "acme"),
            event(f"{day}3:00", "Booth Visited", "ada", "acme"),
            event(f"{day}3:30", "Booth Visited", "ada", "acme"),
            event(f"{day}4:00", "Page Link Clicked", "ada", "p1"),
        ],
        participants=[
            {"user_id": "sam", "role": "sponsor", "company": " ACME Inc. "}, {"user_id": "sue", "role": "attendee"},
            {"user_id": "ada", "role": "attendee", "company": "Acme Inc."}, {"user_id": "bob"},
        ],
        content=[
            {"content_type": "sponsor", "content_id": "acme", "title": "Acme Inc."},
            {"content_type": "sponsor", "content_id": "other", "title": "Other"},
            {"content_type": "sponsor", "content_id": "idle", "title": "Idle"},
            {"content_type": "document", "content_id": "d1", "sponsor_id": "acme"},
            {"content_type": "document", "content_id": "d2"},
            {"content_type": "user", "content_id": "sue", "sponsor_id": "acme"},
        ],
        meetings=[meeting("m1"), meeting("m2", status="cancelled"), meeting("own")],
        meeting_participants=[
            invited("m1", "sam"), invited("m1", "ada"), invited("m1", "bob"), invited("m2", "sue"),
            invited("m2", "ada"), invited("own", "sam"), invited("own", "sue"),
        ],
    )


def test_a_sponsor_has_its_audience_without_its_own_people(fair):
    acme, other = rows(fair, "sponsors")
    assert acme == {
        "sponsor_id": "acme", "title": "Acme Inc.", "url": None, "is_deleted": False, "staff": 2, "people": 2,
        "profile_views": 2, "profile_users": 1, "document_openings": 1, "document_users": 1, "link_clicks": 1,
        "link_users": 1, "booth_visits": 2, "booth_users": 1, "meetings": 2, "meetings_held": 1, "meeting_users": 2,
    }
    assert (other["sponsor_id"], other["profile_views"], other["people"]) == ("other", 1, 1)


def test_one_sponsor_or_one_user_can_be_asked_about(fair):
    (idle,) = rows(fair, "sponsors", content_type="sponsor", content_id="idle")
    assert (idle["people"], idle["meetings"]) == (0, 0)
    (acme,) = rows(fair, "sponsors", user_id="bob")
    assert (acme["people"], acme["link_clicks"], acme["meetings"], acme["meeting_users"]) == (1, 1, 1, 1)
    assert [row["sponsor_id"] for row in rows(fair, "sponsors", user_id="sam")] == ["other"]


def test_facts_tell_how_late_and_how_complete_the_data_are(fair):
    fill(fair, "load_by_workspace", [
        {"load_date": date(2026, 6, 11), "workspace_id": "expo", "loaded": 8, "no_consent": 2, "late_1h": 1,
         "late_24h": 1, "late_7d": 0},
        {"load_date": date(2026, 6, 12), "workspace_id": "expo", "loaded": 2, "no_consent": 1, "late_1h": 0,
         "late_24h": 0, "late_7d": 1},
        {"load_date": date(2026, 6, 12), "workspace_id": "other", "loaded": 100, "no_consent": 50, "late_1h": 0,
         "late_24h": 0, "late_7d": 0},
    ])
    (facts,) = rows(fair, "data_facts")
    assert (facts["loaded_lines"], facts["late_lines"], facts["late_share"]) == (10, 3, 0.3)
    assert facts["no_consent_lines"] == 3
    assert (facts["data_as_of"], facts["timezone"], facts["visits"]) == (date(2026, 6, 12), "UTC", 5)
    assert (facts["content_views"], facts["unknown_seconds_share"]) == (7, 3 / 7)


def test_all_claims_hold_and_a_table_that_disagrees_is_found(fair):
    before = rows(fair, "reconciliation")
    assert all(row["is_ok"] for row in before)
    assert len(before) == 12
    for change, broken in (
        ("update marts.fct_user_daily set interactions = interactions + 1", {"Interactions"}),
        ("update marts.fct_user_daily set interactions = interactions - 1, visits = visits + 1", {"Visits"}),
        ("update marts.fct_user_daily set visits = visits - 1", set()),
        ("delete from marts.agg_interactions_by_os", {"Interactions"}),
        ("update ops.load_ledger set duplicates = duplicates + 1", {"Interactions", "Installation"}),
    ):
        fair.execute(change)
        assert {row["about"] for row in rows(fair, "reconciliation") if not row["is_ok"]} == broken, change
