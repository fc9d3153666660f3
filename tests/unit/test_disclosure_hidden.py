"""Searches that name a protected person are known as such."""

import pytest

from footfall.core.database import connect
from footfall.metrics.disclosure.protected import find_hidden

PEOPLE = [
    ("u00042", "anna.o'brien@x.example", "José", "O'Brien", True), ("u7", None, "Wei", "Li", True),
    (None, None, "-", "", True), ("u00043", "Seen@y.example", "Seen", "Named", False),
]


@pytest.mark.parametrize(("term", "is_hidden"), [
    ("u00042", True), ("who is u00042?", True), ("anna.o'brien@x.example", True), ("o'brien", True),
    ("mr o'brien's talk", True), ("josé", True), ("jose", True), ("talk: josé!", True), ("wei", True), ("li", True),
    ("wei li", True), ("josephine", False), ("weird", False), ("livestream", False), ("coffee", False), ("-", False),
    ("seen", False), ("named", False), ("seen@y.example", False),
])
def test_a_search_that_names_a_protected_person_is_hidden(term: str, is_hidden: bool) -> None:
    with connect() as con:
        con.execute("""
            create schema marts;
            create table marts.dim_workspaces as select 'expo' as workspace_id, 'domains' as anonymization;
            create table marts.dim_participants (
                workspace_id varchar default 'expo', user_id varchar, email varchar, first_name varchar,
                last_name varchar, is_anonymized boolean
            );
            create table marts.fct_events as select 'expo' as workspace_id, 'u' as user_id, 'd' as device_id;
        """)
        con.executemany(
            "insert into marts.dim_participants (user_id, email, first_name, last_name, is_anonymized)"
            " values (?, ?, ?, ?, ?)", PEOPLE,
        )
        con.execute("create table marts.fct_searches as select unnest(['expo', 'other']) as workspace_id, ? as term",
                    [term])
        find_hidden(con)
        assert con.execute("from hidden_terms").fetchall() == ([("expo", term)] if is_hidden else [])
