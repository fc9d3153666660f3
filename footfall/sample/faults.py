"""The faults of a dirty sample: their names, and the outcome ingestion must give their lines (contract, section 5)."""

from dataclasses import dataclass

import duckdb

LOADED, DUPLICATE, NO_CONSENT, QUARANTINED, NO_LINE = "loaded", "duplicates", "no_consent", "quarantined", "no_line"


@dataclass(frozen=True)
class Fault:
    """One way in which a line can be faulty.

    Attributes:
        name: as in the answer key.
        outcome: column of the ledger that counts the line.
        reason: of the quarantine, where the outcome is that.
        is_rare: one in 400 faults at most (large lines).
        is_copy: a second line of an event whose first line is good.
        shift_ms: how much later (a multiple of it) or, negative, earlier than the first line a copy was received.
        repaired: ``field: problem`` of a value that cannot be used, in a line that loads.
        loser: (outcome, reason) of the first line, where the copy was received before it and so wins.
    """

    name: str
    outcome: str
    reason: str | None = None
    is_rare: bool = False
    is_copy: bool = False
    shift_ms: int = 0
    loser: tuple[str, str | None] | None = None
    repaired: str | None = None


def _rejected(name: str, reason: str | None = None, is_rare: bool = False) -> Fault:
    return Fault(name, QUARANTINED, reason or name, is_rare)


FAULTS = (
    *(_rejected(f"malformed_{how}", "malformed_json") for how in ("cut", "unclosed", "html", "glued", "quotes")),
    *(_rejected(f"not_an_object_{what}", "not_an_object") for what in ("array", "number", "string", "null", "batch")),
    *(_rejected(f"bad_type_{what}", "bad_type") for what in ("user", "message", "context", "timestamp")),
    *(_rejected(f"missing_message_id_{how}", "missing_message_id") for how in ("absent", "null", "empty")),
    *(_rejected(f"missing_workspace_id_{how}", "missing_workspace_id") for how in ("absent", "null")),
    _rejected("missing_actor"),
    *(_rejected(f"bad_timestamp_{what}", "bad_timestamp") for what in ("word", "day", "hour", "order")),
    _rejected("bad_encoding"),
    _rejected("oversized", is_rare=True),
    _rejected("workspace_mismatch"),
    _rejected("future", "future_event"),
    _rejected("too_late"),
    Fault("refused", NO_CONSENT),
    Fault("refused_and_bad_type", NO_CONSENT),
    Fault("refused_and_without_ids", NO_CONSENT),
    *(Fault(f"repaired_{how}", LOADED, repaired=repaired) for how, repaired in (
        ("properties", "properties: bad_type"), ("duration_long", "duration_seconds: out_of_range"),
        ("duration_negative", "duration_seconds: out_of_range"), ("duration_word", "duration_seconds: not_a_number"),
        ("results", "results: out_of_range"), ("title", "content_title: broken_character"),
        ("query", "query: bad_type"), ("type", "type: unknown_value"), ("time", "original_timestamp: bad_timestamp"),
        ("timezone", "timezone: bad_type"),
    )),
    Fault("id_with_white_space", LOADED),
    Fault("id_with_fraction", LOADED),
    Fault("late", LOADED),
    Fault("late_at_limit", LOADED),
    Fault("clock_ahead_at_limit", LOADED),
    Fault("unknown_event", LOADED),
    Fault("unknown_members", LOADED),
    Fault("time_with_offset", LOADED),
    Fault("workspace_said_twice", LOADED),
    Fault("long_line", LOADED, is_rare=True),
    Fault("blank_line_after", LOADED),
    Fault("copied", DUPLICATE, is_copy=True),
    Fault("sent_again", DUPLICATE, is_copy=True, shift_ms=90_000),
    Fault("sent_again_kept_back", LOADED, is_copy=True, shift_ms=-10, loser=(DUPLICATE, None)),
    Fault("conflict", QUARANTINED, "conflicting_duplicate", is_copy=True, shift_ms=90_000),
    Fault("conflict_kept_back", LOADED, is_copy=True, shift_ms=-10, loser=(QUARANTINED, "conflicting_duplicate")),
)


def make_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table `faults`; common ones take turns by ``slot``, rare ones have a slot of 400 each."""
    con.execute(
        "create table faults(slot bigint, fault varchar, outcome varchar, reason varchar, is_rare boolean, "
        "is_copy boolean, shift_ms bigint, loser_outcome varchar, loser_reason varchar)"
    )
    slots = {False: 0, True: 0}
    rows = []
    for fault in FAULTS:
        rows.append((slots[fault.is_rare], fault.name, fault.outcome, fault.reason, fault.is_rare, fault.is_copy,
                     fault.shift_ms, *(fault.loser or (None, None))))
        slots[fault.is_rare] += 1
    lists = [list(column) for column in zip(*rows, strict=True)]
    con.execute("insert into faults select " + ", ".join(["unnest(?)"] * len(lists)), lists)
