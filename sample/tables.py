"""The small tables the sample's SQL starts from, made of the vocabulary and the options."""

from datetime import date

import duckdb

from sample import vocabulary

ANONYMIZED_DOMAINS = ["acmeinc.example", "bancopena.example"]


def make_tables(con: duckdb.DuckDBPyConnection, *, workspaces: int, participants: int, days: int, start: date, seed: int) -> None:
    """Fill `config`, `workspaces`, `cultures`, `words`, `content_types`, `hours`, `actions` and what derives from them."""
    con.execute(
        "create table config as select $seed::bigint as seed, $participants::bigint as participants, $days::bigint as days, "
        "$start::date::timestamp as start",
        {"seed": seed, "participants": participants, "days": days, "start": start},
    )
    _insert(con, "workspaces(w bigint, workspace_id varchar, name varchar, timezone varchar, event_start_day integer, "
            "event_end_day integer, has_abstracts boolean, modules varchar[], anonymization varchar, anonymized_domains varchar[], "
            "cookie_banner boolean, target_groups varchar[])", [_workspace(w, days) for w in range(workspaces)])
    _insert(con, "cultures(c ubigint, locale varchar, first_names varchar[], last_names varchar[])",
            [(c, locale, list(first), list(last)) for c, (locale, first, last) in enumerate(vocabulary.CULTURES)])
    _insert(con, "words(companies varchar[], jobs varchar[], topics varchar[], searches varchar[], searches_without_results bigint)",
            [(list(vocabulary.COMPANIES), list(vocabulary.JOBS), list(vocabulary.TOPICS), list(vocabulary.SEARCHES),
              vocabulary.SEARCHES_WITHOUT_RESULTS)])
    _insert(con, "content_types(n bigint, content_type varchar, prefix varchar, items bigint, label varchar)",
            [(n, kind, *rest) for n, (kind, rest) in enumerate(vocabulary.CONTENT.items())])
    _insert(con, "hours(phase varchar, slot ubigint, hour integer)", _hours())
    _insert(con, "step_kinds(kind varchar, least_ms bigint, span_ms bigint)",
            [(kind, least * 1000, span * 1000) for kind, least, span, *_ in vocabulary.STEPS])
    _insert(con, "slots(phase varchar, has_abstracts boolean, slot ubigint, kind varchar)", _slots())
    con.execute("create table slot_totals as select phase, has_abstracts, count(*) as total from slots group by all")
    _insert(con, "actions(action integer, kind varchar, event varchar, permille bigint, chance bigint, is_heartbeat boolean, is_app_only boolean)",
            [(n, kind, event, permille, chance, event.endswith("Heartbeat"), event.split()[0] in ("App", "Push", "Notification"))
             for n, (kind, event, permille, chance) in enumerate(vocabulary.ACTIONS)])
    _insert(con, "event_types(event varchar, type varchar, is_screen boolean, is_opening boolean, content_type varchar, items bigint)",
            [event_type(event) for event in events()])


def events() -> list[str]:
    """Every event name the sample uses, sorted."""
    return sorted({event for _, event, _, _ in vocabulary.ACTIONS} | set(vocabulary.MEETING_EVENTS) | {vocabulary.UNKNOWN_EVENT})


def event_type(event: str) -> tuple[str, str, bool, bool, str | None, int]:
    """(event, Segment type, is a screen, opens a content item, content type, number of items of that type)."""
    is_screen = event in vocabulary.SCREENS
    content_type = None if is_screen else vocabulary.CONTENT_OF.get(event.split()[0])
    items = vocabulary.CONTENT[content_type][1] if content_type in vocabulary.CONTENT else 0
    is_opening = content_type is not None and event.endswith((" Viewed", " Opened", " Started"))
    return event, event if event in ("identify", "group") else "track", is_screen, is_opening, content_type, items


def _workspace(w: int, days: int) -> tuple[object, ...]:
    stem, name, timezone = vocabulary.WORKSPACES[w % len(vocabulary.WORKSPACES)]
    again = w // len(vocabulary.WORKSPACES)
    length = max(1, min(3, days // 4))
    first = max(0, min(days - length, days // 2 + w % 3)) if days > 3 else 0
    has_abstracts = w % 6 != 1
    return (
        w, f"{stem}-{again + 1}" if again else stem, f"{name} ({again + 1})" if again else name, timezone,
        first, first + length - 1 if days > 3 else days - 1, has_abstracts,
        [module for module in vocabulary.MODULES if has_abstracts or module != "abstracts"],
        {3: "full", 4: "domains"}.get(w % 6, "none"), ANONYMIZED_DOMAINS if w % 6 == 4 else [], w % 6 == 1,
        ["Delegates", "VIP"] if w % 6 == 2 else [],
    )


def _hours() -> list[tuple[str, int, int]]:
    shares = {"quiet": vocabulary.HOURS_QUIET, "event": vocabulary.HOURS_EVENT}
    return [
        (phase, slot, hour)
        for phase, weights in shares.items()
        for slot, hour in enumerate(hour for hour, weight in enumerate(weights) for _ in range(weight))
    ]


def _slots() -> list[tuple[str, bool, int, str]]:
    return [
        (phase, has_abstracts, slot, kind)
        for column, phase in enumerate(("before", "event", "after"), start=3)
        for has_abstracts in (True, False)
        for slot, kind in enumerate(
            step[0] for step in vocabulary.STEPS if has_abstracts or step[0] != "abstract" for _ in range(step[column])
        )
    ]


def _insert(con: duckdb.DuckDBPyConnection, definition: str, rows: list[tuple[object, ...]]) -> None:
    """Create the table of ``definition`` and fill it; these tables have at most a few hundred rows."""
    con.execute(f"create table {definition}")
    table = definition.split("(", 1)[0]
    con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608 (names written above)
