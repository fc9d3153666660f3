"""Entities: the newest row of each key, workspace settings, dimension tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time

from tests.support.reference.model import Event, Workspace

Row = Mapping[str, object]
Entities = Mapping[str, Iterable[Row]]

WORKSPACE_COLUMNS = (
    "workspace_id", "name", "starts_on", "ends_on", "anonymization", "anonymized_domains", "has_cookie_banner",
    "modules", "target_groups", "min_group_size", "counts_guests", "is_inferred",
)
PARTICIPANT_COLUMNS = (
    "first_name", "last_name", "email", "company", "job_title", "groups", "role", "profile_url", "created_at",
)


def version_time(row: Row) -> datetime:
    """The time of a row of an extract: its ``updated_at``, else the start of the day it was loaded."""
    return row.get("updated_at") or datetime.combine(row["load_date"], time())  # type: ignore[arg-type,return-value]


def newest(rows: Iterable[Row], *key: str) -> dict[tuple, Row]:
    """The newest row of each key; at equal times the one loaded later, of one day the later line."""
    latest: dict[tuple, Row] = {}
    for row in sorted(rows, key=lambda row: (version_time(row), row["load_date"])):
        latest[tuple(row[column] for column in key)] = row
    return latest


def workspaces(entities: Entities, seen: Iterable[str]) -> dict[str, Workspace]:
    """The settings of every workspace ``seen`` anywhere, with the contract's defaults for what is left out."""
    rows = {key[0]: row for key, row in newest(entities.get("workspaces", ()), "workspace_id").items()}
    for name, row in rows.items():
        equals = [
            other for other in entities["workspaces"]
            if other["workspace_id"] == name and version_time(other) == version_time(row)
        ]
        rows[name] = row if len(equals) == 1 else {**row, **_strictest(equals)}
    return {name: _workspace(str(name), rows.get(name)) for name in {*rows, *seen}}


def _strictest(rows: list[Row]) -> Row:
    """Of rows that are equally new, the reading of each protective column that shows least."""
    order = ("none", "domains", "full")
    anonymizations = [_anonymization(row.get("anonymization") or "none") for row in rows]
    domains = {
        domain for row, word in zip(rows, anonymizations, strict=True) if word == "domains"
        for domain in row.get("anonymized_domains") or ()
    }
    groups = [set(row["target_groups"]) for row in rows if row.get("target_groups")]
    sizes = [row["min_group_size"] for row in rows if row.get("min_group_size") is not None]
    return {
        "anonymization": max(anonymizations, key=order.index),
        "anonymized_domains": sorted(domains),
        "cookie_banner": any(row.get("cookie_banner") for row in rows),
        "target_groups": sorted(set.intersection(*groups)) or [""] if groups else [],
        "min_group_size": max(sizes, default=None),
    }


def _workspace(workspace_id: str, row: Row | None) -> Workspace:
    def value(column: str, default: object) -> object:
        found = None if row is None else row.get(column)
        return default if found is None else found

    modules = value("modules", None)
    return Workspace(
        workspace_id=workspace_id,
        name=value("name", None),
        zone_name=value("timezone", "UTC"),
        starts_on=value("starts_on", None),
        ends_on=value("ends_on", None),
        anonymization=_anonymization(value("anonymization", "none")),
        anonymized_domains=tuple(value("anonymized_domains", ())),
        has_cookie_banner=bool(value("cookie_banner", False)),
        modules=None if modules is None else tuple(modules),
        target_groups=tuple(value("target_groups", ())),
        timeout=int(value("visit_timeout_minutes", 30)) * 60 * 1_000_000,
        idle_cap=int(value("idle_cap_seconds", 300)) * 1000,
        min_group_size=int(value("min_group_size", 5)),
        is_inferred=row is None,
    )


def dim_workspaces(known: Mapping[str, Workspace]) -> list[dict]:
    """One row a workspace, as ``dim_workspaces`` without the settings' JSON text."""
    return [
        {
            **{column: _listed(getattr(workspace, column)) for column in WORKSPACE_COLUMNS},
            "timezone": workspace.zone_name,
            "visit_timeout_seconds": workspace.timeout // 1_000_000,
            "idle_cap_seconds": workspace.idle_cap // 1000,
        }
        for workspace in known.values()
    ]


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _anonymization(text: str) -> str:
    """An unknown value protects everyone."""
    return {"": "none", "none": "none", "domains": "domains"}.get(text.strip().lower(), "full")


def dim_participants(entities: Entities, events: Iterable[Event], known: Mapping[str, Workspace]) -> list[dict]:
    """One row a participant: those of the extracts, and users seen in events alone.

    A test participant is never targeted; with target groups only a member of one of them is.
    """
    rows = newest(entities.get("participants", ()), "workspace_id", "user_id")
    inferred = {(event.workspace_id, event.signed_in) for event in events if event.signed_in} - rows.keys()
    table = []
    for key in [*rows, *inferred]:
        row = rows.get(key, {})
        workspace = known.get(key[0]) or _workspace(key[0], None)
        groups = list(row.get("groups") or [])
        is_test = bool(row.get("is_test"))
        domain = str(row.get("email") or "").rpartition("@")[2].strip().lower()
        domains = {name.strip().lstrip("@").lower() for name in workspace.anonymized_domains}
        table.append({
            **{column: row.get(column) for column in PARTICIPANT_COLUMNS},
            "workspace_id": key[0], "user_id": key[1], "groups": groups, "is_test": is_test,
            "is_targeted": not is_test
            and (not workspace.target_groups or bool(set(groups) & set(workspace.target_groups))),
            "is_anonymized": workspace.anonymization == "full"
            or (workspace.anonymization == "domains" and bool(domain) and domain in domains),
            "is_deleted": row.get("deleted_at") is not None,
            "is_inferred": key in inferred,
        })
    return table


def dim_content(entities: Entities, events: Iterable[Event]) -> list[dict]:
    """One row a content item: those of the extracts, and items seen in events alone with their latest title."""
    rows = newest(entities.get("content", ()), "workspace_id", "content_type", "content_id")
    titles: dict[tuple, str | None] = defaultdict(lambda: None)
    for event in sorted(events, key=lambda event: event.order):
        if event.item:
            key = (event.workspace_id, *event.item)
            titles[key] = event.content_title or titles[key]
    table = []
    for key in {**rows, **titles}:
        row = rows.get(key, {})
        table.append({
            "workspace_id": key[0], "content_type": key[1], "content_id": key[2],
            "title": row.get("title") or titles[key],
            **{column: row.get(column) for column in ("url", "sponsor_id", "starts_at", "ends_at")},
            "is_deleted": row.get("deleted_at") is not None,
            "is_inferred": key not in rows,
        })
    return table
