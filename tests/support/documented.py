"""The commands that docs/operations.md gives for Dagster, as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def _block() -> list[str]:
    section = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8").split("\n## Dagster\n")[1]
    (block,) = re.findall(r"```bash\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    return block.splitlines()


def documented_commands() -> list[str]:
    """The lines of the block but the first, which sets the environment."""
    return _block()[1:]


def run_documented(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the block in a shell, in a folder that has a home called `data`."""
    environment = folder / ".venv"
    if not environment.is_symlink():
        environment.symlink_to(sys.prefix)
    return subprocess.run(
        ["bash", "-c", f"{_block()[0]}\n{command}"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
