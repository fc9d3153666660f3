"""What a load returns: counts of its commits, and of a second load of the same run."""

from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.load_result import LoadResult


def commit(seq: int, load_date: str, **row) -> Commit:
    """A commit of one file."""
    file = {
        "file": f"landing/{seq}.jsonl", "state": "loaded", "lines_in": 3, "loaded": 2, "duplicates": 0,
        "quarantined": 1,
        "no_consent": 0, "erased": 0, "reasons": {"bad_timestamp": 1}, "reason": None, "kind": "events",
        "source": "events", "repaired": 1, "repaired_values": {"os: unknown": 1, "results: negative": 1}, **row,
    }
    return Commit(seq, "load", "run", load_date, "2026-09-01T00:00:00", files=[file])


def test_a_second_load_of_a_run_is_added_to_the_first():
    first, second, both = LoadResult("backfill", "run"), LoadResult("load", "run"), LoadResult("backfill", "run")
    first.add(commit(1, "2026-09-01"))
    second.add(commit(2, "2026-09-02", state="quarantined", reason="corrupt_file", reasons={}))
    for one in (1, 2):
        both.add(commit(one, f"2026-09-0{one}"))
    first.extend(second)
    assert (first.lines_in, first.repaired, first.repaired_values) == (both.lines_in, 2, both.repaired_values)
    assert first.load_dates == ["2026-09-01", "2026-09-02"] and first.commits == [1, 2]
    assert first.files == {"loaded": 1, "quarantined": 1}
    assert first.file_reasons == {"corrupt_file": 1}
    assert first.quarantined_files == {"landing/2.jsonl": "corrupt_file"}


def test_a_file_of_a_commit_without_repaired_values_has_none():
    row = commit(1, "2026-09-01")
    del row.files[0]["repaired"], row.files[0]["repaired_values"]
    result = LoadResult("load", "run")
    result.add(row)
    assert (result.repaired, result.repaired_values) == (0, {})
