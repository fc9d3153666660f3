"""Event files of one load date: judged slice by slice, deduplicated, written as lake files."""

from collections.abc import Iterator

from ingestion.db import EVENT_LIST, parquet, sql, value, write
from ingestion.dedup import decide, find_history
from ingestion.erased import set_apart
from ingestion.lake import Part, write_events
from ingestion.readers import hides_answers, reader_of
from ingestion.retention import read_let_go
from ingestion.settle import EventsOutcome, settle
from ingestion.slices import Slice, make_slices, read_ahead
from ingestion.work import FileTally, Work


def load_events(work: Work, tallies: list[FileTally]) -> EventsOutcome:
    """Judge event files, decide between copies, write the lake files; rejected lines go to table ``rejected``.

    Raises:
        FootfallError: a lake file cannot be written.
        SettingsError: a mapping cannot be used.
    """
    _find_banners(work)
    parts = list(_judge_files(work, tallies))
    bad = [tally.file_no for tally in tallies if not tally.is_trusted]
    forget(work, bad)
    work.progress(f"Looking for copies among {sum(part.rows for part in parts):,} events.")
    find_history(work.con, work.home, work.commits, work.withdrawn)
    decide(work.con, work.load_date, read_let_go(work.home).lake)
    outcome = EventsOutcome(write_events(work, parts, has_bad_files=bool(bad)))
    settle(work, outcome, tallies)
    return outcome


def _find_banners(work: Work) -> None:
    """Workspaces whose cookie banner is on, by the newest version known so far."""
    paths = [path for commit in work.commits for path in commit.entities.get("workspaces", ())]
    paths += work.entity_files.get("workspaces", ())
    if paths:
        work.con.execute(
            "insert into banners select workspace_id, is_on from (select workspace_id, "
            "arg_max(coalesce(cookie_banner, false), (coalesce(updated_at, load_date::timestamp), load_date, filename))"
            f" as is_on from {parquet(work.home, paths)} group by workspace_id)"
        )
    work.con.execute("set variable banners = (select list(workspace_id) from banners where is_on)")
    work.con.execute("set variable is_always_asked = (select coalesce(bool_and(is_on), false) from banners)")


def _judge_files(work: Work, tallies: list[FileTally]) -> Iterator[Part]:
    done = 0
    for number, piece in enumerate(read_ahead(make_slices(work, tallies))):
        _keep_unread(work, piece)
        if piece.batches:
            judge(work, piece)
            path = f"lake/events/{work.load_date}/{work.seq:08d}-{number:04d}.parquet"
            rows = write(work.con, work.home, f"select {EVENT_LIST} from judged where reason is null", path)
            keep_slice(work, number)
            yield Part(number, path, rows)
        done += piece.records
        work.progress(f"Judged {done:,} lines of {work.load_date}.")


def keep_slice(work: Work, part: int) -> None:
    keys, *others = sql("keep_slice").strip().removesuffix(";").split(";\n")
    work.con.execute(keys, {"part": part})
    for statement in others:
        work.con.execute(statement)


def judge(work: Work, piece: Slice) -> None:
    """Fill table ``judged`` with the records of ``piece``: lake columns, key, reason, detail, raw."""
    con = work.con
    limits = {
        "load_date": work.load_date, "max_future_minutes": work.settings.limits.max_future_minutes,
        "max_late_days": work.settings.limits.max_late_days, "hides": hides_answers(work, piece),
    }
    con.register("slice", piece.table())
    try:
        query = sql("judge").replace("{reader}", reader_of(work, piece))
        con.execute(f"create or replace temp table judged as {query}", limits)
    finally:
        con.unregister("slice")
    if value(con, "select count(*) from judged where reason = '(snake_case)'"):
        con.execute(
            "create or replace temp table snake_case as "
            "select file_no, line_number, raw as line, raw from judged where reason = '(snake_case)'"
        )
        con.execute("delete from judged where reason = '(snake_case)'")
        reader = sql("segment_snake").replace("{records}", "from snake_case")
        con.execute(f"insert into judged {sql('judge').replace('{reader}', reader)}", limits)
    if work.erased is not None:
        set_apart(work, "judged")


def _keep_unread(work: Work, piece: Slice) -> None:
    """Put lines that are no text or too long into ``rejected``, without their text where consent is in doubt."""
    if piece.rejected:
        work.con.execute("delete from unread")
        work.con.executemany(
            "insert into unread values (?, ?, ?, ?, ?, ?, ?)",
            [(no, line.number, line.reason, line.detail, line.text, line.exact, line.is_whole)
             for no, line in piece.rejected],
        )
        refused, rejected = sql("keep_unread").strip().removesuffix(";").split(";\n")
        work.con.execute(refused)
        work.con.execute(rejected, {"hides": hides_answers(work, piece)})


def keep_rejected(work: Work, piece: Slice) -> None:
    """Put lines of entities that are no text or too long into ``rejected``."""
    if piece.rejected:
        work.con.executemany(
            "insert into rejected(file_no, line_number, reason, detail, raw, raw_bytes) values (?, ?, ?, ?, ?, ?)",
            [(no, line.number, line.reason, line.detail, line.text, line.exact) for no, line in piece.rejected],
        )


def forget(work: Work, bad: list[int]) -> None:
    """Drop what was judged of files that turned out not to be trusted."""
    if bad:
        for table in ("lines", "rejected", "refused", "files"):
            work.con.execute(f"delete from {table} where file_no in (select unnest($bad))", {"bad": bad})
