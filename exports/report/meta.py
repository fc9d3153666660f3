"""The texts of the report: names, titles, definitions, pages, specifications."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from exports.graphs import theme
from exports.graphs.specs import RANKING_ROWS, columns_spec, ranking_spec
from exports.graphs.specs_curve import curve_spec
from exports.graphs.specs_path import path_spec
from exports.tables.labels import client_name
from footfall.core.vocabulary import titles, vocabulary
from footfall.metrics.definitions import definitions

#: Pages in their order: key, title, content type.
_CONTENT_PAGES = tuple((one.page, one.plural, one.name) for one in vocabulary().content_types)
PAGES: tuple[tuple[str, str, str | None], ...] = (
    ("insights", "Insights", None), ("users", "Top users", None),
    *(page for page in _CONTENT_PAGES if page[2] != "live_stream"),
    ("search", "Search", None), ("meetings", "Meetings", None),
    *(page for page in _CONTENT_PAGES if page[2] == "live_stream"),
)

#: Pages about people by name.
_OF_PEOPLE = ("users", "popular")

Meta = dict[str, object]


def pages(has_abstracts: bool, has_people: bool) -> list[Meta]:
    """The navigation; abstracts only where the module is installed, pages about people only where they are named."""
    return [
        {"key": key, "title": title, "type": kind}
        for key, title, kind in PAGES if (kind != "abstract" or has_abstracts) and (has_people or key not in _OF_PEOPLE)
    ]


def appearance() -> Meta:
    """Colours and specifications, the same in every report."""
    words = vocabulary()
    return {
        "content_titles": titles(words.content_types),
        "bands": [
            {"key": band.name, "title": band.title, "over": band.over_days, "up_to": band.up_to_days,
             "least_gap": band.least_gap}
            for band in words.frequency_bands
        ],
        "meeting_kinds": [{"key": one.name, "title": one.title} for one in words.meeting_kinds],
        "meeting_statuses": [{"key": one.name, "title": one.title} for one in words.meeting_statuses],
        "meeting_colours": [
            {"key": key, "title": titles(words.meeting_statuses).get(key, "Unknown"), "colour": colour}
            for key, colour in theme.MEETING_COLOURS.items()
        ],
        "os": [{"key": key, "title": theme.OS_TITLES[key], "colour": theme.OS_COLOURS[key]} for key in theme.OS_ORDER],
        "colours": {
            "category": list(theme.CATEGORY), "paths": list(theme.PATHS), "rest": theme.REST, "other": theme.OTHER,
            "leaving": theme.LEAVING,
        },
        "ranking_rows": RANKING_ROWS,
        "specs": {
            "columns": columns_spec(), "ranking": ranking_spec(), "path": path_spec(), "curve": curve_spec(),
        },
    }


def definition_texts(con: duckdb.DuckDBPyConnection) -> Meta:
    """``metric -> {title, definition}`` of all published definitions."""
    return {
        key: {"title": one.title, "definition": one.definition} for key, one in definitions(con).items()
    }


#: The name of a participant who is not named.
_SOMEBODY = "A participant"
#: Users of a report in which nobody may be named.
NOBODY: Meta = {"names": [], "ids": [], "companies": [], "urls": []}
#: The navigation of a report about one person.
ONE_PAGE: list[Meta] = [{"key": "user", "title": "Insights", "argument": 0}]


def users(con: duckdb.DuckDBPyConnection) -> Meta:
    """Names, ids, companies and profile links of users who may be named, by number."""
    rows = con.execute(
        "select coalesce(name, shown_id), shown_id, company, profile_url from report_people order by person"
    ).fetchall()
    names, ids, companies, urls = ([row[place] for row in rows] for place in range(4))
    return {"names": names, "ids": ids, "companies": companies, "urls": [theme.safe_url(url) for url in urls]}


def terms(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Search terms by number."""
    return [row[0] for row in con.execute("select term from report_terms order by number").fetchall()]


def items(con: duckdb.DuckDBPyConnection, has_people: bool) -> list[Meta]:
    """Content items by number; live streams say whether they have a schedule. Profiles only where people are named."""
    rows = con.execute(
        "select content_type, content_id, title, url, is_deleted, content_type = 'live_stream' and starts_at < ends_at"
        " from report_items order by item"
    ).fetchall()
    found = []
    for kind, key, title, url, is_deleted, is_scheduled in rows:
        if kind == "user" and not has_people:
            found.append({"type": kind, "id": "", "title": _SOMEBODY})
            continue
        item: Meta = {"type": kind, "id": key, "title": title, "url": theme.safe_url(url)}
        item |= {name: True for name, value in (("is_deleted", is_deleted), ("is_scheduled", is_scheduled)) if value}
        found.append(item)
    return found


def offsets(con: duckdb.DuckDBPyConnection) -> list[list[int]]:
    """``[minute since two days before the range, seconds from UTC]`` for each change of the workspace's offset."""
    return [list(row) for row in con.execute("select * from report_offsets order by minute").fetchall()]


def path_labels(con: duckdb.DuckDBPyConnection, has_people: bool = True) -> dict[str, list[str]]:
    """Labels of path items by level and number; without ids of anonymized participants, or of any."""
    rows = con.execute(
        "select p.level, p.item, p.is_unmapped, c.title, coalesce(e.is_anonymized, false)"
        " from report_path_items as p"
        " left join scope_content as c on p.level = 'content' and not p.is_unmapped"
        " and p.item = c.content_type || ':' || c.content_id"
        " left join scope_everyone as e on p.level = 'content' and not p.is_unmapped and p.item = 'user:' || e.shown_id"
        " order by p.level, p.number"
    ).fetchall()
    labels: dict[str, list[str]] = {"module": [], "content": []}
    for level, item, is_unmapped, title, is_anonymized in rows:
        name = item if is_unmapped else client_name(title or theme.module_title(item))
        is_profile = level == "content" and not is_unmapped and item.startswith("user:")
        labels[level].append(_SOMEBODY if is_anonymized or (is_profile and not has_people) else name)
    return labels


def path_top(con: duckdb.DuckDBPyConnection, labels: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The labels of the items with the most steps on all days, by level: each has its colour on every page."""
    rows = con.execute(
        "select p.level, p.number from report_path_items as p"
        " qualify row_number() over (partition by p.level order by p.steps desc, p.number) <= $colours"
        " order by p.level, p.steps desc, p.number", {"colours": len(theme.PATHS)}
    ).fetchall()
    return {level: [labels[level][number] for one, number in rows if one == level] for level in labels}


def modules(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Modules by number."""
    rows = con.execute("select module, module_kind = 'unmapped' from report_modules order by number").fetchall()
    return [name if is_unmapped else client_name(name) for name, is_unmapped in rows]


def os_seen(con: duckdb.DuckDBPyConnection) -> list[bool]:
    """Which operating systems occur, by number; columns of the others would hold zeros only."""
    query = (
        "select number in (select os from report_usage union select os from report_views) or os in (select os from"
        " scope_searches) from report_os order by number"
    )
    return [row[0] for row in con.execute(query).fetchall()]


def has_cookie_banner(con: duckdb.DuckDBPyConnection, workspace_id: str) -> bool:
    """Whether the web app of the workspace asks for cookies before it tracks."""
    sql = "select has_cookie_banner from marts.dim_workspaces where workspace_id = ?"
    row = con.execute(sql, [workspace_id]).fetchone()
    return bool(row and row[0])


def facts(answer: Mapping[str, Any], has_banner: bool) -> list[str]:
    """Sentences about the data behind all numbers, from the answer ``data_facts`` for the whole range of the report."""
    sentences = []
    if _is_part(answer):
        first, last = (theme.date_title(answer[name]) for name in ("first_date", "last_date"))
        sentences.append(f"there are data from {first} to {last}")
    if answer["target_groups"]:
        sentences.append(f"only participants in these groups: {answer['target_groups']}")
    if answer["late_share"]:
        sentences.append(f"{_share(answer['late_share'])} of the events arrived an hour or more late")
    if answer["no_consent_lines"]:
        sentences.append(
            f"{answer['no_consent_lines']:,} events were not stored because the person did not agree to tracking"
        )
    if answer["present_untracked"]:
        sentences.append(
            f"{answer['present_untracked']:,} of {answer['present_people']:,} people known to have been at the event do"
            " not appear in the data (ad blocker, refused cookies or no device)"
        )
    if has_banner:
        sentences.append(
            "the web app has a cookie banner: people who do not accept cookies are not included, nor are people whose"
            " ad blocker stops tracking"
        )
    return sentences


def _is_part(answer: Mapping[str, Any]) -> bool:
    """Whether the workspace has data outside the range."""
    first, last = answer["first_date"], answer["last_date"]
    return first is not None and (first < answer["range_start"] or last > answer["range_end"])


def _share(value: object) -> str:
    percent = float(str(value)) * 100
    return "less than 0.1 %" if percent < 0.1 else f"{percent:.1f} %"


def iso(day: date | None) -> str | None:
    """A date as text, or None."""
    return None if day is None else day.isoformat()

