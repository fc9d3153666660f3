"""Meetings: the latest state of each, its history, who answered and who came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.support.reference.entities import Entities, Row, newest, version_time
from tests.support.reference.model import Workspace

MINUTE = timedelta(minutes=1)


def _minutes(start: datetime | None, end: datetime | None) -> Decimal | None:
    """Minutes from start to end, to the thousandth; None where one is unknown or they are the wrong way round."""
    if start is None or end is None or end < start:
        return None
    whole_milliseconds = (end - start) // timedelta(milliseconds=1)
    return (Decimal(whole_milliseconds) / 60_000).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _versions(entities: Entities) -> list[Row]:
    """Every version of every meeting, oldest first; of two deliveries that speak of one moment the later."""
    by_moment: dict[tuple, Row] = {}
    for row in sorted(entities.get("meetings", ()), key=lambda row: row["load_date"]):
        by_moment[row["workspace_id"], row["meeting_id"], version_time(row)] = row
    return sorted(by_moment.values(), key=version_time)


def fct_meeting_history(entities: Entities) -> list[dict]:
    """One row a version of a meeting that changed its status or its schedule; the first says it was created."""
    versions: dict[tuple, list[Row]] = defaultdict(list)
    for row in _versions(entities):
        versions[row["workspace_id"], row["meeting_id"]].append(row)
    table = []
    for (workspace_id, meeting_id), rows in versions.items():
        for before, row in zip([None, *rows], rows, strict=False):
            change = _change(before, row)
            if change:
                table.append({
                    "workspace_id": workspace_id, "meeting_id": meeting_id, "changed_at": version_time(row),
                    "change": change, "status": row.get("status"),
                    "scheduled_start": row.get("scheduled_start"), "scheduled_end": row.get("scheduled_end"),
                })
    return table


def _change(before: Row | None, row: Row) -> str | None:
    if before is None:
        return "created"
    has_status_changed = before.get("status") != row.get("status")
    is_rescheduled = any(before.get(column) != row.get(column) for column in ("scheduled_start", "scheduled_end"))
    if has_status_changed and is_rescheduled:
        return "status_and_rescheduled"
    if is_rescheduled:
        return "rescheduled"
    return "status" if has_status_changed else None


def fct_meeting_participants(entities: Entities) -> list[dict]:
    """One row a meeting and invited person: the newest answer and attendance."""
    columns = ("workspace_id", "meeting_id", "user_id", "response", "attended", "joined_at", "left_at", "updated_at")
    rows = newest(entities.get("meeting_participants", ()), "workspace_id", "meeting_id", "user_id")
    return [{column: _known(column, row) for column in columns} for row in rows.values()]


def _known(column: str, row: Row) -> object:
    """A value of an invitation; a clock that is ahead of the day on which it was loaded is not believed."""
    value = row.get(column)
    if column in ("joined_at", "left_at") and value is not None:
        end_of_day = datetime.combine(row["load_date"], time()) + timedelta(days=1)
        return value if value <= end_of_day else None
    return value


def dim_sponsor_staff(participants: Iterable[dict], content: Iterable[dict]) -> list[dict]:
    """One row a sponsor and person: role sponsor in a company of its title, or a profile that names it."""
    sponsors = [row for row in content if row["content_type"] == "sponsor"]
    staff = {
        (row["workspace_id"], row["sponsor_id"], row["content_id"])
        for row in content if row["content_type"] == "user" and row["sponsor_id"] is not None
    }
    for person in participants:
        if person["role"] == "sponsor" and person["company"] is not None:
            company = person["company"].strip(" ").lower()
            staff |= {
                (person["workspace_id"], sponsor["content_id"], person["user_id"]) for sponsor in sponsors
                if sponsor["workspace_id"] == person["workspace_id"]
                and ((sponsor["title"] or "").strip(" ") or sponsor["content_id"]).strip(" ").lower() == company
            }
    return [dict(zip(("workspace_id", "sponsor_id", "user_id"), one, strict=True)) for one in staff]


def fct_meetings(
    entities: Entities, known: Mapping[str, Workspace], people: Iterable[dict], history: Iterable[dict],
    staff: Iterable[dict], targeted: set[tuple], as_of: datetime,
) -> list[dict]:
    """One row a meeting. It has ended where its scheduled end is not after ``as_of``, the end of the last load date.

    With target groups: one row a meeting of somebody who counts. Counts and times are of those who count, never of test
    accounts; sponsors are known from everyone.
    """
    sponsors: dict[tuple, set[str]] = defaultdict(set)
    for row in staff:
        sponsors[row["workspace_id"], row["user_id"]].add(row["sponsor_id"])
    invited: dict[tuple, list[dict]] = defaultdict(list)
    for row in people:
        invited[row["workspace_id"], row["meeting_id"]].append(row)
    moved: dict[tuple, int] = defaultdict(int)
    for row in history:
        moved[row["workspace_id"], row["meeting_id"]] += row["change"] in ("rescheduled", "status_and_rescheduled")
    table = []
    for key, row in newest(entities.get("meetings", ()), "workspace_id", "meeting_id").items():
        start, end = row.get("scheduled_start"), row.get("scheduled_end")
        workspace, everyone = known[key[0]], invited[key]
        answers = [one for one in everyone if (key[0], one["user_id"]) in targeted]
        if not workspace.counts_guests and not answers:
            continue
        evidence = [answer["attended"] for answer in answers if answer["attended"] is not None]
        joins = sorted(answer["joined_at"] for answer in answers if answer["joined_at"] is not None)
        leaves = [answer["left_at"] for answer in answers if answer["left_at"] is not None]
        created = [
            version.get("created_at") or version_time(version) for version in _versions(entities)
            if (version["workspace_id"], version["meeting_id"]) == key
        ]
        local = workspace.local(start) if start else start
        table.append({
            "workspace_id": key[0], "meeting_id": key[1], "kind": row.get("kind"), "status": row.get("status"),
            "scheduled_start": start, "scheduled_end": end, "local_date": local.date() if local else None,
            "participants": len(answers), "accepted": sum(answer["response"] == "accepted" for answer in answers),
            "attended": sum(evidence) if evidence else None,
            "is_held": row.get("status") == "accepted" and end is not None and end <= as_of,
            "duration_minutes": _minutes(start, end),
            "actual_minutes": _minutes(joins[1], max(leaves)) if len(joins) > 1 and leaves else None,
            "sponsor_ids": sorted(set().union(*(sponsors[key[0], one["user_id"]] for one in everyone))),
            "reschedules": moved[key], "created_at": min(created), "updated_at": version_time(row),
        })
    return table
