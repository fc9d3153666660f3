"""Which questions are refused, and what a question without limits, or about nothing, is answered."""

from datetime import date, datetime

import pytest

from footfall.core.database import connect
from footfall.core.errors import FootfallError, UsageError
from footfall.core.home import Home
from footfall.core.settings import DuckDBSettings
from footfall.metrics.layer import ANSWERS, answer
from footfall.metrics.question import Question, limits
from footfall.metrics.source import open_published, slice_workspace
from tests.support.published import event, published_from


def everyone(**settings):
    """Ada of the target group, Bob of none, a test account, a guest: one visit and one search each."""
    people = [
        {"user_id": "ada", "first_name": "Ada", "email": "ada@inside.example", "groups": ["vip"]},
        {"user_id": "bob", "first_name": "Bob", "email": "bob@outside.example", "groups": []},
        {"user_id": "tester", "groups": ["vip"], "is_test": True},
    ]
    events = []
    for who in ("ada", "bob", "tester", None):
        device = {"user_id": who, "device_id": who or "kiosk"}
        events += [
            event("2026-06-02T10:00:00", "Home", **device),
            event("2026-06-02T10:00:30", "Search Performed", query="coffee", results=0, **device),
            event("2026-06-02T10:01:00", "Session Viewed", item="s1", **device),
            event("2026-06-02T10:02:00", "Profile Viewed", item="ada" if who != "ada" else "bob", **device),
            event("2026-06-02T10:03:00", "Form Submitted", item="f1", **device),
        ]
    workspace = {"name": "Expo", "timezone": "UTC", "updated_at": None, **settings}
    return published_from(events, participants=people, workspaces=[workspace])


@pytest.fixture(scope="module")
def con():
    return everyone()


@pytest.fixture(scope="module")
def targeted():
    return everyone(target_groups=["vip"])


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (Question("nowhere"), "nowhere"),
        (Question("expo", user_id="nobody"), "nobody"),
        (Question("expo", user_id="tester"), "tester"),
        (Question("expo", date(2026, 6, 2), date(2026, 6, 1)), "2026-06-02"),
        (Question("expo", content_type="poem"), "poem"),
        (Question("expo", content_type="form", content_id="f2"), "f2"),
        (Question("expo", content_type="page", content_id="f1"), "f1"),
        (Question("expo", content_id="f1"), "f1"),
        (Question("expo", top=0), "0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_name(con, question, names):
    with pytest.raises(UsageError) as refusal:
        answer(con, "content_items", question)
    assert names in refusal.value.message
    assert refusal.value.hint


def test_an_unknown_answer_is_refused(con):
    with pytest.raises(UsageError, match="insight'"):
        answer(con, "insight", Question("expo"))


def test_an_answer_that_is_not_about_items_refuses_one(con):
    with pytest.raises(UsageError, match="not about content items"):
        answer(con, "insights", Question("expo", content_type="form", content_id="f1"))
    with pytest.raises(UsageError, match="not about items of type 'form'"):
        answer(con, "live_streams", Question("expo", content_type="form"))


@pytest.mark.parametrize("days", [(date(1999, 1, 1), date(1999, 12, 31)), (date(2099, 1, 1), date(2099, 1, 2))])
@pytest.mark.parametrize("user_id", [None, "ada"])
def test_outside_of_all_data_every_answer_is_empty_and_well_formed(con, days, user_id):
    for name, spec in ANSWERS.items():
        table = answer(con, name, Question("expo", *days, user_id=user_id))
        assert table.column_names == [column.name for column in spec.columns]
        allowed = {"insights": 1, "data_facts": 1, "meetings_summary": 1, "by_participant": table.num_rows}
        if name not in ("reconciliation", "visit_frequency"):
            assert table.num_rows == allowed.get(name, 0), name


def test_a_workspace_without_events_is_answered_too():
    con = published_from([])
    for name in ANSWERS:
        answer(con, name, Question("expo"))
    assert answer(con, "insights", Question("expo")).to_pylist()[0]["visits"] == 0
    assert limits(con, "expo") is None


def test_without_dates_the_range_is_the_datas_own(con):
    assert limits(con, "expo") == (date(2026, 6, 2), date(2026, 6, 2))
    (facts,) = answer(con, "data_facts", Question("expo")).to_pylist()
    assert (facts["range_start"], facts["range_end"]) == (date(2026, 6, 2), date(2026, 6, 2))


@pytest.mark.parametrize(
    ("requested", "answered"),
    [
        ({"start": date(2026, 5, 1)}, (date(2026, 5, 1), date(2026, 6, 2))),
        ({"end": date(2026, 7, 1)}, (date(2026, 6, 2), date(2026, 7, 1))),
        ({"start": date(2026, 7, 1)}, (date(2026, 7, 1), date(2026, 7, 1))),
        ({"end": date(2026, 5, 1)}, (date(2026, 5, 1), date(2026, 5, 1))),
    ],
)
def test_half_a_range_is_closed_by_the_data_and_never_reversed(con, requested, answered):
    (facts,) = answer(con, "data_facts", Question("expo", **requested)).to_pylist()
    assert (facts["range_start"], facts["range_end"]) == answered


def test_a_meeting_after_the_last_event_is_within_the_datas_limits():
    con = published_from(
        [event("2026-06-01T10:00:00", "Home", "ada")],
        meetings=[{"meeting_id": "m", "kind": "group", "status": "requested", "created_at": datetime(2026, 6, 1),
                   "scheduled_start": datetime(2026, 7, 1, 9), "scheduled_end": datetime(2026, 7, 1, 10)}],
    )
    assert limits(con, "expo") == (date(2026, 6, 1), date(2026, 7, 1))
    assert answer(con, "meetings", Question("expo")).num_rows == 1


def test_with_target_groups_only_their_members_count_on_every_page(targeted):
    seen = {name: answer(targeted, name, Question("expo")).to_pylist() for name in ANSWERS}
    assert (seen["insights"][0]["visits"], seen["insights"][0]["guests"]) == (1, 0)
    assert [row["user_id"] for row in seen["by_participant"]] == ["ada"]
    assert [row["user_id"] for row in seen["top_users"]] == ["ada"]
    assert {row["user_id"] for row in seen["participant_functionality"]} == {"ada"}
    assert seen["searches"][0]["searches"] == 1
    assert {(row["content_id"], row["views"], row["submitted"]) for row in seen["content_items"]} == {
        ("s1", 1, None), ("bob", 1, None), ("f1", 0, 1),
    }
    assert all(row["visits"] == 1 for row in seen["path_links"])
    assert all(row["is_ok"] for row in seen["reconciliation"])
    assert seen["data_facts"][0]["participants"] == 1


def test_without_target_groups_everyone_counts_but_test_accounts(con):
    (row,) = answer(con, "insights", Question("expo")).to_pylist()
    assert (row["active_users"], row["guests"], row["visits"]) == (2, 1, 3)
    assert answer(con, "searches", Question("expo")).to_pylist()[0]["searches"] == 3


def test_someone_outside_the_target_groups_cannot_be_asked_about(targeted):
    with pytest.raises(UsageError, match="'bob' does not count"):
        answer(targeted, "insights", Question("expo", user_id="bob"))


def test_in_an_anonymized_workspace_no_one_can_be_asked_about():
    con = everyone(anonymization="full")
    with pytest.raises(UsageError, match="anonymized"):
        answer(con, "insights", Question("expo", user_id="ada"))
    assert answer(con, "insights", Question("expo")).to_pylist()[0]["visits"] is None, "so few came"


@pytest.mark.parametrize("requested", [
    {"start": date(2026, 6, 1)}, {"end": date(2026, 6, 3)}, {"top": 3}, {"content_type": "form", "content_id": "f1"},
])
def test_an_anonymized_workspace_has_answers_about_its_own_range_only(requested):
    con = everyone(anonymization="full")
    with pytest.raises(UsageError, match="anonymized"):
        answer(con, "path_links_top" if "top" in requested else "content_items", Question("expo", **requested))


def test_without_published_answers_nothing_is_told_of_an_anonymized_workspace():
    con = everyone(anonymization="full")
    con.execute("delete from marts.anonymized_answers")
    for name in ANSWERS:
        with pytest.raises(FootfallError, match="no answers about it yet"):
            answer(con, name, Question("expo"))


def test_in_an_anonymized_workspace_no_answer_names_a_person():
    con = everyone(anonymization="full")
    text = repr([answer(con, name, Question("expo")).to_pylist() for name in ANSWERS])
    assert [word for word in ("ada", "Ada", "bob", "Bob", "tester", "inside.example") if word in text] == []


def test_with_anonymized_domains_the_others_stay_named():
    con = everyone(anonymization="domains", anonymized_domains=["inside.example"])
    assert answer(con, "insights", Question("expo", user_id="bob")).to_pylist()[0]["visits"] == 1
    with pytest.raises(UsageError, match="anonymized"):
        answer(con, "insights", Question("expo", user_id="ada"))
    shown = {row["user_id"]: row["first_name"] for row in answer(con, "by_participant", Question("expo")).to_pylist()}
    assert shown == {"bob": "Bob"}
    profiles = answer(con, "content_items", Question("expo", content_type="user"))
    assert profiles.num_rows == 0, "only somebody who is hidden looked at a profile that may be named"


def test_two_workspaces_with_the_same_users_are_kept_apart():
    con = published_from(
        [event("2026-06-01T10:00:00", "Home", "ada"),
         *(event(f"2026-06-0{day}T10:00:00", "Agenda", "ada", workspace_id="other") for day in (1, 2))],
        participants=[{"user_id": "ada", "first_name": "Ada"},
                      {"user_id": "ada", "first_name": "Other Ada", "workspace_id": "other"}],
    )
    for _ in range(2):  # the connection holds one workspace's slice at a time
        assert answer(con, "insights", Question("expo")).to_pylist()[0]["visits"] == 1
        assert answer(con, "insights", Question("other")).to_pylist()[0]["visits"] == 2
        assert answer(con, "by_participant", Question("other")).column("name").to_pylist() == ["Other Ada"]


def test_a_slice_that_failed_half_way_is_not_taken_for_a_workspace_without_data(con):
    broken = everyone()
    broken.execute("alter table marts.fct_searches rename to hidden")
    with pytest.raises(Exception, match="fct_searches"):
        slice_workspace(broken, "expo")
    broken.execute("alter table marts.hidden rename to fct_searches")
    assert answer(broken, "searches", Question("expo")).equals(answer(con, "searches", Question("expo")))


def test_what_is_published_is_opened_for_reading_only(tmp_path):
    home = Home(tmp_path).ensure()
    with pytest.raises(FootfallError, match="Nothing is published"):
        open_published(home)
    source = everyone()
    version = home.published / "footfall-1.duckdb"
    source.execute(f"attach '{version}' as version")
    source.execute("copy from database memory to version")
    source.execute("detach version")
    home.published_file.symlink_to(version.name)
    with open_published(home) as con:
        assert answer(con, "insights", Question("expo")).to_pylist()[0]["visits"] == 3
        with pytest.raises(Exception, match="read-only"):
            con.execute("delete from marts.fct_visits")


def test_ids_that_look_like_sql_are_only_ids():
    name = "o'; drop table marts.fct_visits; --"
    con = published_from([event("2026-06-01T10:00:00", "Home", name, workspace_id=name)])
    (row,) = answer(con, "top_users", Question(name, user_id=name)).to_pylist()
    assert (row["user_id"], row["visits"]) == (name, 1)


@pytest.mark.parametrize("is_large", [False, True])
def test_an_answer_of_many_rows_is_in_order_with_any_number_of_threads(tmp_path, is_large):
    people = [{"user_id": f"u{number:05d}"} for number in range(20_000)]
    path = tmp_path / "footfall.duckdb"
    with published_from([event("2026-06-01T10:00:00", "Home", "u00007")], participants=people[::-1]) as made:
        made.execute(f"attach '{path}' as kept")
        made.execute("copy from database memory to kept")
    with connect(path, settings=DuckDBSettings(threads=4)) as con:
        found = answer(con, "by_participant", Question("expo"), is_large=is_large)["user_id"].to_pylist()
    assert found == ["u00007", *(one["user_id"] for one in people if one["user_id"] != "u00007")]
