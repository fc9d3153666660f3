"""One HTML file from the template, the program, the graph library and the data; nothing is fetched when it opens."""

import base64
import hashlib
import html
import json
import string
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import vl_convert

from exports.report.encode import encode_columns, packed

#: Styles and program, in the order in which they are joined.
STYLES = ("style.css", "narrow.css", "print.css")
SCRIPTS = (
    "decode.js", "format.js", "dom.js", "state.js", "csv.js", "table.js",
    "combo.js", "labels.js", "graph.js", "parts.js",
    "cells.js", "answers.js", "content.js", "streams.js", "paths.js", "people.js", "precomputed_paths.js",
    "precomputed.js", "pages_paths.js", "pages_insights.js", "pages_users.js", "pages_content.js", "pages_search.js",
    "pages_sponsors.js", "pages_meetings.js", "pages_streams.js", "app.js",
)


@cache
def static(name: str) -> str:
    """The text of a file in ``static/``."""
    return files("exports.report").joinpath("static", name).read_text(encoding="utf-8")


#: The parts of Vega that draw the graphs: what to import, from which module of the converter's wheel. The wheel is the
#: only source; a module that it does not hold in this version ends the call. The interpreter runs expressions without
#: `eval`, which the page's policy forbids. All of Vega, Vega-Lite and Vega-Embed would be twice as large.
_GRAPH_MODULES = {
    "vega-dataflow@6.1.0": "{ transforms }", "vega-transforms@5.1.0": "* as rows",
    "vega-view-transforms@5.1.0": "* as layout", "vega-encode@5.1.0": "* as encoding", "vega-view@6.1.0": "{ View }",
    "vega-parser@7.1.0": "{ parse }", "vega-loader@5.1.0": "{ loader }",
    "vega-interpreter@2.0.0": "{ expressionInterpreter }",
}
_GRAPH_PROGRAM = """
Object.assign(transforms, rows, layout, encoding);
window.vega = { parse, View, loader, expressionInterpreter };
"""


@cache
def graph_program() -> str:
    """The parts of Vega that the graphs need as one script, out of the converter's wheel (1.6 s, once)."""
    imports = "\n".join(
        f'import {names} from "https://cdn.jsdelivr.net/npm/{module}/+esm";' for module, names in _GRAPH_MODULES.items()
    )
    return vl_convert.javascript_bundle(imports + _GRAPH_PROGRAM)


@cache
def _packed_program() -> str:
    return packed(graph_program().encode(), level=9)


@dataclass(frozen=True)
class Block:
    """A part of the data that is unpacked separately, when a page first needs it.

    Args:
        name: ``first``, which is read when the report opens, or a name that the program passes to ``F.need``.
        texts: JSON that is added to ``F.meta``.
        tables: integer columns that are added to ``F.tables``.
    """

    name: str
    texts: Mapping[str, object]
    tables: Mapping[str, Mapping[str, np.ndarray]]


def assemble(title: str, blocks: Iterable[Block]) -> str:
    """Join template, program, graph library and data.

    Args:
        title: of the browser's window until the program sets its own; may be any text.
        blocks: the data, ``first`` first. The program stands behind it and before the others: a browser shows the page
            on which the report opens while it still reads the rest of the file.

    Returns:
        HTML. The data are base64 of gzip in elements that are never run; a policy in the page allows the two scripts
        and the style by their hashes and nothing else, so no text of the data can run or call out.
    """
    first, *others = blocks
    style = "\n".join(static(name) for name in STYLES)
    script = "\n".join(static(name) for name in SCRIPTS)
    policy = "; ".join((
        "default-src 'none'", f"script-src {_hash(script)} {_hash(graph_program())}", f"style-src {_hash(style)}",
        "img-src data: blob:", "base-uri 'none'", "form-action 'none'",
    ))
    return string.Template(static("template.html")).substitute(
        policy=policy, title=html.escape(title), style=style, script=script, program=_packed_program(),
        first=_element(first), others="\n".join(map(_element, others)),
    )


def _element(block: Block) -> str:
    index, data = encode_columns(block.tables)
    text = json.dumps({**block.texts, "index": index}, ensure_ascii=False, separators=(",", ":")).encode()
    return (
        f'<script type="text/plain" id="data-{block.name}">'
        f"{packed(b''.join((struct.pack('<I', len(text)), text, data)))}</script>"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
