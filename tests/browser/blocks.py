"""The data inside a report, read and changed without a browser."""

import base64
import gzip
import json
import re
import struct
from collections.abc import Callable

from exports.report.encode import packed

_BLOCK = re.compile(r'(<script type="text/plain" id="data-(\w+)">)([^<]*)(</script>)')


def read(html: str) -> dict[str, dict]:
    """Texts of each block; ``index`` names the tables of numbers that it brings."""
    return {name: _texts(data)[0] for _, name, data, _ in _BLOCK.findall(html)}


def changed(html: str, change: Callable[[str, dict], None]) -> str:
    """The report with the texts of its blocks as ``change(block, texts)`` leaves them."""

    def one(found: re.Match) -> str:
        texts, columns = _texts(found[3])
        change(found[2], texts)
        text = json.dumps(texts, ensure_ascii=False).encode()
        return found[1] + packed(struct.pack("<I", len(text)) + text + columns) + found[4]

    return _BLOCK.sub(one, html)


def raw(html: str) -> bytes:
    """Every byte of the blocks."""
    return b"".join(gzip.decompress(base64.b64decode(data)) for _, _, data, _ in _BLOCK.findall(html))


def _texts(data: str) -> tuple[dict, bytes]:
    raw = gzip.decompress(base64.b64decode(data))
    size = struct.unpack("<I", raw[:4])[0]
    return json.loads(raw[4 : 4 + size]), raw[4 + size :]
