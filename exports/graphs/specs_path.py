"""Vega specification of the path graph: a Sankey of the first ten steps, laid out by Vega's own transforms."""

from exports.graphs import theme
from exports.graphs.specs import Spec, empty_mark, first, frame

#: Items drawn at each step; the others are combined as ``(other)`` before the data get here.
PATH_ITEMS = 20
#: Steps of a path (definitions, "Paths, first 10 steps").
PATH_STEPS = 10

#: Pixels: width of a picture in a file, of what is right of the last column, and of a node; font size of labels.
PATH_WIDTH, TAIL, NODE_WIDTH, LABEL_SIZE = 1180, 92, 12, 11

_KEY = "datum.step + '|' + datum.source"
#: Flows below this many pixels are lines. A line keeps its width where it is steep, and takes half the text.
_THIN = 2


def _curve(left: str, right: str, start: str, end: str) -> str:
    """Expression: the path data from one side to the other after ``M`` or ``L``; tenths of a pixel are enough."""
    points = ((left, start), ("datum.mx", start), ("datum.mx", end), (right, end))
    texts = [f"round({x} * 10) / 10 + ',' + round({y} * 10) / 10" for x, y in points]
    return f"{texts[0]} + 'C' + {texts[1]} + ' ' + {texts[2]} + ' ' + {texts[3]}"


_LINE = "'M' + " + _curve("datum.sx", "datum.tx", "(datum.sy + datum.w / 2)", "(datum.ty + datum.w / 2)")
_BAND = (
    "'M' + " + _curve("datum.sx", "datum.tx", "datum.sy", "datum.ty")
    + " + 'L' + " + _curve("datum.tx", "datum.sx", "(datum.ty + datum.w)", "(datum.sy + datum.w)") + " + 'Z'"
)


def label_room(column: int, columns: int) -> float:
    """Pixels for the label of a node in ``column`` of a picture in a file with so many ``columns``."""
    pitch = (PATH_WIDTH - TAIL) / (max(2, columns) - 1)
    return max(20, (pitch if column < columns else TAIL) - NODE_WIDTH - 8)


def path_spec() -> Spec:
    """Flows between the items of neighbouring steps; the width of a flow is its number of visits.

    Data ``nodes``: column (1 to 11), item (key), label, shown (the label, fitted to its room), place (order in the
    column), visits, colour, tip (list of [name, value]); the end of a path stands in the column after its last step.
    Data ``links``: step, source, target (item keys), visits, tip. Both must be sorted.
    """
    spec = frame("Paths through the app, first ten steps", PATH_WIDTH, 520, [
        {"name": "gap", "value": 7},
        {"name": "node_width", "value": NODE_WIDTH},
        {"name": "columns", "update": f"max(2, {first('extent', 'columns', 2)})"},
        {"name": "tail", "value": TAIL},
        {"name": "pitch", "update": "(width - tail) / (columns - 1)"},
        {"name": "most", "update": first("extent", "most", 1)},
        {"name": "room", "update": "max(0.000001, height - 24 - gap * (most - 1))"},
        {"name": "scale_y", "update": f"room / max(1, {first('extent', 'tallest', 1)})"},
        {"name": "active", "value": None, "on": [
            {"events": "@link:pointerover, @node:pointerover", "update": "datum"},
            {"events": "@link:pointerout, @node:pointerout", "update": "null"},
        ]},
    ])
    spec["data"] = _data()
    spec["marks"] = [_links(), _nodes(), _labels("halo"), _labels("label"), _headings(), empty_mark("nodes")]
    return spec


def _data() -> list[Spec]:
    offset = {"type": "formula", "as": "y", "expr": "24 + datum.v0 * scale_y + (datum.row - 1) * gap"}
    return [
        {"name": "nodes", "values": []},
        {"name": "links", "values": []},
        {"name": "counts", "source": "nodes", "transform": [
            {"type": "aggregate", "groupby": ["column"], "ops": ["count", "sum"], "fields": [None, "visits"],
             "as": ["items", "visits"]},
        ]},
        {"name": "extent", "source": "counts", "transform": [
            # The first column is the tallest, unless flows are hidden on one side only (privacy).
            {"type": "aggregate", "ops": ["max", "max", "max"], "fields": ["column", "items", "visits"],
             "as": ["columns", "most", "tallest"]},
        ]},
        {"name": "placed", "source": "nodes", "transform": [
            {"type": "window", "groupby": ["column"], "sort": {"field": "place"}, "ops": ["row_number"], "as": ["row"]},
            {"type": "stack", "groupby": ["column"], "field": "visits", "sort": {"field": "place"},
             "as": ["v0", "v1"]},
            offset,
            {"type": "formula", "as": "x", "expr": "(datum.column - 1) * pitch"},
            {"type": "formula", "as": "h", "expr": "max(1, datum.visits * scale_y)"},
            {"type": "formula", "as": "key", "expr": "datum.column + '|' + datum.item"},
        ]},
        # What is too low for a line of text has no label: one drawn invisibly costs a PNG as much as a visible one.
        {"name": "labelled", "source": "placed", "transform": [{"type": "filter", "expr": "datum.h + gap >= 12"}]},
        {"name": "flows", "source": "links", "transform": [
            {"type": "formula", "as": "from", "expr": _KEY},
            {"type": "formula", "as": "to", "expr": "(datum.step + 1) + '|' + datum.target"},
            {"type": "lookup", "from": "placed", "key": "key", "fields": ["from", "to"], "as": ["s", "t"]},
            {"type": "filter", "expr": "datum.s && datum.t"},
            {"type": "stack", "groupby": ["from"], "field": "visits", "sort": {"field": "t.row"}, "as": ["a0", "a1"]},
            {"type": "stack", "groupby": ["to"], "field": "visits", "sort": {"field": "s.row"}, "as": ["b0", "b1"]},
            {"type": "formula", "as": "sx", "expr": "datum.s.x + node_width"},
            {"type": "formula", "as": "sy", "expr": "datum.s.y + datum.a0 * scale_y"},
            {"type": "formula", "as": "tx", "expr": "datum.t.x"},
            {"type": "formula", "as": "ty", "expr": "datum.t.y + datum.b0 * scale_y"},
            {"type": "formula", "as": "mx", "expr": "(datum.sx + datum.tx) / 2"},
            {"type": "formula", "as": "w", "expr": "datum.visits * scale_y"},
            {"type": "formula", "as": "path", "expr": f"datum.w < {_THIN} ? {_LINE} : {_BAND}"},
        ]},
        {"name": "headings", "source": "counts", "transform": [
            {"type": "formula", "as": "text",
             "expr": f"datum.column > {PATH_STEPS} ? 'After {PATH_STEPS}' : 'Step ' + datum.column"},
        ]},
    ]


def _links() -> Spec:
    lit = ("!active ? 0.4 : active === datum || (active.key && (active.key === datum.from || active.key === datum.to))"
           " ? 0.75 : 0.12")
    return {
        "type": "path", "name": "link", "from": {"data": "flows"}, "aria": False,
        "encode": {"update": {
            "path": {"field": "path"},
            "fill": {"signal": f"datum.w < {_THIN} ? null : datum.s.colour"},
            "stroke": {"signal": f"datum.w < {_THIN} ? datum.s.colour : null"},
            "strokeWidth": {"signal": "max(0.6, datum.w)"},
            # Hairlines are many; paler, they do not cover the flows that matter. Not by opacity of the whole mark,
            # which makes a PDF three times as large.
            "fillOpacity": {"signal": lit}, "strokeOpacity": {"signal": f"({lit}) * (datum.w < 0.6 ? 0.5 : 1)"},
            "tooltip": {"signal": "[datum.s.label + ' → ' + datum.t.label, datum.tip]"},
        }},
    }


def _nodes() -> Spec:
    return {
        "type": "rect", "name": "node", "from": {"data": "placed"}, "aria": False,
        "encode": {"update": {
            "x": {"field": "x"}, "width": {"signal": "node_width"}, "y": {"field": "y"}, "height": {"field": "h"},
            "fill": {"field": "colour"}, "tooltip": {"signal": "[datum.label, datum.tip]"},
        }},
    }


def _labels(name: str) -> Spec:
    """Names beside the nodes; ``halo`` keeps them readable over flows."""
    update = {
        "text": {"field": "shown"}, "x": {"signal": "datum.x + node_width + 4"}, "fontSize": {"value": LABEL_SIZE},
        "y": {"signal": "datum.y + datum.h / 2"}, "baseline": {"value": "middle"},
    }
    if name == "halo":
        update |= {"stroke": {"value": theme.SURFACE}, "strokeWidth": {"value": 3}, "strokeJoin": {"value": "round"}}
    return {"type": "text", "name": name, "from": {"data": "labelled"}, "interactive": False, "aria": False,
            "encode": {"update": update}}


def _headings() -> Spec:
    return {
        "type": "text", "from": {"data": "headings"}, "interactive": False, "aria": False,
        "encode": {"update": {
            "text": {"field": "text"}, "x": {"signal": "(datum.column - 1) * pitch"}, "y": {"value": 8},
            "fill": {"value": theme.MUTED}, "baseline": {"value": "middle"},
        }},
    }
