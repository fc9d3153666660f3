"""Content, search and live streams, on events written by hand, with answers worked out by hand."""

from datetime import date, datetime, timedelta

import pytest

from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, published_from

RANGE = (date(2026, 6, 1), date(2026, 6, 30))


def rows(con, name, **question):
    return answer(con, name, Question("expo", *RANGE, **question)).to_pylist()


@pytest.fixture(scope="module")
def library():
    """Two documents and a form; Ada, Bob and a guest."""
    return published_from(
        [
            event("2026-06-01T10:00:00", "Document Opened", "ada", "d1", duration_seconds=12.5),
            event("2026-06-01T10:05:00", "Document Opened", "ada", "d1", os="web"),
            event("2026-06-01T10:05:40", "Document Opened", "bob", "d1", os="other"),
            event("2026-06-01T10:06:10", "Form Opened", "ada", "f1"),
            event("2026-06-01T10:07:00", "Form Submitted", "ada", "f1"),
            event("2026-06-01T10:07:30", "Form Submitted", "ada", "f1"),
            event("2026-06-01T10:10:00", "Form Opened", device_id="kiosk", item="f1"),
            event("2026-06-01T11:00:00", "Form Submitted", "bob", "f1"),
            event("2026-06-01T12:00:00", "Abstract Viewed", "bob", "a1"),
        ],
        content=[
            {"content_type": "document", "content_id": "d1", "title": "Map", "url": "https://x.example/d1",
             "deleted_at": datetime(2026, 6, 3)},
            {"content_type": "document", "content_id": "d2", "title": "Menu"},
        ],
    )


def test_an_item_has_views_users_and_the_seconds_that_are_known(library):
    (row,) = rows(library, "content_items", content_type="document")
    assert (row["content_id"], row["title"], row["url"], row["is_deleted"]) == (
        "d1", "Map", "https://x.example/d1", True,
    )
    # known: 12.5 as sent, 70 to Ada's next event; unknown: Bob's last event of the visit
    assert (row["views"], row["users"], row["seconds_viewed"], row["average_seconds_viewed"]) == (3, 2, 82.5, 41.25)
    assert row["known_share"] == 2 / 3
    assert (row["views_ios"], row["views_android"], row["views_web"], row["views_other"]) == (1, 0, 1, 1)
    assert row["opened"] is row["submitted"] is row["completion"] is None


def test_an_item_by_os_adds_up_to_the_item(library):
    found = rows(library, "content_items_by_os", content_type="document", content_id="d1")
    assert [(row["os"], row["views"], row["users"], row["seconds_viewed"], row["known_share"]) for row in found] == [
        ("ios", 1, 1, 12.5, 1.0), ("other", 1, 1, 0.0, 0.0), ("web", 1, 1, 70.0, 1.0),
    ]
    assert found[1]["average_seconds_viewed"] is None


def test_an_item_asked_for_by_name_is_shown_with_zeros(library):
    (row,) = rows(library, "content_items", content_type="document", content_id="d2")
    assert (row["title"], row["views"], row["users"], row["seconds_viewed"]) == ("Menu", 0, 0, 0.0)
    assert row["average_seconds_viewed"] is row["known_share"] is None
    assert [row["content_id"] for row in rows(library, "content_items", content_type="document")] == ["d1"]


def test_completion_is_of_those_who_opened(library):
    (row,) = rows(library, "content_items", content_type="form")
    assert (row["opened"], row["submitted"], row["submissions"], row["completion"]) == (2, 2, 3, 0.5)
    (row,) = rows(library, "content_items", content_type="form", user_id="bob")
    assert (row["opened"], row["submitted"], row["submissions"], row["completion"]) == (0, 1, 1, None)


@pytest.mark.parametrize(("modules", "shown"), [(None, 1), (["abstracts", "agenda"], 1), (["agenda"], 0), ([], 0)])
def test_abstracts_appear_only_where_installed(modules, shown):
    con = published_from(
        [event("2026-06-01T12:00:00", "Abstract Viewed", "bob", "a1")],
        workspaces=[{"name": "Expo", "timezone": "UTC", "modules": modules}],
    )
    assert len(rows(con, "content_items")) == shown
    assert len(rows(con, "content_items_by_os")) == shown


def test_looking_at_ones_own_profile_is_no_view():
    con = published_from([
        event("2026-06-01T10:00:00", "Profile Viewed", "ada", "ada"),
        event("2026-06-01T10:00:10", "Profile Viewed", "ada", "bob"),
        event("2026-06-01T10:00:10", "Profile Viewed", "bob", "ada"),
    ])
    found = rows(con, "content_items", content_type="user")
    assert [(row["content_id"], row["views"]) for row in found] == [("ada", 1), ("bob", 1)]


def test_a_profile_is_called_like_its_participant_where_the_app_names_it_no_other_way():
    con = published_from(
        [event("2026-06-01T10:00:00", "Profile Viewed", "ada", item) for item in ("bob", "eve", "zoe", "x1")],
        participants=[
            {"user_id": "bob", "first_name": " Bob ", "last_name": "Moss", "profile_url": "https://x.example/bob"},
            {"user_id": "eve", "first_name": "Eve"}, {"user_id": "zoe", "first_name": " "},
        ],
        content=[{"content_type": "user", "content_id": "eve", "title": "Dr. Eve"}],
    )
    found = {row["content_id"]: (row["title"], row["url"]) for row in rows(con, "content_items", content_type="user")}
    assert found == {
        "bob": ("Bob Moss", "https://x.example/bob"), "eve": ("Dr. Eve", None), "zoe": ("zoe", None),
        "x1": ("x1", None),
    }


def test_search_terms_are_normalised_and_unknown_results_are_in_no_share():
    searches = [("ada", "Coffee", 0), ("ada", " coffee ", 3), ("bob", "COFFEE", None), (None, "tea", 0)]
    con = published_from([
        event(f"2026-06-01T10:00:{second:02}", "Search Performed", user, query=query, results=results,
              os="web" if second == 2 else "ios")
        for second, (user, query, results) in enumerate(searches)
    ])
    assert rows(con, "searches") == [
        {"term": "coffee", "term_kind": "named", "searches": 3, "users": 2, "without_results": 1,
         "share_without_results": 0.5},
        {"term": "tea", "term_kind": "named", "searches": 1, "users": 0, "without_results": 1,
         "share_without_results": 1.0},
    ]
    by_os = rows(con, "searches_by_os")
    assert [(row["term"], row["os"], row["searches"], row["share_without_results"]) for row in by_os] == [
        ("coffee", "ios", 2, 0.5), ("coffee", "web", 1, None), ("tea", "ios", 1, 1.0),
    ]


def watch(user, at, seconds=None, stream="l1"):
    return event(f"2026-06-01T{at}", "Live Stream Started", user, stream, duration_seconds=seconds)


def streams(events, schedule=("10:00", "10:45"), timezone="UTC"):
    starts, ends = (schedule and datetime.fromisoformat(f"2026-06-01T{at}") for at in schedule or (None, None))
    return published_from(
        events,
        workspaces=[{"name": "Expo", "timezone": timezone}],
        content=[{"content_type": "live_stream", "content_id": "l1", "title": "Keynote", "starts_at": starts,
                  "ends_at": ends}],
    )


@pytest.fixture(scope="module")
def keynote():
    """Ada's two views overlap by half a minute, Bob's crosses a minute, Cat's length is unknown and after the end."""
    return streams([
        watch("ada", "10:00:00", 60), watch("ada", "10:00:30", 60), watch("bob", "10:01:59", 2),
        watch("cat", "11:00:30"),
    ])


def test_time_without_repeats_counts_overlapping_views_once(keynote):
    (row,) = rows(keynote, "live_streams")
    assert (row["views"], row["viewers"], row["seconds_viewed"], row["known_share"]) == (4, 3, 122.0, 0.75)
    assert row["seconds_without_repeats"] == 92.0


def test_viewers_are_live_or_on_demand_by_the_schedule(keynote):
    (row,) = rows(keynote, "live_streams")
    assert (row["live_viewers"], row["on_demand_viewers"]) == (2, 1)
    assert (row["live_seconds"], row["on_demand_seconds"]) == (122.0, 0.0)


def test_someone_counts_in_every_minute_that_he_touches_and_a_full_minute_ends_before_the_next(keynote):
    minutes = rows(keynote, "live_stream_minutes")
    assert [(row["minute_at"].strftime("%H:%M"), row["viewers"]) for row in minutes] == [
        ("10:00", 1), ("10:01", 2), ("10:02", 1), ("11:00", 1),
    ]
    (row,) = rows(keynote, "live_streams")
    assert (row["peak_viewers"], row["peak_minute_at"]) == (2, datetime(2026, 6, 1, 10, 1))


PHASES = ("waiting", "live", "on_demand")


def phases(row):
    return tuple((row[f"{phase}_viewers"], row[f"{phase}_seconds"]) for phase in PHASES)


def test_watched_times_are_cut_at_the_scheduled_start_and_end():
    """Ada watches past the end, Bob from before the start, Cat leaves before it; nobody else is on demand."""
    con = streams([watch("ada", "10:35:00", 1200), watch("bob", "09:50:00", 1200), watch("cat", "09:40:00", 300)])
    (row,) = rows(con, "live_streams")
    assert phases(row) == ((2, 900.0), (2, 1200.0), (1, 600.0))


def test_one_view_may_be_in_all_three_phases():
    (row,) = rows(streams([watch("ada", "09:50:00", 4200)]), "live_streams")
    assert phases(row) == ((1, 600.0), (1, 2700.0), (1, 900.0))


@pytest.mark.parametrize(("at", "seconds", "phase"), [
    ("09:59:59", None, "waiting"), ("09:59:00", 60, "waiting"), ("10:00:00", None, "live"), ("10:44:59", None, "live"),
    ("10:44:00", 60, "live"), ("10:45:00", None, "on_demand"), ("10:45:00", 5, "on_demand"), ("09:59:00", 0, "waiting"),
])
def test_a_view_that_ends_at_a_limit_is_in_the_phase_before_it(at, seconds, phase):
    (row,) = rows(streams([watch("ada", at, seconds)]), "live_streams")
    assert [name for name in PHASES if row[f"{name}_viewers"]] == [phase]
    assert sum(row[f"{name}_seconds"] for name in PHASES) == row["seconds_viewed"] == (seconds or 0)


def test_a_stream_without_schedule_has_no_phases():
    (row,) = rows(streams([watch("ada", "10:40:00", 600)], schedule=None), "live_streams")
    assert phases(row) == ((None, None),) * 3
    assert row["seconds_viewed"] == 600.0


def test_a_view_within_another_adds_nothing_and_a_later_one_does():
    con = streams([watch("ada", "10:00:00", 600), watch("ada", "10:01:00", 60), watch("ada", "10:09:00", 120),
                   watch("ada", "10:20:00", 30)])
    (row,) = rows(con, "live_streams")
    assert (row["seconds_viewed"], row["seconds_without_repeats"], row["peak_viewers"]) == (810.0, 690.0, 1)
    assert len(rows(con, "live_stream_minutes")) == 11 + 1


def test_the_longest_view_that_loads_counts_alike_in_every_column():
    con = streams([watch("ada", "10:00:00", 86_400)])
    (row,) = rows(con, "live_streams")
    assert row["seconds_viewed"] == row["seconds_without_repeats"] == 86_400.0
    assert row["live_seconds"] + row["on_demand_seconds"] == 86_400.0
    assert len(rows(con, "live_stream_minutes")) == 1440


def test_minutes_are_on_the_workspaces_clock_too():
    con = streams([watch("ada", "10:00:00", 60)], timezone="Asia/Kathmandu")
    (row,) = rows(con, "live_stream_minutes")
    assert (row["minute_at"], row["minute_local"]) == (datetime(2026, 6, 1, 10), datetime(2026, 6, 1, 15, 45))


def test_concurrent_viewers_are_those_of_a_plain_count_minute_by_minute():
    views = [
        (f"u{n % 23}", timedelta(milliseconds=n * 7919 % 5400 * 1000 + n * 37 % 1000), n * 613 % 900)
        for n in range(300)
    ]
    start = datetime(2026, 6, 1, 10)
    con = streams([
        event((start + offset).isoformat(), "Live Stream Started", user, "l1", duration_seconds=seconds)
        for user, offset, seconds in views
    ])
    minute = timedelta(minutes=1)
    counted = {}
    for number in range(200):
        at = start + number * minute
        watching = {
            user for user, offset, seconds in views
            if at <= start + offset < at + minute
            or start + offset < at < start + offset + timedelta(seconds=seconds)
        }
        if watching:
            counted[at] = len(watching)
    # openings of one stream within 2 s of the one before are one view: here there are none
    assert rows(con, "live_streams")[0]["views"] == 300
    assert {row["minute_at"]: row["viewers"] for row in rows(con, "live_stream_minutes")} == counted
    assert rows(con, "live_streams")[0]["peak_viewers"] == max(counted.values())
