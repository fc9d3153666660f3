"""Names of protected people are found however they are written."""
# ruff: noqa: RUF001 -- names in many scripts

from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.ledger.ledger import read_lake
from footfall.metrics.disclosure.names import names_of
from footfall.publishing.projection import project
from tests.support.marts import rows
from tests.support.published import event, published_from, tables

PEOPLE = [
    ("u-jp", "u-jp@hidden.example", "太郎", "山田"), ("u-ob", None, "Sean", "O'Brien"),
    ("u-lk", None, "Łukasz", "Wałęsa"),
    ("u-mu", None, "Zoë", "Müller"), ("u-ss", None, "Hans", "Groß"), ("u-ng", None, "Thị", "Nguyễn"),
    ("u-jl", "jlpicard@hidden.example", "Jean-Luc", "Picard"), ("u-kr", None, "민수", "김"),
    ("u-cn", None, "伟", "王"), ("u-or", None, "Jørgen", "Ødegård"), ("u-nl", None, "Dr. Jan", "van der Berg, Jr."),
    ("u-es", None, "Ana", "García-Márquez"), ("u-ru", None, "Антон", "Чехов"), ("u-gr", None, "Νίκος", "Παπαδόπουλος"),
    ("u-tr", None, "Ayşe", "Yılmaz"), ("u-li", None, "Wei", "Li"), ("u-none", None, "-", ""),
]
NAMES = names_of(("expo", *person) for person in PEOPLE)["expo"]
NAMED = [
    "山田太郎", "山田 太郎", "山田さん", "資料(山田氏)", "太郎", "김민수", "김 민수 연락처", "민수", "김님",
    "王伟", "王先生",
    "obrien", "o’brien", "O BRIEN", "sean obrien phone", "lukasz walesa", "WALESA, LUKASZ", "prof. wałęsa", "l. walesa",
    "mueller", "muller", "zoe", "zoe mueller", "gross", "GROSS", "nguyen", "jeanluc", "jean luc", "picard", "jlpicard",
    "jorgen odegard", "Joergen Oedegaard", "odegaard", "berg", "vanderberg", "j. van der berg", "garcia", "marquez",
    "chekhov", "Tschechow", "a. chekhov", "papadopoulos", "yilmaz", "YILMAZ", "ayse", "wei", "li", "who is li?",
    "u-jp@hidden.example", "u-jp at hidden dot example", "ujp", "https://x.example/p/Ana%20Garc%C3%ADa", "Ga\\u0072cía",
    "W\u200bałęsa", "Ｐｉｃａｒｄ", "m&#252;ller",
]
NOT_NAMED = [
    "josephine", "weird", "livestream", "coffee", "-", "김치", "東京", "hidden.example", "agenda", "the", "", "王国",
]


@pytest.mark.parametrize("text", NAMED)
def test_a_search_that_names_somebody_is_found_in_any_spelling(text: str) -> None:
    assert NAMES.in_search(text)


@pytest.mark.parametrize("text", NOT_NAMED)
def test_other_searches_stay(text: str) -> None:
    assert not NAMES.in_search(text)


@pytest.mark.parametrize(("title", "is_named"), [
    ("CV 山田太郎", True), ("Handout by Walesa", True), ("Talk: Jean-Luc Picard", True), ("Picard_CV.pdf", True),
    ("jlpicard@hidden.example", True), ("Li Wei", True), ("Lithium", False), ("Sean", False),
    ("Gross domestic product", True),
    ("Opening", False), ("Berghain tour", False), ("u-jp", False),
])
def test_a_title_is_compared_by_last_names_full_names_and_addresses(title: str, is_named: bool) -> None:
    assert NAMES.in_title(title) is is_named


def test_titles_modules_events_and_ids_that_name_a_protected_person_are_not_published(tmp_path: Path) -> None:
    people = [
        {"user_id": "u1", "first_name": "Łukasz", "last_name": "Wałęsa", "email": "lw@hidden.example"},
        {"user_id": "u7", "first_name": "Ann", "last_name": "Open", "email": "ann@open.example"},
    ]
    at = "2026-06-02T10:00:0"
    events = [
        event(f"{at}1", "Document Opened", "u7", "cv-walesa", message_id="m1"),
        event(f"{at}2", "Document Opened", "u7", "plain", message_id="m2"),
        event(f"{at}3", "Chat with Lukasz Walesa", "u7", module="walesa-chat", message_id="m3"),
        event(f"{at}4", "Chat", "u7", module="agenda", message_id="m4"),
    ]
    content = [
        {"content_type": kind, "content_id": f"{kind}-1", "title": title, "url": url}
        for kind, title, url in (
            ("document", "CV of LUKASZ WALESA", "https://x.example/a"), ("agenda_session", "Keynote", "https://x/walesa"),
            ("sponsor", "Acme", None), ("speaker", "Wałęsa, Łukasz", None),
        )
    ]
    home = Home(tmp_path / "home").ensure()
    workspace = {"name": "Expo", "timezone": "UTC", "min_group_size": 1, "anonymization": "domains",
                 "anonymized_domains": ["hidden.example"]}
    with published_from(events, participants=people, workspaces=[workspace], content=content) as con:
        con.execute(f"attach '{home.marts_file}' as target (storage_version 'v1.0.0'); create schema target.marts")
        for name in tables():
            if name.startswith("marts.") and name != "marts.anonymized_answers":
                con.execute(f"create table target.{name} as from {name}")
        con.execute("detach target")
    project(home, Settings(), home.marts_file, tmp_path / "shown.duckdb", read_lake(home), version="1")
    shown = tmp_path / "shown.duckdb"
    assert set(rows(shown, "select content_id, title, url from marts.dim_content")) >= {
        ("document-1", "(anonymized)", "https://x.example/a"), ("agenda_session-1", "Keynote", None),
        ("sponsor-1", "Acme", None), ("speaker-1", "(anonymized)", None),
    }
    assert {row[0] for row in rows(shown, "select module from marts.fct_events")} >= {"(anonymized)", "agenda"}
    data = shown.read_bytes().lower()
    assert [word for word in ("walesa", "wałęsa", "łukasz", "lukasz") if word.encode() in data] == []
