"""Vega specification of the curve graph: how many people watched, minute by minute."""

from exports.graphs import theme
from exports.graphs.specs import TICKS, Spec, empty_mark, first, frame

#: A tick on a full day is its date, any other its time.
_CLOCK = "utcFormat(datum.value, utchours(datum.value) || utcminutes(datum.value) ? '%H:%M' : '%-d %b')"


def curve_spec() -> Spec:
    """A stepped area over time. Data ``table``: at (milliseconds of the workspace's wall clock), value, long."""
    spec = frame("Stepped area", 860, 220, [
        {"name": "colours", "value": [theme.CATEGORY[0]]},
        {"name": "axis_title", "value": ""},
        {"name": "span", "update": f"[{first('extent', 'first', 0)}, {first('extent', 'last', 1)}]"},
        {"name": "top", "update": first("extent", "top", 1)},
    ])
    spec["data"] = [
        {"name": "table", "values": []},
        {"name": "extent", "source": "table", "transform": [
            {"type": "aggregate", "ops": ["min", "max", "max"], "fields": ["at", "at", "value"],
             "as": ["first", "last", "top"]},
        ]},
    ]
    spec["scales"] = [
        {"name": "x", "type": "utc", "domain": {"signal": "span"}, "range": "width"},
        {"name": "y", "type": "linear", "domain": {"signal": "[0, max(1, top)]"}, "range": "height", "nice": True},
    ]
    spec["axes"] = [
        {"orient": "left", "scale": "y", "grid": True, "domain": False, "ticks": False,
         "tickCount": {"signal": TICKS}, "format": ",~r", "title": {"signal": "unit"}, "titlePadding": 10},
        {"orient": "bottom", "scale": "x", "tickCount": 8, "labelOverlap": "greedy", "labelSeparation": 10,
         "labelFlush": True, "title": {"signal": "axis_title"}, "titlePadding": 8,
         "encode": {"labels": {"update": {"text": {"signal": _CLOCK}}}}},
    ]
    at, value = {"scale": "x", "field": "at"}, {"scale": "y", "field": "value"}
    spec["marks"] = [
        {"type": "area", "interactive": False, "from": {"data": "table"}, "encode": {"update": {
            "x": at, "y": value, "y2": {"scale": "y", "value": 0}, "interpolate": {"value": "step-after"},
            "fill": {"signal": "colours[0]"}, "fillOpacity": {"value": 0.35}, "stroke": {"signal": "colours[0]"},
        }}},
        {"type": "rule", "from": {"data": "table"}, "encode": {
            "update": {
                "x": at, "y": {"value": 0}, "y2": {"signal": "height"}, "stroke": {"value": theme.MUTED},
                "strokeWidth": {"value": 6}, "opacity": {"value": 0},
                "tooltip": {"signal": "[datum.long, [unit, format(datum.value, ',')]]"},
            },
            "hover": {"opacity": {"value": 0.25}},
        }},
        empty_mark("table"),
    ]
    return spec
