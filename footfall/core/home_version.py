"""The layout version of a home, in ``<home>/lake/version``: written by the first load, read before every command."""

from footfall.core.errors import SettingsError
from footfall.core.home import HOME_VERSION, Home


def read_version(home: Home) -> int | None:
    """The version; None for a home that nothing was loaded into.

    Raises:
        SettingsError: the file holds no number, or is gone although something was loaded.
    """
    path = home.lake / "version"
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        if not path.is_dir() and not any(home.commits.glob("[0-9]*.json")):
            return None
        text = ""
    except PermissionError:
        raise
    except OSError:
        text = ""  # a link to itself in its place
    if not text.isdigit():
        raise SettingsError(
            "The version of the home cannot be read.", where=str(path),
            hint=f"Put the file back from a backup, or write the version into it: {HOME_VERSION} for this Footfall.",
        )
    return int(text)


def write_version(home: Home) -> None:
    """Write this version.

    Raises:
        OSError: no room, no permission.
    """
    aside = home.lake / ".version.tmp"
    aside.write_text(f"{HOME_VERSION}\n", encoding="utf-8")
    aside.replace(home.lake / "version")


def require_known(home: Home) -> None:
    """Refuse a home that a newer Footfall wrote.

    Raises:
        SettingsError: it is newer, or its version cannot be read.
    """
    version = read_version(home)
    if version is not None and version > HOME_VERSION:
        raise SettingsError(
            f"The home has version {version}; this Footfall knows versions up to {HOME_VERSION}.",
            where=str(home.lake / "version"),
            hint="Use the Footfall that wrote the home, or a newer one. Nothing was changed.",
        )
