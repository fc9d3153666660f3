"""Where export folders are below ``exports/``, as texts: folders are many, and path objects take ten times as long."""

import os
from collections.abc import Iterator

from exports.folder.manifest import NAME, USERS


def places(exports: str) -> Iterator[str]:
    """Every folder that may hold an export, relative to ``exports``, finished or not; unfinished ones aside are not.

    These are ``<workspace>/<range>`` and ``<workspace>/users/<user>/<range>``.
    """
    for workspace in folders(exports):
        for name in folders(f"{exports}/{workspace}"):
            if name != USERS:
                yield f"{workspace}/{name}"
                continue
            for user in folders(f"{exports}/{workspace}/{USERS}"):
                for span in folders(f"{exports}/{workspace}/{USERS}/{user}"):
                    yield f"{workspace}/{USERS}/{user}/{span}"


def manifests(exports: str, *, are_of_users: bool = True) -> list[str]:
    """The manifests of all finished folders, relative to ``exports``, in order of their names.

    ``are_of_users``: also of folders about one person.
    """
    found = (place for place in places(exports) if are_of_users or place.count("/") == 1)
    return sorted(f"{place}/{NAME}" for place in found if os.path.exists(f"{exports}/{place}/{NAME}"))  # noqa: PTH110


def folders(place: str, *, are_hidden: bool = False) -> list[str]:
    """Names of the folders in a folder whose names start with a dot, or of the others; none where it is missing."""
    try:
        with os.scandir(place) as found:
            return [one.name for one in found if one.name.startswith(".") == are_hidden and one.is_dir()]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
