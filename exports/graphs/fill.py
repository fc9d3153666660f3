"""Data into specifications: rows of the metric layer as the graphs' named data sets and signals."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exports.graphs import theme
from exports.graphs.labels import clean_label, fitted, wrap
from exports.graphs.specs import LABEL_GAP, RANKING_ROWS, Spec, columns_spec, ranking_spec
from exports.graphs.specs_path import LABEL_SIZE, label_room, path_spec
from exports.tables import labels as words

Row = Mapping[str, object]


#: In place of an operating system in answers about all systems together.
ALL = "(all)"
#: Pixels for the name of the workspace above a graph, and for names beside ranked bars.
_WORKSPACE_WIDTH, _LABEL_WIDTH = 480, 260
#: Days up to which every day has a column, also days without data.
_MOST_DAYS = 400


@dataclass(frozen=True)
class Frame:
    """The line above every graph of one export: workspace, date range and time zone."""

    workspace: str
    start: date
    end: date
    timezone: str

    def subtitle(self, caption: str, width: int = 140) -> list[str]:
        """Lines of at most ``width`` characters under the title: workspace and date range, then the caption."""
        workspace = fitted(clean_label(self.workspace, 80), _WORKSPACE_WIDTH)
        about = f"{workspace} · {theme.range_title(self.start, self.end)} · {self.timezone}"
        return [about, *wrap(caption, width)]


def filled(spec: Spec, data: Mapping[str, list], signals: Mapping[str, object]) -> Spec:
    """A copy of ``spec`` for a file, with its named data sets and signals filled; no legend for a single series.

    What only a pointer shows is left out: the same drawing in two thirds of the time.
    """
    spec = deepcopy(spec)
    for mark in spec["marks"]:
        mark["encode"].pop("hover", None)
        for encoded in mark["encode"].values():
            encoded.pop("tooltip", None)
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
    used = {row["bucket"] for row in rows}
    for bucket in _buckets(frame, is_hourly, used):  # type: ignore[arg-type]
        key = bucket.isoformat()
        day = theme.date_title(bucket.date())
        short = _short(day, frame)
        labels[key] = short if not bucket.hour else "" if bucket.hour % step else f"{bucket:%H}:00"
        table += [
            {"bucket": key, "long": day, "series": titles[os], "value": values.get((bucket, os), 0)}
            for os in series
        ]
    return filled(columns_spec(), {"table": table}, {
        "labels": labels, "unit": "Interactions", "series": [titles[os] for os in series],
        "colours": [colours[os] for os in series], "title": title, "subtitle": frame.subtitle(caption),
    })


def _buckets(frame: Frame, is_hourly: bool, used: Collection[datetime]) -> list[datetime]:
    """All hours or days of the range; of a long range the days with data only, however many days it has."""
    days = (frame.end - frame.start).days + 1
    if not used or days > _MOST_DAYS:
        return sorted(used)
    step = timedelta(hours=1) if is_hourly else timedelta(days=1)
    first = datetime.combine(frame.start, datetime.min.time())
    return [first + step * number for number in range(days * (24 if is_hourly else 1))]


def _short(day: str, frame: Frame) -> str:
    """A date as an axis names it: without its year, unless the range is long."""
    return day if (frame.end - frame.start).days >= _MOST_DAYS else day.rsplit(" ", 1)[0]


def status_graph(rows: Sequence[Row], frame: Frame, title: str, caption: str) -> Spec:
    """Meetings by day, stacked by status. ``rows`` of the answer ``meetings``: local_date, status."""
    counts: dict[tuple, int] = defaultdict(int)
    for row in rows:
        counts[row["local_date"], row["status"]] += 1
    known = [status for status in theme.MEETING_COLOURS if any(row["status"] == status for row in rows)]
    table, labels = [], {}
    used = {datetime.combine(row["local_date"], datetime.min.time()) for row in rows}  # type: ignore[arg-type]
    for bucket in _buckets(frame, False, used):
        key = bucket.date().isoformat()
        labels[key] = _short(theme.date_title(bucket.date()), frame)
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
        name = clean_label(label)
        lines.append({"key": key, "label": name, "shown": fitted(name, _LABEL_WIDTH - LABEL_GAP),
                      "text": f"{sum(parts.values()):,}"})
        pieces += [{"key": key, "series": name, "value": parts[name]} for name in used if parts.get(name)]
    if len(rows) > len(shown):
        title = f"{title} ({len(shown)} of {len(rows):,})"
    return filled(ranking_spec(), {"rows": lines, "parts": pieces}, {
        "series": list(used), "colours": list(used.values()), "title": title, "subtitle": frame.subtitle(caption),
        "label_width": _LABEL_WIDTH,
    })


#: Kinds of nodes beside ``item``, in the order in which they stand at the end of a column; their label and colour.
_MARKERS = {
    "other": (words.OTHER, theme.OTHER), "exit": (words.EXIT, theme.LEAVING),
    "continues": (words.CONTINUES, theme.LEAVING),
}

#: A node of a step: its kind, and the item of kind ``item``.
Node = tuple[str, object]


def path_graph(
    rows: Sequence[Row], names: Mapping[str, str], frame: Frame, title: str, caption: str,
) -> Spec:
    """The paths of the first ten steps.

    Args:
        rows: of the answer ``path_links_top``, one level: step, source, source_kind, target, target_kind, visits.
        names: item -> label; an item without an entry keeps its own name.
    """
    visits: dict[tuple[int, Node], int] = defaultdict(int)
    for row in rows:
        visits[row["step"], _node(row, "source")] += row["visits"]  # type: ignore[index, operator]
        if row["target_kind"] in ("exit", "continues"):
            visits[row["step"] + 1, _node(row, "target")] += row["visits"]  # type: ignore[index, operator]
    totals: dict[Node, int] = defaultdict(int)
    for (_, node), count in visits.items():
        totals[node] += count
    by_total = sorted(totals, key=lambda node: (-totals[node], str(node[1])))
    colours = theme.item_colours([node for node in by_total if node[0] in ("item", "unmapped")])
    ends = list(_MARKERS)
    order = sorted(visits, key=lambda one: (
        one[0], ends.index(one[1][0]) + 1 if one[1][0] in ends else 0, -visits[one], str(one[1][1])
    ))
    keys = {node: key for key, node in enumerate(by_total)}
    last = max((column for column, _ in order), default=2)
    nodes = []
    for place, (column, node) in enumerate(order):
        kind, item = node
        name = clean_label(names.get(str(item), str(item)))
        name = words.client_name(name) if kind == "item" else words.UNMAPPED
        label, colour = _MARKERS.get(kind) or (name, colours[node])
        nodes.append({
            "column": column, "item": keys[node], "label": label, "place": place, "visits": visits[column, node],
            "shown": fitted(label, label_room(column, last), LABEL_SIZE), "colour": colour, "kind": kind,
        })
    links = [
        {"step": row["step"], "source": keys[_node(row, "source")], "target": keys.get(_node(row, "target"), -1),
         "visits": row["visits"]}
        for row in rows
    ]
    return filled(path_spec(), {"nodes": nodes, "links": links}, {
        "title": title, "subtitle": frame.subtitle(caption, 190),
    })


def _node(row: Row, end: str) -> Node:
    kind = str(row[f"{end}_kind"])
    return kind, row[end] if kind in ("item", "unmapped") else None
