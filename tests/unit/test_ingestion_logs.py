"""What a load says, to people and to logs, names no person: no values of lines, with anything wrong with them."""

import json
from pathlib import Path

import duckdb
import pytest

from footfall.core.settings import EventSource, Settings, Sources
from footfall.ingestion.ledger.ledger import read_lake
from footfall.ingestion.load import load
from tests.support.lake import Lake, line

SECRET = "hermione.granger@secret.example"
#: Files with a person's address in what is wrong with them.
FILES = {
    "cut.jsonl": f'{{"messageId": "{SECRET}", "userId": "{SECRET}"'.encode(),
    "types.jsonl": json.dumps(line(userId=[SECRET], properties={"results": SECRET, "query": [SECRET]})).encode(),
    "time.jsonl": json.dumps(line(timestamp=SECRET, type=SECRET)).encode(),
    "workspace.jsonl": json.dumps(line(workspaceId=SECRET)).encode(),
    "bytes.jsonl": b'{"userId": "' + SECRET.encode() + b'\xff"}',
    "cut.jsonl.gz": b"\x1f\x8b" + SECRET.encode(),
    "no.parquet": b"PAR1" + SECRET.encode() + b"PAR1",
    "fields.csv": f"a,b\n1,2,{SECRET}\n\"{SECRET}".encode(),
}
ENTITIES = {
    "participants.jsonl": json.dumps({"workspace_id": "expo", "user_id": [SECRET], "groups": SECRET}).encode(),
    "workspaces.jsonl": json.dumps({"workspace_id": "expo", "timezone": SECRET, "starts_on": SECRET}).encode(),
    "meetings.jsonl": f'{{"workspace_id": "expo", "meeting_id": "{SECRET}'.encode(),
    "content.csv": f"workspace_id,content_type,content_id,updated_at\nexpo,{SECRET},{SECRET},{SECRET}\n".encode(),
}
#: A mapping whose expressions fail on such values.
MAPPED = EventSource(name="mapped", path="landing/events/{load_date}/*.csv", format="csv", mapping={
    "message_id": "a::integer", "workspace_id": "'expo'", "user_id": "b", "occurred_at": "b::timestamp",
    "results": "decode(b::blob)::integer",
})


@pytest.mark.parametrize("name", [*FILES, *ENTITIES])
def test_messages_ledger_and_details_of_bad_lines_have_no_value_of_them(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    lake = Lake(tmp_path, Settings(sources=Sources(events=(MAPPED,))) if name.endswith(".csv") else Settings())
    kind, files = ("events", FILES) if name in FILES else ("entities", ENTITIES)
    lake.land(name, files[name], kind=kind)
    said: list[str] = []
    result = load(lake.home, lake.settings, run_id="test", progress=said.append)
    said += [repr(result), *capfd.readouterr(), repr(read_lake(lake.home))]
    said += [f"{row['reason']} {row['detail']}" for row in lake.quarantine()]
    said += [path.read_text() for path in (tmp_path / "lake" / "commits").rglob("*.json")]
    assert result.lines_in + len(lake.quarantine()) > 0
    assert [text for text in said if "hermione" in text.lower()] == []


def test_a_mapping_that_fails_on_a_value_says_nothing_of_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Settings(sources=Sources(events=(MAPPED,))))
    lake.land("a.csv", f"a,b\n{SECRET},{SECRET}\n".encode())
    result = lake.load()
    assert "hermione" not in repr(result)
    assert not [row for row in lake.quarantine() if "hermione" in str(row["detail"])]


def test_an_error_of_the_database_would_have_named_the_value() -> None:
    """The texts above are ones that DuckDB's own messages repeat."""
    with duckdb.connect() as con, pytest.raises(duckdb.ConversionException, match="hermione"):
        con.execute("select ?::integer", [SECRET])
