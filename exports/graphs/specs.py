"""Vega specifications of the columns and ranking graphs, and the parts that every graph shares; for report and files.

Each builder returns a specification without data. The caller fills the named data sets and signals:
``title`` and ``subtitle`` (a list of lines) stand above the graph in files and are taken off on the page,
where HTML says the same; ``legends`` likewise. Expressions use UTC functions only, so that the picture does
not depend on the reader's time zone, and no data ever becomes part of an expression.
"""

from typing import Any

from exports.graphs import theme

Spec = dict[str, Any]

#: Rows of a ranking that are drawn; the table beside it holds all of them.
RANKING_ROWS = 25
#: Pixels between names and bars, and before the names.
LABEL_GAP = 10


#: Counts have whole numbers on their axis, also where they are few.
TICKS = "max(1, min(5, ceil(top)))"


def frame(description: str, width: int, height: int | None, signals: list[Spec]) -> Spec:
    """The part that every graph has: size, font, colours, title, subtitle, text without data."""
    sizes: list[Spec] = [{"name": "width", "value": width}]
    if height is not None:
        sizes.append({"name": "height", "value": height})
    return {
        "description": description,
        "background": theme.SURFACE,
        "padding": {"left": 16, "right": 16, "top": 12, "bottom": 12},
        "autosize": {"type": "pad", "contains": "padding"},
        "signals": [
            *sizes,
            {"name": "title", "value": ""},
            {"name": "subtitle", "value": []},
            {"name": "unit", "value": ""},
            {"name": "empty", "value": "No data in this range"},
            {"name": "hidden", "value": []},
            *signals,
        ],
        "title": {
            "text": {"signal": "title"}, "subtitle": {"signal": "subtitle"}, "anchor": "start", "frame": "bounds",
            "offset": 14,
        },
        "config": _config(),
    }


def _config() -> Spec:
    text = {"labelFont": theme.FONT, "titleFont": theme.FONT, "labelColor": theme.MUTED, "titleColor": theme.MUTED}
    return {
        "title": {
            "font": theme.FONT, "fontSize": 17, "fontWeight": "bold", "color": theme.INK, "subtitleFont": theme.FONT,
            "subtitleFontSize": 12, "subtitleColor": theme.MUTED, "subtitlePadding": 6, "subtitleLineHeight": 16,
        },
        "axis": {
            **text, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": theme.GRID,
            "domainColor": theme.GRID, "tickColor": theme.GRID,
        },
        "legend": {**text, "labelFontSize": 12, "labelColor": theme.INK, "symbolType": "square", "symbolSize": 120},
        "text": {"font": theme.FONT, "fontSize": 12, "fill": theme.INK},
    }


def first(data: str, column: str, otherwise: float) -> str:
    """Expression: ``column`` of the first row of ``data``, or ``otherwise`` while there are no rows."""
    return f"length(data('{data}')) ? data('{data}')[0].{column} : {otherwise}"


def empty_mark(data: str) -> Spec:
    """The sentence shown in place of marks when ``data`` has no rows."""
    return {
        "type": "text", "interactive": False,
        "encode": {"update": {
            "text": {"signal": f"length(data('{data}')) ? '' : empty"}, "fill": {"value": theme.MUTED},
            "align": {"value": "center"},
            "x": {"signal": "width / 2"}, "y": {"signal": "height / 2"}, "baseline": {"value": "middle"},
        }},
    }


def _legend() -> Spec:
    shown = {"signal": "indexof(hidden, datum.value) < 0 ? 1 : 0.25"}
    return {
        "fill": "colour", "orient": "top", "direction": "horizontal", "offset": 8, "columnPadding": 16,
        "encode": {"symbols": {"update": {"opacity": shown}}, "labels": {"update": {"opacity": shown}}},
    }


def columns_spec() -> Spec:
    """Columns over time or over ordered classes, stacked by series.

    Data ``table``: bucket (key, drawn in ascending order), long (its full name), series, value; data ``before``: a
    mark over a column, of another range: bucket, long, value, now (the column's own). Signals: labels
    (object, bucket -> short label), series (names in stacking order), colours (one a series), unit, axis_title.
    """
    spec = frame("Stacked columns", 860, 280, [
        {"name": "labels", "value": {}},
        {"name": "series", "value": []},
        {"name": "colours", "value": []},
        {"name": "axis_title", "value": ""},
        {"name": "top", "update": f"max({first('extent', 'top', 0)}, {first('highest', 'top', 0)})"},
    ])
    spec["data"] = [
        {"name": "table", "values": []},
        {"name": "before", "values": []},
        {"name": "highest", "source": "before", "transform": [
            {"type": "aggregate", "ops": ["max"], "fields": ["value"], "as": ["top"]},
        ]},
        {"name": "stacked", "source": "table", "transform": [
            {"type": "filter", "expr": "indexof(hidden, datum.series) < 0"},
            {"type": "formula", "as": "place", "expr": "indexof(series, datum.series)"},
            {"type": "stack", "groupby": ["bucket"], "field": "value", "sort": {"field": "place"}, "as": ["y0", "y1"]},
            {"type": "joinaggregate", "groupby": ["bucket"], "ops": ["sum"], "fields": ["value"], "as": ["total"]},
        ]},
        {"name": "extent", "source": "stacked", "transform": [
            {"type": "aggregate", "ops": ["max"], "fields": ["y1"], "as": ["top"]},
        ]},
    ]
    spec["scales"] = [
        # Sorted: without it, Vega keeps the order in which it first saw a value, also after the data change.
        {"name": "x", "type": "band", "domain": {"data": "table", "field": "bucket", "sort": True}, "range": "width",
         "paddingInner": 0.16, "paddingOuter": 0.08},
        {"name": "y", "type": "linear", "domain": {"signal": "[0, max(1, top)]"}, "range": "height", "nice": True},
        {"name": "colour", "type": "ordinal", "domain": {"signal": "series"}, "range": {"signal": "colours"}},
    ]
    spec["axes"] = [
        {"orient": "left", "scale": "y", "grid": True, "domain": False, "ticks": False, "labelPadding": 6,
         "tickCount": {"signal": TICKS}, "format": ",~r", "title": {"signal": "unit"}, "titlePadding": 10},
        {"orient": "bottom", "scale": "x", "ticks": False, "labelPadding": 6, "labelOverlap": "parity",
         "labelSeparation": 10, "title": {"signal": "axis_title"}, "titlePadding": 8,
         "encode": {"labels": {"update": {"text": {"signal": "labels[datum.value]"}}}}},
    ]
    spec["legends"] = [_legend()]
    spec["marks"] = [
        {"type": "rect", "from": {"data": "stacked"}, "encode": {
            "update": {
                "x": {"scale": "x", "field": "bucket"}, "width": {"signal": "min(bandwidth('x'), 90)"},
                "xc": {"signal": "scale('x', datum.bucket) + bandwidth('x') / 2"},
                "y": {"scale": "y", "field": "y0"}, "y2": {"scale": "y", "field": "y1"},
                "fill": {"scale": "colour", "field": "series"}, "opacity": {"value": 1},
                "tooltip": {"signal": "[datum.long, [datum.series, format(datum.value, ',')],"
                                      " ['All shown', format(datum.total, ',')]]"},
            },
            "hover": {"opacity": {"value": 0.75}},
        }},
        {"type": "rect", "name": "compared", "from": {"data": "before"}, "encode": {"update": {
            "xc": {"signal": "scale('x', datum.bucket) + bandwidth('x') / 2"},
            "width": {"signal": "min(bandwidth('x') + 4, 98)"}, "yc": {"scale": "y", "field": "value"},
            "height": {"value": 3}, "fill": {"value": theme.MARK}, "stroke": {"value": theme.SURFACE},
            "strokeWidth": {"value": 1},
            "tooltip": {"signal": "[datum.long, ['Compared', format(datum.value, ',')],"
                                  " ['Now', format(datum.now, ',')]]"},
        }}},
        empty_mark("table"),
    ]
    return spec


def ranking_spec() -> Spec:
    """Horizontal bars, the largest on top, stacked by series.

    Data ``rows``: key, label, shown (the label, fitted to its room), text (beside the bar), tip (list of [name,
    value]); data ``parts``: key, series, value. Signals: series, colours, label_width (pixels kept for names).
    """
    spec = frame("Ranked bars", 860, None, [
        {"name": "height", "update": "max(2, length(data('rows'))) * 26"},
        {"name": "label_width", "value": 220},
        {"name": "value_width", "value": 64},
        {"name": "series", "value": []},
        {"name": "colours", "value": []},
        {"name": "top", "update": first("extent", "top", 0)},
    ])
    spec["data"] = [
        {"name": "rows", "values": []},
        {"name": "parts", "values": []},
        {"name": "stacked", "source": "parts", "transform": [
            {"type": "filter", "expr": "indexof(hidden, datum.series) < 0"},
            {"type": "formula", "as": "place", "expr": "indexof(series, datum.series)"},
            {"type": "stack", "groupby": ["key"], "field": "value", "sort": {"field": "place"}, "as": ["x0", "x1"]},
            {"type": "lookup", "from": "rows", "key": "key", "fields": ["key"], "values": ["label", "tip"]},
        ]},
        {"name": "extent", "source": "stacked", "transform": [
            {"type": "aggregate", "ops": ["max"], "fields": ["x1"], "as": ["top"]},
        ]},
        {"name": "ends", "source": "stacked", "transform": [
            {"type": "aggregate", "groupby": ["key"], "ops": ["max"], "fields": ["x1"], "as": ["end"]},
        ]},
        {"name": "texts", "source": "rows", "transform": [
            {"type": "lookup", "from": "ends", "key": "key", "fields": ["key"], "values": ["end"], "default": 0},
        ]},
    ]
    spec["scales"] = [
        {"name": "y", "type": "band", "domain": {"data": "rows", "field": "key", "sort": True},
         "range": {"signal": "[0, length(data('rows')) * 26]"}, "padding": 0.22},
        {"name": "x", "type": "linear", "domain": {"signal": "[0, max(0.001, top)]"},
         "range": {"signal": "[label_width, max(label_width + 20, width - value_width)]"}},
        {"name": "colour", "type": "ordinal", "domain": {"signal": "series"}, "range": {"signal": "colours"}},
    ]
    spec["legends"] = [_legend()]
    middle = {"scale": "y", "field": "key", "band": 0.5}
    spec["marks"] = [
        {"type": "rect", "from": {"data": "stacked"}, "encode": {
            "update": {
                "y": {"scale": "y", "field": "key"}, "height": {"scale": "y", "band": 1},
                "x": {"scale": "x", "field": "x0"}, "x2": {"scale": "x", "field": "x1"},
                "fill": {"scale": "colour", "field": "series"}, "opacity": {"value": 1},
                "tooltip": {"signal": "[datum.label, [datum.series, format(datum.value, ',')], datum.tip]"},
            },
            "hover": {"opacity": {"value": 0.75}},
        }},
        {"type": "text", "from": {"data": "rows"}, "encode": {"update": {
            "text": {"field": "shown"}, "x": {"signal": "label_width - 8"}, "y": middle, "align": {"value": "right"},
            "baseline": {"value": "middle"},
            "tooltip": {"signal": "[datum.label, datum.tip]"},
        }}},
        {"type": "text", "from": {"data": "texts"}, "interactive": False, "encode": {"update": {
            "text": {"field": "text"}, "x": {"signal": "scale('x', datum.end) + 6"}, "y": middle,
            "baseline": {"value": "middle"}, "fill": {"value": theme.MUTED},
        }}},
        empty_mark("rows"),
    ]
    return spec
