"""The SQL that packages keep in files: one way to read it."""

from functools import cache
from importlib.resources import files


@cache
def sql_files(package: str, folder: str = "sql") -> dict[str, str]:
    """The SQL texts of a folder of a package, in the order of their file names.

    Args:
        package: importable name, as ``footfall.checks``.
        folder: below the package, as ``sql/answers``.

    Returns:
        Text by name: the file's name without ``.sql`` and without an order number (``04__scope_visits.sql`` is
        ``scope_visits``).
    """
    found = [file for file in files(package).joinpath(*folder.split("/")).iterdir() if file.name.endswith(".sql")]
    return {
        file.name.removesuffix(".sql").split("__")[-1]: file.read_text(encoding="utf-8")
        for file in sorted(found, key=lambda file: file.name)
    }


def read_sql(package: str, name: str) -> str:
    """One SQL text of ``<package>/sql``."""
    return sql_files(package)[name]
