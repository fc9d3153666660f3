"""Names of protected people are found however they are written."""
# ruff: noqa: RUF001 -- names in many scripts

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

import pytest

from footfall.core.database import connect
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
    ("u-one", None, "Cher", None), ("u-both", None, "Ingrid Bergström", ""),
    ("u-mail", "jane.doe77@hidden.example", None, None),
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
    "W\u200bałęsa", "Ｐｉｃａｒｄ", "m&#252;ller", "cher", "bergstrom", "Bergstroem, Ingrid", "jane doe77",
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
    ("jlpicard@hidden.example", True), ("Li Wei", True),
    ("Lithium", False), ("Sean", False), ("Cher live", True), ("Bergström Ingrid", True),
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
    shown = _published(tmp_path, events, people, content)
    assert set(rows(shown, "select content_id, title, url from marts.dim_content")) >= {
        ("document-1", "(anonymized)", "https://x.example/a"), ("agenda_session-1", "Keynote", None),
        ("sponsor-1", "Acme", None), ("speaker-1", "(anonymized)", None),
    }
    assert {row[0] for row in rows(shown, "select module from marts.fct_events")} >= {"(anonymized)", "agenda"}
    data = shown.read_bytes().lower()
    assert [word for word in ("walesa", "wałęsa", "łukasz", "lukasz") if word.encode() in data] == []


def test_no_byte_of_what_is_published_has_a_name_in_any_spelling_that_others_wrote(tmp_path: Path) -> None:
    people = [
        {"user_id": user, "email": email or f"{user}@hidden.example", "first_name": first, "last_name": last}
        for user, email, first, last in PEOPLE if last
    ]
    people.append({"user_id": "named", "first_name": "Ann", "last_name": "Open", "email": "ann@open.example"})
    texts = sorted({
        spelling(text) for _, _, first, last in PEOPLE if last
        # a title with a last name of two letters alone is not hidden: `So` and `In` are last names, too
        for text in (f"{first} {last}", f"{last}, {first}", last + first, f"by {'Wei Li' if last == 'Li' else last}")
        for spelling in (str, str.upper, str.lower, quote, lambda text: normalize("NFD", text), "x/{}#".format)
    })
    events = []
    for number, text in enumerate(texts):
        at = f"2026-06-02T{10 + number // 600:02}:{number // 10 % 60:02}:{number % 10 * 6:02}"
        shape = {"query": text, "results": 1} if number % 3 == 0 else {"module": text} if number % 3 == 1 else {}
        name = "Search Performed" if number % 3 == 0 else f"Opened {text}" if number % 3 == 1 else "Document Opened"
        events.append(event(at, name, "named", text if number % 3 == 2 else None, message_id=f"m{number}", **shape))
    kinds = ("form", "page", "agenda_session", "speaker", "sponsor", "document", "abstract", "live_stream")
    content = [
        {"content_type": kinds[number % len(kinds)], "content_id": f"c{number}", "title": text, "url": f"https://x/{text}"}
        for number, text in enumerate(texts)
    ]
    shown = _published(tmp_path, events, people, content)
    pieces = [shown.read_bytes(), "\n".join(_texts(shown)).encode()]
    assert [text for text in texts if any(text.encode() in piece for piece in pieces)] == []
    assert b"named" in pieces[1]


def _texts(path: Path) -> Iterator[str]:
    """Every text in a table of a DuckDB file."""
    with connect(path, read_only=True) as con:
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            for (row,) in con.execute(f"select t::varchar from {schema}.{table} as t").fetchall():
                yield row


def _published(root: Path, events: list[dict], people: list[dict], content: list[dict]) -> Path:
    """The published file of a workspace that protects the people of `hidden.example`."""
    home = Home(root / "home").ensure()
    workspace = {"name": "Expo", "timezone": "UTC", "min_group_size": 1, "anonymization": "domains",
                 "anonymized_domains": ["hidden.example"]}
    with published_from(events, participants=people, workspaces=[workspace], content=content) as con:
        con.execute(f"attach '{home.marts_file}' as target (storage_version 'v1.0.0'); create schema target.marts")
        for name in tables():
            if name.startswith("marts.") and name != "marts.anonymized_answers":
                con.execute(f"create table target.{name} as from {name}")
        con.execute("detach target")
    project(home, Settings(), home.marts_file, root / "shown.duckdb", read_lake(home), version="1")
    return root / "shown.duckdb"
