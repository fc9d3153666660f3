"""`make lock`: of a lock for Spark, keep what the main lock does not have; both are installed into `.venv-spark`."""

import re
import sys
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)")


def pins(lock: str) -> dict[str, str]:
    """Version of each package of a lock, by its normalised name."""
    found = filter(None, map(_PIN.match, lock.splitlines()))
    return {re.sub(r"[-_.]+", "-", pin[1]).lower(): pin[2] for pin in found}


def only_added(lock: str, main: str) -> str:
    """The packages of ``lock`` that ``main`` does not have, with their hashes.

    Raises:
        ValueError: a package of both has another version.
    """
    have, kept, is_kept = pins(main), list[str](), False
    for line in lock.splitlines(keepends=True):
        if pin := pins(line):
            ((name, version),) = pin.items()
            if have.get(name, version) != version:
                raise ValueError(f"{name} is {have[name]} in the main lock and {version} here")
            is_kept = name not in have
        if is_kept and not line.lstrip().startswith("#"):
            kept.append(line)
    return "".join(kept)


if __name__ == "__main__":
    path, main_path = map(Path, sys.argv[1:])
    path.write_text(only_added(path.read_text(encoding="utf-8"), main_path.read_text(encoding="utf-8")), "utf-8")
