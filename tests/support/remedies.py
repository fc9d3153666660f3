"""The remedies that messages print: commands in the texts of the code, docstrings and help apart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("footfall", "footfall_cli", "exports", "orchestration")
_COMMAND = re.compile(r"`(footfall [a-z][^`]*)`")
#: Names of texts of the help of a command.
_NO_REMEDY = re.compile(r"_?EXAMPLE$|^help$")


def printed() -> dict[tuple[str, str], list[int]]:
    """Lines by (module, command); what a message fills in is ``{}``."""
    found: dict[tuple[str, str], list[int]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for command, number in _commands(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault((name, command), []).append(number)
    return found


def _commands(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for text, number in _texts(tree):
        for command in _COMMAND.findall(text):
            yield command, number


def _texts(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Literal texts, those of an f-string as one, without docstrings and texts of the help."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Assign) and any(_NO_REMEDY.search(ast.unparse(one)) for one in node.targets):
        return
    if isinstance(node, ast.keyword) and _NO_REMEDY.search(node.arg or ""):
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values), node.lineno
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value, node.lineno
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)
