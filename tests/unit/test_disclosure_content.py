"""Items that nobody delivered are published only where enough people opened them."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.ledger.ledger import read_lake
from footfall.metrics.disclosure.answered import Answered
from footfall.metrics.disclosure.answers import write_answers
from footfall.metrics.disclosure.protected import find_hidden
from footfall.metrics.disclosure.suppression import suppress_also
from footfall.publishing.projection import project
from tests.support.marts import rows
from tests.support.published import complete_from, event, published_from, tables

K = 3


def shown_content(root: Path, openers: Mapping[str, list[str | None]], **settings: object) -> set[str]:
    """Ids of `dim_content` after publishing; ``openers``: who opened each item, None for a guest on a device."""
    people = [{"user_id": f"u{n}", "email": f"u{n}@{'hidden' if n < 6 else 'open'}.example"} for n in range(9)]
    events = [
        event(f"2026-06-02T1{hour}:0{n}:00", "Document Opened", user, item, device_id=user or f"kiosk{n}")
        for hour, (item, users) in enumerate(openers.items()) for n, user in enumerate(users)
    ]
    workspace = {"name": "Expo", "timezone": "UTC", "min_group_size": K, **settings}
    home = Home(root / "home").ensure()
    with published_from(
        events, participants=people, workspaces=[workspace],
        content=[{"content_type": "document", "content_id": "delivered", "title": "Delivered"}],
    ) as con:
        con.execute(f"attach '{home.marts_file}' as target (storage_version 'v1.0.0'); create schema target.marts")
        for name in tables():
            if name.startswith("marts.") and name != "marts.anonymized_answers":
                con.execute(f"create table target.{name} as from {name}")
        con.execute("detach target")
    project(home, Settings(), home.marts_file, root / "shown.duckdb", read_lake(home), version="1")
    return {row[0] for row in rows(root / "shown.duckdb", "select content_id from marts.dim_content")}


OPENERS = {
    "delivered": ["u0"], "of one": ["u1", "u1"], "of two": ["u1", "u2"], "of three": ["u1", "u2", "u3"],
    "of guests": [None, None, None],
}


def test_an_item_that_few_people_opened_and_nobody_delivered_is_not_published(tmp_path: Path) -> None:
    shown = shown_content(tmp_path, OPENERS, anonymization="full")
    assert shown == {"delivered", "of three", "of guests"}


def test_what_a_named_person_opened_too_is_published(tmp_path: Path) -> None:
    openers = {"of a named": ["u7"], "of both": ["u1", "u7"], "of one": ["u1"], "of a guest": [None]}
    shown = shown_content(tmp_path, openers, anonymization="domains", anonymized_domains=["hidden.example"])
    assert shown == {"delivered", "of a named", "of both"}


@pytest.mark.parametrize("settings", [{"anonymization": "none"}, {"anonymization": "full", "min_group_size": 1}])
def test_items_of_one_person_are_published_where_a_group_may_be_that_small(tmp_path: Path, settings: dict) -> None:
    assert shown_content(tmp_path, OPENERS, **settings) == set(OPENERS)


@pytest.mark.parametrize("later", [[], ["c"]])
def test_users_of_the_others_together_are_as_many_as_they_are_or_hidden(later: list[str]) -> None:
    """An item that is suppressed later, since the state before shows it, is not among the users counted before."""
    openers = {item: [f"u{9 * number + n}" for n in range(n)] for number, (item, n) in enumerate(
        {"a": 1, "b": 2, "c": 6, "d": 7, "e": 8}.items())}
    events = [
        event(f"2026-06-02T1{hour}:0{n}:00", "Document Opened", user, item)
        for hour, (item, users) in enumerate(openers.items()) for n, user in enumerate(users)
    ]
    people = [{"user_id": user} for users in openers.values() for user in users]
    workspace = {"name": "Expo", "timezone": "UTC", "min_group_size": K, "anonymization": "full"}

    def admit(con: duckdb.DuckDBPyConnection, _: Answered) -> bool:
        if later:
            suppress_also(con, [("content:document", item) for item in later])
        return True

    with complete_from(events, participants=people, workspaces=[workspace]) as con:
        find_hidden(con)
        con.execute("delete from marts.anonymized_answers")
        write_answers(con, b"k" * 32, "marts.anonymized_answers", admit=admit)
        shown = [json.loads(row) for (row,) in con.execute(
            "select \"row\" from marts.anonymized_answers where answer = 'content_items'").fetchall()]
    named = {row["content_id"] for row in shown if row["item_kind"] == "named"}
    assert named == {"c"} - set(later)
    (others,) = [row for row in shown if row["item_kind"] == "other"]
    hidden = sum(len(users) for item, users in openers.items() if item not in named)  # everybody opened one item
    assert (others["views"], others["users"]) == (hidden, None if later else hidden)
