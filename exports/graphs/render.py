"""Specifications to SVG, PNG and PDF by the converter in this process: no browser, no network.

Text is set in Liberation Sans, which the converter carries. Scripts it lacks (Arabic, Chinese, …) come from the
machine's fonts, so files with such text may differ between machines; all others are the same bytes anywhere.

Measured on the sample (300 people, 14 days; warm, CPU time of one core): SVG 30 to 60 ms a graph and 200 ms for paths,
PNG 100 ms and 1.4 s for paths, PDF 40 ms and 250 ms; the first graph of a process costs 0.5 s more.
"""

import json
import re
from collections.abc import Collection
from pathlib import Path

import vl_convert

from exports.graphs.pdf import stable
from exports.graphs.specs import Spec
from footfall.core.vocabulary import vocabulary

FORMATS = vocabulary().picture_formats
#: Pixels a unit of the drawing; of one wider than so many units, which are the path graphs: with 1.5 pixels they are as
#: wide as the others, and cost a third less (two of them 0.8 s of processor time, 1.2 s with 2 pixels).
PNG_SCALE, WIDE, PNG_SCALE_WIDE = 2, 1000, 1.5
_WIDTH = re.compile(r'<svg [^>]*\bwidth="([\d.]+)"')

#: Pictographs: where a machine has them it is in a colour font, on which the converter's PDF writer fails.
_PICTOGRAPHS = re.compile(
    "[\u200d\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff\U000e0000-\U000e01ff]+"
)
#: What Liberation Sans surely has: Latin, Greek, Cyrillic, Hebrew, common punctuation.
_COMMON = re.compile("[^\t\n\r\x20-\u052f\u0590-\u05ff\u1e00-\u1fff\u2010-\u2044\u20a0-\u20bf\u2122]+")


#: Where a drawing names and uses its clips and gradients, which Vega numbers through the whole process.
_NUMBERED = re.compile(r'(id="|url\(#)(clip|gradient_)(\d+)(?=[")])')


def renumbered(svg: str) -> str:
    """Number clips and gradients from 1 in each drawing: it must not depend on what was drawn before it."""
    numbers: dict[str, int] = {}
    return _NUMBERED.sub(
        lambda one: f"{one[1]}{one[2]}{numbers.setdefault(one[2] + one[3], len(numbers) + 1)}", svg
    )


def render(spec: Spec, folder: Path, name: str, formats: Collection[str]) -> list[Path]:
    """Write ``<folder>/<name>.<format>`` for each of ``formats`` and return the paths in the order of ``FORMATS``."""
    svg = renumbered(vl_convert.vega_to_svg(json.dumps(spec), allowed_base_urls=[]))
    written = []
    for suffix in (one for one in FORMATS if one in formats):
        path = folder / f"{name}.{suffix}"
        path.write_bytes(_convert(svg, suffix))
        written.append(path)
    return written


def _scale(svg: str) -> float:
    """Pixels a unit of a drawing."""
    width = _WIDTH.search(svg)
    return PNG_SCALE_WIDE if width and float(width[1]) > WIDE else PNG_SCALE


def _convert(svg: str, suffix: str) -> bytes:
    if suffix == "svg":
        return svg.encode()
    printed = _PICTOGRAPHS.sub("", svg)
    if suffix == "png":
        # Compressing again saves 40 % of the bytes and takes a quarter of a PNG's time (docs/decisions/0024).
        return bytes(vl_convert.svg_to_png(printed, scale=_scale(svg)))
    try:
        return stable(bytes(vl_convert.svg_to_pdf(printed)))
    except RuntimeError:  # a font of this machine that cannot be put into a PDF
        return stable(bytes(vl_convert.svg_to_pdf(_COMMON.sub("\u25a1", printed))))
