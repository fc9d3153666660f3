"""An anonymised workspace shows a new state when enough people's data changed, and at once where people are removed."""

import shutil
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from footfall.ingestion.ledger.ledger import read_lake
from footfall.publishing.history import history_folder
from footfall.publishing.versions import list_versions
from tests.support.marts import rows
from tests.support.nights import Nights, make_nights, visit

HABIT = ("Home", "Documents", "Document Opened:doc-1", "Agenda")


def everyone(number: int, night: int = 0) -> list[dict]:
    return list(chain.from_iterable(visit(user, night, *HABIT) for user in range(number)))


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """Forty people came on the first night."""
    made = make_nights(tmp_path / "home")
    made.publish(everyone(40))
    return made


def test_fewer_people_than_a_group_change_nothing_that_is_shown(nights: Nights) -> None:
    shown = nights.answers()
    assert nights.data_as_of() == "2026-06-01"
    for night in (1, 2, 3, 4):
        published = nights.publish(visit(night, night, *HABIT))
        assert nights.answers() == shown and published.is_new, night
        assert nights.data_as_of() == "2026-06-01"
    (facts,) = nights.answer("data_facts")
    assert facts["data_as_of"] == "2026-06-01"
    loads = "select load_date, loaded from ops.load_by_workspace where workspace_id = 'expo'"
    assert rows(nights.home.published_file, loads) == [(date(2026, 6, 1), None)]


def test_changes_of_several_nights_are_shown_once_they_are_about_a_group(nights: Nights) -> None:
    (before,) = nights.answer("insights")
    for night in (1, 2, 3, 4):
        nights.publish(visit(night, night, *HABIT))
    nights.publish(visit(5, 5, *HABIT))
    (after,) = nights.answer("insights")
    assert after["visits"] == before["visits"] + 5
    assert nights.data_as_of() == "2026-06-06"


def test_one_person_who_comes_every_night_is_one_person(nights: Nights) -> None:
    shown = nights.answers()
    for night in range(1, 10):
        nights.publish(visit(7, night, *HABIT))
    assert nights.answers() == shown


def test_the_same_facts_from_another_file_are_no_change(nights: Nights) -> None:
    shown = nights.answers()
    nights.events[:] = [one | {"message_id": f"again {one['message_id']}"} for one in nights.events]
    nights.publish()
    assert nights.answers() == shown


def test_what_is_outside_the_range_is_no_change(nights: Nights) -> None:
    shown = nights.answers()
    nights.publish(chain.from_iterable(visit(user, 40, *HABIT) for user in range(20)))
    assert nights.answers() == shown


def test_a_title_is_corrected_while_nobodys_data_changed_and_the_date_stays(nights: Nights) -> None:
    shown = nights.answers()
    nights.entities["content"] = [{"content_type": "document", "content_id": "doc-1", "title": "The plan"}]
    nights.publish()
    assert "The plan" in str(nights.answer("content_items"))
    assert nights.data_as_of() == "2026-06-01"
    people = [row["user_id"] for row in nights.answer("by_participant")]
    assert {user for user in people if user in str(shown)} == set(people), "pseudonyms of the same data are the same"


def test_pseudonyms_of_two_states_cannot_be_joined(nights: Nights) -> None:
    before = {row["user_id"] for row in nights.answer("by_participant")}
    nights.publish(everyone(40, 1))
    after = {row["user_id"] for row in nights.answer("by_participant")}
    assert len(before) == len(after) == 40 and not before & after


def test_an_erased_person_leaves_at_once_and_older_versions_go(nights: Nights) -> None:
    nights.publish(visit(1, 1, *HABIT))
    nights.events[:] = [one for one in nights.events if one["user_id"] != "u3"]
    nights.entities["participants"] = [one for one in nights.entities["participants"] if one["user_id"] != "u3"]
    shown = nights.answers()
    nights.publish(kind="erasure")
    assert nights.answers() != shown
    assert len(list_versions(nights.home)) == 1


@pytest.mark.parametrize("change", [
    {"ends_on": date(2026, 6, 20)}, {"timezone": "America/Los_Angeles"}, {"min_group_size": 3},
    {"target_groups": ["VIP"]}, {"anonymization": "domains", "anonymized_domains": ["hidden.example"]},
])
def test_changed_settings_take_effect_at_once_and_older_versions_go(nights: Nights, change: dict) -> None:
    for one in nights.entities["participants"]:
        one["groups"] = ["VIP"]
    nights.publish(visit(1, 1, *HABIT))
    shown = nights.answers()
    nights.entities["workspaces"][0] |= change
    nights.publish()
    assert nights.answers() != shown
    assert len(list_versions(nights.home)) == 1


def test_a_person_who_leaves_a_target_group_is_removed_at_once_in_any_workspace(tmp_path: Path) -> None:
    for anonymization in ("full", "none"):
        nights = make_nights(tmp_path / anonymization, target_groups=["VIP"], anonymization=anonymization)
        for one in nights.entities["participants"]:
            one["groups"] = ["VIP"]
        nights.publish(everyone(40))
        nights.publish(visit(1, 1, *HABIT))
        nights.entities["participants"][3]["groups"] = []
        nights.publish()
        assert len(list_versions(nights.home)) == 1, anonymization


def test_what_is_compared_is_kept_for_the_current_version_only_and_names_nobody(nights: Nights) -> None:
    nights.publish(visit(1, 1, *HABIT))
    (folder,) = (history_folder(nights.home) / "shown").iterdir()
    assert folder.name == list_versions(nights.home)[-1].name
    data = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [name for name in (b"u3", b"Vor3", b"doc-1", b"Documents") if name in data]


def test_publishing_again_after_it_was_interrupted_compares_with_what_readers_see(
    nights: Nights, tmp_path: Path
) -> None:
    shown, seen = nights.answers(), list_versions(nights.home)[0]
    private = history_folder(nights.home) / "shown" / seen.name
    shutil.copytree(private, tmp_path / "private")
    nights.publish(everyone(40, 1))
    assert nights.answers() != shown
    # as a crash just before the swap leaves it: a version and its private files that nobody has seen
    (nights.home.published / "current").unlink()
    (nights.home.published / "current").symlink_to(seen.relative_to(nights.home.published))
    shutil.copytree(tmp_path / "private", private)
    nights.events[:] = [*everyone(40), *visit(1, 1, *HABIT)]
    nights.publish()
    assert nights.answers() == shown


def test_a_state_that_is_not_known_any_more_is_not_compared_with_and_older_versions_go(nights: Nights) -> None:
    for path in (history_folder(nights.home) / "shown").glob("*/people.parquet"):
        path.unlink()
    nights.publish(visit(1, 1, *HABIT))
    assert nights.answer("insights")[0]["visits"] == 41
    assert len(list_versions(nights.home)) == 1


def test_after_published_files_are_lost_a_new_state_is_compared_with_what_readers_saw(nights: Nights) -> None:
    shown = nights.answers()
    shutil.rmtree(nights.home.published)
    nights.home.ensure()
    nights.publish_again()
    assert nights.answers() == shown, "nobody's data changed"
    shutil.rmtree(nights.home.published)
    nights.home.ensure()
    nights.publish(visit(1, 1, *HABIT))
    assert nights.answers() and nights.answer("insights")[0]["visits"] is None


def test_in_a_workspace_that_protects_some_the_data_of_the_others_move(tmp_path: Path) -> None:
    nights = make_nights(tmp_path / "home", anonymization="domains", anonymized_domains=["hidden.example"])
    nights.publish(everyone(40))
    (before,) = nights.answer("insights")
    nights.publish(visit(2, 1, *HABIT))
    (named,) = nights.answer("insights")
    assert named["visits"] == before["visits"] + 1, "u2 is not protected"
    nights.publish([*visit(3, 2, *HABIT), *visit(4, 2, *HABIT)])
    assert nights.answer("insights") == [named]
    named_rows = "select count(*) from marts.fct_visits where user_id = 'u4'"
    assert rows(nights.home.published_file, named_rows) == [(2,)]


LEDGER = "select file, lines_in, loaded, bytes, sha256 from ops.load_ledger order by load_date"


def test_a_file_of_few_protected_people_has_no_numbers_in_ops(nights: Nights) -> None:
    nights.publish(visit(1, 1, *HABIT))
    many, few = rows(nights.home.published_file, LEDGER)
    assert many[1:3] == (160, 160) and few[1:] == (None, None, None, None)
    assert rows(nights.home.published_file, "select loaded from ops.late_events order by seq") == [(160,), (None,)]
    assert {row["lines_in"] for row in read_lake(nights.home).ledger} == {160, 4}, "the commit log accounts for all"


def test_a_file_of_another_workspace_keeps_its_numbers(nights: Nights) -> None:
    nights.publish([one | {"workspace_id": "open"} for one in visit(1, 1, *HABIT)])
    assert [row[1] for row in rows(nights.home.published_file, LEDGER)] == [160, 4]


def test_two_files_of_one_date_are_looked_at_one_by_one(nights: Nights) -> None:
    day = nights.night
    nights.publish(everyone(10, day))
    nights.night = day  # another file arrives for the same load date
    nights.publish(visit(1, day, *HABIT, hour=20))
    assert sorted(row[1] or 0 for row in rows(nights.home.published_file, LEDGER)) == [0, 40, 160]
