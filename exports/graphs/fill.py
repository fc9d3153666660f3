"""Data into specifications: rows of the metric layer as the graphs' named data sets and signals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exports.graphs import theme
from exports.graphs.specs import RANKING_ROWS, Spec, columns_spec, ranking_spec
from exports.graphs.specs_path import path_spec

Row = Mapping[str, object]


#: In place of an operating system in answers about all systems together.
ALL = "(all)"


@dataclass(frozen=True)
class Frame:
    """The line above every graph of one export: workspace, date range and time zone."""

    workspace: str
    start: date
    end: date
    timezone: str

    def subtitle(self, caption: str, width: int = 140) -> list[str]:
        """Lines of at most ``width`` characters under the title: workspace and date range, then the caption."""
        about = f"{theme.clean_label(self.workspace, 80)} · {theme.range_title(self.start, self.end)} · {self.timezone}"
        return [about, *theme.wrap(caption, width)]


def filled(spec: Spec, data: Mapping[str, list], signals: Mapping[str, object]) -> Spec:
    """A copy of ``spec`` with its named data sets and signals filled; no legend for a single series."""
    spec = deepcopy(spec)
    for source in spec["data"]:
        if source["name"] in data:
            source["values"] = data[source["name"]]
    for signal in spec["signals"]:
        if signal["name"] in signals:
            signal["value"] = signals[signal["name"]]
            signal.pop("update", None)
    if len(signals.get("series", ())) < 2:  # type: ignore[arg-type]
        spec.pop("legends", None)
    return spec


def time_graph(rows: Sequence[Row], frame: Frame, title: str, caption: str) -> Spec:
    """Columns by day or hour, stacked by operating system.

    Args:
        rows: of the answer ``interactions_over_time``: bucket (workspace's clock), os, granularity, interactions.
    """
    rows = [row for row in rows if row["bucket"] is not None]  # days that are combined
    is_hourly = (frame.end - frame.start).days < 3 and not any(row["os"] == ALL for row in rows)
    series = [os for os in (*theme.OS_ORDER, ALL) if any(row["os"] == os and row["interactions"] for row in rows)]
    titles, colours = theme.OS_TITLES | {ALL: "Interactions"}, theme.OS_COLOURS | {ALL: theme.CATEGORY[0]}
    values = {(row["bucket"], row["os"]): row["interactions"] for row in rows}
    table, labels = [], {}
    step = 3 if frame.start == frame.end else 6  # hours with a label; midnights always have one
    for bucket in _buckets(frame.start, frame.end, is_hourly) if rows else ():
        key = bucket.isoformat()
        day = theme.date_title(bucket.date())
        short = day.rsplit(" ", 1)[0]
        labels[key] = short if not bucket.hour else "" if bucket.hour % step else f"{bucket:%H}:00"
        table += [
            {"bucket": key, "long": day, "series": titles[os], "value": values.get((bucket, os), 0)}
            for os in series
        ]
    return filled(columns_spec(), {"table": table}, {
        "labels": labels, "unit": "Interactions", "series": [titles[os] for os in series],
        "colours": [colours[os] for os in series], "title": title, "subtitle": frame.subtitle(caption),
    })


def _buckets(start: date, end: date, is_hourly: bool) -> list[datetime]:
    step = timedelta(hours=1) if is_hourly else timedelta(days=1)
    first = datetime.combine(start, datetime.min.time())
    return [first + step * number for number in range(((end - start).days + 1) * (24 if is_hourly else 1))]


def status_graph(rows: Sequence[Row], frame: Frame, title: str, caption: str) -> Spec:
    """Meetings by day, stacked by status. ``rows`` of the answer ``meetings``: local_date, status."""
    counts: dict[tuple, int] = defaultdict(int)
    for row in rows:
        counts[row["local_date"], row["status"]] += 1
    known = [status for status in theme.MEETING_COLOURS if any(row["status"] == status for row in rows)]
    table, labels = [], {}
    for bucket in _buckets(frame.start, frame.end, False) if rows else ():
        key = bucket.date().isoformat()
        labels[key] = theme.date_title(bucket.date()).rsplit(" ", 1)[0]
        table += [
            {"bucket": key, "long": key, "series": status.capitalize(), "value": counts[bucket.date(), status]}
            for status in known
        ]
    return filled(columns_spec(), {"table": table}, {
        "labels": labels, "unit": "Meetings", "series": [status.capitalize() for status in known],
        "colours": [theme.MEETING_COLOURS[status] for status in known], "title": title,
        "subtitle": frame.subtitle(caption),
    })


def ranking_graph(
    rows: Sequence[tuple[str, Mapping[str, float]]], series: Mapping[str, str], frame: Frame, title: str,
    caption: str,
) -> Spec:
    """Horizontal bars in the order of ``rows``; the first ``RANKING_ROWS`` are drawn and the title says so.

    Args:
        rows: label, and series -> value.
        series: name -> colour, in stacking order.
    """
    shown = rows[:RANKING_ROWS]
    used = {name: colour for name, colour in series.items() if any(parts.get(name) for _, parts in shown)}
    lines, pieces = [], []
    for key, (label, parts) in enumerate(shown):
        lines.append({"key": key, "label": theme.clean_label(label), "text": f"{sum(parts.values()):,}", "tip": []})
        pieces += [{"key": key, "series": name, "value": parts[name]} for name in used if parts.get(name)]
    if len(rows) > len(shown):
        title = f"{title} ({len(shown)} of {len(rows):,})"
    return filled(ranking_spec(), {"rows": lines, "parts": pieces}, {
        "series": list(used), "colours": list(used.values()), "title": title, "subtitle": frame.subtitle(caption),
        "label_width": 260,
    })


_LAST = {"(other)": 1, "(exit)": 2, "(continues)": 3}


def path_graph(
    rows: Sequence[Row], names: Mapping[str, str], frame: Frame, title: str, caption: str,
) -> Spec:
    """The paths of the first ten steps.

    Args:
        rows: of the answer ``path_links_top``, one level: step, source, target, visits.
        names: item -> label; an item without an entry keeps its own name.
    """
    visits: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        visits[row["step"], row["source"]] += row["visits"]  # type: ignore[index, operator]
        if row["target"] in ("(exit)", "(continues)"):
            visits[row["step"] + 1, row["target"]] += row["visits"]  # type: ignore[index, operator]
    totals: dict[str, int] = defaultdict(int)
    for (_, item), count in visits.items():
        totals[item] += count
    colours = theme.item_colours(sorted(
        (item for item in totals if item not in _LAST), key=lambda item: (-totals[item], item)
    )) | {"(other)": theme.OTHER, "(exit)": theme.LEAVING, "(continues)": theme.LEAVING}
    order = sorted(visits, key=lambda node: (node[0], _LAST.get(node[1], 0), -visits[node], node[1]))
    nodes = [
        {"column": column, "item": item, "label": theme.clean_label(names.get(item, item)), "place": place,
         "visits": visits[column, item], "colour": colours[item], "tip": []}
        for place, (column, item) in enumerate(order)
    ]
    links = [
        {"step": row["step"], "source": row["source"], "target": row["target"], "visits": row["visits"], "tip": []}
        for row in rows
    ]
    return filled(path_spec(), {"nodes": nodes, "links": links}, {
        "title": title, "subtitle": frame.subtitle(caption, 190),
    })
