"""Labels of cells: names from clients, escaped, and markers that no client can send."""

#: Label of the cell of suppressed ones. Labels that are names from clients are escaped (``CLIENT_LABEL``):
#: only markers have the first character before a letter.
_MARK, _PART = chr(30), chr(31)
OTHER = f"{_MARK}other"
#: Label of the module of events without a module.
UNMAPPED = f"{_MARK}unmapped"
CLIENT_LABEL = """
    create or replace temp macro client_label(name) as
    replace(replace(name, chr(30), chr(30) || '0'), chr(31), chr(30) || '1')
"""


def client_label(label: str) -> str:
    """The name from a client that a label stands for."""
    return label.replace(f"{_MARK}1", _PART).replace(f"{_MARK}0", _MARK) if _MARK in label else label


def label_columns(name: str, label: str, kind: str = "named") -> dict[str, str | None]:
    """A label as the column ``name`` and its kind beside it: ``other`` and ``unmapped``, or ``kind`` for a name."""
    if label == OTHER:
        return {name: None, f"{name}_kind": "other"}
    if label == UNMAPPED:
        return {name: "(unmapped)", f"{name}_kind": "unmapped"}
    return {name: client_label(label), f"{name}_kind": kind}
