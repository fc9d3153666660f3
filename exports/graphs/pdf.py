"""The same PDF in the same bytes: the converter numbers and orders fonts and other objects differently every time."""

import re

_OBJECT = re.compile(rb"(\d+) 0 obj\n")
_LENGTH = re.compile(rb"/Length (\d+)\b")
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
#: Entries of a dictionary of names, such as the fonts of a page, one a line.
_NAMES = re.compile(rb"(?:^ *[/]\w+ \d+ 0 R\n){2,}", re.MULTILINE)
_STREAM, _END = b"\nstream\n", b"\nendobj\n"


def stable(data: bytes) -> bytes:
    """The same document with names sorted, and objects numbered and written in the order in which they are used.

    Raises:
        ValueError: the file is not made as the converter makes it.
    """
    objects = _objects(data)
    root, info = (_number(data, name) for name in (b"Root", b"Info"))
    order: dict[int, int] = {}
    waiting = [info, root]
    while waiting:
        number = waiting.pop()
        if number not in order:
            order[number] = len(order) + 1
            waiting += [int(one) for one in reversed(_REFERENCE.findall(objects[number][0]))]
    parts = [data[: data.index(b"\n\n") + 2]]
    places, at = [], len(parts[0])
    for old, new in order.items():
        head, stream = objects[old]
        head = _REFERENCE.sub(lambda one: b"%d 0 R" % order[int(one[1])], head)
        parts.append(b"%d 0 obj\n%s%s%s\n" % (new, head, stream, _END))
        places.append(at)
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n\r\n" % place for place in places)
    return b"".join(parts) + (
        b"xref\n0 %d\n0000000000 65535 f\r\n%strailer\n<<\n  /Size %d\n  /Root %d 0 R\n  /Info %d 0 R\n>>\n"
        b"startxref\n%d\n%%%%EOF" % (len(places) + 1, table, len(places) + 1, order[root], order[info], at)
    )


def _objects(data: bytes) -> dict[int, tuple[bytes, bytes]]:
    """By number, the text of every object and its stream with the words around it."""
    found: dict[int, tuple[bytes, bytes]] = {}
    at = data.index(b"\n\n") + 2
    while match := _OBJECT.match(data, at):
        end = data.index(_END, match.end())
        stream = data.find(_STREAM, match.end(), end)
        head = data[match.end() : end if stream < 0 else stream]
        if stream >= 0:
            length = _LENGTH.search(head)
            if length is None:
                raise ValueError("a stream without a length")
            end = data.index(_END, stream + len(_STREAM) + int(length[1]))
        body = data[match.end() + len(head) : end]
        found[int(match[1])] = (_NAMES.sub(_in_order, head), body)
        at = end + len(_END) + 1
    if not data.startswith(b"xref\n", at):
        raise ValueError("objects that are not one after another")
    return found


def _in_order(lines: re.Match[bytes]) -> bytes:
    """Names of fonts and the like in order; entries with a meaning by key, such as /Root, may be in any order too."""
    return b"".join(sorted(lines[0].splitlines(keepends=True)))


def _number(data: bytes, name: bytes) -> int:
    found = re.search(rb"/%s (\d+) 0 R" % name, data[data.rindex(b"trailer") :])
    if found is None:
        raise ValueError("no trailer")
    return int(found[1])
