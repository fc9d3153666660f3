"""Input that wants more than to be loaded: mappings that reach for files, names that reach for SQL."""

import json
from pathlib import Path

import duckdb
import pytest

from footfall.core.database import connect, quote_literal
from footfall.core.errors import FootfallError, SettingsError
from footfall.core.settings import EntitySource, EventSource, Settings, Sources
from footfall.ingestion.database import open_loader
from tests.support.lake import DAY, Lake, line

SECRET = "the-secret-of-another-user"
COLUMNS = {"message_id": "seq", "workspace_id": "'expo'", "user_id": "uid", "occurred_at": "ts"}
ROW = f"seq,uid,ts,what\n1,u1,{DAY} 10:00:00,Open\n".encode()


def _settings(mapping: dict[str, str]) -> Settings:
    path = "landing/events/{load_date}/*"
    return Settings(sources=Sources(events=(EventSource(name="legacy", path=path, format="csv", mapping=mapping),)))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "secret.txt"
    path.parent.mkdir()
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize("expression", [
    "(select content from read_text('{}'))",
    "(from read_text('{}') select content)",
    "read_text('{}')",
    "(select max(column0) from read_csv('{}', header = false))",
    "array(select content from read_blob('{}'))",
    "exists (from '{}')",
    "what in (from '{}')",
    "what) from read_text('{}') --",
    "what from read_text('{}')",
    "(with a as (from read_text('{}')) select content from a)",
    "list_transform([1], lambda x: (select content from read_text('{}')))",
    "case when true then (values ((select content from read_text('{}')))) end",
    "what union all select content from read_text('{}')",
    "what; copy (select 1) to '{}'",
    "what; attach '{}' as stolen",
    "what; install httpfs",
    "what; load '{}'",
    "what; pragma database_list",
    "what; set lock_configuration = false",
    "(from query('select content from read_text(''{}'')'))",
    "(from glob('{}'))",
    "(from duckdb_settings() select any_value(value))",
    "(from files select any_value(path))",
    "current_setting('temp_directory')",
    "getvariable('whole_memory')",
    "json_deserialize_sql(json_serialize_sql('from read_text(''{}'')'))",
    "pg_sleep(100)",
    "sleep_ms(100000)",
    "pg_get_viewdef(1)",
    "write_log('{}')",
    "columns(*)::varchar",
    "$load_date",
    "?",
    "what -- ' {}",
    "what /* {}",
    "'",
    "\x00",
    "(select content from read_text('{}')) -- entities",
])
def test_a_mapping_cannot_reach_beyond_the_row(tmp_path: Path, secret: Path, expression: str) -> None:
    text = expression.format(secret)
    kind = "entities" if text.endswith("-- entities") else "events"
    if kind == "events":
        settings = _settings({**COLUMNS, "event": text})
    else:
        path = "landing/entities/{load_date}/*"
        settings = Settings(sources=Sources(entities=(EntitySource(
            name="participants", path=path, format="csv",
            mapping={"workspace_id": "'expo'", "user_id": "uid", "job_title": text},
        ),)))
    lake = Lake(tmp_path / "home", settings)
    lake.land("participants.csv", ROW, kind=kind)
    if text.startswith("what -- "):  # a comment ends with its line
        lake.load()
    else:
        with pytest.raises(SettingsError) as caught:
            lake.load()
        assert SECRET not in str(caught.value)
    assert _holds(tmp_path / "home", SECRET) == []
    assert secret.read_text() == SECRET


def _holds(home: Path, text: str) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_the_loaders_database_reaches_nothing_but_what_footfall_wrote(tmp_path: Path, secret: Path) -> None:
    lake = Lake(tmp_path / "home")
    lake.home.lake.mkdir(parents=True, exist_ok=True)
    (lake.home.lake / "link.txt").symlink_to(secret)
    for path in (secret, lake.home.lake / "link.txt", lake.home.lake / ".." / ".." / "elsewhere" / "secret.txt",
                 lake.home.root / "privacy.key", lake.home.settings_file, Path("/etc/hosts")):
        with open_loader(lake.home, lake.settings) as con, pytest.raises(duckdb.PermissionException):
            con.execute("from read_text(?)", [str(path)]).fetchall()
    with open_loader(lake.home, lake.settings) as con:
        for statement in (
            f"copy (select 1 as a) to {quote_literal(str(tmp_path / 'out.csv'))}",
            f"attach {quote_literal(str(tmp_path / 'out.duckdb'))} as other", "install excel", "load excel",
            "set enable_external_access = true", "set allowed_directories = ['/']", "set lock_configuration = false",
            "set autoload_known_extensions = true", "from 'https://127.0.0.1:9/a.parquet'",
            "create extension repository 'extensions.example'",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement).fetchall()
        con.execute(f"copy (select 1 as a) to {quote_literal(str(lake.home.lake / 'own.parquet'))}")
    assert not list(tmp_path.glob("out.*"))


def test_a_reader_of_a_database_file_opens_no_other_file(tmp_path: Path, secret: Path) -> None:
    with connect(tmp_path / "a.duckdb") as con:
        con.execute("create table a as select 1 as one")
    secrets = [1]  # a variable of Python is no table
    with connect(tmp_path / "a.duckdb", read_only=True, temp=tmp_path / "tmp") as con:
        assert con.execute("from a").fetchall() == [(1,)]
        for statement in (f"from read_text('{secret}')", f"attach '{tmp_path / 'b.duckdb'}' as b", "from secrets",
                          "set enable_external_access = true", f"copy a to '{tmp_path / 'c.csv'}'"):
            with pytest.raises(duckdb.Error):
                con.execute(statement).fetchall()
    assert secrets == [1]


def test_a_home_that_is_a_link_loads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "real")
    lake = Lake(tmp_path / "home")
    lake.land("a.jsonl", [line()])
    assert lake.load().loaded == 1
    (tmp_path / "disk").mkdir()
    (tmp_path / "real" / "lake").rename(tmp_path / "disk" / "lake")
    (tmp_path / "real" / "lake").symlink_to(tmp_path / "disk" / "lake")
    lake.land("b.jsonl", [line("m2")])
    assert (lake.load().loaded, len(lake.live())) == (1, 2)


#: Quotes of every kind, signs of globs, formats and shells, SQL, paths, control characters, all writing directions.
NASTY = (
    "'; drop table files; --", '"; drop table files; --', "*", "[a-z]", "{0}", "%s%n", "$load_date", "?", "\\", "`id`",
    "$(id)", "..", "/etc/passwd", "=1+1", "<script>alert(1)</script>", "\u202egnp.exe", "a\tb", "null\x00byte",
    "' union select content from read_text('/etc/passwd') --", "😀", "x" * 5000, "{{ 7 * 7 }}", "%2e%2e%2f",
)


def test_ids_and_texts_that_look_like_sql_or_paths_are_loaded_as_they_are(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    context = line()["context"]
    lake.land("a.jsonl", [
        line(f"m{place}{text}", userId=f"u{text}", event=text, context={**context, "groupId": f"w{text}"},
             properties={text or "a": text, "query": text, "content_id": text})
        for place, text in enumerate(NASTY)
    ])
    result = lake.load()
    assert result.loaded == len(NASTY)
    kept = {(row["workspace_id"], row["user_id"], row["event"], row["query"]) for row in lake.live().values()}
    plain = [text for text in NASTY if "\x00" not in text and "\t" not in text and text.isascii()]
    assert {(f"w{text}", f"u{text}", text, text) for text in plain} <= kept


#: Quotes, signs of globs, formats and shells, control characters.
FILE_NAMES = (
    "it's.jsonl", 'quo"te.jsonl', "star*.jsonl", "[a-z].jsonl", "{a,b}.jsonl", "per%cent%s.jsonl", "%41.jsonl",
    "semi;colon--.jsonl", "$HOME.jsonl", "new\nline.jsonl", "question?.jsonl", "back\\slash.jsonl", "ünï😀.jsonl",
)


def test_a_file_of_any_name_is_loaded_once_under_its_own_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for place, name in enumerate(FILE_NAMES):
        lake.land(name, [line(f"m{place}"), f"nonsense {place}"])
    assert lake.load().loaded == len(FILE_NAMES)
    assert {name: row["loaded"] for name, row in lake.ledger().items()} == dict.fromkeys(FILE_NAMES, 1)
    assert len({row["raw"] for row in lake.quarantine()}) == len(FILE_NAMES)
    assert lake.load().loaded == 0


def test_columns_of_any_name_are_loaded(tmp_path: Path) -> None:
    names = [text.replace('"', '""') for text in NASTY if "\x00" not in text]
    header = ",".join(['message_id', "user_id", "timestamp", "context_group_id", *(f'"{name}"' for name in names)])
    lake = Lake(tmp_path)
    lake.land("a.csv", f"{header}\nm1,u1,{DAY}T10:00:00Z,expo{',v' * len(names)}\n".encode())
    assert lake.load().loaded == 1
    assert "v" in json.loads(lake.row()["properties"] or "{}").values() or lake.row()["properties"] is None


def test_a_mapping_of_columns_of_any_name_is_loaded(tmp_path: Path) -> None:
    name = "it's \"quoted\"; drop table files --"
    quoted = name.replace('"', '""')
    lake = Lake(tmp_path, _settings({**COLUMNS, "event": f'"{quoted}"'}))
    lake.land("a.csv", f'seq,uid,ts,"{quoted}"\n1,u1,{DAY} 10:00:00,Open\n'.encode())
    assert lake.load().loaded == 1
    assert lake.row()["event"] == "Open"


def test_a_source_has_a_plain_name_and_a_mapping_plain_targets(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        EventSource(name="x'; drop table files", path="landing/{load_date}/*", format="csv", mapping={})
    lake = Lake(tmp_path, _settings({**COLUMNS, "event, (select 1) as x": "what"}))
    lake.land("a.csv", ROW)
    with pytest.raises(FootfallError, match="no column of the contract"):
        lake.load()
