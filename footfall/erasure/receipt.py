"""The result of an erasure, without data of anybody: printed, and kept as ``lake/erasures/<number>.json``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from footfall.erasure.intent import Intent, Plan, folder
from footfall.erasure.verify import Verified


def published_now(home: Home) -> tuple[dict[str, str], dict[str, int]]:
    """Hashes and rows of the published marts; empty where nothing is published."""
    current = read_json(home.current)
    return (current["hashes"], current["tables"]) if current else ({}, {})


def restated_by(home: Home, intent: Intent) -> int:
    """How many published numbers this erasure changed, those too that were published before it was interrupted."""
    with connect(home.published_file.resolve(), read_only=True) as con:
        return con.execute(
            "select coalesce(sum(numbers), 0)::bigint from ops.restatements "
            "where reason = 'erasure' and restated_at >= ?", [intent.requested_at],
        ).fetchall()[0][0]


def receipt_file(home: Home, intent: Intent) -> Path:
    return folder(home) / f"{intent.number:06d}.json"


def read_receipt(home: Home, intent: Intent) -> dict[str, Any] | None:
    """The receipt of the erasure; None while the erasure has no receipt."""
    return read_json(receipt_file(home, intent))


def write_receipt(home: Home, intent: Intent, plan: Plan, verified: Verified, restated: int) -> dict[str, Any]:
    """Write the receipt and return it."""
    hashes, rows = published_now(home)
    tables = sorted({*plan.hashes, *hashes})
    document = {
        "number": intent.number,
        "requested_at": intent.requested_at,
        "finished_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        "people": len(intent.people),
        "people_known": plan.known,
        "shared_names": plan.shared_names,
        "common_words": plan.common_words,
        "texts_of_the_organiser": _by_decision(plan),
        "workspaces": intent.workspaces,
        "tombstones": _by_kind(plan),
        "found": plan.found,
        "removed": intent.removed,
        "restated_numbers": restated,
        "marts": {
            table: {
                "rows_before": plan.rows.get(table), "rows_after": rows.get(table),
                "hash_before": plan.hashes.get(table), "hash_after": hashes.get(table),
            }
            for table in tables
        },
        "search": {
            "is_clean": verified.is_clean, "texts": verified.texts, "shared_with_others": verified.shared,
            "words_of_footfall": verified.own, "pictures": verified.scanned.pictures,
            "files": verified.scanned.files, "bytes": verified.scanned.bytes,
            "files_not_unpacked": verified.scanned.damaged, "lake_rows": verified.rows,
            "questions": verified.questions,
            "found": verified.scanned.found,
        },
    }
    write_json(receipt_file(home, intent), document)
    return document


def _by_kind(plan: Plan) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind, _, _ in plan.names:
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _by_decision(plan: Plan) -> dict[str, int]:
    """How many texts of the organiser with a name in them were kept or erased, or are not decided about."""
    counts: dict[str, int] = {}
    for one in plan.questions:
        name = one["decision"] or "undecided"
        counts[name] = counts.get(name, 0) + 1
    return counts
