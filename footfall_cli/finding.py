"""What `footfall doctor` finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `hint` is what to do where `is_ok` is False."""

    name: str
    is_ok: bool
    found: str
    hint: str = ""
