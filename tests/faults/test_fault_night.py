"""A night with one of every faulty file and a stranger's worst lines: the others get what they would get alone.

Three workspaces are delivered twice: alone, and beside everything that may go wrong in one file, one line or one
workspace. Their published rows and their exports must be equal, byte for byte.
"""

import gzip
import io
import json
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from footfall.core.database import connect, quote_identifier
from footfall.core.home import Home
from footfall.core.state_files import unsealed
from tests.conftest import Answer
from tests.support.lake import DAY, Lake, jsonl, line

HEALTHY = ("fair", "forum", "summit")
SETTINGS = "exports:\n  formats: [xlsx, csv, parquet, html, svg]\n  workers: 1\n"
#: Of a manifest, what says when and by which run it was written.
OF_THE_RUN = ("run_id",)


def event(workspace: str, name: str, minute: int, user: str | None = "u1", **more: Any) -> dict[str, Any]:
    """An event of a workspace; ``more`` replaces members of the line."""
    at = f"{DAY}T{9 + minute // 60:02}:{minute % 60:02}:00.000Z"
    base = line(
        f"{workspace} {user} {name} {minute}", type="screen", event=None, name=name, userId=user,
        anonymousId=f"{workspace} {user}", timestamp=at, originalTimestamp=at, sentAt=at, receivedAt=at,
        context={"groupId": workspace, "device": {"id": f"{workspace} {user}"}, "os": {"name": "iOS"}},
        properties={"module": name},
    )
    return {**base, **more}


def healthy_lines(workspace: str) -> list[dict[str, Any]]:
    looks = ("Home", "Agenda", "Speakers", "Agenda", "Map")
    lines = [
        event(workspace, look, 7 * number + 2 * place, f"u{number}")
        for number in range(1, 9) for place, look in enumerate(looks[: 2 + number % 4])
    ]
    opened = {"content_type": "document", "content_id": "d1", "content_title": "Programme", "duration_seconds": 30}
    lines += [event(workspace, "Documents", 100 + number, f"u{number}", properties=opened) for number in (1, 2)]
    searched = {"module": "Search", "query": "keynote", "results": 3}
    return [*lines, event(workspace, "Searched", 110, "u3", type="track", event="Searched", properties=searched)]


def entities(workspaces: Iterable[str]) -> dict[str, bytes]:
    rows = [
        {"workspace_id": name, "name": name.title(), "timezone": "Europe/Berlin", "starts_on": DAY, "ends_on": DAY}
        for name in workspaces
    ]
    people = [
        {"workspace_id": name, "user_id": f"u{number}", "first_name": f"Given{number}", "last_name": f"Family{number}"}
        for name in workspaces for number in range(1, 9)
    ]
    return {"workspaces.jsonl": jsonl(rows), "participants.jsonl": jsonl(people)}


def land_healthy(root: Path) -> Lake:
    (root / "footfall.yml").write_text(SETTINGS, encoding="utf-8")
    lake = Lake(root)
    for name, content in entities(HEALTHY).items():
        lake.land(name, content, kind="entities")
    for workspace in HEALTHY:
        lake.land(f"{workspace}.jsonl.gz", healthy_lines(workspace))
    return lake


# --- what goes wrong --------------------------------------------------------------------------------------------------


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def faulty_files() -> dict[str, bytes]:
    """Files that cannot be read to their end: each is quarantined whole."""
    lines = jsonl(event("stranger", "Home", minute) for minute in range(50))
    packed, table = gzip.compress(lines), parquet(pa.table({"message_id": ["m1"], "user_id": ["u1"]}))
    return {
        "cut.jsonl.gz": packed[: len(packed) // 2],
        "bad_checksum.jsonl.gz": packed[:-8] + b"\0\0\0\0" + packed[-4:],
        "empty.jsonl.gz": b"",
        "packed.jsonl": packed,
        "cut.parquet": table[: len(table) // 2],
        "empty.parquet": b"",
        "text.parquet": lines,
        "archive.csv": b"PK\x03\x04 and so on",
        "open_quote_in_head.csv": b'message_id,"user_id\nm1,u1\n',
    }


def odd_files() -> dict[str, bytes]:
    """Files with odd but readable content: their lines load, or are rejected one by one, or the file as a whole."""
    head = "message_id,user_id,context_group_id,timestamp,event"
    rows = [f"csv {number},u1,stranger,{DAY}T10:00:0{number}Z,Opened" for number in range(3)]
    text = "\n".join([head, *rows, ""])
    whole = {
        "message_id": ["p1"], "user_id": ["u1"], "context_group_id": ["stranger"], "timestamp": [f"{DAY}T10:00:00Z"],
        "event": ["Opened"],
    }
    wide = pa.array([Decimal("1.25")], pa.decimal256(50, 2))
    return {
        "utf16.csv": text.encode("utf-16"),
        "excel.csv": ("sep=;\r\n" + text.replace(",", ";")).encode("utf-8-sig"),
        "carriage_returns.csv": text.replace("\n", "\r").encode(),
        "two_spellings.csv": (head + ",userId\n" + "\n".join(f"{row},u9" for row in rows) + "\n").encode(),
        "without_head.csv": "\n".join(rows).encode(),
        "only_head.csv": head.encode(),
        "odd_head.csv": b'"",message_id,"message_id","a""b"\nx,m1,m2,y\n',
        "wide_decimal.parquet": parquet(pa.table({**whole, "price": wide})),
        "odd_types.parquet": parquet(pa.table({
            **whole, "waited": pa.array([timedelta(seconds=1)]), "nothing": pa.nulls(1), "select": pa.array([b"\xff"]),
        })),
        "blank_lines.jsonl.gz": gzip.compress(b"\n" * 300_000),
        "empty_objects.jsonl.gz": gzip.compress(b"{}\n" * 20),
        "oversized.jsonl": b'{"messageId":"big","x":"' + b"x" * 2_000_000 + b'"}\n',
        "binary.jsonl": bytes(range(256)) * 20,
    }


def worst_lines() -> list[Any]:
    """What a stranger's clients send: names like markers, numbers beyond any clock, text beyond any label."""
    def odd(number: int, workspace: str = "stranger", **properties: Any) -> dict[str, Any]:
        return event(workspace, "Opened", number, "s1", type="track", event="Opened", properties=properties)

    names = ("(exit)", "(continues)", "(other)", "(unmapped)", "__proto__", "x'; drop table marts.fct_events; --", "")
    lines: list[Any] = [odd(number, module=name) for number, name in enumerate(names)]
    lines += [odd(20 + number, module=name, content_type="document", content_id=name or "e", content_title=name * 60)
              for number, name in enumerate((*names, "\U0001f389", "\ud83d", "\u202egnp.exe", "A" * 9_000))]
    numbers = (1_788_940_860_000, -1, 1e300, "NaN", 86_400, 86_401, True, [1])
    lines += [odd(40 + number, module="Video", content_type="live_stream", content_id="v", duration_seconds=value)
              for number, value in enumerate(numbers)]
    lines += [odd(60, query="\U0001f389" * 60, results=-5), odd(61, query="\u200b", results=2**70)]
    others = ("Stranger", "..", "/x", "w" * 300, "nobody")
    lines += [odd(70 + number, workspace=name) for number, name in enumerate(others)]
    deep = '{"a":' * 300 + "1" + "}" * 300
    return [
        *lines, *(event("stranger", "Home", 80 + number, user) for number, user in enumerate(("   ", "42.0", None))),
        b'{"messageId": "m", "type": "track"', b"[]", b"null", b"\xff\xfe", b'{"messageId": "\\u0000"}',
        b'{"messageId":"deep","userId":"s1","context":{"groupId":"stranger"},"properties":' + deep.encode() + b"}",
        event("stranger", "Home", 83, timestamp="0000-00-00T00:00:00Z", originalTimestamp=None, receivedAt=None),
    ]


def odd_entities() -> dict[str, bytes]:
    """Rows of the stranger's workspace with values that cannot be used."""
    people = [
        {"workspace_id": "stranger", "user_id": "s1", "deleted_at": "0000-00-00", "role": "wizard", "groups": {"a": 1}},
        {"workspace_id": "stranger", "user_id": "  "}, {"user_id": "s2"}, "no object",
    ]
    meetings = [{"workspace_id": "stranger", "meeting_id": "m", "status": "canceled", "kind": "Group",
                 "scheduled_start": "soon", "scheduled_end": f"{DAY}T10:00:00Z"}]
    own = {"workspace_id": "stranger", "name": "\U0001f389" * 60, "timezone": "Mars/Base", "starts_on": "01.11.2026"}
    return {
        "workspaces_of_strangers.jsonl": jsonl([own, "no object"]), "participants_2.jsonl": jsonl(people),
        "meetings.jsonl": jsonl(meetings), "content.parquet": b"no parquet",
    }


def land_faults(lake: Lake) -> None:
    for name, content in (faulty_files() | odd_files()).items():
        # `land` compresses what is called .gz; these are as they are
        lake.land(f"{name}.tmp", content).rename(lake.root / "landing" / "events" / DAY / name)
    lake.land("worst.jsonl", worst_lines())
    for name, content in odd_entities().items():
        lake.land(name, content, kind="entities")
    folder = lake.root / "landing" / "events" / DAY
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "dangling.jsonl").symlink_to("nowhere")
    (folder / "outside.jsonl").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "part.jsonl").write_bytes(b"half a li")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.jsonl")).write_bytes(jsonl([event("stranger", "Home", 90)]))


# --- what is compared -------------------------------------------------------------------------------------------------


def published(home: Home) -> dict[str, list[tuple]]:
    """Rows of every published table about the healthy workspaces, in one order."""
    with connect(home.published_file.resolve(), read_only=True) as con:
        tables = [table for (table,) in con.execute(
            "select table_name from duckdb_columns() where schema_name = 'marts' and column_name = 'workspace_id'"
        ).fetchall()]
        return {
            table: con.execute(
                f"select * from marts.{quote_identifier(table)} where workspace_id in (select unnest(?)) order by all",
                [list(HEALTHY)],
            ).fetchall()
            for table in sorted(tables)
        }


def exported(home: Home) -> dict[str, bytes]:
    """Every exported file of the healthy workspaces; of manifests without what says which run wrote them."""
    found = {}
    for workspace in HEALTHY:
        for path in sorted((home.exports / workspace).rglob("*")):
            if path.is_file():
                found[path.relative_to(home.exports).as_posix()] = path.read_bytes()
    for name in [name for name in found if name.endswith("manifest.json")]:
        whole = unsealed(json.loads(found[name]))
        assert whole is not None, "its checksum is its own"
        manifest = {key: value for key, value in whole.items() if key not in OF_THE_RUN}
        found[name] = json.dumps(manifest).encode()
    return found


def run(root: Path, footfall: Callable[..., Answer], has_faults: bool) -> Answer:
    root.mkdir()
    lake = land_healthy(root)
    if has_faults:
        land_faults(lake)
    return footfall("run", "--home", root, "--json")


def test_three_workspaces_beside_every_fault_are_published_and_exported_as_if_alone(
    tmp_path: Path, footfall: Callable[..., Answer]
) -> None:
    alone, beside = Home(tmp_path / "alone"), Home(tmp_path / "beside")
    first, second = run(alone.root, footfall, has_faults=False), run(beside.root, footfall, has_faults=True)
    assert first.code == 0 and "Traceback" not in second.err, (first.err, second.err)
    rows, same = published(alone), published(beside)
    assert sum(map(len, rows.values())) > 200
    assert {table: same[table] for table in rows} == rows
    files, copies = exported(alone), exported(beside)
    assert len(files) > 60 and sorted(copies) == sorted(files)
    assert [name for name, content in files.items() if copies[name] != content] == []

    summary = second.document
    failed = {one["workspace_id"] for one in summary["exports"]["failed"]}
    assert failed & set(HEALTHY) == set()
    assert second.code == summary["exit_code"] == (1 if failed else 0), second.err
    unreadable = {"loop.jsonl", "dangling.jsonl", "outside.jsonl", "pipe.jsonl", "content.parquet"}
    named = {Path(name).name for name in summary["quarantined_files"]}
    assert named >= {*faulty_files(), *unreadable}
    assert named <= {*faulty_files(), *odd_files(), *unreadable}
    assert [
        word for word in ("_temporary", "xff.jsonl") if any(word in text for text in summary["warnings"])
    ] == ["_temporary", "xff.jsonl"]
